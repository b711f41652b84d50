"""Tags, dependencies and lemmas of chosen sentences of a Doc, from an `en_core_web_sm` package.

The package's own weights and transition system, driven sentence by sentence of one document and
step by step from here: spaCy's loop takes the interpreter lock for every step of every sentence.
A text gives the same syntax whatever was read before it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy
from spacy.attrs import DEP, HEAD, LEMMA, ORTH, POS, SPACY, TAG
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import NumpyOps

from extractors.encoder import Encoder, Form, use_one_thread
from extractors.word_forms import WordForms

# Sentences read at once: the parser keeps four kilobytes a token while it reads.
_AT_ONCE = 64

Bounds = tuple[int, int]


class Syntax:
    """Reads the syntax of sentences.

    Args:
        nlp: Pipeline with `tok2vec`, `tagger`, `parser`, attribute ruler and lemmatizer.

    Raises:
        LexiconError: The pipeline is not laid out as `en_core_web_sm`.
    """

    def __init__(self, nlp: Language) -> None:
        use_one_thread()
        self._vocab = nlp.vocab
        tok2vec: Any = nlp.get_pipe("tok2vec")
        self._encoder = Encoder(nlp.vocab, tok2vec.model)
        self._forms = WordForms(nlp)
        tagger: Any = nlp.get_pipe("tagger")
        output = tagger.model.layers[-1].layers[0]
        self._tag_weights = numpy.ascontiguousarray(output.get_param("W").T)
        self._tag_bias = output.get_param("b")
        self._tags: Any = numpy.array(
            [nlp.vocab.strings.add(label) for label in tagger.labels], dtype="uint64"
        )
        parser: Any = nlp.get_pipe("parser")
        ops = NumpyOps(use_blis=False)
        for node in parser.model.walk():
            node.ops = ops
        self._parser = parser
        upper = parser.model.get_ref("upper")
        self._move_weights = numpy.ascontiguousarray(upper.get_param("W").T)
        self._move_bias = upper.get_param("b")

    def add(self, doc: Doc, sentences: Sequence[Bounds], wanted: Sequence[Bounds]) -> None:
        """Write tag, dependency, part of speech and lemma of the wanted sentences of a Doc.

        Args:
            doc: A Doc without syntax.
            sentences: All its sentences as half-open token spans, in order.
            wanted: Those to read. The others hang flat from their first token.
        """
        # HEAD decides sentence boundaries, so every sentence needs a single root.
        heads: Any = numpy.zeros(len(doc), dtype="int64")
        for start, end in sentences:
            heads[start:end] = numpy.arange(0, start - end, -1)
        columns: Any = numpy.zeros((len(doc), 5), dtype="uint64")
        # spaCy takes a token without a label for one without a head, and would join sentences.
        columns[:, 1] = self._vocab.strings.add("dep")
        forms = doc.to_array([ORTH, SPACY])
        for start in range(0, len(wanted), _AT_ONCE):
            batch = wanted[start : start + _AT_ONCE]
            for (low, high), (relative, labels, tags) in zip(
                batch, self._read(forms, batch), strict=True
            ):
                heads[low:high] = relative
                columns[low:high, 1] = labels
                columns[low:high, 2] = tags
                columns[low:high, 3:] = self._forms.read(forms[low:high, 0], tags, labels)
        columns[:, 0] = heads.astype("uint64")
        doc.from_array([HEAD, DEP, TAG, POS, LEMMA], columns)

    def _read(self, forms: Any, batch: Sequence[Bounds]) -> Iterator[tuple[Any, Any, Any]]:
        """Yield relative heads, labels and tags of each sentence."""
        sentences: list[list[Form]] = [
            list(map(tuple, forms[low:high].tolist())) for low, high in batch
        ]
        docs = [self._as_doc(members) for members in sentences]
        vectors = self._encoder.encode(sentences)
        for doc, members in zip(docs, vectors, strict=True):
            doc.tensor = members
        self._parse(docs)
        for doc, members in zip(docs, vectors, strict=True):
            scores = members @ self._tag_weights
            scores += self._tag_bias
            parsed = doc.to_array([HEAD, DEP])
            yield _rooted(parsed[:, 0].astype("int64")), parsed[:, 1], self._tags[scores.argmax(1)]

    def _as_doc(self, forms: list[Form]) -> Doc:
        strings = self._vocab.strings
        words = [strings[orth] for orth, _ in forms]
        starts: list[bool | int | None] = [False] * len(words)
        starts[0] = True
        spaces = [bool(space) for _, space in forms]
        return Doc(self._vocab, words=words, spaces=spaces, sent_starts=starts)

    def _parse(self, docs: list[Doc]) -> None:
        """Let the transition system choose its moves, all sentences abreast."""
        parser = self._parser
        states = parser.moves.init_batch(docs)
        step = parser.model.predict(docs)
        open_states = [state for state in states if not state.is_final()]
        while open_states:
            hidden = step.state2vec.predict(step.get_token_ids(open_states))
            scores = hidden @ self._move_weights
            scores += self._move_bias
            open_states = parser.transition_states(open_states, scores)
        parser.set_annotations(docs, states)


def _rooted(heads: Any) -> Any:
    """Return relative heads with a single root, so that one sentence stays one sentence."""
    roots = numpy.flatnonzero(heads == 0)
    heads[roots[1:]] = roots[0] - roots[1:]
    return heads
