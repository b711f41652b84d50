"""Parties of measures: who shares a quota, who is listed, who is exempt."""

from spacy.tokens import Token

from extractors.events.candidates import Candidate
from extractors.events.parties import parties_at
from extractors.events.reading import SentenceReading
from extractors.events.subjects import is_party, of_what, subject_of


def quota_sharers(sentence: SentenceReading, candidate: Candidate) -> tuple[str, ...]:
    """Return those who share a quota: "A was allotted 5 tonnes and B 3 tonnes"."""
    own = parties_at(sentence, candidate.party).names
    rest = [
        item.fact.text
        for item in sentence.reading.companies_in(candidate.trigger.i, sentence.sent.end)
        if sentence.clauses.same_segment(sentence.reading.doc[item.start], candidate.trigger)
    ]
    return tuple(dict.fromkeys((*own, *rest)))


def listed_parties(sentence: SentenceReading, candidate: Candidate) -> tuple[str, ...]:
    """Return the firms of a listing, else the phrase that stands for them."""
    low = candidate.trigger.i if candidate.voice == "active" else sentence.sent.start
    high = (
        candidate.noun.i
        if candidate.noun is not None and candidate.voice == "active"
        else sentence.sent.end
    )
    firms = tuple(item.fact.text for item in sentence.reading.companies_in(low, high))
    return firms or _unnamed(sentence, candidate)


def _unnamed(sentence: SentenceReading, candidate: Candidate) -> tuple[str, ...]:
    """Return "twenty Japanese entities" where a listing names no firm."""
    trigger = candidate.trigger
    is_active = candidate.voice == "active"
    head = candidate.party or (None if is_active else subject_of(trigger))
    if is_active:
        head = next((child for child in trigger.children if child.dep_ == "dobj"), None)
    if candidate.voice == "nominal" and head is None:
        head = _of_noun(trigger)
    if head is not None and head.lemma_.lower() == "name":
        head = _of_noun(head) or (trigger.head if trigger.dep_ == "relcl" else head)
    head = (of_what(head) or head) if head is not None else None
    if head is None or head.pos_ == "PRON" or head.i in sentence.reading.actor_at:
        return ()
    return parties_at(sentence, head).names


def _of_noun(noun: Token) -> Token | None:
    """Return whom "the delisting of X" or "X's inclusion" is about."""
    for child in noun.children:
        if child.dep_ == "poss" and child.tag_ != "PRP$":
            return child
        if child.lower_ == "of":
            return next((word for word in child.children if word.dep_ == "pobj"), None)
    return None


def exempted_parties(sentence: SentenceReading, candidate: Candidate) -> tuple[str, ...]:
    """Return the firms that an exemption is for."""
    low, high = candidate.trigger.i, min(candidate.trigger.i + 16, sentence.sent.end)
    if candidate.voice == "passive":
        low = sentence.sent.start
    firms = tuple(item.fact.text for item in sentence.reading.companies_in(low, high))
    if firms:
        return firms
    children = candidate.trigger.children
    head = candidate.party or next((child for child in children if child.dep_ == "dobj"), None)
    if head is None or not is_party(sentence, head) or head.pos_ == "PRON":
        return ()
    return parties_at(sentence, head).names
