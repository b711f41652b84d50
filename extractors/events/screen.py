"""What is left out: doubles, generic statements, presupposed acts, an unnamed "we".

Also refines the kind of a candidate by a look at its noun.
"""

from spacy.tokens import Token

from extractors.events.candidates import Candidate
from extractors.events.clauses import has_subject, is_passive, left_group
from extractors.events.holders import roles_of
from extractors.events.lexicon import noun_classes
from extractors.events.nouns import complement, modifiers
from extractors.events.objects import is_regime
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
            joined = {word.lower_ for word in trigger.doc[other.trigger.i : trigger.i]}
            # "postpone and eliminate the controls" shares the object behind both verbs.
            shares = candidate.noun.i > trigger.i or bool(joined & {"or", "nor"})
            return not has_subject(trigger) and shares
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


def without_list_doubles(kept: list[Candidate]) -> list[Candidate]:
    """Drop what a verb of listing seems to do to another noun ("in that rule BIS removed X")."""
    listed = {item.trigger.i for item in kept if item.rule_id.startswith("event.list.")}
    # "issued a rule that suspends the controls": the rule itself is no new control.
    told = {item.trigger.head.i for item in kept if item.trigger.dep_ == "relcl"}
    kept = [
        item
        for item in kept
        if item.kind is not EventKind.CONTROL_IMPOSED
        or item.noun is None
        or item.noun.i not in told
        or item.noun.lemma_.lower() not in _TEXTS
    ]
    return [i for i in kept if i.rule_id.startswith("event.list.") or i.trigger.i not in listed]


def is_generic(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether a firm-level form describes how things are done, not something that was done."""
    if candidate.kind not in FIRM_KINDS or sentence.is_headline:
        return False
    if candidate.rule_id in _STATES:
        return False
    trigger = candidate.trigger
    group = {word.lower_ for word in left_group(trigger)}
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
    if trigger.dep_ == "acl" and trigger.tag_ == "VBN" and not has_subject(trigger):
        reduced = _is_generic_aside(sentence, candidate)
        if reduced is not None:
            return reduced
    return not _is_one_act(sentence, candidate, group) and _is_habit(trigger, group)


def _is_of_any(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether licenses only describe a class of firms: "those whose permits were revoked"."""
    trigger, noun = candidate.trigger, candidate.noun
    if trigger.dep_ != "relcl" or noun is None or noun.left_edge.lower_ != "whose":
        return False
    head = trigger.head
    is_class = head.tag_ in {"NNS", "DT", "PRP"} and head.i not in sentence.reading.company_at
    counted = any(word.tag_ == "CD" for word in modifiers(head))
    return is_class and not counted and not _has_time(sentence, candidate)


def _is_one_act(sentence: SentenceReading, candidate: Candidate, group: set[str]) -> bool:
    """Tell whether a present tense tells one act: "is hereby revoked", "unless it is approved"."""
    trigger = candidate.trigger
    if any(child.dep_ == "mark" and child.lower_ == "unless" for child in trigger.children):
        return True
    if candidate.kind is EventKind.LICENSE_EXCLUDED and candidate.party is not None:
        # "X is not excluded from the general permit": of a named firm, a fact.
        return candidate.party.i in sentence.reading.company_at
    if trigger.tag_ == "VBN" and is_passive(trigger) and _names_party(sentence, candidate):
        # "status is conferred on X": a register performs the act.
        return True
    return "hereby" in group or (trigger.tag_ == "VBN" and _has_end(sentence, trigger))


def _names_party(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether a firm follows as receiver or stands as subject of a passive."""
    trigger = candidate.trigger
    after = sentence.reading.companies_in(trigger.i + 1, min(trigger.i + 7, sentence.sent.end))
    roles = roles_of(sentence, candidate) if after else None
    return roles is not None and bool(roles.licensees or roles.beneficiaries)


def _has_end(sentence: SentenceReading, trigger: Token) -> bool:
    """Tell whether a date follows: "is extended to May 31", "are revoked as of today"."""
    following = trigger.doc[min(trigger.i + 1, len(trigger.doc) - 1)].lower_
    dated = sentence.reading.dates_in(trigger.i + 1, min(trigger.i + 5, sentence.sent.end))
    return following in {"as", "effective", "from", "through", "to", "until"} and bool(dated)


def _is_habit(trigger: Token, group: set[str]) -> bool:
    """Tell whether a verb stands in a tense that tells what is usual, not what happened."""
    if trigger.tag_ in {"VBZ", "VBP"}:
        return not group & _NOW
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
        return not (counted and by is not None) and not _has_time(sentence, candidate)
    if candidate.party is not None:
        return None
    roles = roles_of(sentence, candidate)
    return not _has_time(sentence, candidate) and not any((roles.licensees, roles.applicants))


def _is_principle(sentence: SentenceReading, candidate: Candidate, group: set[str]) -> bool:
    """Tell whether a rule is described: "requests that meet the terms will be approved"."""
    group = group | {child.lower_ for child in candidate.trigger.children if child.dep_ == "aux"}
    if not group & {"will", "would", "shall", "may", "can", "could", "should", "must"}:
        return False
    text = sentence.sent.text.lower()
    if any(phrase in text for phrase in _PRINCIPLES):
        return True
    noun = candidate.noun
    if noun is None or not is_passive(candidate.trigger) or _has_time(sentence, candidate):
        return False
    if sentence.reading.companies_in(sentence.sent.start, sentence.sent.end):
        return False
    if group & {"may", "can"} and sentence.class_of(noun) == "license":
        return True
    is_plural = noun.tag_ == "NNS" and not any(w.tag_ == "CD" for w in modifiers(noun))
    return sentence.class_of(noun) == "application" and is_plural


def _has_time(sentence: SentenceReading, candidate: Candidate) -> bool:
    return date_event(sentence, candidate.trigger, candidate.noun).start is not None


def is_presupposed(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether an undated measure only stands in a temporal or present relative clause."""
    trigger = candidate.trigger
    if _has_time(sentence, candidate):
        return False
    if candidate.kind not in FIRM_KINDS and "at any time" in sentence.sent.text.lower():
        # A risk named in a report: "controls could be imposed at any time".
        return True
    marks = {child.lower_ for child in trigger.children if child.dep_ in {"mark", "advmod"}}
    if trigger.dep_ in {"advcl", "pcomp"} and marks & {"before", "until", "since", "when"}:
        return True
    if candidate.rule_id == "event.apply.seek" and trigger.dep_ == "relcl":
        # "has not granted the license that X sought": the news is the answer.
        return True
    if candidate.kind in FIRM_KINDS:
        return False
    low = max(trigger.i - 10, sentence.sent.start)
    texts = [w for w in trigger.doc[low : trigger.i] if w.lemma_.lower() in _TEXTS]
    if trigger.dep_ == "relcl" and any(w.dep_ == "dobj" or w is trigger.head for w in texts):
        # "issued a final rule that suspends the controls": the rule is the news.
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


def is_idea(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether only the thought of a quota was dropped ("a quota was discussed")."""
    noun = candidate.noun
    if candidate.kind is not EventKind.CONTROL_LIFTED or noun is None:
        return False
    words = {word.lower_ for word in modifiers(noun)}
    return sentence.class_of(noun) == "quota" and bool(words & {"a", "an", "any", "no"})


def is_own_voice(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether an unnamed "we" speaks of its own licenses."""
    if candidate.kind not in FIRM_KINDS:
        return False
    words = {
        word.lower_ for word in sentence.sent if sentence.clauses.same(word, candidate.trigger)
    }
    if not words & {"we", "our", "us", "i", "my"}:
        return False
    said = any(word.lemma_ in {"say", "tell"} for word in sentence.sent)
    return said or bool(words & {"i", "my"}) or any(word.is_quote for word in sentence.sent)


def refined_kind(sentence: SentenceReading, candidate: Candidate) -> EventKind:
    """Return the kind after a look at the noun: "additional controls" widen what exists."""
    if candidate.noun is None:
        return candidate.kind
    if candidate.kind is EventKind.CONTROL_EASED and is_regime(candidate.noun):
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


_STATES = frozenset(
    {"event.delay.answer", "event.delay.pending", "event.delay.sitting", "event.delay.undecided"}
    | {"event.delay.waiting", "event.exclude.missing", "event.grant.in_hand", "event.grant.lacking"}
    | {"event.grant.in_hand_share", "event.grant.elliptic"}
    | {"event.revoke.participle"}
)


_PRINCIPLES = ("as a general principle", "as a matter of principle", "as a rule", "in principle")


_TEXTS = frozenset(
    {"amendment", "announcement", "bill", "decree", "decision", "law", "notice", "order"}
    | {"proclamation", "rule"}
)


_NOW = frozenset({"already", "currently", "now"})
