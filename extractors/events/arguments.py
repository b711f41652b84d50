"""Arguments of an event beside its parties: material, destination, form of license.

Reads a candidate and its sentence. Not here: parties (`extractors/events/holders.py`).
"""

import re

from extractors.events.candidates import Candidate
from extractors.events.nouns import complement, modifiers
from extractors.events.reading import SentenceReading
from extractors.events.topics import is_regulated
from models.vocabulary import FIRM_KINDS, EventKind, LicenseKind

# How many tokens back the material of an event may stand.
_BACK = 150
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
    "two-year",
    "multi-shipment",
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
    "each contract",
    "each delivery",
    "each outgoing",
    "per consignment",
    "per contract",
)
_GENERAL_LICENSE = re.compile(r"general\W{1,3}(?:[\w-]{1,20} ){0,5}(?:licen|permit|authori)")
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


def material_of(sentence: SentenceReading, candidate: Candidate) -> str | None:
    """Return the materials of the event: its clause, its sentence, else the last named before."""
    low, high = sentence.sent.start, sentence.sent.end
    noun = candidate.noun
    # "it licensed them" may act on a noun of the sentence before.
    anchor = noun if noun is not None and low <= noun.i < high else candidate.trigger
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
    if candidate.rule_id == "event.revoke.waiver":
        # The waivers that Washington takes back are those of validated end users.
        return LicenseKind.VALIDATED_END_USER
    stand_in = next((c for c in candidate.trigger.children if c.lower_ in {"one", "ones"}), None)
    if stand_in is not None and noun is not None and noun.i < candidate.trigger.i:
        # "had obtained a general one"
        words = sorted(modifiers(stand_in), key=lambda word: word.i)
        return _form(" ".join(word.lower_ for word in words))
    if candidate.trigger.lemma_ in {"replace", "supersede"} and noun is not None:
        after = sentence.reading.doc[noun.i + 1 : min(noun.i + 7, sentence.sent.end)].text.lower()
        before = sentence.sent[: candidate.trigger.i - sentence.sent.start].text.lower()
        new = after if after.startswith(("with ", "by ")) else before
        between = sentence.reading.doc[candidate.trigger.i + 1 : noun.i + 1]
        replaced = _form(" ".join(word.lower_ for word in between))
        if replaced is LicenseKind.INDIVIDUAL and noun.i > candidate.trigger.i:
            # What comes instead of approvals for each shipment holds for many.
            return LicenseKind.GENERAL
        return _form(new)
    if noun is not None and sentence.class_of(noun) in {"license", "application", "control"}:
        words = [*modifiers(noun)]
        near = " ".join(word.lower_ for word in sorted(words, key=lambda word: word.i))
        found = _form(f"{near} {' '.join(word.lower_ for word in complement(noun))}")
        if found is not None:
            return found
    if candidate.kind in FIRM_KINDS or candidate.kind is EventKind.LICENSE_REGIME_CHANGED:
        trigger = candidate.trigger
        # ", easing a licensing regime" comments on the license that its sentence is about.
        is_comment = trigger.dep_ == "advcl" and trigger.tag_ == "VBG"
        shared = sentence.clauses.same_segment if is_comment else sentence.clauses.same
        text = " ".join(word.lower_ for word in sentence.sent if shared(word, trigger))
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
