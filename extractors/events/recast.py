"""Kinds that only the words around a noun, or the act told before, decide.

"withdraw the measure" lifts a ban where a ban was told; a refused request for relief is no
refused license; an undated duty on goods is a change of the licensing system.
"""

from dataclasses import replace

from spacy.tokens import Token

from extractors.events.candidates import Candidate
from extractors.events.lexicon import party_nouns
from extractors.events.nouns import complement, modifiers
from extractors.events.objects import is_license_system
from extractors.events.reading import SentenceReading
from models.facts import LicenseEvent
from models.vocabulary import EventKind

_VAGUE = frozenset({"decision", "measure", "move", "order", "rule", "step"})
_POINTING = frozenset({"its", "that", "the", "this", "these", "those", "their"})
_AFTER_BAN = {
    EventKind.CONTROL_IMPOSED: EventKind.BAN_IMPOSED,
    EventKind.CONTROL_LIFTED: EventKind.BAN_LIFTED,
    EventKind.CONTROL_SUSPENDED: EventKind.BAN_LIFTED,
}
_AFTER_LISTING = {EventKind.CONTROL_LIFTED: EventKind.ENTITY_DELISTED}
_STARTED = frozenset(
    {EventKind.BAN_IMPOSED, EventKind.CONTROL_EXPANDED, EventKind.CONTROL_IMPOSED}
    | {EventKind.LICENSE_REGIME_CHANGED}
)
_PROLONGING = frozenset({"extend", "prolong", "renew"})
_RELIEF = frozenset({"exempt", "exempted", "exempting", "exemption", "waiver", "derogation"})
# How many mentions back the act that "the measure" stands for is looked for.
_BACK = 6
# Rules that tell how long; news only where the act was not told.
_DETAILS = frozenset({"event.quota.instead", "event.suspend.noun"})


def recast(
    sentence: SentenceReading, candidate: Candidate, earlier: list[LicenseEvent]
) -> Candidate:
    """Return the candidate under the kind that its surroundings give it."""
    noun = candidate.noun
    if noun is None:
        return candidate
    trigger = candidate.trigger
    if candidate.kind is EventKind.LICENSE_GRANTED and _is_renewed(noun):
        return replace(candidate, kind=EventKind.LICENSE_RENEWED, rule_id="event.renew.again")
    if sentence.class_of(noun) == "ban" and trigger.lemma_.lower() in _PROLONGING:
        # A ban that lasts longer is a ban, not a wider control.
        return replace(candidate, kind=EventKind.BAN_IMPOSED, rule_id="event.ban.prolong")
    if candidate.kind is EventKind.LICENSE_DENIED:
        after = {word.lower_ for word in sentence.reading.doc[noun.i : noun.i + 14]}
        if after & _RELIEF and sentence.class_of(noun) == "application":
            return replace(candidate, kind=EventKind.EXEMPTION_GRANTED, rule_id="event.deny.relief")
        return candidate
    if candidate.kind is EventKind.CONTROL_IMPOSED and candidate.trigger.dep_ == "relcl":
        if noun.lemma_.lower() == "requirement" and is_license_system(noun):
            return replace(candidate, kind=EventKind.LICENSE_REGIME_CHANGED)
        return candidate
    return _lifted(candidate, noun) or _pointing_back(candidate, earlier)


def is_retold(candidate: Candidate, earlier: list[LicenseEvent]) -> bool:
    """Tell whether only the length of what was told before is added."""
    fresh = [event.kind for event in earlier[-_BACK:] if not event.is_background]
    if candidate.rule_id in {"event.ban.in_force", "event.control.in_force"}:
        # Announcement and entry into force are two dates of one event.
        words = {word.lower_ for word in modifiers(candidate.noun)} if candidate.noun else set()
        return bool(words & _POINTING) and bool(_STARTED & set(fresh))
    return candidate.rule_id in _DETAILS and candidate.kind in fresh


def _lifted(candidate: Candidate, noun: Token) -> Candidate | None:
    """Return what it is to cancel a firm's share or to lift a ceiling, None for other lifting."""
    if candidate.kind is not EventKind.CONTROL_LIFTED:
        return None
    lemma = noun.lemma_.lower()
    if lemma in {"allocation", "allotment", "allowance"}:
        return replace(candidate, kind=EventKind.LICENSE_REVOKED, rule_id="event.revoke.quota")
    to = any(child.lower_ in {"by", "from", "to"} for child in candidate.trigger.children)
    if lemma == "quota" and candidate.trigger.lemma_ == "lift" and to:
        # "lifted the quota to 270,000 tons" sets it.
        return replace(candidate, kind=EventKind.QUOTA_ISSUED, rule_id="event.quota.lifted")
    if lemma == "quota" and _is_taken(candidate, noun):
        return replace(candidate, kind=EventKind.LICENSE_REVOKED, rule_id="event.revoke.quota")
    if lemma in {"cap", "ceiling"} and candidate.trigger.lemma_ == "lift":
        # To lift a ceiling is to set it higher.
        return replace(candidate, kind=EventKind.CONTROL_EASED)
    return None


def _is_taken(candidate: Candidate, noun: Token) -> bool:
    """Tell whether a firm loses its share: "revoked the quotas of idle shippers"."""
    if candidate.trigger.lemma_ not in {"cancel", "forfeit", "revoke", "strip", "withdraw"}:
        return False
    words = party_nouns()
    after = complement(noun)[:5]
    holds = after[:1] and after[0].lower_ in {"held", "of"}
    holds = holds and "any" not in {word.lower_ for word in after}
    return bool(holds) and any(w.lemma_.lower() in words.holders for w in after)


def _is_renewed(noun: Token) -> bool:
    """Tell whether a license is given anew: "a renewed permit", "an extended license"."""
    return any(word.lower_ in {"extended", "renewed"} for word in modifiers(noun))


def _pointing_back(candidate: Candidate, earlier: list[LicenseEvent]) -> Candidate:
    noun = candidate.noun
    if noun is None or noun.lemma_.lower() not in _VAGUE or not earlier:
        return candidate
    words = {word.lower_ for word in modifiers(noun)}
    said = words | {word.lower_ for word in complement(noun)[:2]}
    if not words & _POINTING or said & {"control", "export", "on", "licensing"}:
        return candidate
    last = next(
        (e.kind for e in reversed(earlier[-_BACK:]) if not e.kind.value.startswith("license")), None
    )
    kinds = {EventKind.BAN_IMPOSED: _AFTER_BAN, EventKind.ENTITY_LISTED: _AFTER_LISTING}
    kind = kinds.get(last, {}).get(candidate.kind) if last else None
    return replace(candidate, kind=kind) if kind else candidate
