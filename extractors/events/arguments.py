"""Arguments of an event: authority, parties by role, material, destination, form of license.

Reads a candidate and its sentence; surfaces for parties, canonical names for the rest.
"""

import re
from dataclasses import dataclass

from spacy.tokens import Token

from extractors.events.candidates import Candidate
from extractors.events.listed import exempted_parties, listed_parties, quota_sharers
from extractors.events.nouns import complement, modifiers
from extractors.events.parties import Parties, parties_after, parties_at
from extractors.events.reading import SentenceReading
from extractors.events.subjects import subject_of
from extractors.events.topics import is_regulated
from models.vocabulary import FIRM_KINDS, EventKind, LicenseKind

# How many tokens back the material of an event may stand.
_BACK = 150
_TO = frozenset({"to"})
_FOR = frozenset({"concerning", "for", "regarding"})
_FROM = frozenset({"from", "by", "of"})
_GENERAL = (
    "general",
    "year-long",
    "yearlong",
    "one-year",
    "standing",
    "streamlined",
    "blanket",
    "12-month",
    "twelve-month",
)
_INDIVIDUAL = (
    "individual",
    "per-shipment",
    "case-by-case",
    "single",
    "one-off",
    "transaction-based",
    "shipment-by-shipment",
    "each consignment",
    "every shipment",
    "each shipment",
    "per shipment",
    "every consignment",
)
_GENERAL_LICENSE = re.compile(r"general\W{1,3}(?:[\w-]{1,20} ){0,3}(?:licen|permit|authori)")
_TEMPORARY = (
    "temporary",
    "six months",
    "three months",
    "six-month",
    "interim",
    "provisional",
    "short-term",
    "three-month",
    "90-day",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Who holds, gets the benefit of, seeks or is left out of a license."""

    licensees: tuple[str, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    applicants: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def roles_of(sentence: SentenceReading, candidate: Candidate) -> Roles:
    """Return the parties of a firm-level event, empty for a measure."""
    kind = candidate.kind
    if kind is EventKind.LICENSE_EXCLUDED:
        return Roles(excluded=parties_at(sentence, candidate.party).names)
    if kind in {EventKind.ENTITY_LISTED, EventKind.ENTITY_DELISTED}:
        return Roles(excluded=listed_parties(sentence, candidate))
    if candidate.rule_id == "event.grant.purchase":
        return Roles(beneficiaries=parties_at(sentence, candidate.party).names)
    if kind is EventKind.EXEMPTION_GRANTED:
        return Roles(beneficiaries=exempted_parties(sentence, candidate))
    if kind is EventKind.QUOTA_ISSUED and candidate.party is not None:
        return Roles(licensees=quota_sharers(sentence, candidate))
    if kind not in FIRM_KINDS:
        return Roles()
    main = _main_party(sentence, candidate)
    anchor = candidate.noun or candidate.trigger
    customers = parties_after(sentence, anchor, _FOR)
    if kind is EventKind.LICENSE_APPLIED:
        return Roles(applicants=main.names, beneficiaries=_kept(customers.names, main.names))
    beneficiaries = list(customers.names) or _behalf(sentence, anchor)
    beneficiaries = beneficiaries or _benefit(sentence, anchor)
    beneficiaries += [name for name in main.possessors if name not in beneficiaries]
    if main.is_customer and not main.possessors:
        return Roles(beneficiaries=tuple(dict.fromkeys((*main.names, *beneficiaries))))
    return Roles(
        licensees=main.names, beneficiaries=_kept(tuple(dict.fromkeys(beneficiaries)), main.names)
    )


def _kept(names: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in other)


def _main_party(sentence: SentenceReading, candidate: Candidate) -> Parties:
    """Return the party that a license is granted to, refused to or sought by."""
    if candidate.party is not None:
        return parties_at(sentence, candidate.party)
    noun = candidate.noun
    suffered = candidate.trigger.head
    if candidate.trigger.tag_ == "VBN" and _is_suffering(suffered, candidate.trigger):
        # "X had its permit revoked"
        return parties_at(sentence, subject_of(suffered))
    if candidate.role in {"holder", "applicant"} and candidate.voice == "active":
        return parties_at(sentence, candidate.subject)
    dative = _dative(candidate.trigger)
    if dative is not None:
        return parties_at(sentence, dative)
    if noun is not None:
        own = _premodifier(sentence, noun)
        if own.names:
            return own
        is_application = sentence.class_of(noun) == "application"
        following = sentence.reading.doc[min(noun.i + 1, sentence.sent.end - 1)].lower_
        is_held = following in {"held", "issued", "granted", "of"}
        words = _FROM if is_application or is_held else _TO
        found = parties_after(sentence, noun, words)
        if found.names:
            return found
        if candidate.trigger.i > noun.i:
            found = parties_after(sentence, candidate.trigger, _TO)
        return found
    return Parties()


def _is_suffering(verb: Token, trigger: Token) -> bool:
    """Tell whether "had" governs a participle with no other verb between."""
    between = trigger.doc[verb.i + 1 : trigger.i]
    is_have = verb.lemma_ == "have" and 1 < trigger.i - verb.i <= 10
    return is_have and not any(word.pos_ in {"VERB", "AUX"} for word in between)


def _dative(trigger: Token) -> Token | None:
    return next(
        (child for child in trigger.children if child.dep_ == "dative" and child.pos_ != "ADP"),
        None,
    )


def _premodifier(sentence: SentenceReading, noun: Token) -> Parties:
    """Return the country whose firms applied: "some 2,000 EU applications"."""
    if sentence.class_of(noun) != "application":
        return Parties()
    for word in modifiers(noun):
        firm = sentence.reading.company_at.get(word.i)
        if firm is not None:
            return Parties(names=(firm.fact.text,))
        actor = sentence.reading.actor_at.get(word.i)
        if actor is not None and (actor.role.startswith("place") or actor.role == "government"):
            return Parties(names=(f"{word.text} firms",), is_customer=True)
    return Parties()


def _behalf(sentence: SentenceReading, anchor: Token) -> list[str]:
    """Read "applications on behalf of two magnet makers"."""
    doc = sentence.reading.doc
    for index in range(anchor.i + 1, min(anchor.i + 6, sentence.sent.end - 2)):
        if doc[index].lower_ == "behalf":
            head = next((word for word in doc[index + 1].children if word.dep_ == "pobj"), None)
            return list(parties_at(sentence, head).names)
    return []


def _benefit(sentence: SentenceReading, anchor: Token) -> list[str]:
    """Read "for the benefit of U.S. end users and their suppliers"."""
    doc = sentence.reading.doc
    for index in range(anchor.i, sentence.sent.end - 3):
        if doc[index].lower_ == "benefit" and doc[index + 1].lower_ == "of":
            rest = doc[index + 2 : sentence.sent.end].text
            for stop in (". ", ";", ", which", ", and "):
                rest = rest.split(stop)[0]
            return [rest.strip(" .\n")]
    return []


def material_of(sentence: SentenceReading, candidate: Candidate) -> str | None:
    """Return the materials of the event: its clause, its sentence, else the last named before."""
    anchor = candidate.noun or candidate.trigger
    low, high = sentence.sent.start, sentence.sent.end
    inside = [item for item in sentence.reading.materials_in(low, high) if is_regulated(item)]
    segment = [
        item
        for item in inside
        if sentence.clauses.same_segment(sentence.reading.doc[item.start], anchor)
    ]
    clause = [
        item
        for item in inside
        if sentence.clauses.same(sentence.reading.doc[item.start], candidate.trigger)
    ]
    chosen = clause or segment or inside
    if not chosen:
        earlier = sentence.reading.materials_in(low - _BACK, low)
        chosen = [item for item in earlier if is_regulated(item)][-1:]
    names = dict.fromkeys(item.material.name for item in chosen)
    return "; ".join(names) or None


def destination_of(
    sentence: SentenceReading, candidate: Candidate, authority: str | None
) -> str | None:
    """Return the places that goods may or may not go to, None when the text names none."""
    doc = sentence.reading.doc
    names: list[str] = []
    for place in sentence.reading.places_in(sentence.sent.start, sentence.sent.end):
        if place.place.name == authority or not sentence.clauses.same_segment(
            doc[place.start], candidate.trigger
        ):
            continue
        before = [word.lower_ for word in doc[max(place.start - 4, 0) : place.start]]
        to_place = "to" in before[-2:] or ("for" in before and place.form == "adjective")
        is_joined = bool(names) and before[-1:] in (["and"], [","])
        if ((to_place or is_joined) and place.form != "metonym") or (
            place.place.kind == "world" and place.form != "adjective" and "the" not in before[-9:-4]
        ):
            names.append(place.place.name)
    return "; ".join(dict.fromkeys(names)) or None


def license_kind_of(sentence: SentenceReading, candidate: Candidate) -> LicenseKind | None:
    """Return the form of the license as its noun phrase or clause says it."""
    noun = candidate.noun
    if candidate.trigger.lemma_ in {"replace", "supersede"} and noun is not None:
        after = sentence.reading.doc[noun.i + 1 : min(noun.i + 7, sentence.sent.end)].text.lower()
        before = sentence.sent[: candidate.trigger.i - sentence.sent.start].text.lower()
        new = after if after.startswith(("with ", "by ")) else before
        return _form(new)
    if noun is not None and sentence.class_of(noun) in {"license", "application", "control"}:
        words = [*modifiers(noun)]
        near = " ".join(word.lower_ for word in sorted(words, key=lambda word: word.i))
        found = _form(f"{near} {' '.join(word.lower_ for word in complement(noun))}")
        if found is not None:
            return found
    if candidate.kind in FIRM_KINDS or candidate.kind is EventKind.LICENSE_REGIME_CHANGED:
        clause = [
            word.lower_ for word in sentence.sent if sentence.clauses.same(word, candidate.trigger)
        ]
        text = " ".join(clause)
        # "as a general principle" is no general license.
        return _form(text if _GENERAL_LICENSE.search(text) else text.replace("general", ""))
    return None


def _form(text: str) -> LicenseKind | None:
    text = text.replace(" - ", "-")
    if "validated end" in text or "veu" in text.split():
        return LicenseKind.VALIDATED_END_USER
    for words, kind in (
        (_TEMPORARY, LicenseKind.TEMPORARY),
        (_GENERAL, LicenseKind.GENERAL),
        (_INDIVIDUAL, LicenseKind.INDIVIDUAL),
    ):
        if any(word in text for word in words):
            return kind
    return None
