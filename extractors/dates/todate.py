"""Rules for spans that end at a date: year to date, the year to June 30, the quarter ended."""

import re
from dataclasses import replace
from datetime import date, timedelta

from extractors.dates.atoms import (
    BARE_MONTH,
    BARE_YEAR,
    DAY_MONTH,
    MONTH_DAY,
    MONTH_YEAR,
    WEEKDAY_RULE,
)
from extractors.dates.grammar import Rule, any_of, read_part, rule
from extractors.dates.resolve import Site, year_reading
from extractors.dates.spans import HAS_YEAR, sub_site
from extractors.dates.tense import Tense
from extractors.dates.values import Reading, shift
from extractors.dates.words import NUMBER, S, number_of
from models.vocabulary import DateKind, Granularity


def _to_date(_match: re.Match[str], site: Site) -> Reading | None:
    """Read "so far this year" and bare "year to date": January to publication day."""
    year = year_reading(site)
    if site.published is None or year is None or year.start is None:
        return None
    start = date(site.published.year, 1, 1)
    return replace(
        year,
        timex=f"{start.isoformat()}/{site.published.isoformat()}",
        start=start,
        end=site.published + timedelta(days=1),
        modifier="ytd",
        takes_prefix=False,
    )


def _through(match: re.Match[str], site: Site) -> Reading | None:
    """Read "year-to-date exports through November": January to the end of the month named."""
    place = sub_site(site, match, "month").hinted(tense=Tense.PAST)
    last = read_part((MONTH_DAY, MONTH_YEAR, BARE_MONTH), match["month"], place)
    if last is None or last.start is None or last.end is None:
        return None
    first = date(last.start.year, 1, 1)
    end_timex = last.timex
    return Reading(
        kind=DateKind.DATE,
        timex=f"{first:%Y-%m}/{end_timex}",
        start=first,
        end=last.end,
        granularity=Granularity.MULTI,
        modifier="ytd",
        takes_prefix=False,
        anchor=last.anchor,
        grain="month",
    )


def _year_to(match: re.Match[str], site: Site) -> Reading | None:
    """Read "the year to June 30", "the 12 months through March 2025", "the quarter ended ...".

    "The year to October" of trade statistics is the year so far (gold 106); with a day or a year
    it is twelve months.
    """
    surface = match["limit"]
    place = sub_site(site, match, "limit").hinted(tense=_ended(match, site))
    last = read_part(_LIMITS, surface, place)
    if last is None or last.start is None or last.end is None:
        return None
    if last.granularity is Granularity.YEAR and not _TO_YEAR.match(match[0]):
        return None
    bare = last.granularity is Granularity.MONTH and not HAS_YEAR.search(surface)
    count = number_of(match["count"]) if match["count"] else 1
    unit = match["unit"].lower().rstrip("s")
    if unit.startswith("half"):
        unit, count = "month", 6.0
    way = match["way"].lower()
    if unit == "year" and bare and not _FULL_YEAR.search(match[0]) and way in {"to", "through"}:
        first = date(last.start.year, 1, 1)
    elif count is None or count != int(count):
        return None
    else:
        first = shift(last.end, -int(count), unit)
    precise = last.granularity is Granularity.DAY
    low = first.isoformat() if precise else f"{first:%Y-%m}"
    grain = Granularity.YEAR if unit == "year" and not bare else Granularity.MULTI
    return Reading(
        kind=DateKind.DATE,
        timex=f"{low}/{last.timex}",
        start=first,
        end=last.end,
        granularity=grain,
        takes_prefix=False,
        grain=unit,
    )


# "The two years to 2024"; "a year to 2024" is no phrase.
_TO_YEAR = re.compile(rf"(?:(?i:the|its|a){S})?(?:{NUMBER}{S}(?i:years?)|(?i:decades?))\b")
# "The fiscal year to March" is a whole one.
_FULL_YEAR = re.compile(r"\b(?i:full|fiscal|financial)\b")


def _ended(match: re.Match[str], site: Site) -> Tense | None:
    return Tense.FUTURE if match["way"].lower() in {"ending"} and site.published is None else None


_LIMITS = (MONTH_DAY, DAY_MONTH, MONTH_YEAR, BARE_MONTH, WEEKDAY_RULE, BARE_YEAR)
_LIMIT = any_of(_LIMITS)
TO_DATE: tuple[Rule, ...] = (
    rule(
        "ytd_through",
        rf"\b(?i:year[- ]to[- ]date|so far this year|this year"
        rf"|cumulative)(?:{S}[A-Za-z][A-Za-z-]{{0,20}}){{0,4}}{S}(?i:through"
        rf"|to|up to|until|as of|to the end of|through the end of"
        rf"|at the end of){S}(?P<month>{_LIMIT})",
        _through,
        "unit",
    ),
    rule(
        "ytd",
        r"\b(?i:so far this year|(?:the )?year[- ]to[- ]date"
        r"|to date this year|this year to date|so far in (?:20\d\d))\b",
        _to_date,
        "unit",
    ),
    rule(
        "year_to",
        rf"\b(?:(?i:the|its|a){S})?(?:(?i:full|fiscal|financial){S})?(?:(?P<count>{NUMBER})"
        rf"[- \u00a0])?"
        rf"(?<!half-)(?P<unit>(?i:half[- ]year|months?|quarters?|weeks?|years?|decades?))"
        rf"(?:{S}(?i:period))?{S}"
        rf"(?P<way>(?i:(?:(?:that|which){S}(?:ran|runs?|lasts?|lasted){S})?(?:up{S})?"
        rf"(?:to|through|until|till)|(?:(?:that|which){S})?(?:ended|ends|ending))){S}"
        rf"(?:(?i:the end of|on|in|at the end of){S})?(?P<limit>{_LIMIT})",
        _year_to,
        "unit",
    ),
)
