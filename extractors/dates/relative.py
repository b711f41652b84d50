"""Rules for dates that count from publication or from another date of the text.

"last week", "next spring", "two years ago", "a year earlier", "the previous month", "today".
"""

import re
from datetime import timedelta

from extractors.dates.eras import BARE_SEASON, ERAS
from extractors.dates.grammar import Rule, rule
from extractors.dates.resolve import (
    Site,
    offset_from_text,
    unresolved,
    year_reading,
)
from extractors.dates.tense import Tense
from extractors.dates.values import (
    Reading,
    day_value,
    duration_value,
    month_value,
    shift,
    unit_value,
)
from extractors.dates.words import (
    MONTH_FULL,
    NUMBER,
    UNIT,
    VAGUE,
    WEEKDAY,
    H,
    S,
    month_of,
    number_of,
    unit_of,
    weekday_of,
)
from models.vocabulary import Granularity

_STEP = {
    "last": -1,
    "past": -1,
    "this past": -1,
    "previous": -1,
    "this": 0,
    "current": 0,
    "next": 1,
    "coming": 1,
}
_REFERENCE = {-1: "PAST_REF", 0: "PRESENT_REF", 1: "FUTURE_REF"}
_DAYS = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
_COUNT = rf"(?P<count>{NUMBER}|{VAGUE}|(?i:an?|the)\b)"


def _deictic_day(match: re.Match[str], site: Site) -> Reading | None:
    word = match["word"].lower()
    step = _DAYS.get(word, 0)
    if match["around"]:
        step *= 2
    if site.published is None:
        return unresolved(_REFERENCE[(step > 0) - (step < 0)], Granularity.DAY)
    return day_value(site.published + timedelta(days=step))


def _deictic_unit(match: re.Match[str], site: Site) -> Reading | None:
    step = _STEP[match["step"].lower()]
    unit = unit_of(match["unit"])
    if unit == "hour":
        return None
    if unit == "day":
        return None
    # A text that states its own day says which month is "this month", not which week.
    anchor = site.published or (None if unit == "week" else site.anchor)
    if anchor is None:
        return unresolved(_REFERENCE[step], Granularity.VAGUE)
    return unit_value(shift(anchor, step, unit), unit)


def _the_year(match: re.Match[str], site: Site) -> Reading | None:
    unit = unit_of(match["unit"])
    if unit == "year":
        return year_reading(site)
    if site.published is None:
        return None
    return unit_value(site.published, unit)


# "The second auction of the year": a rank among what the year brought.
_RANKED = re.compile(
    r"\b(?i:first|second|third|fourth|fifth|last|only|biggest|largest|highest|lowest)"
    r"(?: [a-z][a-z-]+){1,4} of $"
)


def _ranked_in(match: re.Match[str], site: Site) -> Reading | None:
    before = site.text[max(0, site.start - 60) : site.start]
    ranked = _RANKED.search(before)
    if ranked is None or re.search(r"\b(?i:half|quarter|days?|weeks?|months?|part)\b", ranked[0]):
        return None
    return _the_year(match, site)


def _step_month(match: re.Match[str], site: Site) -> Reading | None:
    step, month = match["step"].lower(), month_of(match["month"])
    anchor = site.anchor
    if anchor is None:
        return unresolved(f"XXXX-{month:02d}", Granularity.MONTH)
    if _STEP[step] == 0:
        return month_value(anchor.year, month)
    if _STEP[step] < 0:
        return month_value(anchor.year - (month >= anchor.month), month)
    return month_value(anchor.year + (month <= anchor.month), month)


def _step_weekday(match: re.Match[str], site: Site) -> Reading | None:
    step, weekday = match["step"].lower(), weekday_of(match["weekday"])
    anchor = site.published
    if anchor is None:
        return unresolved(f"XXXX-WXX-{weekday + 1}", Granularity.DAY)
    if _STEP[step] < 0:
        return day_value(anchor - timedelta(days=(anchor.weekday() - weekday - 1) % 7 + 1))
    if _STEP[step] > 0:
        return day_value(anchor + timedelta(days=(weekday - anchor.weekday() - 1) % 7 + 1))
    monday = anchor - timedelta(days=anchor.weekday())
    return day_value(monday + timedelta(days=weekday))


def _weekday_of_week(match: re.Match[str], site: Site) -> Reading | None:
    anchor = site.published
    weekday = weekday_of(match["weekday"])
    if anchor is None:
        return unresolved(f"XXXX-WXX-{weekday + 1}", Granularity.DAY)
    monday = anchor - timedelta(days=anchor.weekday())
    weeks = _STEP[match["step"].lower()]
    return day_value(monday + timedelta(days=weekday + 7 * weeks))


def _ago(match: re.Match[str], site: Site) -> Reading | None:
    count, unit = number_of(match["count"]), unit_of(match["unit"])
    if count is None or site.published is None or unit == "hour" or count != int(count):
        return unresolved("PAST_REF", Granularity.VAGUE)
    return unit_value(shift(site.published, -int(count), unit), unit).with_anchor(site.published)


def _earlier(match: re.Match[str], site: Site) -> Reading | None:
    count, unit = number_of(match["count"]), unit_of(match["unit"])
    sign = 1 if match["way"].lower() in {"later", "after", "on"} else -1
    if count is None or unit == "hour" or count != int(count):
        return unresolved("PAST_REF" if sign < 0 else "FUTURE_REF", Granularity.VAGUE)
    if _is_comparison(site) and match["way"].lower() in {"earlier", "before", "ago"}:
        return duration_value(count, unit)
    return offset_from_text(site, sign * int(count), unit)


# "X than a year earlier" names what is compared, never when something happened (gold 101, 106).
_COMPARATOR = re.compile(
    r"\b(?i:than|compared (?:with|to)|against|versus|vs\.?|over|unlike|relative to|as)[ \t\u00a0]+$"
)


def _is_comparison(site: Site) -> bool:
    return bool(_COMPARATOR.search(site.text[max(0, site.start - 20) : site.start]))


def _neighbor(match: re.Match[str], site: Site) -> Reading | None:
    unit = unit_of(match["unit"])
    way = match["way"].lower()
    if unit == "hour":
        return None
    if way not in {"following", "next"} and _is_comparison(site):
        return duration_value(1, unit)
    if way in {"same", "that", "that same"} and not any(reading.start for reading in site.earlier):
        return None
    step = {"following": 1, "after": 1, "next": 1, "same": 0, "that": 0, "that same": 0}.get(
        way, -1
    )
    return offset_from_text(site, step, unit)


def _in_units(match: re.Match[str], site: Site) -> Reading | None:
    count, unit = number_of(match["count"]), unit_of(match["unit"])
    exact = count is not None and count == int(count) and unit != "hour"
    if site.get_tense() is not Tense.FUTURE or not exact or match["s"] == "'":
        return duration_value(count, unit)
    if site.published is None or count is None:
        return unresolved("FUTURE_REF", Granularity.VAGUE)
    return unit_value(shift(site.published, int(count), unit), unit).with_anchor(site.published)


_STEP_WORD = r"(?P<step>(?i:last|past|previous|this|current|next|coming))"
_PERIOD_UNIT = r"(?P<unit>(?i:week|month|quarter|year|decade|century))\b"

DEICTIC_DAY = rule(
    "deictic_day",
    r"\b(?P<around>(?i:the day (?:before|after) ))?"
    r"(?:(?<!\b[Oo]f )|(?<=\b[Aa]s of ))(?P<word>(?i:today|tonight|yesterday|tomorrow))\b"
    r"(?![’']s (?:world|challenges|generation))",
    _deictic_day,
    "unit",
)
DEICTIC_UNIT = rule(
    "deictic_unit",
    rf"(?:\b(?<![Tt]he )|\b(?i:the current ))(?P<step>(?i:last"
    rf"|this past|this|next)|(?<=the )(?i:current)){S}{_PERIOD_UNIT}(?!-)",
    _deictic_unit,
    "unit",
)
STEP_MONTH = rule(
    "step_month", rf"\b{_STEP_WORD}{S}(?P<month>{MONTH_FULL})\b(?!{S}\d)", _step_month, "month"
)
STEP_WEEKDAY = rule(
    "step_weekday", rf"\b{_STEP_WORD}{S}(?P<weekday>{WEEKDAY})", _step_weekday, "weekday"
)
WEEK_THEN_DAY = rule(
    "week_then_day",
    rf"\b(?P<step>(?i:last|this|next)){S}(?i:week),?{S}(?:(?i:on){S})?(?P<weekday>{WEEKDAY})",
    _weekday_of_week,
    "weekday",
)
WEEKDAY_OF_WEEK = rule(
    "weekday_of_week",
    rf"\b(?P<weekday>{WEEKDAY}){S}(?:(?i:of){S})?(?P<step>(?i:last|this|next)){S}(?i:week)\b",
    _weekday_of_week,
    "weekday",
)
AGO = rule(
    "ago",
    rf"\b{_COUNT}{S}(?P<unit>{UNIT})s?{S}(?i:ago)\b",
    _ago,
    "unit",
)
EARLIER = rule(
    "offset",
    rf"\b{_COUNT}{S}(?P<unit>{UNIT})s?{S}(?P<way>(?i:earlier"
    rf"|later|previously|before(?=[.,;)]|$)|after(?=[.,;)]"
    rf"|$)|on(?=[,.])))\b",
    _earlier,
    "unit",
)
NEIGHBOR = rule(
    "neighbor",
    rf"\b(?:(?i:the|its){S})?(?P<way>(?<!in )(?i:previous|preceding"
    rf"|prior|following)|(?<=[Tt]he )(?i:same)|(?<=[Oo]f )(?i:that(?: same)?)"
    rf"|(?<=[Tt]he )(?i:next)(?={S}(?i:day))){S}(?P<unit>{UNIT})\b(?!{H}"
    rf"|{S}(?i:old|period))",
    _neighbor,
    "unit",
)
UNIT_BEFORE = rule(
    "unit_before",
    rf"\b(?i:the){S}(?P<unit>{UNIT}){S}(?P<way>(?i:before|after"
    rf"|prior))\b(?=[.,;)]|$|{S}(?i:and|but|when|as)\b)",
    _neighbor,
    "unit",
)
IN_UNITS = rule(
    "in_units",
    rf"\b(?i:in){S}(?:(?i:about|around|just|roughly){S})?(?P<count>{NUMBER}"
    rf"|{VAGUE}|(?i:an?)\b){S}(?P<unit>{UNIT})(?P<s>s?['’]?)(?=[.,;)]"
    rf"|$|{S}(?i:and|but|when|as|if|for|at)\b|{S}(?i:time)\b)",
    _in_units,
    "unit",
)
THAT_UNIT = rule(
    "that_unit",
    rf"\b(?P<way>(?i:that)){S}(?P<unit>(?i:year|month|week|decade))\b",
    _neighbor,
    "unit",
)
THE_UNIT = rule(
    "the_unit", r"\b(?i:the) (?P<unit>(?i:year|month|week|decade|quarter))\b", _the_year, "unit"
)

OF_THE_UNIT = rule(
    "of_the_unit",
    r"(?<=\bof )(?i:the) (?P<unit>(?i:year|month|week|quarter))\b"
    r"(?! (?i:of|to|when|that|in which)\b)",
    _ranked_in,
    "unit",
)

RELATIVES: tuple[Rule, ...] = (
    WEEKDAY_OF_WEEK,
    WEEK_THEN_DAY,
    DEICTIC_DAY,
    DEICTIC_UNIT,
    STEP_MONTH,
    STEP_WEEKDAY,
    AGO,
    EARLIER,
    NEIGHBOR,
    UNIT_BEFORE,
    IN_UNITS,
    OF_THE_UNIT,
    *ERAS,
)
# Only inside phrases ("the end of the year", "later in the month"), never alone.
INNER_ONLY: tuple[Rule, ...] = (THE_UNIT, THAT_UNIT, BARE_SEASON)
