"""Rules for parts of a period: "late October", "the end of the year", "the first nine months".

Each names a period that another rule reads, and keeps a part of it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from extractors.dates.atoms import ATOMS, BARE_YEAR, MONTH_DAY
from extractors.dates.grammar import Rule, any_of, read_part, rule
from extractors.dates.parts import counted_part, limit_to_part
from extractors.dates.relative import INNER_ONLY, RELATIVES
from extractors.dates.resolve import Site, bare_quarter, unresolved, year_reading
from extractors.dates.tense import Tense
from extractors.dates.values import (
    Reading,
    half_value,
    month_start,
    quarter_value,
    shift,
    week_value,
    year_value,
)
from extractors.dates.words import (
    MONTH_FULL,
    NUMBER,
    ORDINAL,
    YEAR,
    H,
    S,
    number_of,
    ordinal_of,
    unit_of,
)
from models.vocabulary import DateKind, Granularity

PERIODS: tuple[Rule, ...] = (*ATOMS, *RELATIVES, *INNER_ONLY)
_PERIOD = any_of(
    [
        entry
        for entry in PERIODS
        if entry.rule_id not in {"date.ago", "date.offset", "date.in_units"}
    ]
)
_PARTS = {
    "early": "start",
    "start": "start",
    "beginning": "start",
    "mid": "mid",
    "middle": "mid",
    "late": "end",
    "end": "end",
    "close": "end",
    "earlier": "earlier",
    "later": "later",
}


def _inner_site(match: re.Match[str], site: Site, group: str, tense: Tense | None) -> Site:
    offset = match.start(group) - match.start()
    start = site.start + offset
    inner = replace(site, start=start, end=start + len(match[group]), outer=site.start)
    return inner.hinted(tense=tense, not_after=site.not_after, not_before=site.not_before)


def read_inner(
    match: re.Match[str],
    site: Site,
    group: str,
    *,
    tense: Tense | None = None,
    rules: Sequence[Rule] = (),
) -> Reading | None:
    """Read the period that a group of a larger match holds."""
    return read_part(rules or PERIODS, match[group], _inner_site(match, site, group, tense))


def _part_of(match: re.Match[str], site: Site) -> Reading | None:
    part = _PARTS[match["part"].lower()]
    hint = {"later": Tense.FUTURE, "earlier": Tense.PAST}.get(part)
    whole = read_inner(match, site, "period", tense=hint)
    if whole is None or whole.kind is not DateKind.DATE:
        return None
    exact_end = match["part"].lower() in {"end", "close"}
    return limit_to_part(whole, part, site.published, exact_end=exact_end)


def _days_of(match: re.Match[str], site: Site) -> Reading | None:
    """Read "the last days of December" as its last third, "the first weeks of 2031" likewise."""
    whole = read_inner(match, site, "period")
    if whole is None or whole.kind is not DateKind.DATE:
        return None
    part = "start" if match["part"].lower() in {"first", "opening", "early"} else "end"
    return limit_to_part(whole, part, site.published)


def _nth_of(match: re.Match[str], site: Site) -> Reading | None:
    """Read "the second half of next year", "the final quarter of 2024", "the first week of May"."""
    whole = read_inner(match, site, "period")
    if whole is None or whole.start is None or whole.end is None:
        return None
    word, unit = match["which"].lower(), match["unit"].lower().replace("-", " ")
    last = word in {"last", "final", "closing", "latter"}
    is_calendar_year = whole.granularity is Granularity.YEAR and whole.start.month == 1
    if is_calendar_year and unit in {"half", "quarter"}:
        number = (2 if unit == "half" else 4) if last else ordinal_of(word)
        make = half_value if unit == "half" else quarter_value
        if number > (2 if unit == "half" else 4):
            return None
        return make(whole.start.year, number)
    if whole.granularity is Granularity.YEAR and unit == "half":
        return counted_part(whole, -1 if last else ordinal_of(word), 2, "quarter")
    return counted_part(whole, -1 if last else ordinal_of(word), 1, unit)


def _counted_of(match: re.Match[str], site: Site) -> Reading | None:
    """Read "the first nine months of 2025", "the last two months of the year"."""
    count = number_of(match["count"])
    if count is None or count != int(count) or count < 1:
        return None
    word = match["which"].lower()
    ordinal = 1 if word in {"first", "opening", "initial"} else -1
    unit = unit_of(match["unit"])
    if unit not in {"day", "week", "month", "quarter"}:
        return None
    if match["period"]:
        whole = read_inner(match, site, "period")
    elif ordinal == 1 and unit in {"month", "quarter"}:
        whole = _latest_complete_year(site, int(count) * (3 if unit == "quarter" else 1))
    else:
        return None
    return counted_part(whole, ordinal, int(count), unit) if whole else None


def _elapsed_months(match: re.Match[str], site: Site) -> Reading | None:
    """Read "for the eleven months" of news in December: the months of the year that are over."""
    count = number_of(match["count"])
    if count is None or site.published is None or site.year is not None:
        return None
    # Statistics of a month come out in the next one or the one after.
    over = {(site.published.month - back - 1) % 12 + 1 for back in (1, 2)} - {12}
    if int(count) not in over or count < _MIN_ELAPSED:
        return None
    year = _latest_complete_year(site, int(count))
    return counted_part(year, 1, int(count), "month") if year else None


_MIN_ELAPSED = 3


def _latest_complete_year(site: Site, months: int) -> Reading | None:
    """Return the year whose first `months` months are over, for news; this year when planned."""
    year = year_reading(site)
    if year is None or year.start is None or site.anchor is None or site.year is not None:
        return year
    if site.get_tense() is Tense.FUTURE or month_start(year.start.year, months) <= site.anchor:
        return year
    if site.published is None:
        return year
    return replace(
        year,
        start=shift(year.start, -12, "month"),
        end=year.start,
        timex=str(year.start.year - 1),
    )


def _midyear(match: re.Match[str], site: Site) -> Reading | None:
    year = year_reading(site)
    if match["year"]:
        year = read_part((BARE_YEAR,), match["year"], site.hinted(not_before=date(1, 1, 1)))
    if year is None:
        return None
    ahead = site.get_tense() is Tense.FUTURE and not match["year"] and site.year is None
    if ahead and year.start and site.anchor and shift(year.start, 8, "month") <= site.anchor:
        year = year_value(year.start.year + 1)
    return limit_to_part(year, "mid", site.published)


def _year_end(match: re.Match[str], site: Site) -> Reading | None:
    if match["year"]:
        year = read_part((BARE_YEAR,), match["year"], site.hinted(not_before=date(1, 1, 1)))
    else:
        year = year_reading(site)
    if year is None:
        return unresolved("XXXX", Granularity.VAGUE)
    return limit_to_part(year, "end", site.published, exact_end=True)


def _last_quarter(_match: re.Match[str], site: Site) -> Reading | None:
    return bare_quarter(site, 4)


def _week_of(match: re.Match[str], site: Site) -> Reading | None:
    day = read_inner(match, site, "period")
    return week_value(day.start) if day and day.start else None


_PART_WORD = (
    rf"(?:(?i:the|very){S}){{0,2}}(?P<part>(?i:early|mid|late)(?={S}"
    rf"|{H})|(?i:start|beginning|middle|end|close)(?={S}(?i:of){S})"
    rf"|(?i:end)(?=(?:{S}|{H})(?:{MONTH_FULL}|{YEAR}))|(?i:earlier"
    rf"|later)(?={S}(?i:in|this|last|next|on){S}))"
)
PHRASES: tuple[Rule, ...] = (
    rule(
        "part_of",
        rf"\b{_PART_WORD}(?:{S}(?i:of|in|on){S}|{S}|{H})(?P<period>{_PERIOD})",
        _part_of,
    ),
    rule(
        "nth_of",
        rf"\b(?:(?i:the){S})?(?P<which>{ORDINAL}|(?i:last|final"
        rf"|closing|latter)){S}(?P<unit>(?i:half|quarter|month"
        rf"|week|day)){S}(?i:of|in){S}(?P<period>{_PERIOD})",
        _nth_of,
        "unit",
    ),
    rule(
        "counted_of",
        rf"\b(?:(?i:the){S})?(?P<which>(?i:first|last|final|opening"
        rf"|initial|closing)){S}(?P<count>{NUMBER}){S}(?P<unit>(?i:day"
        rf"|week|month|quarter))s\b(?:{S}(?i:of|in){S}(?P<period>{_PERIOD}))?",
        _counted_of,
        "unit",
    ),
    rule(
        "elapsed_months",
        rf"(?:(?<=\b(?i:in) )|(?<=\b(?i:for) )|(?<=\b(?i:over) ))(?i:the){S}(?P<count>{NUMBER}){S}"
        rf"(?i:months)\b(?!{S}(?i:to|of|in|through|ended|ending|until|before|after|since|from|that"
        r"|between|prior|preceding|following|up)\b)",
        _elapsed_months,
        "unit",
    ),
    rule(
        "elapsed_bare",
        rf"(?:(?<=\bOver )|(?<=\bAfter )|(?<=\bIn ))(?P<count>{NUMBER}){S}(?i:months)\b"
        rf"(?=,?{S}(?:\d|(?i:the){S}(?i:total|tally|figure|sum|volume|count|country)\b|it{S}|they{S}|exports?\b"
        rf"|shipments\b|imports\b|sales\b))",
        _elapsed_months,
        "unit",
    ),
    rule(
        "days_of",
        rf"\b(?i:the){S}(?P<part>(?i:first|opening|early|last|final|closing|dying)){S}"
        rf"(?:(?i:few){S})?(?i:days|weeks){S}(?i:of|in){S}(?P<period>{_PERIOD})",
        _days_of,
        "unit",
    ),
    rule(
        "midyear",
        r"\b(?i:mid[- ]?year)\b(?:[ -](?P<year>(?:19|20)\d\d)\b)?",
        _midyear,
        "unit",
    ),
    rule(
        "year_end",
        rf"\b(?i:(?:the{S})?year[- ]?end|end[- ](?:of[- ])?year)\b(?:{S}(?P<year>(?:19"
        rf"|20)\d\d)\b)?",
        _year_end,
        "unit",
    ),
    rule(
        "last_quarter",
        r"\b(?i:the (?:final|closing) quarter)\b(?! (?i:of)\b)",
        _last_quarter,
        "unit",
    ),
    rule(
        "week_of",
        rf"\b(?i:the){S}(?i:week){S}(?i:of|starting|beginning){S}(?P<period>{any_of([MONTH_DAY])})",
        _week_of,
        "unit",
    ),
)
