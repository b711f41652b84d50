"""Rules for whole years and parts that a year before them names: "2031's first half".

Also the years that follow one: "the two following years". Other parts of periods are `phrases`.
"""

import re
from datetime import date, timedelta

from extractors.dates.grammar import Rule, rule
from extractors.dates.phrases import read_inner
from extractors.dates.resolve import Site, year_reading
from extractors.dates.tense import Tense
from extractors.dates.values import Reading, days_value, half_value, quarter_value, year_value
from extractors.dates.words import NUMBER, ORDINAL, YEAR, S, number_of, ordinal_of
from models.vocabulary import Granularity


def _whole_year(_match: re.Match[str], site: Site) -> Reading | None:
    """Read "the full year": the one that is over where news of its first weeks looks back."""
    year = year_reading(site)
    day = site.published
    if year is None or day is None or site.year is not None or day.month > _MAX_LOOK_BACK:
        return year
    return year if site.get_tense() is Tense.FUTURE else year_value(day.year - 1)


_MAX_LOOK_BACK = 2


def _part_of_owner(match: re.Match[str], site: Site) -> Reading | None:
    """Read "2031's first half", "last year's final quarter"."""
    year = read_inner(match, site, "year")
    if year is None or year.start is None or year.granularity is not Granularity.YEAR:
        return None
    word, is_half = match["which"].lower(), match["unit"].lower() == "half"
    most = 2 if is_half else 4
    number = most if word in {"last", "final"} else ordinal_of(word)
    if number > most:
        return None
    return (half_value if is_half else quarter_value)(year.start.year, number)


def _years_following(match: re.Match[str], site: Site) -> Reading | None:
    """Read "the two following years" after a year or a part of one, which they follow."""
    count = number_of(match["count"] or match["number"])
    last = next((item for item in reversed(site.earlier) if item.end is not None), None)
    if count is None or count != int(count) or last is None or last.end is None:
        return None
    if last.granularity in {Granularity.DAY, Granularity.TIME, Granularity.WEEK}:
        return None
    first = (last.end - timedelta(days=1)).year + 1
    if not 1 <= first <= first + int(count) <= _LAST_YEAR:
        return None
    return days_value(date(first, 1, 1), date(first + int(count), 1, 1), grain="year")


_LAST_YEAR = 9_000


YEARS: tuple[Rule, ...] = (
    rule(
        "whole_year",
        rf"\b(?i:the){S}(?i:full|whole|entire){S}(?i:year)\b"
        rf"(?!{S}(?:(?i:of|to|ended|ending|through){S})?(?:19|20)?\d)(?!{S}(?i:of|to|ended|ending)\b)",
        _whole_year,
        "unit",
    ),
    rule(
        "part_of_owner",
        rf"\b(?P<year>{YEAR}|(?i:last|this|next){S}(?i:year))[’']s{S}(?P<which>{ORDINAL}"
        rf"|(?i:last|final)){S}(?P<unit>(?i:half|quarter))\b",
        _part_of_owner,
        "unit",
    ),
    rule(
        "years_following",
        rf"\b(?i:the){S}(?:(?P<count>{NUMBER}){S}(?i:following|subsequent){S}(?i:years)"
        rf"|(?i:following|subsequent){S}(?P<number>{NUMBER}){S}(?i:years))\b",
        _years_following,
        "unit",
    ),
)
