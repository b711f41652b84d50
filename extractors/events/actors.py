"""Governments and their agencies as named in a text (`models/data/agencies.csv`, places).

A country stands for its government, and a capital for its country; an agency keeps its name.
Associations, statistics offices and buyers are never the authority of a measure.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Token
from spacy.util import filter_spans
from spacy.vocab import Vocab

from extractors.events.lexicon import frames_by_verb
from extractors.gazetteer import PlaceMention, find_places
from extractors.nlp import load_nlp

_AUTHORITIES = frozenset(
    {"customs", "co_issuer", "entity_lister", "government", "legislator", "license_issuer"}
    | {"quota_issuer", "regulator", "speaker", "permitting"}
)
_OFFICIALS = frozenset(
    {"administration", "authority", "authorities", "cabinet", "chancellor", "commission"}
    | {"council", "department", "government", "leader", "minister", "ministry", "official"}
    | {"parliament", "premier", "president", "regulator", "secretary", "bureau", "spokesperson"}
    | {"spokesman", "spokeswoman", "lawmaker", "agency", "customs", "bloc"}
)
_INSTRUMENTS = frozenset(
    {"agreement", "announcement", "arrangement", "circular", "decree", "deal", "decision"}
    | {"directive", "law", "legislation", "move", "notice", "order", "pact", "policy", "rule"}
    | {"rules", "regulation", "text", "truce", "understanding", "proclamation", "change"}
    | {"measure", "system", "regime", "license", "licence", "framework", "catalogue", "step"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A span `[start, end)` of tokens naming a government or an agency."""

    name: str
    country: str | None
    role: str
    start: int
    end: int

    @property
    def is_authority(self) -> bool:
        """Whether this body can impose a measure or issue a license."""
        return self.role in _AUTHORITIES


@lru_cache(maxsize=1)
def _agencies(vocab: Vocab) -> tuple[dict[str, tuple[str | None, str]], PhraseMatcher]:
    tokenizer = load_nlp().tokenizer
    matcher = PhraseMatcher(vocab)
    known: dict[str, tuple[str | None, str]] = {}
    text = files("models").joinpath("data", "agencies.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        known[row["name"]] = (row["country"] or None, row["role"])
        names = {row["name"], *row["aliases"].split("|")} - {""}
        matcher.add(row["name"], [tokenizer(name) for name in sorted(names)])
    return known, matcher


def find_actors(doc: Doc) -> tuple[Actor, ...]:
    """Return agencies and countries in order, agencies first where they overlap."""
    known, matcher = _agencies(doc.vocab)
    found: list[Actor] = []
    taken: set[int] = set()
    for span in filter_spans(matcher(doc, as_spans=True)):
        country, role = known[span.label_]
        name = _localized(doc, span.start, span.label_, country)
        found.append(Actor(name=name, country=country, role=role, start=span.start, end=span.end))
        taken.update(range(span.start, span.end))
    for place in find_places(doc):
        if place.place.kind == "world":
            continue
        if not taken.intersection(range(place.start, place.end)):
            found.append(_of_place(place))
    return tuple(sorted(found, key=lambda actor: actor.start))


def _localized(doc: Doc, start: int, name: str, country: str | None) -> str:
    """Return the agency, unless another country's adjective stands before a bare name."""
    before = doc[max(start - 2, 0) : start].text.lower()
    if country == "China" and any(
        word in before for word in ("india", "japan", "korea", "german", "french", "u.s.", "dutch")
    ):
        return doc[start].text if doc[start].is_title else name.rsplit(" of ", 1)[0]
    return name


def _of_place(place: PlaceMention) -> Actor:
    kind = place.place.kind
    is_state = kind in {"country", "bloc"} and place.form != "adjective"
    role = "government" if is_state else f"place:{place.form}"
    return Actor(
        name=place.place.name, country=place.place.name, role=role, start=place.start, end=place.end
    )


def is_official_noun(token: Token) -> bool:
    """Tell whether a common noun names a government body or someone who speaks for it."""
    return token.lemma_.lower() in _OFFICIALS


def is_instrument_noun(token: Token) -> bool:
    """Tell whether a noun names a text or deal by which governments act."""
    return token.lemma_.lower() in _INSTRUMENTS


def is_destination(doc: Doc, actor: Actor) -> bool:
    """Tell whether a government is only the place where goods go ("to Japan", "for the U.S.")."""
    before = {word.lower_ for word in doc[max(actor.start - 2, 0) : actor.start]}
    return bool(before & {"to", "in", "from", "with", "against", "for", "of", "toward"})


def count_acting(doc: Doc, actors: tuple[Actor, ...]) -> dict[str, int]:
    """Return how strongly each country is named as one that regulates: not "Japanese firms"."""
    counts: dict[str, int] = {}
    for actor in actors:
        if actor.country and (weight := acting_weight(doc, actor)):
            counts[actor.country] = counts.get(actor.country, 0) + weight
    if "Announcement No." in doc.text or "MOFCOM" in doc.text:
        # Numbered announcements are the form of the Chinese ministry and customs.
        counts["China"] = counts.get("China", 0) + 3
    return counts


def acting_weight(doc: Doc, actor: Actor) -> int:
    """Return how clearly an actor regulates here; 0 for targets, buyers and requesters."""
    if actor.role.startswith("place") and not _owns_measure(doc, actor):
        return 0
    if _owns_measure(doc, actor):
        return 3
    verb = _verb_of(doc, actor)
    if verb is not None:
        lemma = verb.lemma_.lower()
        if any(f.subject.endswith("government") for f in frames_by_verb().get(lemma, ())):
            return 3
        return 0 if lemma in _REQUESTING else 1
    if is_destination(doc, actor) or not actor.is_authority:
        return 0
    if actor.role in _ISSUERS:
        return 2
    return int(actor.role not in {"government", "speaker"} or _precedes_official(doc, actor))


def _verb_of(doc: Doc, actor: Actor) -> Token | None:
    """Return the verb of which an actor is the subject or the agent."""
    head = doc[actor.end - 1]
    if head.pos == 0:
        return None
    for _ in range(3):
        if head.dep_ in {"nsubj", "agent"} or (head.dep_ == "pobj" and head.head.dep_ == "agent"):
            verb = head.head.head if head.dep_ == "pobj" else head.head
            return verb if verb.pos_ in {"VERB", "AUX"} else None
        if head.dep_ != "compound":
            return None
        head = head.head
    return None


def _owns_measure(doc: Doc, actor: Actor) -> bool:
    """Tell whether a measure or ministry is this actor's ("China's new export controls")."""
    following = doc[actor.end : actor.end + 7]
    is_genitive = bool(len(following)) and following[0].text in {"'s", "’s", "'", "’"}
    if not is_genitive and actor.role != "place:adjective":
        return actor.role == "government" and _precedes_official(doc, actor)
    for word in following:
        lower = word.lower_
        if lower in _MEASURES or (is_official_noun(word) and lower not in _FOREIGN):
            return True
        if lower in {"and", "of", "to", "in", "on", "for", "firms"} or word.text in {",", ".", ";"}:
            return False
    return False


def _precedes_official(doc: Doc, actor: Actor) -> bool:
    following = doc[actor.end] if actor.end < len(doc) else None
    return following is not None and (
        is_official_noun(following) or following.lower_ in {"ban", "controls", "curbs", "export"}
    )


_ISSUERS = frozenset(
    {"customs", "co_issuer", "entity_lister", "license_issuer", "quota_issuer", "regulator"}
)
_REQUESTING = frozenset(
    {"appeal", "ask", "beg", "buy", "call", "complain", "condemn", "criticize", "demand", "depend"}
    | {"import", "need", "press", "protest", "rely", "request", "seek", "take", "urge", "want"}
)
_MEASURES = frozenset(
    {"ban", "bans", "bureau", "controls", "control", "curbs", "embargo", "export", "law", "licence"}
    | {"licences", "license", "licenses", "licensing", "measures", "moratorium", "permits", "quota"}
    | {"quotas", "regime", "restrictions", "rules", "restriction", "prohibition"}
)
_FOREIGN = frozenset({"president", "leader", "premier", "secretary", "official", "officials"})
