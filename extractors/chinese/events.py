"""Acts of trade policy in Chinese texts, by simple rules on clauses (`lexicons/zh_events.toml`).

Reads sentences, terms, dates, companies and announcement numbers; gives one event for each act of a
sentence. What an announcement orders itself is dated by its day of issue. Titles repeat the body's
act and are read only when the body has none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from extractors.chinese.acts import Rule, denies, find_acts, modality_of
from extractors.chinese.arguments import (
    Act,
    Context,
    authority_of,
    days_of,
    destination_of,
    instrument_of,
    parties_of,
)
from extractors.chinese.dates import find_issue_day
from extractors.chinese.goods import LISTED, goods_of, is_order, is_title
from extractors.chinese.reading import Reading
from models.facts import Announcement, CompanyMention, DateMention, LicenseEvent
from models.vocabulary import FIRM_KINDS, EventKind, Granularity, Modality

_MAX_SENTENCE_CHARS = 600
_OLD_DAYS = 60
_ABOVE = re.compile(r"(?:上述|前述|所列)(?:物项|产品|技术|材料|货物|设备)")
_MAX_ABOVE = 20
_CLAUSE_END = re.compile(r"[，；。]|$")


def find_events(
    reading: Reading,
    *,
    dates: Sequence[DateMention],
    companies: Sequence[CompanyMention],
    announcements: Sequence[Announcement],
) -> tuple[LicenseEvent, ...]:
    """Return the events of a text in order; each kind and paper once."""
    own = next((found for found in announcements if found.is_own), None)
    ordered_on = find_issue_day(reading.text) if own is None and is_order(reading) else None
    context = Context(dates=dates, companies=companies, own=own, ordered_on=ordered_on)
    body: list[LicenseEvent] = []
    titles: list[LicenseEvent] = []
    for number, (start, stop) in enumerate(reading.sentences):
        end = min(stop, start + _MAX_SENTENCE_CHARS)
        events = _read_sentence(reading, context, start, end)
        if _is_question(reading.text, start, end):
            # A question tells nothing, but what its answer denies is a report that is denied.
            following = reading.sentences[number + 1 : number + 2]
            answer = reading.text[slice(*following[0])] if following else ""
            body += [replace(event, modality=Modality.DENIED) for event in events if denies(answer)]
        elif is_title(reading.text, start, end):
            titles += events
        else:
            body += [_with_goods_above(event, body) for event in events]
    told = {event.kind for event in body}
    found = [*body, *(event for event in titles if event.kind not in told)]
    return _once(sorted(found, key=lambda event: (event.char_start, event.kind)))


def _with_goods_above(event: LicenseEvent, before: Sequence[LicenseEvent]) -> LicenseEvent:
    """Return the event with the goods of the last one, where it is of 上述物项 or names none."""
    is_bare = event.modality is Modality.NEGATED and event.material is None
    if not is_bare and not _ABOVE.search(event.text):
        return event
    last = next(
        (other.material for other in reversed(before[-_MAX_ABOVE:]) if other.material), None
    )
    return replace(event, material=last) if last else event


def _is_question(text: str, start: int, end: int) -> bool:
    return text[start:end].endswith(("？", "?")) or text.startswith("记者问", start)


def _once(events: Sequence[LicenseEvent]) -> tuple[LicenseEvent, ...]:
    seen: set[tuple[object, ...]] = set()
    kept: list[LicenseEvent] = []
    for event in events:
        key = (
            event.kind, event.instrument, event.modality, event.date_start, event.licensees,
            event.excluded, event.destination, event.material,
        )  # fmt: skip
        if key not in seen:
            seen.add(key)
            kept.append(event)
    return tuple(kept)


def _read_sentence(
    reading: Reading, context: Context, start: int, end: int
) -> Iterator[LicenseEvent]:
    sentence = reading.text[start:end]
    acts = sorted(find_acts(sentence), key=lambda act: act[1].start())
    after = 0
    for number, (rule, match) in enumerate(acts):
        # Parties and days of an act stand between the acts around it.
        stop = _CLAUSE_END.search(sentence, match.end())
        last = min(stop.start() if stop else len(sentence), _next_start(acts, number))
        act = Act(rule, match, start, end, start + after, start + last)
        event = _event(reading, context, act)
        after = last
        if not _is_idle(event, act, context):
            yield event


def _next_start(acts: Sequence[tuple[Rule, re.Match[str]]], number: int) -> int:
    following = acts[number + 1 : number + 2]
    return following[0][1].start() if following else _MAX_SENTENCE_CHARS


_DONE = re.compile(r"[已了]|陆续|近日")
_DONE_CHARS = 24
# "依法实施出口管制" tells how things are done, not that a control is new.
_HABIT = re.compile(r"依法|依规|一贯|历来|正在|一直")


def _is_idle(event: LicenseEvent, act: Act, context: Context) -> bool:
    """Tell what is said of no firm and no day: how applications are handled, not that one was."""
    says_whom = event.licensees or event.applicants or event.date_start or event.material
    before = act.match.string[max(0, act.match.start() - _DONE_CHARS) : act.match.end()]
    is_told = _DONE.search(before.rpartition("，")[2])
    if event.kind is EventKind.LICENSE_APPLIED:
        return not (event.applicants or (event.date_start and is_told))
    if act.rule.only is not None:
        return event.modality is not act.rule.only
    if event.kind is EventKind.CONTROL_IMPOSED and event.date_start is None:
        return context.own is None and _HABIT.search(before) is not None
    return event.kind in FIRM_KINDS and not (says_whom or is_told) and context.own is None


def _event(reading: Reading, context: Context, act: Act) -> LicenseEvent:
    rule, start, end = act.rule, act.start, act.end
    sentence = reading.text[start:end]
    modality = modality_of(sentence, rule, act.match)
    day, effective = days_of(reading, context, act, modality)
    issued = _issued(context, modality)
    parties, served = parties_of(reading, context, rule.kind, act)
    stop = end - 1 if sentence[-1:] in "。；！？" else end
    return LicenseEvent(
        text=reading.text[start:stop],
        char_start=start,
        char_end=stop,
        kind=rule.kind,
        authority=authority_of(reading, context, act),
        licensees=parties if rule.kind in _HOLDERS else (),
        beneficiaries=served if rule.kind in _HOLDERS else (),
        applicants=parties if rule.kind in _APPLYING else (),
        excluded=parties if rule.kind in LISTED else (),
        material=goods_of(reading, rule.kind, start, end),
        destination=destination_of(reading, rule.kind, start, end),
        license_kind=rule.license_kind,
        instrument=instrument_of(reading, context, start, end),
        date_start=day.period_start if day else issued,
        date_end=day.period_end if day else _next_day(issued),
        date_precision=day.granularity if day else _grain(issued),
        effective_start=effective,
        modality=modality,
        attributed_to=None,
        is_background=context.own is None and _is_old(day, reading.published),
        rule_id=rule.rule_id,
    )


_APPLYING = frozenset({EventKind.LICENSE_APPLIED, EventKind.LICENSE_DENIED})
_HOLDERS = frozenset(
    {EventKind.LICENSE_GRANTED, EventKind.LICENSE_REVOKED, EventKind.LICENSE_RENEWED}
)


def _issued(context: Context, modality: Modality) -> date | None:
    """Return the day on which a document orders what it says, None for reports of others."""
    if modality is not Modality.ASSERTED:
        return None
    return context.own.issued_on if context.own else context.ordered_on


def _next_day(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None


def _grain(day: date | None) -> Granularity | None:
    return Granularity.DAY if day else None


def _is_old(day: DateMention | None, published: date | None) -> bool:
    if day is None or published is None or day.period_start is None:
        return False
    return (published - day.period_start).days > _OLD_DAYS
