"""Acts of trade policy in Chinese texts, by simple rules on clauses (`lexicons/zh_events.toml`).

Reads sentences, terms, dates, companies and announcement numbers; gives one event for each act of a
sentence. What an announcement orders itself is dated by its day of issue. Titles repeat the body's
act and are read only when the body has none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from extractors.chinese.acts import Rule, find_acts, modality_of
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
from extractors.chinese.questions import asked_until, takes_for_known, what_is_asked
from extractors.chinese.reading import Reading
from models.facts import Announcement, CompanyMention, DateMention, LicenseEvent
from models.vocabulary import FIRM_KINDS, EventKind, Granularity, Modality

_MAX_SENTENCE_CHARS = 600
_OLD_DAYS = 60
_ABOVE = re.compile(r"(?:上述|前述|所列)(?:物项|产品|技术|材料|货物|设备)")
_MAX_ABOVE = 20
_SAME_FIRM = re.compile(r"(?:该|这家|上述|前述)(?:公司|企业|厂商|集团)|其(?!中|他|余|它)")
_HENCE = re.compile(r"据此|因此|为此|由此|相应地?")
_CONTROLS = frozenset({EventKind.CONTROL_IMPOSED, EventKind.CONTROL_EXPANDED})
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
        asked = asked_until(reading.text, start, end)
        if asked is not None:
            known, doubted = what_is_asked(events, _answer(reading, number, asked))
            body += doubted
            titles += known if takes_for_known(reading.text, start, end) else []
        elif is_title(reading.text, start, end):
            titles += events
        else:
            body += [_following_from(_with_goods_above(each, body), body) for each in events]
    told = {event.kind for event in body}
    found = [*body, *(event for event in titles if event.kind not in told)]
    return _once(sorted(found, key=lambda event: (event.char_start, event.kind)))


def _answer(reading: Reading, number: int, end: int) -> str:
    """Return the first sentence behind a place, of those after a numbered one."""
    for start, stop in reading.sentences[number + 1 : number + 1 + _MAX_ABOVE]:
        if start >= end:
            return reading.text[start:stop]
    return ""


def _following_from(event: LicenseEvent, before: Sequence[LicenseEvent]) -> LicenseEvent:
    """Return a duty to hold a license as part of the control above, where it follows: 据此."""
    is_duty = event.kind is EventKind.LICENSE_REGIME_CHANGED and event.date_start is None
    if not is_duty or not _HENCE.match(event.text):
        return event
    control = next(
        (each for each in reversed(before[-_MAX_ABOVE:]) if each.kind in _CONTROLS), None
    )
    if control is None:
        return event
    return replace(
        event,
        material=control.material,
        instrument=control.instrument,
        date_start=control.date_start,
        date_end=control.date_end,
        date_precision=control.date_precision,
    )


def _with_goods_above(event: LicenseEvent, before: Sequence[LicenseEvent]) -> LicenseEvent:
    """Return the event with the goods of the last one, where it is of 上述物项 or names none."""
    is_same_firm = event.kind in FIRM_KINDS and _SAME_FIRM.match(event.text)
    is_bare = event.material is None and (event.modality is Modality.NEGATED or is_same_firm)
    if not is_bare and not _ABOVE.search(event.text):
        return event
    last = next(
        (other.material for other in reversed(before[-_MAX_ABOVE:]) if other.material), None
    )
    return replace(event, material=last) if last else event


def _once(events: Sequence[LicenseEvent]) -> tuple[LicenseEvent, ...]:
    seen: set[tuple[object, ...]] = set()
    kept: list[LicenseEvent] = []
    named = {(event.kind, event.modality) for event in events if event.material}
    tariffs_from = next(
        (each.effective_start for each in events if each.kind is EventKind.OTHER_POLICY), None
    )
    listing = {event.instrument for event in events if event.kind is EventKind.ENTITY_LISTED}
    for event in events:
        key: tuple[object, ...] = (
            event.kind, event.instrument, event.modality, event.date_start, event.licensees,
            event.excluded, event.destination, event.material,
        )  # fmt: skip
        if event.kind is EventKind.OTHER_POLICY:
            # The items of a tariff order are one act for each day of effect.
            key = (*key[:4], event.effective_start or tariffs_from)
        is_bare = event.kind in _OF_GOODS and event.material is None
        if is_bare and (event.kind, event.modality) in named:
            continue  # how the duty named elsewhere is met, or its title
        if event.kind is EventKind.BAN_IMPOSED and event.instrument in listing - {None}:
            continue  # what being listed means
        if key not in seen:
            seen.add(key)
            kept.append(event)
    return tuple(kept)


def _read_sentence(
    reading: Reading, context: Context, start: int, end: int
) -> Iterator[LicenseEvent]:
    sentence = reading.text[start:end]
    acts = _told(sentence, sorted(find_acts(sentence), key=lambda act: act[1].start()))
    after = 0
    for number, (rule, match) in enumerate(acts):
        # Parties and days of an act stand between the acts around it.
        stop = _CLAUSE_END.search(sentence, match.end())
        last = min(stop.start() if stop else len(sentence), _next_start(acts, number))
        act = Act(rule, match, start, end, start + after, start + last)
        event = _event(reading, context, act, is_one_of=len(acts) > 1)
        after = last
        if not _is_idle(event, act, context, reading.text):
            yield event


def _told(
    sentence: str, acts: Sequence[tuple[Rule, re.Match[str]]]
) -> list[tuple[Rule, re.Match[str]]]:
    """Return the acts of a sentence without the words of a rule that it suspends or repeals."""
    ends = [match.end() for rule, match in acts if rule.kind in _ENDING]
    first = min(ends, default=len(sentence))
    return [
        (rule, match)
        for rule, match in acts
        if match.start() < first or not _is_quoted(sentence, match.start())
    ]


def _is_quoted(sentence: str, place: int) -> bool:
    """Tell whether a place stands between quotation marks or brackets."""
    before = sentence[:place]
    return any(before.count(pair[0]) > before.count(pair[1]) for pair in ("“”", "（）", "「」"))


def _next_start(acts: Sequence[tuple[Rule, re.Match[str]]], number: int) -> int:
    following = acts[number + 1 : number + 2]
    return following[0][1].start() if following else _MAX_SENTENCE_CHARS


_DONE = re.compile(r"[已了]|陆续|近日")
_DONE_CHARS = 24
_DECIDED = re.compile(r"宣布|决定|同意|公布")
_DUTY = re.compile(r"应当|应(?=[在于向])|[须需]|可以?(?=[在于向])")
# "依法实施出口管制" tells how things are done, not that a control is new.
_HABIT = re.compile(r"依法|依规|一贯|历来|正在|一直")


def _is_idle(event: LicenseEvent, act: Act, context: Context, text: str) -> bool:
    """Tell what is said of no firm and no day: how applications are handled, not that one was."""
    says_whom = event.licensees or event.applicants or event.date_start or event.material
    before = act.match.string[max(0, act.match.start() - _DONE_CHARS) : act.match.end()]
    is_told = _DONE.search(before.rpartition("，")[2])
    if event.kind is EventKind.LICENSE_APPLIED:
        return not (event.applicants or (event.date_start and not _DUTY.search(before)))
    if event.kind is EventKind.OTHER_POLICY and context.own is None:
        is_news = is_told or _DECIDED.search(before) or event.modality is not Modality.ASSERTED
        return not (event.date_start or event.effective_start or is_news)
    if event.kind is EventKind.CONTROL_LIFTED and "废止" in act.match.group():
        return "管制" not in act.match.string and "管制" not in text
    if act.rule.says is not None:
        return False
    if act.rule.only is not None:
        return event.modality is not act.rule.only
    if event.kind is EventKind.CONTROL_IMPOSED and event.date_start is None:
        return context.own is None and _HABIT.search(before) is not None
    return event.kind in FIRM_KINDS and not (says_whom or is_told) and context.own is None


def _event(
    reading: Reading, context: Context, act: Act, *, is_one_of: bool = False
) -> LicenseEvent:
    rule, start, end = act.rule, act.start, act.end
    sentence = reading.text[start:end]
    modality = modality_of(sentence, rule, act.match)
    day, effective = days_of(reading, context, act, modality)
    issued = _issued(context, modality)
    parties, served = parties_of(reading, context, rule.kind, act)
    # Of several acts in a sentence each has the goods that it names itself.
    within = (act.first, act.last) if is_one_of else None
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
        material=goods_of(reading, rule.kind, start, end, within=within),
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
_OF_GOODS = frozenset({EventKind.LICENSE_REGIME_CHANGED, EventKind.QUOTA_ISSUED})
_ENDING = frozenset({EventKind.CONTROL_SUSPENDED, EventKind.CONTROL_LIFTED})
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
