"""The event lexicons (`extractors/lexicons/event_*.toml`) as typed records.

Reads package data once. Not here: agencies (`extractors/events/actors.py`), places, materials.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from models.errors import LexiconError
from models.vocabulary import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NounClass:
    """Nouns that policy verbs act on.

    `strong` nouns stand alone, `weak` ones need export or licensing words near them; a `blocked`
    modifier says that another thing is meant, an `other` one that it is another license.
    """

    name: str
    strong: frozenset[str]
    weak: frozenset[str]
    blocked: frozenset[str]
    other: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A verb and the class of noun it acts on give an event kind.

    Attributes:
        verbs: Lemma to its particles; an empty particle stands for the bare verb.
        subject: government, named_government, holder, applicant or any.
        preposition: The object follows this preposition ("apply for").
        needs: A preposition that must follow the object ("extend permits to").
    """

    id: str
    kind: EventKind
    verbs: dict[str, frozenset[str]]
    objects: frozenset[str]
    subject: str
    preposition: str | None
    needs: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """Words that give one modality to the clause that they govern."""

    modals: frozenset[str]
    heads: frozenset[str]
    adjectives: frozenset[str]
    nouns: frozenset[str]
    adverbs: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speakers:
    """Reporting verbs and the sorts of speaker that make a claim second-hand."""

    verbs: frozenset[str]
    unnamed: frozenset[str]
    third_party: frozenset[str]
    media: frozenset[str]
    media_names: frozenset[str]
    adverbs: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyNouns:
    """Common nouns for those who hold a license and those for whom it is issued."""

    holders: frozenset[str]
    customers: frozenset[str]
    customer_roles: frozenset[str]


def read_table(name: str) -> dict[str, Any]:
    """Return one TOML lexicon.

    Raises:
        LexiconError: The file is missing or is not TOML.
    """
    try:
        text = files("extractors").joinpath("lexicons", f"{name}.toml").read_text("utf-8")
        return tomllib.loads(text)
    except (FileNotFoundError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"lexicon {name}.toml cannot be read: {error}") from error


@lru_cache(maxsize=1)
def noun_classes() -> dict[str, NounClass]:
    """Return the noun classes by name."""
    return {
        name: NounClass(
            name=name,
            strong=frozenset(row["strong"]),
            weak=frozenset(row.get("weak", ())),
            blocked=frozenset(row.get("blocked", ())),
            other=frozenset(row.get("other", ())),
        )
        for name, row in read_table("event_nouns").items()
    }


@lru_cache(maxsize=1)
def frames_by_verb() -> dict[str, tuple[Frame, ...]]:
    """Return the frames that each verb lemma opens."""
    found: dict[str, list[Frame]] = {}
    for row in read_table("event_frames")["frame"]:
        verbs: dict[str, set[str]] = {}
        for entry in row["verbs"]:
            lemma, _, particle = entry.partition("+")
            verbs.setdefault(lemma, set()).add(particle)
        frame = Frame(
            id=row["id"],
            kind=EventKind(row["kind"]),
            verbs={lemma: frozenset(particles) for lemma, particles in verbs.items()},
            objects=frozenset(row["objects"]),
            subject=row["subject"],
            preposition=row.get("preposition"),
            needs=row.get("needs"),
        )
        for lemma in verbs:
            found.setdefault(lemma, []).append(frame)
    return {lemma: tuple(frames) for lemma, frames in found.items()}


@lru_cache(maxsize=1)
def deverbal_nouns() -> frozenset[str]:
    """Return the nouns that name an act on a measure ("suspension", "removal")."""
    rows = read_table("event_nominals")["nominal"]
    acts = {noun for row in rows if not row["party"] for noun in row["nouns"]}
    return frozenset(acts - {"announcement", "imposition", "introduction"})


@lru_cache(maxsize=1)
def regime_verbs() -> frozenset[str]:
    """Return the verbs that change a licensing system."""
    return frozenset(read_table("event_frames")["regime"]["verbs"])


@lru_cache(maxsize=1)
def cues() -> dict[str, Cues]:
    """Return the modality cues by class."""
    return {
        name: Cues(**{key: frozenset(row[key]) for key in Cues.__slots__})
        for name, row in read_table("event_cues").items()
    }


@lru_cache(maxsize=1)
def speakers() -> Speakers:
    """Return the words for reporting and for those who report."""
    row = read_table("event_speakers")
    return Speakers(**{key: frozenset(row[key]) for key in Speakers.__slots__})


@lru_cache(maxsize=1)
def party_nouns() -> PartyNouns:
    """Return the common nouns for parties."""
    row = read_table("event_parties")
    return PartyNouns(**{key: frozenset(row[key]) for key in PartyNouns.__slots__})
