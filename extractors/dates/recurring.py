"""Rules for times that come again: monthly, every Monday, twice a year."""

import re

from extractors.dates.grammar import Rule, rule
from extractors.dates.resolve import Site
from extractors.dates.values import Reading, duration_timex, grain_of
from extractors.dates.words import (
    MONTH_FULL,
    NUMBER,
    UNIT,
    WEEKDAY,
    H,
    S,
    month_of,
    number_of,
    unit_of,
    weekday_of,
)
from models.vocabulary import DateKind, Granularity


def _recurring(timex: str, grain: Granularity, modifier: str | None = None) -> Reading:
    return Reading(
        kind=DateKind.RECURRING,
        timex=timex,
        start=None,
        end=None,
        granularity=grain,
        modifier=modifier,
        takes_prefix=False,
    )


_ADVERBS = {
    "daily": "day",
    "weekly": "week",
    "fortnightly": "fortnight",
    "biweekly": "fortnight",
    "monthly": "month",
    "quarterly": "quarter",
    "annually": "year",
    "annual": "year",
    "annualized": "year",
    "yearly": "year",
}


def _adverb(match: re.Match[str], _site: Site) -> Reading | None:
    unit = _ADVERBS[match["word"].lower()]
    return _recurring(duration_timex(1, unit), grain_of(unit))


def _semiannual(_match: re.Match[str], _site: Site) -> Reading | None:
    return _recurring("P6M", Granularity.HALF)


def _every_unit(match: re.Match[str], _site: Site) -> Reading | None:
    unit = unit_of(match["unit"])
    count = match["count"]
    number = 2.0 if count and count.lower() == "other" else number_of(count) if count else 1.0
    return _recurring(duration_timex(number, unit), grain_of(unit))


def _every_weekday(match: re.Match[str], _site: Site) -> Reading | None:
    return _recurring(f"XXXX-WXX-{weekday_of(match['weekday']) + 1}", Granularity.DAY)


def _every_month(match: re.Match[str], _site: Site) -> Reading | None:
    return _recurring(f"XXXX-{month_of(match['month']):02d}", Granularity.MONTH)


def _times_a(match: re.Match[str], _site: Site) -> Reading | None:
    word = match["times"].lower()
    times = {"once": 1.0, "twice": 2.0}.get(word) or number_of(word.split()[0])
    unit = unit_of(match["unit"])
    modifier = f"freq={times:g}" if times else None
    return _recurring(duration_timex(1, unit), grain_of(unit), modifier)


RECURRING: tuple[Rule, ...] = (
    rule(
        "adverb",
        rf"\b(?P<word>(?i:{'|'.join(_ADVERBS)}))\b(?<!China Daily)(?!{S}(?i:Mail"
        rf"|Telegraph|Post|News|Times)\b)",
        _adverb,
        "unit",
    ),
    rule(
        "semiannual",
        r"\b(?i:semi-?annual(?:ly)?|half-yearly|biannual(?:ly)?|twice-yearly)\b",
        _semiannual,
        "unit",
    ),
    rule(
        "every_unit",
        rf"\b(?i:every|each){S}(?:(?P<count>(?i:other)|{NUMBER}){S})?(?P<unit>{UNIT})s?\b",
        _every_unit,
        "unit",
    ),
    rule(
        "every_weekday", rf"\b(?i:every|each){S}(?P<weekday>{WEEKDAY})", _every_weekday, "weekday"
    ),
    rule(
        "every_month",
        rf"\b(?i:every|each){S}(?P<month>{MONTH_FULL})\b(?!{S}\d)",
        _every_month,
        "month",
    ),
    rule(
        "times_a",
        rf"\b(?P<times>(?i:once|twice)|{NUMBER}{S}(?i:times)){S}(?:(?i:an?"
        rf"|per|each|every){S}|(?i:a){H})(?P<unit>{UNIT})\b",
        _times_a,
        "unit",
    ),
)
