"""A Chinese text made ready: sentences, clauses and the terms of the lexicon, with their places.

spaCy's blank `zh` cuts the text into characters; no statistical model is needed. Offsets count in
the given text throughout. Not here: what the terms mean together (the finders beside this file).
"""

import csv
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.resources import files
from itertools import islice

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from extractors.boilerplate import mask_boilerplate
from extractors.chinese.simplified import simplified
from extractors.texts import TextInput
from models.errors import LexiconError

KINDS = ("agency", "flow", "material", "measure", "move", "place")
_MAX_CHARS = 1_000_000
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?[”’」』）)]{0,2}")
_CLAUSE = re.compile(r"[^，,：:。！？；\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One lexicon term: `[start, end)` characters, and what it stands for."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text with its sentences and terms, each in order of place."""

    text: str = field(repr=False)
    title: str | None
    published: date | None
    sentences: tuple[tuple[int, int], ...]
    terms: tuple[Term, ...] = field(repr=False)

    def terms_in(self, start: int, end: int, kind: str) -> list[Term]:
        """Return the terms of a kind within an interval."""
        first = bisect_left(self.terms, start, key=lambda term: term.start)
        found: list[Term] = []
        for term in islice(self.terms, first, None):
            if term.start >= end:
                break
            if term.kind == kind and term.end <= end:
                found.append(term)
        return found

    def sentence_at(self, place: int) -> tuple[int, int]:
        """Return the sentence around a place; the place itself when there is none."""
        after = bisect_right(self.sentences, place, key=lambda sentence: sentence[0])
        if after and place < self.sentences[after - 1][1]:
            return self.sentences[after - 1]
        return place, place


@lru_cache(maxsize=1)
def lexicon() -> dict[str, dict[str, str]]:
    """Return the terms by kind, then form.

    Raises:
        LexiconError: A row has an unknown kind, or an empty or repeated form.
    """
    found: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    source = files("extractors").joinpath("lexicons", "zh_terms.csv")
    with source.open(encoding="utf-8") as rows:
        for number, row in enumerate(csv.DictReader(rows), start=2):
            kind, form, value = row["kind"], row["form"], row["value"]
            if kind not in found or not form or not value or form in found[kind]:
                raise LexiconError(
                    f"zh_terms.csv line {number}: expected a new form of {KINDS}, "
                    f"got {kind!r}, {form!r}, {value!r}"
                )
            found[kind][form] = value
    return found


@lru_cache(maxsize=1)
def load_chinese() -> Language:
    """Return spaCy's blank Chinese, which takes every character for a token."""
    nlp = spacy.blank("zh")
    nlp.max_length = _MAX_CHARS + 1
    return nlp


@lru_cache(maxsize=1)
def _matcher() -> PhraseMatcher:
    """Return one matcher for all terms; a key is kind and value."""
    matcher = PhraseMatcher(load_chinese().vocab)
    for kind, forms in lexicon().items():
        for form, value in forms.items():
            matcher.add(f"{kind}|{value}", [_characters(form)])
    return matcher


def _characters(text: str) -> Doc:
    """Return the text with one token a character, so that token numbers are offsets."""
    return Doc(load_chinese().vocab, words=list(text), spaces=[False] * len(text))


def _find_terms(text: str) -> tuple[Term, ...]:
    """Return the terms of a text; of several of one kind in one place the longest."""
    strings = load_chinese().vocab.strings
    matches = sorted(_matcher()(_characters(text)), key=lambda found: (found[1], -found[2]))
    found: list[Term] = []
    ends = dict.fromkeys(KINDS, 0)
    for key, start, end in matches:
        kind, value = strings[key].split("|", 1)
        # 其中重稀土: "of which heavy rare earths", not the medium and heavy ones.
        is_split = text[start : start + 1] == "中" and text[start - 1 : start] == "其"
        if start >= ends[kind] and not is_split:
            ends[kind] = end
            found.append(Term(kind=kind, value=value, start=start, end=end))
    return tuple(found)


def read_chinese(given: TextInput) -> Reading:
    """Return a text in simplified characters with its sentences and terms."""
    text = simplified(mask_boilerplate(given.text[:_MAX_CHARS]))
    return Reading(
        text=text,
        title=simplified(given.title) if given.title else given.title,
        published=given.published,
        sentences=_intervals(_SENTENCE, text),
        terms=_find_terms(text),
    )


def clauses(reading: Reading, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Return the clauses of an interval, cut at commas and colons."""
    return tuple(
        (start + first, start + last)
        for first, last in _intervals(_CLAUSE, reading.text[start:end])
    )


def _intervals(pattern: re.Pattern[str], text: str) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for match in pattern.finditer(text):
        piece = match.group()
        start = match.start() + len(piece) - len(piece.lstrip())
        end = match.start() + len(piece.rstrip())
        if start < end:
            found.append((start, end))
    return tuple(found)
