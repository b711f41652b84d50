"""Rules for weekends, parts of a day, "that date", and what is left of a period.

They count from publication or from the last day that the text named.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

from extractors.dates.grammar import Rule, any_of, rule
from extractors.dates.phrases import PERIODS, read_inner
from extractors.dates.resolve import Site, bare_half, bare_month, offset_from_text, unresolved
from extractors.dates.tense import Tense
from extractors.dates.values import (
    Reading,
    day_value,
    make_day,
    month_value,
    quarter_value,
    shift,
    unit_value,
)
from extractors.dates.words import MONTH_FULL, YEAR, H, S, month_of, unit_of
from models.vocabulary import DateKind, Granularity

_WEDNESDAY, _SATURDAY = 2, 5


def _weekend(match: re.Match[str], site: Site) -> Reading | None:
    """Read a Saturday and Sunday: the last one for what is past, the coming one for a plan."""
    day = site.published
    if day is None:
        return unresolved("XXXX-WXX-WE", Granularity.MULTI)
    saturday = day + timedelta(days=_SATURDAY - day.weekday())
    step = match["step"].lower()
    gone = step in {"last", "this past"}
    if step == "the" or (step == "this" and day.weekday() < _WEDNESDAY):
        # On a Monday, "this weekend" of a past act is the one just over.
        gone = saturday > day and site.get_tense() is not Tense.FUTURE
    if gone:
        saturday -= timedelta(days=7)
    if step == "next":
        saturday += timedelta(days=7)
    iso = saturday.isocalendar()
    return Reading(
        kind=DateKind.DATE,
        timex=f"{iso.year}-W{iso.week:02d}-WE",
        start=saturday,
        end=saturday + timedelta(days=2),
        granularity=Granularity.MULTI,
        grain="week",
        anchor=day,
    )


_PART_CODES = {"morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI"}


def _part_of_day(match: re.Match[str], site: Site) -> Reading | None:
    """Read "this morning" and "last night": the day, with the part of it in the value."""
    if site.published is None:
        return unresolved("PRESENT_REF", Granularity.TIME)
    back = match["which"].lower() == "last"
    day = day_value(site.published - timedelta(days=int(back)))
    code = _PART_CODES[match["part"].lower()]
    return replace(day, timex=f"{day.timex}T{code}", granularity=Granularity.TIME)


def _current(match: re.Match[str], site: Site) -> Reading | None:
    if site.published is None:
        return unresolved("PRESENT_REF", Granularity.VAGUE)
    return unit_value(site.published, unit_of(match["unit"]))


def _that_day(_match: re.Match[str], site: Site) -> Reading | None:
    """Read "that date", "the same day": the last day that this or the last sentence named."""
    for reading in reversed(site.earlier):
        if reading.granularity in {Granularity.DAY, Granularity.TIME} and reading.start:
            return day_value(reading.start).with_anchor(reading.start)
    return None


def _nth(match: re.Match[str], site: Site) -> Reading | None:
    if site.anchor is None:
        return None
    day = int(re.sub(r"\D", "", match["day"]))
    last = next(reversed(site.earlier), None)
    if last is not None and last.start is not None and last.granularity is Granularity.DAY:
        # "Opens on June 3 and closes on the 9th": the month stands before.
        again = make_day(last.start.year, last.start.month, day)
        if again is not None and again > last.start:
            return day_value(again)
    near = [
        found for back in (-1, 0, 1) if (found := _same_month(site.anchor, back, day)) is not None
    ]
    forward = site.get_tense() == "future"
    options = [d for d in near if (d >= site.anchor if forward else d <= site.anchor)]
    if not options:
        return None
    return day_value(options[0] if forward else options[-1])


def _same_month(anchor: date, back: int, day: int) -> date | None:
    index = anchor.year * 12 + anchor.month - 1 + back
    return make_day(index // 12, index % 12 + 1, day)


def _nth_of_month(match: re.Match[str], site: Site) -> Reading | None:
    month = read_inner(match, site, "period")
    if month is None or month.start is None:
        return month
    day = make_day(month.start.year, month.start.month, int(match["day"][:-2]))
    return day_value(day) if day else None


def _half_bare(match: re.Match[str], site: Site) -> Reading | None:
    return bare_half(site, int(match["h"] or match["h2"]))


def _that_unit(match: re.Match[str], site: Site) -> Reading | None:
    unit = unit_of(match["unit"])
    if not any(reading.start for reading in site.earlier):
        return None
    return offset_from_text(site, 0, unit)


def _remainder(match: re.Match[str], site: Site) -> Reading | None:
    """Read "the rest of the year": from publication, or the last day named, to its end."""
    whole = read_inner(match, site, "period")
    if whole is None or whole.start is None or whole.end is None:
        return None
    days = [reading.start for reading in reversed(site.earlier) if reading.grain == "day"]
    for day in (site.published, *days):
        if day is not None and whole.start < day < whole.end:
            return replace(
                whole,
                start=day,
                timex=f"{day.isoformat()}/{(whole.end - timedelta(days=1)).isoformat()}",
                granularity=Granularity.MULTI,
                takes_prefix=False,
                anchor=day,
            )
    return whole


# "7,000 tons were assigned for the last quarter": what is shared out lies in the current year.
_ALLOTS = re.compile(
    r"\b(?i:allot|alloc|assign|grant|quota|earmark|reserv|budget|award)\w*[^.\n]{0,120}\b(?i:for) $"
)


def _last_quarter(_match: re.Match[str], site: Site) -> Reading | None:
    """Read "the last quarter": the one before publication's, or the year's when it is planned."""
    day = site.published
    if day is None:
        return None
    before = site.text[max(0, site.start - 160) : site.start]
    if site.get_tense() is Tense.FUTURE or _ALLOTS.search(before):
        return quarter_value(day.year, 4)
    return unit_value(shift(day, -3, "month"), "quarter")


def _month_quarter(match: re.Match[str], site: Site) -> Reading | None:
    """Read "the December quarter", "the June half of 2025": months that end with the one named."""
    month = month_of(match["month"])
    last = month_value(int(match["year"]), month) if match["year"] else bare_month(site, month)
    if last.start is None:
        return last
    half = match["span"].lower() == "half"
    if not half and month % 3 == 0:
        return quarter_value(last.start.year, month // 3)
    first = shift(last.start, -5 if half else -2, "month")
    return replace(
        last,
        timex=f"{first:%Y-%m}/{last.timex}",
        start=first,
        granularity=Granularity.HALF if half else Granularity.QUARTER,
        grain="half" if half else "quarter",
    )


_LEFT = any_of([entry for entry in PERIODS if entry.rule_id not in {"date.ago", "date.offset"}])
MOMENTS: tuple[Rule, ...] = (
    rule(
        "weekend",
        rf"\b(?P<step>(?i:the|this past|this|last|next)){S}(?i:weekend)\b"
        rf"(?!{S}(?:(?i:of|edition|issue|papers?|break|shifts?)\b|{MONTH_FULL}))",
        _weekend,
        "unit",
    ),
    rule(
        "part_of_day",
        r"\b(?P<which>(?i:this|last)) (?P<part>(?<=[Tt]his )(?i:morning|afternoon|evening)"
        r"|(?<=[Ll]ast )(?i:night))\b",
        _part_of_day,
        "part",
    ),
    rule(
        "current_unit",
        rf"\b(?i:the){S}(?i:current|present){S}(?P<unit>(?i:week|month|quarter|year))\b(?!{H})",
        _current,
        "unit",
    ),
    rule(
        "that_day",
        r"(?:(?<=\b(?i:on|by|of) )|(?<=\b(?i:from) )|(?<=\b(?i:until|since|after) )"
        r"|(?<=\b(?i:before) ))(?:(?i:that|the same)(?i: very)? (?i:day|date))\b"
        r"|\b(?i:that(?: same| very)? day)\b",
        _that_day,
    ),
    rule(
        "nth",
        r"(?<=\b(?i:on|by) )(?i:the) (?P<day>(?:3[01]|[12]\d|[1-9])(?:st"
        r"|nd|rd|th))(?=[.,;)\n]|$"
        r"| (?i:and|but|after|when|as|to|the|it|he|she|they|its|for|in|at|from|with)\b)",
        _nth,
        "digit",
    ),
    rule(
        "nth_of_month",
        rf"\b(?i:the){S}(?P<day>(?:3[01]|[12]\d|[1-9])(?:st|nd|rd|th)){S}(?i:of){S}"
        rf"(?P<period>(?i:(?:this|last|next|the current|that|the same){S}month))\b",
        _nth_of_month,
        "unit",
    ),
    rule(
        "half_bare",
        r"\b(?:H(?P<h>[12])|(?P<h2>[12])H)\b(?:(?<=\b(?i:in) ..)(?! (?i:visas?)\b)"
        r"|(?= (?i:results?|exports?|imports?|profits?|output|production|sales|figures?|earnings"
        r"|shipments?|revenues?|quotas?)\b))",
        _half_bare,
        "digit",
    ),
    rule(
        "that_period",
        rf"(?:(?<=\b(?i:in) )|(?<=\b(?i:for) )|(?<=\b(?i:during) )|(?<=\b(?i:since) ))"
        rf"(?i:that(?: same)?){S}(?P<unit>(?i:week|month|quarter|year)\b)(?!{H})",
        _that_unit,
        "unit",
    ),
    rule(
        "remainder",
        rf"\b(?:(?i:the){S})?(?i:rest|remainder|balance|remaining (?:weeks|months|days)){S}"
        rf"(?i:of|in){S}(?P<period>{_LEFT})",
        _remainder,
    ),
    rule("quarter_last", r"\b(?i:the last quarter)\b(?! (?i:of)\b)", _last_quarter, "unit"),
    rule(
        "month_quarter",
        rf"\b(?:(?i:the){S})?(?P<month>{MONTH_FULL})(?:{S}|{H})(?P<span>(?i:quarter|half))\b"
        rf"(?:,?{S}(?:(?i:of|in){S})?(?P<year>{YEAR}))?",
        _month_quarter,
        "month",
    ),
)
