"""Which numbered instrument an event belongs to, and what a ministry notice says of its own day.

A retold act never takes the number of the act that the sentence reports.
"""

from dataclasses import replace
from datetime import timedelta

from spacy.tokens import Token

from extractors.events.candidates import Candidate
from extractors.events.clauses import is_passive, left_group
from extractors.events.instruments import InstrumentMention
from extractors.events.known import is_named_by_day
from extractors.events.reading import SentenceReading
from extractors.events.timing import When
from models.vocabulary import FIRM_KINDS, EventKind, Granularity, Modality

# Where calendar arithmetic would leave the range of dates.
_LAST_YEAR = 9998
_DEPENDENT = frozenset({"acl", "advcl", "relcl"})


def instrument_of(
    sentence: SentenceReading, candidate: Candidate, *, is_background: bool
) -> str | None:
    """Return the canonical name of the event's instrument, None when the text names none."""
    inside = _in_sentence(sentence)
    trigger = candidate.trigger
    if is_named_by_day(candidate):
        # "No. 70 suspends the measures of May 3": the number is that of the suspension.
        return None
    notice = sentence.reading.notice_at(trigger.idx)
    if notice and notice.instrument and not is_background and trigger.dep_ != "relcl":
        subject = None if is_passive(trigger) else _subject_instrument(sentence, trigger, inside)
        return (subject or notice.instrument) if candidate.kind not in FIRM_KINDS else None
    own = [item for item in inside if sentence.clauses.same(item[1], trigger)]
    if trigger.dep_ in _DEPENDENT:
        head = trigger.head
        own += [i for i in inside if abs(i[1].i - head.i) <= 8 and i[1].i < trigger.i]
        if trigger.dep_ != "advcl":
            return _nearest(own, trigger)
    segment = [item for item in inside if sentence.clauses.same_segment(item[1], trigger)]
    return _nearest(own or segment, trigger)


def _in_sentence(sentence: SentenceReading) -> list[tuple[InstrumentMention, Token]]:
    doc, sent = sentence.reading.doc, sentence.sent
    found: list[tuple[InstrumentMention, Token]] = []
    for item in sentence.reading.instruments_in(sent.start_char, sent.end_char):
        span = doc.char_span(item.char_start, item.char_end, alignment_mode="expand")
        if span is not None and len(span):
            found.append((item, span[0]))
    return found


def _subject_instrument(
    sentence: SentenceReading, trigger: Token, inside: list[tuple[InstrumentMention, Token]]
) -> str | None:
    """Return the instrument that opens the clause before an active verb ("No. 57 adds ...")."""
    before = [item for item in inside if item[1].i < trigger.i <= item[1].i + 12]
    same = [item for item in before if sentence.clauses.same(item[1], trigger)]
    return same[-1][0].name if same else None


def _nearest(found: list[tuple[InstrumentMention, Token]], trigger: Token) -> str | None:
    best = min(found, key=lambda item: abs(item[1].i - trigger.i), default=None)
    return best[0].name if best else None


def with_notice(
    sentence: SentenceReading, candidate: Candidate, when: When, modality: Modality
) -> When:
    """Return the dates of an act that a notice itself performs: the day it prints.

    Licenses, retold acts and what the archive or press adds below keep their own dates.
    """
    notice = sentence.reading.notice_at(candidate.trigger.idx)
    if notice is None or notice.printed is None or candidate.kind in FIRM_KINDS:
        return when
    if when.start is not None or modality is not Modality.ASSERTED:
        return when
    past = {word.lower_ for word in left_group(candidate.trigger)} & {"had", "was", "were"}
    if past or candidate.trigger.dep_ in _DEPENDENT or candidate.trigger.tag_ == "VBD":
        return when
    return replace(
        when,
        start=notice.printed.period_start,
        end=notice.printed.period_end,
        precision=Granularity.DAY,
        effective=when.effective or notice.effective,
    )


def begun(sentence: SentenceReading, candidate: Candidate, when: When) -> When:
    """Return the day, month or year in which a measure "in force since" it began, not the span."""
    kind = candidate.kind
    if kind in FIRM_KINDS or kind is EventKind.QUOTA_ISSUED or when.start is None:
        return when
    if when.span is None or when.start.year >= _LAST_YEAR:
        return when
    first = sentence.reading.doc[max(when.span[0] - 1, 0) : when.span[0] + 1]
    start = when.start
    if not any(word.lower_ == "since" for word in first):
        return when
    if 0 < when.span[0] - candidate.trigger.i <= 2 and "in_force" not in candidate.rule_id:
        # "controls imposed since 2023": several acts over the whole span.
        return when
    ends = {
        Granularity.DAY: start + timedelta(days=1),
        Granularity.MONTH: (start.replace(day=1) + timedelta(days=32)).replace(day=1),
        Granularity.YEAR: start.replace(year=start.year + 1) if start.month == 1 else None,
    }
    end = ends.get(when.precision) if when.precision else None
    return replace(when, end=end) if end else when
