"""Statements of how things are done, which are no events: habits, principles, roles.

Firm-level forms only; the other screens are `screen`.
"""

from spacy.tokens import Token

from extractors.events.candidates import Candidate
from extractors.events.clauses import has_subject, is_passive, left_group
from extractors.events.holders import roles_of
from extractors.events.nouns import modifiers
from extractors.events.reading import SentenceReading
from extractors.events.timing import date_event
from models.vocabulary import FIRM_KINDS, EventKind

_STATES = frozenset(
    {"event.delay.answer", "event.delay.pending", "event.delay.sitting", "event.delay.undecided"}
    | {"event.delay.waiting", "event.exclude.missing", "event.grant.in_hand", "event.grant.lacking"}
    | {"event.grant.in_hand_named", "event.grant.in_hand_share", "event.grant.elliptic"}
    | {"event.delay.faced", "event.revoke.participle"}
)
# Texts that act by themselves, not laws that say what is usual.
_ACTS = frozenset({"amendment", "announcement", "decision", "decree", "notice", "order", "ruling"})
_PRINCIPLES = ("as a general principle", "as a matter of principle", "as a rule", "in principle")
_NOW = frozenset({"already", "currently", "now"})


def is_generic(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether a firm-level form describes how things are done, not something that was done."""
    if candidate.kind not in FIRM_KINDS or sentence.is_headline:
        return False
    if candidate.rule_id in _STATES or candidate.rule_id.startswith("event.phrase.delay"):
        return False
    trigger = candidate.trigger
    # "will for six months approve", which the tagger takes for a present tense
    helpers = (child for child in trigger.children if child.tag_ == "MD")
    group = {word.lower_ for word in (*left_group(trigger), *helpers)}
    if _is_principle(sentence, candidate, group) or _is_of_any(sentence, candidate):
        return True
    if trigger.dep_ in {"csubj", "nsubj"} and trigger.tag_ == "VBG":
        return True
    if trigger.lemma_ in {"have", "get"} and trigger.tag_ in {"VBP", "VBZ", "VB"}:
        nearby = {w.lower_ for w in trigger.doc[max(trigger.i - 3, 0) : trigger.i + 4]}
        return trigger.tag_ != "VB" and not nearby & _NOW
    if trigger.lemma_ in {"hold", "possess"}:
        # "the exporter, who holds the license": a role, unless a firm is named.
        is_role = trigger.dep_ in {"acl", "relcl"}
        return is_role and trigger.head.i not in sentence.reading.company_at
    if _is_suffered(trigger):
        return False
    if trigger.dep_ == "acl" and trigger.tag_ == "VBN" and not has_subject(trigger):
        reduced = _is_generic_aside(sentence, candidate)
        if reduced is not None:
            return reduced
    return not _is_one_act(sentence, candidate, group) and _is_habit(trigger, group)


def _is_suffered(trigger: Token) -> bool:
    """Match "had its license withdrawn", where the parser hangs the participle on the noun."""
    noun, verb = trigger.head, trigger.head.head
    if trigger.tag_ != "VBN" or trigger.dep_ not in {"acl", "ccomp"} or noun.dep_ != "dobj":
        return False
    owned = noun.left_edge.tag_ == "PRP$"
    return owned and verb.lemma_ in {"have", "see"} and verb.tag_ in {"VBD", "VBN"}


def _is_of_any(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether licenses only describe a class of firms: "those whose permits were revoked"."""
    trigger, noun = candidate.trigger, candidate.noun
    if trigger.dep_ != "relcl" or noun is None or noun.left_edge.lower_ != "whose":
        return False
    head = trigger.head
    is_class = head.tag_ in {"NNS", "DT", "PRP"} and head.i not in sentence.reading.company_at
    counted = any(word.tag_ == "CD" for word in modifiers(head))
    return is_class and not counted and not has_time(sentence, candidate)


def _is_one_act(sentence: SentenceReading, candidate: Candidate, group: set[str]) -> bool:
    """Tell whether a present tense tells one act: "is hereby revoked", "unless it is approved"."""
    trigger = candidate.trigger
    if any(child.dep_ == "mark" and child.lower_ == "unless" for child in trigger.children):
        return True
    subject = next((child for child in trigger.children if child.dep_ == "nsubj"), None)
    if trigger.tag_ == "VBZ" and subject is not None and subject.lemma_.lower() in _ACTS:
        # "This notice rescinds the authorization": a text in force performs the act.
        return subject.left_edge.lower_ in {"the", "this"} and not _is_indefinite(candidate)
    if candidate.kind is EventKind.LICENSE_EXCLUDED and candidate.party is not None:
        # "X is not excluded from the general permit": of a named firm, a fact.
        return candidate.party.i in sentence.reading.company_at
    if trigger.tag_ == "VBN" and is_passive(trigger) and _names_party(sentence, candidate):
        # "status is conferred on X": a register performs the act.
        return True
    return "hereby" in group or (trigger.tag_ == "VBN" and _has_end(sentence, trigger))


def _is_indefinite(candidate: Candidate) -> bool:
    """Tell whether no certain license is meant: "grants permits to those who comply"."""
    noun = candidate.noun
    return noun is None or (noun.tag_ == "NNS" and noun.left_edge.pos_ != "DET")


def _names_party(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether a firm follows as receiver or stands as subject of a passive."""
    trigger = candidate.trigger
    after = sentence.reading.companies_in(trigger.i + 1, min(trigger.i + 7, sentence.sent.end))
    roles = roles_of(sentence, candidate) if after else None
    if roles is not None and (roles.licensees or roles.beneficiaries):
        return True
    to = [child for child in trigger.children if child.lower_ in {"on", "to"}]
    return any(word.dep_ == "pobj" and word.pos_ == "PROPN" for pp in to for word in pp.children)


def _has_end(sentence: SentenceReading, trigger: Token) -> bool:
    """Tell whether a date follows: "is extended to May 31", "are revoked as of today"."""
    following = trigger.doc[min(trigger.i + 1, len(trigger.doc) - 1)].lower_
    dated = sentence.reading.dates_in(trigger.i + 1, min(trigger.i + 5, sentence.sent.end))
    return following in {"as", "effective", "from", "through", "to", "until"} and bool(dated)


def _is_habit(trigger: Token, group: set[str]) -> bool:
    """Tell whether a verb stands in a tense that tells what is usual, not what happened."""
    if trigger.tag_ in {"VBZ", "VBP"}:
        return not group & (_NOW | {"may", "shall", "will"})
    if (
        trigger.tag_ == "VBN"
        and group & {"is", "are"}
        and not group & {"being", "been"} | (group & _NOW)
    ):
        return not group & _NOW
    return trigger.tag_ == "VBN" and trigger.dep_ in {"amod", "compound"}


def _is_generic_aside(sentence: SentenceReading, candidate: Candidate) -> bool | None:
    """Judge "requests lodged by X", "permits issued to Y"; None where the party is known."""
    if candidate.kind is EventKind.LICENSE_APPLIED:
        noun = candidate.noun
        counted = noun is not None and any(word.tag_ == "CD" for word in modifiers(noun))
        by = next((c for c in candidate.trigger.children if c.lower_ == "by"), None)
        return not (counted and by is not None) and not has_time(sentence, candidate)
    if candidate.party is not None:
        return None
    roles = roles_of(sentence, candidate)
    return not has_time(sentence, candidate) and not any((roles.licensees, roles.applicants))


def _is_principle(sentence: SentenceReading, candidate: Candidate, group: set[str]) -> bool:
    """Tell whether a rule is described: "requests that meet the terms will be approved"."""
    group = group | {child.lower_ for child in candidate.trigger.children if child.dep_ == "aux"}
    if not group & {"will", "would", "shall", "may", "can", "could", "should", "must"}:
        return False
    text = sentence.sent.text.lower()
    if any(phrase in text for phrase in _PRINCIPLES):
        return True
    noun = candidate.noun
    if noun is None or not is_passive(candidate.trigger) or has_time(sentence, candidate):
        return False
    if sentence.reading.companies_in(sentence.sent.start, sentence.sent.end):
        return False
    if group & {"may", "can"} and sentence.class_of(noun) == "license":
        return True
    is_plural = noun.tag_ == "NNS" and not any(w.tag_ == "CD" for w in modifiers(noun))
    return sentence.class_of(noun) == "application" and is_plural


def has_time(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether a date in the text belongs to the event."""
    return date_event(sentence, candidate.trigger, candidate.noun).start is not None
