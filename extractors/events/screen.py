"""What is left out: doubles, generic statements, presupposed acts, an unnamed "we".

Also refines the kind of a candidate by a look at its noun.
"""

from spacy.tokens import Token

from extractors.events.candidates import Candidate
from extractors.events.clauses import has_subject
from extractors.events.generic import has_time
from extractors.events.holders import roles_of
from extractors.events.lexicon import noun_classes
from extractors.events.nouns import complement, modifiers
from extractors.events.objects import is_regime
from extractors.events.reading import SentenceReading
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


def is_presupposed(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether an undated measure only stands in a temporal or present relative clause."""
    trigger = candidate.trigger
    if has_time(sentence, candidate) or _starts_on(sentence, candidate):
        return False
    if candidate.kind in FIRM_KINDS and _is_unnamed(trigger):
        return True
    if candidate.kind not in FIRM_KINDS and "at any time" in sentence.sent.text.lower():
        # A risk named in a report: "controls could be imposed at any time".
        return True
    marks = {child.lower_ for child in trigger.children if child.dep_ in {"mark", "advmod"}}
    if trigger.dep_ in {"advcl", "pcomp"} and marks & {"before", "until", "since", "when"}:
        return True
    if candidate.kind is EventKind.LICENSE_APPLIED and trigger.dep_ == "pcomp":
        # "may ship without asking for approval each time"
        return trigger.head.lower_ == "without"
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


def _starts_on(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether an entry into force is dated: "since the regime took effect on April 4"."""
    low = candidate.trigger.i + 1
    dated = sentence.reading.dates_in(low, min(low + 4, sentence.sent.end))
    return candidate.rule_id.endswith(".in_force") and bool(dated)


def _is_unnamed(trigger: Token) -> bool:
    """Match "did not name the companies that were granted licenses"."""
    verb = trigger.head.head
    if trigger.dep_ not in {"acl", "relcl"} or verb.lemma_ not in _NAMING:
        return False
    return any(child.dep_ == "neg" for child in verb.children) or verb.lemma_ == "decline"


def is_of_other_goods(sentence: SentenceReading, candidate: Candidate) -> bool:
    """Tell whether a measure is about chips, ethane or soybeans and no regulated good is named."""
    noun = candidate.noun
    if noun is None or candidate.kind in FIRM_KINDS:
        return False
    low, high = sentence.sent.start, sentence.sent.end
    if any(is_regulated(item) for item in sentence.reading.materials_in(low, high)):
        return False
    words = {word.lemma_.lower() for word in (*modifiers(noun), *complement(noun))}
    return bool(words & noun_classes()["exports"].blocked) and not words & _PROCESSES


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
    if candidate.rule_id == "event.control.suspend" and candidate.trigger.lemma_ == "waive":
        near = (*candidate.trigger.children, *candidate.noun.children)
        if any(word.lower_ == "for" and word.i > candidate.noun.i for word in near):
            # "waived the requirement for civilian users": some are spared, the rule stays.
            return EventKind.EXEMPTION_GRANTED
    if candidate.kind in _REGIME_MOVES and _is_scheme(sentence, candidate.noun):
        return EventKind.LICENSE_REGIME_CHANGED
    if candidate.kind in {EventKind.CONTROL_LIFTED, EventKind.BAN_LIFTED}:
        return _partly_lifted(candidate, candidate.noun)
    if candidate.kind is not EventKind.CONTROL_IMPOSED:
        return candidate.kind
    trigger = candidate.trigger
    if any(c.dep_ == "advcl" and _is_adding(c) for c in trigger.children):
        # "unveiled its widest curbs yet, adding five elements"
        return EventKind.CONTROL_EXPANDED
    if trigger.dep_ in {"advcl", "xcomp"} and trigger.head.lemma_ == "amend":
        # "amended the regulations to impose license requirements on more tools"
        return EventKind.CONTROL_EXPANDED
    nouns = [candidate.noun, *_joined_before(sentence, candidate.noun)]
    words = {word.lower_ for noun in nouns for word in modifiers(noun)}
    return EventKind.CONTROL_EXPANDED if words & _WIDER else candidate.kind


def _is_adding(token: Token) -> bool:
    return token.tag_ == "VBG" and token.lemma_ in _ADDING and not has_subject(token)


def _is_scheme(sentence: SentenceReading, noun: Token) -> bool:
    """Tell whether a way of licensing is eased or extended, not the control itself."""
    named = noun.lemma_.lower() in {"program", "programme", "scheme"}
    return is_regime(noun) or (named and sentence.reading.topic.has_license)


def _partly_lifted(candidate: Candidate, noun: Token) -> EventKind:
    """Return what it is to lift a part of the measures, or all for a time."""
    trigger, low = candidate.trigger, noun.left_edge.i
    before = [word.lower_ for word in noun.doc[max(low - 2, 0) : low]]
    adverbs = {child.lower_ for child in trigger.children if child.dep_ == "advmod"}
    if adverbs & {"temporarily", "provisionally"}:
        return EventKind.CONTROL_SUSPENDED
    is_part = before[-1:] == ["of"] and bool(
        {"many", "most", "part", "several", "some"} & {*before}
    )
    return (
        EventKind.CONTROL_EASED if is_part or adverbs & {"partially", "partly"} else candidate.kind
    )


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


_NAMING = frozenset({"decline", "disclose", "identify", "list", "name", "specify"})
_REGIME_MOVES = frozenset({EventKind.CONTROL_EASED, EventKind.CONTROL_EXPANDED})
_ADDING = frozenset({"add", "broaden", "expand", "extend", "widen"})


# Steps of making metals and magnets, whose tools come under the same controls.
_PROCESSES = frozenset(
    {"calcination", "extraction", "metallurgy", "refining", "separation", "sintering", "smelting"}
)


_TEXTS = frozenset(
    {"amendment", "announcement", "bill", "decree", "decision", "law", "notice", "order"}
    | {"proclamation", "rule"}
)
