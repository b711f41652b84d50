"""Sentence boundaries by rule: stable, linear, and right on "Co., Ltd.", "No. 61" and "U.S.".

The boundaries of `en_core_web_sm`'s parser move with the words around them; evidence sentences
must not. Reads tokens only, writes `token.is_sent_start`.
"""

from itertools import pairwise
from typing import Any

import numpy
from spacy.attrs import SENT_START
from spacy.tokens import Doc, Span, Token

_ENDERS = frozenset({".", "!", "?", "…", "..."})
_CLOSERS = frozenset({'"', "”", "’", "'", ")", "]", "»"})
# Abbreviations that the tokenizer keeps whole and that may still end a sentence.
_MAY_END = frozenset(
    {"u.s.", "u.k.", "e.u.", "ltd.", "inc.", "co.", "corp.", "a.m.", "p.m.", "etc."}
)
# fmt: off
_OPENERS_OF_SENTENCES = frozenset({
    "the", "a", "an", "in", "on", "at", "it", "its", "he", "she", "they", "we", "this", "that",
    "these", "those", "but", "and", "however", "meanwhile", "under", "for", "if", "since", "while",
    "after", "before", "when", "as", "by", "from", "with", "to", "there",
})
# fmt: on
_NUMBERING = frozenset({"no", "nos", "art", "arts", "para"})
# Parts of names that the tokenizer splits from their stop.
_IN_NAMES = frozenset({"bhd", "pte", "pty", "pvt", "sdn"})
# A sentence longer than this many tokens is cut: the parser's time must stay linear.
MAX_SENTENCE_TOKENS = 160


def _ends_sentence(token: Token) -> bool:
    """Tell whether a full stop, or an abbreviation that may end a sentence, ends one here."""
    following = token.nbor(1) if token.i + 1 < len(token.doc) else None
    if token.text in _ENDERS:
        return following is None or not (
            following.text[:1].islower()
            or _is_numbering(token, following)
            or _is_in_name(token, following)
        )
    if token.lower_ not in _MAY_END or following is None:
        return False
    return following.is_title and following.lower_ in _OPENERS_OF_SENTENCES


def _is_numbering(stop: Token, following: Token) -> bool:
    """Tell whether a stop belongs to "No. 61", which the tokenizer splits."""
    return (
        stop.text == "."
        and stop.i > 0
        and following.like_num
        and stop.nbor(-1).lower_ in _NUMBERING
    )


def _is_in_name(stop: Token, following: Token) -> bool:
    """Tell whether a stop belongs to "Pte. Ltd." and not to the end of a sentence."""
    return (
        stop.text == "."
        and stop.i > 0
        and stop.nbor(-1).lower_ in _IN_NAMES
        and following.lower_ not in _OPENERS_OF_SENTENCES
    )


class _SentenceOf:
    """Looks up the sentence of a token or span of one Doc: spaCy would walk there each time."""

    def __init__(self, starts: list[int], length: int) -> None:
        self._bounds: list[tuple[int, int]] = []
        for start, end in pairwise([*starts, length]):
            self._bounds += [(start, end)] * (end - start)

    def of_token(self, token: Token) -> Span:
        """Return the sentence of a token."""
        start, end = self._bounds[token.i]
        return Span(token.doc, start, end)

    def of_span(self, span: Span) -> Span:
        """Return the sentence in which a span begins."""
        start, end = self._bounds[min(span.start, len(self._bounds) - 1)]
        return Span(span.doc, start, end)


def mark_sentences(doc: Doc) -> Doc:
    """Set `is_sent_start` on every token; lines never run on into the next line."""
    if not len(doc):
        return doc
    marks = numpy.full(len(doc), -1, dtype="int64")
    start_next, length = True, 0
    for index, token in enumerate(doc):
        starts = start_next and not token.is_space
        if starts and token.text in _CLOSERS and length:
            starts = False
        elif length >= MAX_SENTENCE_TOKENS:
            starts = True
        if starts or index == 0:
            marks[index] = 1
        if starts:
            start_next, length = False, 0
        length += 1
        if "\n" in token.text or "\u2029" in token.text or _ends_sentence(token):
            start_next = True
    # All at once: the setter of a token looks through the whole Doc each time.
    columns: Any = marks.astype("uint64").reshape(-1, 1)
    doc.from_array([SENT_START], columns)
    sentence_of = _SentenceOf(numpy.flatnonzero(marks == 1).tolist(), len(doc))
    doc.user_token_hooks["sent"] = sentence_of.of_token
    doc.user_span_hooks["sent"] = sentence_of.of_span
    return doc
