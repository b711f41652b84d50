"""Acts of trade policy in Chinese texts, by simple rules on clauses (`lexicons/zh_events.toml`).

Reads sentences, terms, dates, companies and announcement numbers; gives one event for each act of a
sentence. What an announcement orders itself is dated by its day of issue. Titles repeat the body's
act and are read only when the body has none.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from extractors.chinese.acts import Rule, denies, find_acts, modality_of
from extractors.chinese.announcements import find_cited
from extractors.chinese.goods import LISTED, goods_of, is_title
from extractors.chinese.reading import Reading
from extractors.places import country_of
from models.facts import Announcement, CompanyMention, DateMention, LicenseEvent
from models.vocabulary import FIRM_KINDS, EventKind, Granularity, Modality

_MAX_SENTENCE_CHARS = 600
_DAY_GRAINS = frozenset({Granularity.DAY, Granularity.TIME})
_PLACING = _DAY_GRAINS | {Granularity.MONTH}
_OLD_DAYS = 60
_ABOVE = re.compile(r"(?:上述|前述|所列)(?:物项|产品|技术|材料|货物|设备)")
_MAX_ABOVE = 20
_CLAUSE_END = re.compile(r"[，；。]|$")
_SUBJECT = re.compile(r"(?:对|向)(?P<names>[^，。；]{1,24}?)(?:出口|提供|转让)")


@dataclass(frozen=True, slots=True)
class _Act:
    """One act: its rule and match, its sentence, and the stretch of it that tells of this act."""

    rule: Rule
    match: re.Match[str]
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What events are read from, beside the text itself."""

    dates: Sequence[DateMention]
    companies: Sequence[CompanyMention]
    own: Announcement | None


def find_events(
    reading: Reading,
    *,
    dates: Sequence[DateMention],
    companies: Sequence[CompanyMention],
    announcements: Sequence[Announcement],
) -> tuple[LicenseEvent, ...]:
    """Return the events of a text in order; each kind and paper once."""
    own = next((found for found in announcements if found.is_own), None)
    context = Context(dates=dates, companies=companies, own=own)
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
    """Return the event with the goods of the last one, where it is of 上述物项."""
    if not _ABOVE.search(event.text):
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
        event = _event(reading, context, _Act(rule, match, start, end, start + after, start + last))
        after = last
        if not _is_idle(event, context):
            yield event


def _next_start(acts: Sequence[tuple[Rule, re.Match[str]]], number: int) -> int:
    following = acts[number + 1 : number + 2]
    return following[0][1].start() if following else _MAX_SENTENCE_CHARS


def _is_idle(event: LicenseEvent, context: Context) -> bool:
    """Tell what is said of no firm and no day: how applications are handled, not that one was."""
    says_whom = event.licensees or event.applicants or event.date_start or event.material
    return event.kind in FIRM_KINDS and not says_whom and context.own is None


def _event(reading: Reading, context: Context, act: _Act) -> LicenseEvent:
    rule, start, end = act.rule, act.start, act.end
    sentence = reading.text[start:end]
    modality = modality_of(sentence, act.match)
    day, effective = _days(reading, context, act, modality)
    issued = _issued(context, modality)
    parties = _parties(context, rule.kind, act)
    stop = end - 1 if sentence[-1:] in "。；！？" else end
    return LicenseEvent(
        text=reading.text[start:stop],
        char_start=start,
        char_end=stop,
        kind=rule.kind,
        authority=_authority(reading, context, start, end),
        licensees=parties if rule.kind in _HOLDERS else (),
        beneficiaries=(),
        applicants=parties if rule.kind is EventKind.LICENSE_DENIED else (),
        excluded=parties if rule.kind in LISTED else (),
        material=goods_of(reading, rule.kind, start, end),
        destination=_destination(reading, rule.kind, start, end),
        license_kind=rule.license_kind,
        instrument=_instrument(reading, context, start, end),
        date_start=day.period_start if day else issued,
        date_end=day.period_end if day else _next_day(issued),
        date_precision=day.granularity if day else _grain(issued),
        effective_start=effective,
        modality=modality,
        attributed_to=None,
        is_background=context.own is None and _is_old(day, reading.published),
        rule_id=rule.rule_id,
    )


_HOLDERS = frozenset(
    {EventKind.LICENSE_GRANTED, EventKind.LICENSE_REVOKED, EventKind.LICENSE_RENEWED}
)


def _issued(context: Context, modality: Modality) -> date | None:
    """Return the day on which a document orders what it says, None for reports of others."""
    is_order = context.own is not None and modality is Modality.ASSERTED
    return context.own.issued_on if is_order and context.own else None


def _next_day(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None


def _grain(day: date | None) -> Granularity | None:
    return Granularity.DAY if day else None


def _is_old(day: DateMention | None, published: date | None) -> bool:
    if day is None or published is None or day.period_start is None:
        return False
    return (published - day.period_start).days > _OLD_DAYS


_OF_EFFECT = re.compile(r"^[^，。；]{0,8}(?:起|开始)")


def _days(
    reading: Reading, context: Context, act: _Act, modality: Modality
) -> tuple[DateMention | None, date | None]:
    """Return the day on which an act was done as the sentence says, and its day of effect."""
    done: DateMention | None = None
    effective = context.own.effective_start if context.own else None
    first = bisect_left(context.dates, act.start, key=lambda day: day.char_start)
    for day in islice(context.dates, first, None):
        if day.char_start >= act.last:
            break
        if day.granularity not in _PLACING | {Granularity.MULTI}:
            continue
        is_from = day.modifier == "since" or day.granularity is Granularity.MULTI
        if is_from or _OF_EFFECT.match(reading.text[day.char_end : day.char_end + 12]):
            effective = day.period_start or effective
        elif day.modifier is None and (done is None or day.char_start >= act.first):
            done = day
    if context.own is not None and modality is Modality.ASSERTED:
        done = None  # dates inside an order are of what it refers to, not of the order
    return done, effective


def _authority(reading: Reading, context: Context, start: int, end: int) -> str | None:
    """Return who acts: the agency or country named first, else the issuer of the document."""
    named = reading.terms_in(start, end, "agency")
    if context.own and context.own.issuers:
        return context.own.issuers[0]
    if named:
        return named[0].value
    for place in reading.terms_in(start, end, "place"):
        before = reading.text[max(start, place.start - 1) : place.start]
        if before not in {"对", "向"} and country_of(place.value) and place.value != "worldwide":
            return place.value
    agencies = reading.terms_in(0, min(len(reading.text), 400), "agency")
    return agencies[0].value if agencies else None


def _instrument(reading: Reading, context: Context, start: int, end: int) -> str | None:
    """Return the paper that does the act: the document's own number, else the first one cited."""
    if context.own is not None:
        return context.own.instrument
    year = reading.published.year if reading.published else None
    cited = next(find_cited(reading.text[start:end], year=year), None)
    return cited.instrument if cited else None


def _destination(reading: Reading, kind: EventKind, start: int, end: int) -> str | None:
    if kind not in {EventKind.BAN_IMPOSED, EventKind.BAN_LIFTED} and kind not in FIRM_KINDS:
        return None
    named: list[str] = []
    for match in _SUBJECT.finditer(reading.text[start:end]):
        names = reading.terms_in(start + match.start("names"), start + match.end("names"), "place")
        named += [term.value for term in names if term.value != "China"]
    return "; ".join(dict.fromkeys(named)) or None


def _parties(context: Context, kind: EventKind, act: _Act) -> tuple[str, ...]:
    if kind not in FIRM_KINDS and kind not in LISTED:
        return ()
    first = bisect_left(context.companies, act.first, key=lambda firm: firm.char_start)
    named: dict[str, None] = {}
    for firm in islice(context.companies, first, None):
        if firm.char_end > act.last:
            break
        named[firm.text] = None
    return tuple(named)
