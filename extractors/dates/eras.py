"""Rules for seasons, decades and centuries."""

import re

from extractors.dates.grammar import Rule, rule
from extractors.dates.resolve import Site, bare_season
from extractors.dates.values import (
    Reading,
    century_value,
    decade_value,
    season_value,
    span_value,
    year_value,
)
from extractors.dates.words import S

_STEP = {"last": -1, "this": 0, "next": 1}

# "the fall" is a season after a preposition only.
_IN = re.compile(r"\b(?i:in|by|this|next|last|late|early) (?:the )?(?i:fall)$")


def _season(match: re.Match[str], site: Site) -> Reading | None:
    season = match["season"].lower()
    if (
        season == "fall"
        and not match["year"]
        and not match["step"]
        and not _IN.search(site.text[max(0, site.start - 8) : site.end])
    ):
        return None
    if match["year"]:
        return season_value(int(match["year"]), season)
    step = (match["step"] or "").lower()
    anchor = site.anchor
    if anchor is None or not step:
        return bare_season(site, season)
    if _STEP[step] == 0:
        return season_value(anchor.year, season)
    years = (anchor.year - 1, anchor.year, anchor.year + 1)
    options = [season_value(year, season) for year in years]
    if _STEP[step] < 0:
        past = [o for o in options if o.end is not None and o.end <= anchor]
        return past[-1] if past else None
    ahead = [o for o in options if o.start is not None and o.start > anchor]
    return ahead[0] if ahead else None


def _five_year_plan(match: re.Match[str], _site: Site) -> Reading | None:
    """Read a Chinese five-year plan: the 6th ran 1981-1985, the 14th 2021-2025."""
    first = 1981 + 5 * (int(match["number"]) - 6)
    return span_value(year_value(first), year_value(first + 4))


def _century(match: re.Match[str], _site: Site) -> Reading | None:
    number = match["number"].casefold()
    ordinal = int(number[:-2]) if number[:1].isdigit() else _CENTURIES[number]
    return century_value(ordinal) if 1 <= ordinal <= 30 else None


_CENTURIES = {
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "twenty-first": 21,
}
SEASON = rule(
    "season",
    rf"\b(?:(?P<step>(?i:last|this|next)){S}"
    rf"|(?i:the){S}(?:(?i:whole|entire|full|coming){S})?|(?i:all){S}|(?<=in )"
    rf"|(?<=by ))(?P<season>(?i:spring|summer|autumn|winter"
    rf"|fall))\b(?!{S}(?i:in|of the|to|by|below|from|was|would"
    rf"|festival))(?:,?{S}(?:(?i:of){S})?(?P<year>(?:19|20)\d\d)\b)?",
    _season,
    "unit",
)
SEASON_YEAR = rule(
    "season_year",
    rf"\b(?P<step>(?!))?(?P<season>(?i:spring|summer|autumn"
    rf"|winter|fall)),?{S}(?:(?i:of){S})?(?P<year>(?:19|20)\d\d)\b",
    _season,
    "unit",
)
BARE_SEASON = rule(
    "season_bare",
    r"\b(?P<step>(?!))?(?P<year>(?!))?(?P<season>(?i:spring|summer|autumn|winter))\b",
    _season,
    "unit",
)
DECADE = rule(
    "decade",
    r"\b(?:(?i:the) )?(?P<decade>(?:19|20)\d0)[’']?s\b|\b(?i:the) [’'‘]?(?P<short>\d0)[’']?s\b",
    lambda match, _site: (
        decade_value(int(match["decade"]))
        if match["decade"]
        else decade_value((1900 if int(match["short"]) >= 30 else 2000) + int(match["short"]))
    ),
    "year",
    "digit",
)
CENTURY = rule(
    "century",
    r"\b(?:(?i:the) )?(?P<number>(?:1\d|2[0-2])(?:st|nd|rd"
    r"|th)|(?i:eighteenth|nineteenth|twentieth|twenty-first))[ -](?i:century)\b",
    _century,
    "unit",
)
FIVE_YEAR_PLAN = rule(
    "five_year_plan",
    rf"\b(?:(?i:the){S})?(?P<number>1\d|[6-9])th(?:{S}|-)"
    rf"(?i:five[- ]year[- ]plan)\b(?:{S}(?i:period)\b)?",
    _five_year_plan,
    "unit",
)

ERAS: tuple[Rule, ...] = (SEASON, SEASON_YEAR, DECADE, CENTURY, FIVE_YEAR_PLAN)
