"""Materials and places: closed tables matched as phrases (`models/data/*.csv`).

Reads tokens, returns mentions with canonical names; longest match wins. Case matters only for
aliases that are written in capitals ("REE", "US", "LNG"). Not here: companies.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

from extractors.nlp import load_nlp


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One regulated good. Goods of different `family` never belong to the same event."""

    name: str
    kind: str
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A country, bloc or region under its ISO 3166 name ("worldwide" for all of them)."""

    name: str
    iso2: str | None
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialMention:
    """A span `[start, end)` of tokens naming a material."""

    material: Material
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMention:
    """A span `[start, end)` of tokens naming a place. `form`: name, adjective or metonym."""

    place: Place
    form: str
    start: int
    end: int


def _rows(name: str) -> list[dict[str, str]]:
    text = files("models").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=1)
def materials() -> dict[str, Material]:
    """Return every material by canonical name."""
    return {
        row["name"]: Material(name=row["name"], kind=row["kind"], family=row["family"])
        for row in _rows("materials.csv")
    }


@lru_cache(maxsize=1)
def places() -> dict[str, Place]:
    """Return every place by canonical name."""
    return {
        row["name"]: Place(name=row["name"], iso2=row["iso2"] or None, kind=row["kind"])
        for row in _rows("places.csv")
    }


class _Gazetteer:
    """Two phrase matchers: exact for capitalised abbreviations, lower case for the rest."""

    def __init__(self, vocab: Vocab, aliases: Iterable[tuple[str, str]]) -> None:
        tokenizer = load_nlp().tokenizer
        self._exact = PhraseMatcher(vocab)
        self._lower = PhraseMatcher(vocab, attr="LOWER")
        for key, alias in aliases:
            is_code = alias.isascii() and alias.replace(".", "").isupper()
            (self._exact if is_code else self._lower).add(key, [tokenizer(alias)])

    def find(self, doc: Doc) -> list[Span]:
        """Return non-overlapping matches in order; `label_` is the key."""
        spans = [*self._exact(doc, as_spans=True), *self._lower(doc, as_spans=True)]
        return filter_spans(spans)


@lru_cache(maxsize=1)
def _material_gazetteer(vocab: Vocab) -> _Gazetteer:
    pairs = [
        (row["name"], alias)
        for row in _rows("materials.csv")
        for alias in row["aliases"].split("|")
    ]
    return _Gazetteer(vocab, pairs)


@lru_cache(maxsize=1)
def _place_gazetteer(vocab: Vocab) -> _Gazetteer:
    pairs: list[tuple[str, str]] = []
    for row in _rows("places.csv"):
        pairs += [
            (f"{row['name']}|name", alias)
            for alias in (row["name"], *row["aliases"].split("|"))
            if alias
        ]
        pairs += [
            (f"{row['name']}|adjective", word) for word in row["adjectives"].split("|") if word
        ]
        pairs += [(f"{row['name']}|metonym", word) for word in row["metonyms"].split("|") if word]
    return _Gazetteer(vocab, pairs)


def find_materials(doc: Doc) -> tuple[MaterialMention, ...]:
    """Return the materials that a Doc names, in order, longest match first."""
    known = materials()
    return tuple(
        MaterialMention(material=known[span.label_], start=span.start, end=span.end)
        for span in _material_gazetteer(doc.vocab).find(doc)
    )


def find_places(doc: Doc) -> tuple[PlaceMention, ...]:
    """Return the places that a Doc names, in order; lower-case words ("polish") are skipped."""
    known = places()
    found: list[PlaceMention] = []
    for span in _place_gazetteer(doc.vocab).find(doc):
        name, form = span.label_.rsplit("|", 1)
        if known[name].kind == "world" or span.text[:1].isupper() or span.text.startswith("the "):
            found.append(PlaceMention(place=known[name], form=form, start=span.start, end=span.end))
    return tuple(found)
