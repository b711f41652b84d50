"""What is left out: doubles, generic statements, presupposed acts, an unnamed "we".

Also refines the kind of a candidate by a look at its noun.
"""

from spacy.tokens import Token

from extractors.events.arguments import roles_of
from extractors.events.candidates import Candidate
from extractors.events.clauses import has_subject, left_group
from extractors.events.lexicon import noun_classes
from extractors.events.nouns import complement, modifiers
from extractors.events.objects import is_license_system
from extractors.events.reading import SentenceReading
from extractors.events.timing import date_event
from extractors.events.topics import is_regulated
from models.vocabulary import FIRM_KINDS, EventKind


def is_double(candidate: Candidate, kept: list[Candidate]) -> bool:
    """Tell whether a kept candidate states the same act: one noun, or verbs joined by "or"."""
    trigger = candidate.trigger
    for other in kept:
        # "stepped up its curbs, adding five elements": one act, told twice.
        is_detail = trigger.tag_ == "VBG" and trigger.dep_ == "advcl"
        if is_detail and other.kind is candidate.kind and trigger.head.i == other.trigger.i:
            return True
        if other.trigger.i == candidate.trigger.i and other.kind is candidate.kind:
            return True
        if other.noun is None or candidate.noun is None or other.noun.i != candidate.noun.i:
            continue
        if other.kind is candidate.kind and not has_subject(candidate.trigger):
            return True
        if trigger.dep_ == "conj" and trigger.head.i == other.trigger.i:
            return not has_subject(trigger)
    return False


def without_scheme_start(sentence: SentenceReading, kept: list[Candidate]) -> list[Candidate]:
    """Drop "began issuing licenses" where the same sentence calls it a change of the regime."""
    changed = any(item.kind is EventKind.LICENSE_REGIME_CHANGED for item in kept)
    if not changed:
        return kept
    return [
        item
        for item in kept
        if item.kind is not EventKind.LICENSE_GRANTED
        or item.rule_id.endswith(".party")
        or any(roles_of(sentence, item).licensees + roles_of(sentence, item).beneficiaries)
    ]


def is_generic(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether a firm-level form describes how things are done, not something that was done."""
    if candidate.kind not in FIRM_KINDS or sentence.is_headline:
        return False
    if candidate.rule_id == "event.delay.pending":
        return False
    trigger = candidate.trigger
    group = {word.lower_ for word in left_group(trigger)}
    if trigger.dep_ in {"csubj", "nsubj"} and trigger.tag_ == "VBG":
        return True
    if trigger.lemma_ in {"have", "get"} and trigger.tag_ in {"VBP", "VBZ", "VB"}:
        nearby = {w.lower_ for w in trigger.doc[max(trigger.i - 3, 0) : trigger.i + 4]}
        return trigger.tag_ != "VB" and not nearby & _NOW
    if trigger.lemma_ in {"hold", "possess"}:
        return False
    if trigger.dep_ == "acl" and trigger.tag_ == "VBN" and candidate.party is None:
        return not _has_time(sentence, candidate) and not any(
            (roles_of(sentence, candidate).licensees, roles_of(sentence, candidate).applicants)
        )
    if trigger.tag_ in {"VBZ", "VBP"}:
        return not group & _NOW
    if (
        trigger.tag_ == "VBN"
        and group & {"is", "are"}
        and not group & {"being", "been"} | (group & _NOW)
    ):
        return not group & _NOW
    return trigger.tag_ == "VBN" and trigger.dep_ in {"amod", "compound"}


def _has_time(sentence: SentenceReading, candidate: Candidate) -> bool:
    return date_event(sentence, candidate.trigger, candidate.noun).start is not None


def is_presupposed(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether an undated measure only stands in a temporal or present relative clause."""
    trigger = candidate.trigger
    if _has_time(sentence, candidate):
        return False
    marks = {child.lower_ for child in trigger.children if child.dep_ in {"mark", "advmod"}}
    if trigger.dep_ in {"advcl", "pcomp"} and marks & {"before", "until", "since", "when"}:
        return True
    if candidate.kind in FIRM_KINDS:
        return False
    return (
        trigger.dep_ == "relcl"
        and trigger.tag_ in {"VBZ", "VBP"}
        and candidate.kind is not (EventKind.LICENSE_REGIME_CHANGED)
    )


def is_of_other_goods(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether a measure is about chips, ethane or soybeans and no regulated good is named."""
    noun = candidate.noun
    if noun is None or candidate.kind in FIRM_KINDS:
        return False
    low, high = sentence.sent.start, sentence.sent.end
    if any(is_regulated(item) for item in sentence.reading.materials_in(low, high)):
        return False
    words = {word.lemma_.lower() for word in (*modifiers(noun), *complement(noun))}
    return bool(words & noun_classes()["exports"].blocked)


def is_own_voice(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether an unnamed "we" speaks of its own licenses."""
    if candidate.kind not in FIRM_KINDS:
        return False
    words = {
        word.lower_ for word in sentence.sent if sentence.clauses.same(word, candidate.trigger)
    }
    return bool(words & {"we", "our", "us", "i", "my"})


def refined_kind(sentence: SentenceReading, candidate: Candidate) -> EventKind:
    """Return the kind after a look at the noun: "additional controls" widen what exists."""
    if candidate.noun is None:
        return candidate.kind
    if candidate.kind is EventKind.CONTROL_EASED and is_license_system(candidate.noun):
        return EventKind.LICENSE_REGIME_CHANGED
    if candidate.kind is not EventKind.CONTROL_IMPOSED:
        return candidate.kind
    nouns = [candidate.noun, *_joined_before(sentence, candidate.noun)]
    words = {word.lower_ for noun in nouns for word in modifiers(noun)}
    return EventKind.CONTROL_EXPANDED if words & _WIDER else candidate.kind


def _joined_before(sentence: SentenceReading, noun: Token) -> list[Token]:
    """Return the controls that stand before a noun in one coordination with it."""
    doc = sentence.reading.doc
    return [
        doc[index]
        for index in range(max(noun.i - 9, sentence.sent.start), noun.i)
        if sentence.class_of(doc[index]) == "control"
        and any(word.lower_ == "and" for word in doc[index : noun.i])
    ]


_WIDER = frozenset(
    {"added", "additional", "broader", "expanded", "expansive", "extra", "further", "more", "wider"}
)


_NOW = frozenset({"already", "currently", "now"})
