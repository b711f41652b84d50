"""Duties to hold a license: "will require a license", "shall apply for", "only with a permit".

A duty is `license_regime_changed`, beside `control_imposed` where a rule or a state newly sets it.
"""

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Span, Token

from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive, left_group
from extractors.events.nouns import modifiers
from extractors.events.reading import SentenceReading
from extractors.events.subjects import is_party, subject_of
from models.vocabulary import EventKind

_NEWLY = frozenset({"new", "newly", "will", "would", "shall", "must", "now", "fresh"})


# Those who come under a duty to hold a license.
_SUBJECT_TO = frozenset(
    {
        "buyer",
        "cargo",
        "consignment",
        "customer",
        "delivery",
        "exporter",
        "firm",
        "good",
        "importer",
    }
    | {
        "anyone",
        "everyone",
        "item",
        "manufacturer",
        "operator",
        "product",
        "seller",
        "shipment",
        "supplier",
        "trader",
    }
    | {"company", "dealer", "maker", "mill", "organization", "producer", "refiner", "shipper"}
    | {"smelter", "transfer", "user"}
)


_AMENDING = frozenset({"amend", "change", "modify", "revise", "update"})
_DUTY_TEXTS = frozenset(
    {"announcement", "circular", "decree", "law", "notice", "order", "regulation", "rule"}
)
_HOLDING = frozenset(
    {"apply", "carry", "get", "have", "hold", "obtain", "present", "produce", "secure", "seek"}
    | {"show"}
)
_PERMISSIONS = frozenset(
    {"authorization", "licence", "licences", "license", "licenses", "permission", "permit"}
    | {"permits"}
)


def find_duty(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "will require a license", "required exporters to obtain permits"."""
    if token.lemma_ not in {"require", "oblige", "force", "need"} or token.pos_ != "VERB":
        return
    noun = _license_near(sentence, token)
    if noun is None or modifiers_say(noun, {"no"}):
        return
    group = {word.lower_ for word in left_group(token)}
    subject = subject_of(token)
    about = {word.lower_ for word in subject.subtree} if subject is not None else set()
    is_new = bool(_NEWLY & (group | about)) or _takes_effect(sentence) or _is_dated(sentence, token)
    is_past = token.tag_ in {"VBD", "VBN"} and "had" not in group
    is_added = token.tag_ == "VBG" and token.dep_ == "advcl"
    is_added = is_added or (token.dep_ == "xcomp" and token.head.lemma_ in _AMENDING)
    is_text = subject is not None and (
        subject.lemma_.lower() in _DUTY_TEXTS or sentence.class_of(subject) == "control"
    )
    if not (is_new or is_past or is_added or is_text) or "without" in {
        word.lower_ for word in sentence.sent[: token.i - sentence.sent.start]
    }:
        return
    if is_past and not is_new and (subject is None or subject.pos_ == "PRON"):
        return
    before = {word.lower_ for word in sentence.sent[: token.i - sentence.sent.start]}
    if group & {"never", "not", "n't", "still"} or {"until", "now"} <= before:
        return
    if token.lemma_ == "need" and not is_new and token.tag_ != "VBN":
        return
    voice = "passive" if is_passive(token) else "active"
    yield make_candidate(
        token,
        EventKind.LICENSE_REGIME_CHANGED,
        "duty.regime",
        noun=noun,
        voice=voice,
        subject=subject,
    )
    if is_new and not _is_of_goods(sentence, subject):
        yield make_candidate(
            token,
            EventKind.CONTROL_IMPOSED,
            "duty.control",
            noun=noun,
            voice=voice,
            subject=subject,
        )


def _is_dated(sentence: SentenceReading, token: Token) -> bool:
    """Match "from Monday exporters need a permit", "from that day on anyone who sells needs"."""
    low = sentence.sent.start
    first = next(
        (
            w
            for w in reversed(token.doc[low : token.i])
            if w.i == low or w.nbor(-1).text in {";", ","}
        ),
        None,
    )
    for word in (first, token.doc[low]):
        if word is None or word.lower_ not in {"from", "since", "starting"}:
            continue
        after = {w.lower_ for w in token.doc[word.i + 1 : word.i + 4]}
        if after & {"day", "date", "then"} or sentence.reading.dates_in(word.i, word.i + 3):
            return True
    return False


def _is_of_goods(sentence: SentenceReading, subject: Token | None) -> bool:
    """Tell whether goods or traders come under a duty, not a rule or a state that makes it."""
    if subject is None:
        return False
    if subject.i in sentence.reading.actor_at and not is_party(sentence, subject):
        return False
    name = sentence.class_of(subject)
    goods = sentence.reading.materials_in(subject.left_edge.i, subject.i + 1)
    return name == "exports" or bool(goods) or subject.lemma_.lower() in _SUBJECT_TO


def _license_near(sentence: SentenceReading, token: Token) -> Token | None:
    step = -1 if is_passive(token) and subject_of(token) is not None else 1
    return sentence.first_of(sentence.walk(token, step=step, most=17), "license")


def modifiers_say(noun: Token, words: set[str]) -> bool:
    """Tell whether one of some words stands before a noun in its phrase."""
    return bool(words & {word.lower_ for word in modifiers(noun)})


def _takes_effect(sentence: SentenceReading) -> bool:
    text = sentence.sent.text.lower()
    return any(
        phrase in text
        for phrase in (
            "take effect",
            "takes effect",
            "enter into force",
            "come into force",
            "with effect from",
            "with immediate effect",
        )
    )


def find_condition(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "shall apply for a license before", "may be exported only with a permit"."""
    group = {word.lower_ for word in left_group(token)}
    lemma = token.lemma_.lower()
    owed = token.dep_ == "xcomp" and token.head.lemma_ in {"have", "need"}
    if owed:
        group |= {word.lower_ for word in left_group(token.head)}
    if lemma in _HOLDING and (owed or group & {"shall", "must"}):
        high = min(token.i + 14, sentence.sent.end)
        wanted = token.doc[token.i + 1 : high]
        found = sentence.first_of(wanted, "license")
        subject = subject_of(token)
        is_ours = subject is not None and subject.lemma_.lower() in _SUBJECT_TO | {"organization"}
        starts = any(word.lower_ in {"from", "starting"} for word in wanted) and bool(
            sentence.reading.dates_in(token.i + 1, high)
        )
        low = sentence.sent.start
        is_dated = bool(sentence.reading.dates_in(low, low + 3))
        starts = starts or (is_dated and sentence.sent[0].lower_ in {"from", "starting"})
        if found is not None and is_ours and (starts or group & {"now", "shall", "will", "would"}):
            duty = make_candidate(
                token,
                EventKind.LICENSE_REGIME_CHANGED,
                "duty.shall",
                noun=found,
                voice="active",
                subject=subject,
            )
            yield duty
            if starts:
                yield replace(duty, kind=EventKind.CONTROL_IMPOSED, rule_id="event.duty.control")
    elif lemma in {"continue", "export", "leave", "proceed", "sell", "ship"} and group & {
        "can",
        "may",
        "shall",
    }:
        after = token.doc[token.i + 1 : min(token.i + 10, sentence.sent.end)]
        words = [word.lower_ for word in after]
        if "without" in words and not group & {"again", "cannot", "n't", "no", "not"}:
            yield from _freed(sentence, token, after)
            return
        is_only = "only" in words or "only" in group or ("not" in group and "without" in words)
        licensed = next((w for w in after if w.lower_ in _PERMISSIONS), None)
        if is_only and licensed is not None and sentence.reading.topic.is_ours:
            yield make_candidate(
                token,
                EventKind.LICENSE_REGIME_CHANGED,
                "duty.only",
                noun=licensed,
                voice="passive",
            )


def _freed(sentence: SentenceReading, token: Token, after: Span) -> Iterator[Candidate]:
    """Match "may be shipped without a license": goods or deals that need none."""
    noun = sentence.first_of(after, "license")
    if noun is not None:
        yield make_candidate(
            token, EventKind.EXEMPTION_GRANTED, "exempt.without", noun=noun, voice="passive"
        )
