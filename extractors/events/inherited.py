"""Dates that an event takes over from the words around its clause, where it has none of its own.

From a phrase that opens the sentence, from the text that tells it, from the day on which the
government that acts says so, and last from its entry into force.
"""

from dataclasses import replace
from datetime import date, timedelta

from spacy.tokens import Token

from extractors.events.actors import is_official_noun
from extractors.events.candidates import Candidate
from extractors.events.clauses import SUBJECTS, left_group
from extractors.events.lexicon import speakers
from extractors.events.reading import Located, SentenceReading
from extractors.events.timing import When, in_force_date
from models.facts import DateMention
from models.vocabulary import FIRM_KINDS, DateKind, EventKind, Granularity, Modality

# Where calendar arithmetic would leave the range of dates.
_LAST_YEAR = 9998
_CLIMBED = frozenset({"conj", "dobj", "nsubj", "nsubjpass", "xcomp"})
_OPENERS = frozenset({"at", "during", "early", "in", "late", "on", "the"})
_LIMITS = ("after", "before", "by", "for", "from", "since", "through", "till", "until")
_PERFECT = frozenset({"had", "has", "have", "having"})
_PUBLISHING = frozenset({"adopt", "issue", "publish", "release", "sign"})
_TALKING = frozenset({"announce", "confirm", "declare"})
_PERIODS = frozenset({Granularity.MONTH, Granularity.QUARTER, Granularity.HALF, Granularity.YEAR})


def inherited_date(
    sentence: SentenceReading, candidate: Candidate, when: When, modality: Modality
) -> When:
    """Return the dates with what the event takes over; its own date is kept where it has one."""
    if candidate.kind is EventKind.QUOTA_ISSUED:
        told = _told_day(sentence, candidate, modality) or _quota_period(sentence, candidate, when)
        if told is not None:
            return _dated(told, when)
    if when.start is not None:
        return when
    found = (
        _of_text(sentence, candidate)
        or _behind_holder(sentence, candidate)
        or _fronted(sentence, candidate)
        or _told_day(sentence, candidate, modality)
    )
    if found is not None:
        return _dated(found, when)
    return _entering(sentence, candidate, when)


def _dated(item: Located[DateMention], when: When) -> When:
    return When(
        start=item.fact.period_start,
        end=item.fact.period_end,
        precision=item.fact.granularity,
        effective=when.effective,
        span=when.span,
    )


def _dates(sentence: SentenceReading, low: int, high: int) -> list[Located[DateMention]]:
    return [
        item
        for item in sentence.reading.dates_in(low, high)
        if item.fact.kind is DateKind.DATE and item.fact.granularity is not Granularity.VAGUE
    ]


def _fronted(sentence: SentenceReading, candidate: Candidate) -> Located[DateMention] | None:
    """Read "In 2023 its owner was arrested and the permit was canceled": one date for both."""
    start = sentence.sent.start
    found = _dates(sentence, start, start + 2)
    if not found or sentence.sent[0].lower_ in _LIMITS:
        return None
    item = found[0]
    if item.fact.text.lower().startswith(_LIMITS):
        return None
    first = sentence.reading.doc[start]
    if item.start > start and first.lower_ not in _OPENERS:
        return None
    node = candidate.trigger
    if _PERFECT & {word.lower_ for word in left_group(node)}:
        # A perfect takes no day: "On Friday it owned up: it had approved two" dates the talk.
        return None
    for _ in range(6):
        if node.dep_ == "ROOT":
            return item
        if item.start <= node.head.i < item.end:
            # The parser hangs "the ministry approved" on "of the year".
            return item
        if node.dep_ not in _CLIMBED:
            return None
        node = node.head
    return None


def _of_text(sentence: SentenceReading, candidate: Candidate) -> Located[DateMention] | None:
    """Read "issued a rule on May 3 that lifts the curbs": the act is dated by its text."""
    trigger = candidate.trigger
    doc = trigger.doc
    if trigger.dep_ != "relcl":
        return None
    for item in _dates(sentence, max(trigger.i - 12, sentence.sent.start), trigger.i):
        if item.end >= len(doc) or doc[item.end].lower_ not in {"that", "which"}:
            continue
        before = doc[max(item.start - 10, sentence.sent.start) : item.start]
        if any(word.lemma_ in _PUBLISHING and word.pos_ == "VERB" for word in before):
            return item
    return None


def _behind_holder(sentence: SentenceReading, candidate: Candidate) -> Located[DateMention] | None:
    """Read "revoked the permits held by X on May 3": the day of the act, not of the holding."""
    trigger = candidate.trigger
    noun = candidate.noun
    if noun is None or noun.i < trigger.i or trigger.tag_ not in {"VBD", "VBN"}:
        return None
    for item in _dates(sentence, noun.i, min(noun.i + 14, sentence.sent.end)):
        verb = sentence.reading.doc[item.start]
        for _ in range(4):
            if verb.pos_ == "VERB":
                break
            verb = verb.head
        near = trigger.doc[noun.i : verb.i]
        is_aside = verb.dep_ == "acl" and verb.lemma_ == "hold" and noun.i < verb.i <= noun.i + 5
        if is_aside and not any(word.pos_ == "VERB" for word in near):
            return item
    return None


def _told_day(
    sentence: SentenceReading, candidate: Candidate, modality: Modality
) -> Located[DateMention] | None:
    """Read "has put the curbs on hold, the ministry said on Friday": who acts also tells it."""
    if candidate.kind in FIRM_KINDS or modality is not Modality.ASSERTED:
        return None
    trigger = candidate.trigger
    if trigger.tag_ not in {"VBN", "VBZ", "VBD"} or trigger.dep_ in {"acl", "relcl"}:
        return None
    if any(word.lower_ in {"had", "would"} for word in left_group(trigger)):
        return None
    node = trigger
    for _ in range(4):
        if node.dep_ not in {"ccomp", "conj", "parataxis"}:
            return None
        node = node.head
        if node.lemma_ in speakers().verbs or node.lemma_ in _TALKING:
            break
    subject = next((child for child in node.children if child.dep_ in SUBJECTS), None)
    if subject is None or node.tag_ != "VBD" or not _is_official(sentence, subject):
        return None
    near = _dates(sentence, node.i + 1, min(node.i + 3, sentence.sent.end))
    return next((item for item in near if item.fact.granularity is Granularity.DAY), None)


def _is_official(sentence: SentenceReading, head: Token) -> bool:
    actor = sentence.reading.actor_at.get(head.i)
    return is_official_noun(head) or (actor is not None and actor.is_authority)


def _quota_period(
    sentence: SentenceReading, candidate: Candidate, when: When
) -> Located[DateMention] | None:
    """Read "the quota for this year", "was allotted 900 tonnes for the last quarter"."""
    if when.precision is Granularity.DAY:
        return None
    doc = sentence.reading.doc
    anchor = candidate.noun or candidate.trigger
    for item in _dates(sentence, sentence.sent.start, sentence.sent.end):
        if item.fact.granularity not in _PERIODS or not item.start:
            continue
        is_for = doc[item.start - 1].lower_ == "for" or item.fact.text.lower().startswith("for ")
        is_near = anchor.i < item.start <= anchor.i + 14
        if is_for and is_near and sentence.clauses.same_segment(doc[item.start], anchor):
            return item
    return None


def _entering(sentence: SentenceReading, candidate: Candidate, when: When) -> When:
    """Return the entry into force as the date of a measure of which no other day is told."""
    if when.effective is None or candidate.kind in FIRM_KINDS or sentence.reading.instruments:
        # A numbered text has a day of its own, told where it is announced.
        return when
    found = in_force_date(sentence, sentence.sent[0], when)
    if found.start is None or found.precision is None:
        return when
    return replace(found, end=_last_day(found.start, found.precision) or found.end)


def _last_day(start: date, precision: Granularity) -> date | None:
    """Return the exclusive end of the day, month, quarter or year that begins at a date."""
    months = {Granularity.MONTH: 1, Granularity.QUARTER: 3, Granularity.HALF: 6}
    if start.year >= _LAST_YEAR:
        return None
    if precision is Granularity.DAY:
        return start + timedelta(days=1)
    if precision is Granularity.YEAR and start.month == 1:
        return start.replace(year=start.year + 1)
    if precision not in months or start.day != 1:
        return None
    count = start.month - 1 + months[precision]
    return start.replace(year=start.year + count // 12, month=count % 12 + 1)
