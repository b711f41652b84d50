"""Rules for periods that another period of the text defines.

"The same four months of last year", "1,200 tons in the first" after a second quarter, "in the
eight months before".
"""

import re

from extractors.dates.grammar import Rule, any_of, read_part, rule
from extractors.dates.phrases import read_inner
from extractors.dates.relative import DEICTIC_UNIT
from extractors.dates.resolve import Site, moved
from extractors.dates.spans import DATED, sub_site
from extractors.dates.values import (
    Reading,
    days_value,
    duration_value,
    half_value,
    quarter_value,
    shift,
)
from extractors.dates.words import NUMBER, YEAR, H, S, number_of, ordinal_of, unit_of
from models.vocabulary import DateKind, Granularity

_UNIT_DAYS = {"month": (28, 31), "quarter": (89, 92), "half": (181, 184), "week": (7, 7)}


def _source(site: Site, unit: str, count: int | None) -> Reading | None:
    """Return the last period of the text that is shorter than a year and fits the unit."""
    shortest, longest = _UNIT_DAYS.get(unit.rstrip("s"), (1, 364))
    if unit.endswith("s"):
        # "The same months" are more than one.
        shortest, longest = shortest * (count or 2), longest * (count or 11)
    for reading in reversed(site.told):
        start, end = reading.start, reading.end
        if reading.kind is not DateKind.DATE or start is None or end is None:
            continue
        if shortest <= (end - start).days <= longest:
            return reading
    return None


def _counterpart(match: re.Match[str], site: Site) -> Reading | None:
    """Read "the corresponding period of 2023": the text's last period, moved to that year.

    Several units need a period of their length; where the text has none it is the year itself.
    """
    count = number_of(match["count"]) if match["count"] else None
    source = _source(site, match["unit"].lower(), int(count) if count else None)
    if match["period"] is None:
        if source is None or source.start is None:
            return None
        return moved(source, -1, "year")
    year = read_inner(match, site, "period")
    if year is None or year.start is None:
        return year
    if source is None or source.start is None:
        # "The same month last year" without a month before it says no more than the year.
        return None if match["unit"].lower() in {"month", "quarter"} else year
    first = source.start
    # A period that began in an earlier year keeps its distance ("the fiscal year to March").
    return moved(source, year.start.year - first.year, "year")


def _ordinal_left_out(match: re.Match[str], site: Site) -> Reading | None:
    """Read "in the first" after "the second quarter": the unit is said once."""
    number = ordinal_of(match["ordinal"])
    last = next(reversed(site.earlier), None)
    if last is None or last.start is None:
        return None
    if last.granularity is Granularity.QUARTER and number <= 4:
        return quarter_value(last.start.year, number)
    if last.granularity is Granularity.HALF and number <= 2:
        return half_value(last.start.year, number)
    return None


def _event_window(match: re.Match[str], site: Site) -> Reading | None:
    """Read "in the eight months after the curbs": counted from a date given, or the last one."""
    count, unit = number_of(match["count"]), unit_of(match["unit"])
    base = read_part(DATED, match["base"], sub_site(site, match, "base")) if match["base"] else None
    base = base or next(
        (reading for reading in reversed(site.earlier) if reading.start is not None), None
    )
    if base is None or base.start is None or count is None or count != int(count):
        return duration_value(count, unit)
    ahead = match["way"].lower() in {"after", "since", "following"}
    first, last = (
        (base.start, shift(base.start, int(count), unit))
        if ahead
        else (shift(base.start, -int(count), unit), base.start)
    )
    return days_value(first, last, grain=unit).with_anchor(base.start)


_SAME = r"(?i:same|corresponding|equivalent|comparable|matching|like)"
_YEAR_BACK = (
    rf"(?i:(?:a|one){S}year{S}(?:earlier|ago|before|prior)|the{S}(?:previous|prior|preceding){S}year"
    rf"|the{S}year{S}(?:before|earlier))"
)
COUNTERPARTS: tuple[Rule, ...] = (
    rule(
        "counterpart",
        rf"\b(?:(?i:the|its){S})?{_SAME}{S}(?:(?P<count>{NUMBER})(?:{S}|{H}))?"
        rf"(?P<unit>(?i:period|months?|quarters?|half|weeks?|span|time|stretch))"
        rf"(?:{H}(?i:month|week){S}(?i:period))?{S}(?:(?i:of|in|during|from){S})?"
        rf"(?:(?P<period>{YEAR}|{any_of([DEICTIC_UNIT])})|{_YEAR_BACK})",
        _counterpart,
        "year",
        "unit",
    ),
    rule(
        "year_earlier_period",
        rf"\b(?:(?i:the|its){S})(?P<count>(?!))?(?P<period>(?!))?"
        rf"(?i:year-earlier|year-ago|prior-year|previous-year){S}"
        rf"(?P<unit>(?i:period|month|quarter|half|week))\b",
        _counterpart,
        "unit",
    ),
    rule(
        "ordinal_left_out",
        rf"(?<=\b(?i:in|of) )(?i:the){S}(?P<ordinal>(?i:first|second|third|fourth))"
        r"(?=[.,;)]|$| (?i:and|but|while)\b)",
        _ordinal_left_out,
    ),
    rule(
        "event_window",
        rf"(?:(?<=\b(?i:in) )|(?<=\b(?i:over) )|(?<=\b(?i:during) )|(?<=\b(?i:for) ))(?i:the){S}"
        rf"(?P<count>{NUMBER}){S}(?P<unit>(?i:day|week|month|quarter|year))s{S}"
        rf"(?P<way>(?i:before|after|since|following|preceding|prior to))\b"
        rf"(?:{S}(?P<base>{any_of(DATED)}))?",
        _event_window,
        "unit",
    ),
)
