"""One text as the event rules see it: who, what and when by token, and clauses by sentence.

Built once per Doc from the finders' tuples; everything here is looked up, nothing is decided.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from spacy.tokens import Doc, Span, Token

from extractors.events.actors import Actor, count_acting, find_actors
from extractors.events.clauses import Clauses, split_clauses
from extractors.events.instruments import InstrumentMention, find_instruments, with_years
from extractors.events.notices import Notice, find_notices
from extractors.events.nouns import classify
from extractors.events.topics import Topic, read_topic
from extractors.gazetteer import MaterialMention, PlaceMention, find_materials, find_places
from extractors.texts import published_of
from models.facts import CompanyMention, DateMention

FactT = TypeVar("FactT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Located(Generic[FactT]):
    """A fact with its token span `[start, end)`."""

    fact: FactT
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text with its mentions by token index.

    Attributes:
        noun_class: Token index to the class of noun (`extractors.events.nouns`).
    """

    doc: Doc
    topic: Topic
    companies: tuple[Located[CompanyMention], ...]
    dates: tuple[Located[DateMention], ...]
    actors: tuple[Actor, ...]
    places: tuple[PlaceMention, ...]
    materials: tuple[MaterialMention, ...]
    company_at: dict[int, Located[CompanyMention]]
    actor_at: dict[int, Actor]
    noun_class: dict[int, str]
    acting: dict[str, int]
    countries: frozenset[str]
    instruments: tuple[InstrumentMention, ...]
    notices: tuple[Notice, ...]
    company_starts: tuple[int, ...]
    date_starts: tuple[int, ...]
    actor_starts: tuple[int, ...]
    place_starts: tuple[int, ...]
    material_starts: tuple[int, ...]

    def instruments_in(self, start: int, end: int) -> list[InstrumentMention]:
        """Return the instruments that begin between two characters."""
        low = bisect_left(self.instruments, start, key=lambda item: item.char_start)
        high = bisect_left(self.instruments, end, key=lambda item: item.char_start)
        return list(self.instruments[low:high])

    def notice_at(self, char: int) -> Notice | None:
        """Return the notice that a character belongs to, None in news."""
        return next((n for n in self.notices if n.char_start <= char < n.char_end), None)

    def companies_in(self, start: int, end: int) -> list[Located[CompanyMention]]:
        """Return the firms that begin in the token span."""
        low, high = bisect_left(self.company_starts, start), bisect_left(self.company_starts, end)
        return list(self.companies[low:high])

    def actors_in(self, start: int, end: int) -> list[Actor]:
        """Return the governments and agencies that begin in the token span."""
        low, high = bisect_left(self.actor_starts, start), bisect_left(self.actor_starts, end)
        return list(self.actors[low:high])

    def dates_in(self, start: int, end: int) -> list[Located[DateMention]]:
        """Return the time expressions that begin in the token span."""
        low, high = bisect_left(self.date_starts, start), bisect_left(self.date_starts, end)
        return list(self.dates[low:high])

    def materials_in(self, start: int, end: int) -> list[MaterialMention]:
        """Return the materials that begin in the token span."""
        low, high = bisect_left(self.material_starts, start), bisect_left(self.material_starts, end)
        return list(self.materials[low:high])

    def places_in(self, start: int, end: int) -> list[PlaceMention]:
        """Return the places that begin in the token span."""
        low, high = bisect_left(self.place_starts, start), bisect_left(self.place_starts, end)
        return list(self.places[low:high])


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceReading:
    """One parsed sentence with its clauses."""

    reading: Reading
    sent: Span
    clauses: Clauses
    is_headline: bool

    def class_of(self, token: Token) -> str | None:
        """Return the noun class of a token."""
        return self.reading.noun_class.get(token.i)

    def first_of(self, words: Iterable[Token], *classes: str) -> Token | None:
        """Return the first of some words that is a noun of one of the classes."""
        return next((word for word in words if self.class_of(word) in classes), None)

    def walk(self, token: Token, *, step: int, most: int) -> Iterator[Token]:
        """Yield the words behind (`step` 1) or before (-1) a token in its clause segment."""
        for index in range(token.i + step, token.i + step * (most + 1), step):
            if not self.sent.start <= index < self.sent.end:
                return
            word = self.reading.doc[index]
            if not self.clauses.same_segment(word, token):
                return
            yield word


def read(
    doc: Doc, *, companies: tuple[CompanyMention, ...], dates: tuple[DateMention, ...]
) -> Reading:
    """Return the reading of a Doc."""
    materials = find_materials(doc)
    actors = find_actors(doc)
    located = _locate(doc, companies)
    topic = read_topic(
        doc,
        materials=materials,
        has_firm=any(item.fact.company_id for item in located),
        has_issuer=any(actor.role == "license_issuer" for actor in actors),
    )
    places = find_places(doc)
    times = _locate(doc, dates)
    published = published_of(doc)
    instruments = with_years(
        find_instruments(doc.text), published_year=published.year if published else None
    )
    return Reading(
        doc=doc,
        topic=topic,
        acting=count_acting(doc, actors),
        countries=frozenset(actor.country for actor in actors if actor.country),
        instruments=instruments,
        notices=find_notices(doc, instruments=instruments, actors=actors, dates=dates),
        companies=located,
        dates=times,
        company_starts=tuple(item.start for item in located),
        date_starts=tuple(item.start for item in times),
        actor_starts=tuple(item.start for item in actors),
        place_starts=tuple(item.start for item in places),
        material_starts=tuple(item.start for item in materials),
        actors=actors,
        places=places,
        materials=materials,
        company_at={index: item for item in located for index in range(item.start, item.end)},
        actor_at={index: item for item in actors for index in range(item.start, item.end)},
        noun_class=_classes(doc, topic),
    )


def read_sentence(reading: Reading, sent: Span) -> SentenceReading:
    """Return the reading of one sentence that has syntax."""
    words = [token for token in sent if not token.is_space]
    ends = bool(words) and words[-1].text in {".", "!", "…", "?", '"', "”", ";", ":", "’"}
    return SentenceReading(
        reading=reading,
        sent=sent,
        clauses=split_clauses(sent),
        is_headline=len(words) <= 18 and not ends,
    )


def _classes(doc: Doc, topic: Topic) -> dict[int, str]:
    found: dict[int, str] = {}
    for token in doc:
        if token.pos == 0:
            continue
        name = classify(token, topic)
        if name:
            found[token.i] = name
    return found


def _locate(doc: Doc, facts: tuple[FactT, ...]) -> tuple[Located[FactT], ...]:
    located: list[Located[FactT]] = []
    for fact in facts:
        start: int = getattr(fact, "char_start")  # noqa: B009 - both record types have it
        end: int = getattr(fact, "char_end")  # noqa: B009
        span = doc.char_span(start, end, alignment_mode="expand")
        if span is not None and len(span):
            located.append(Located(fact=fact, start=span.start, end=span.end))
    return tuple(located)
