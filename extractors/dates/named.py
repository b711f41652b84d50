"""Rules for days that have a name: holidays and political days of the lexicon.

A day holds between the dates of its row; movable feasts have a row a year.
"""

import csv
import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.resources import files

from extractors.dates.grammar import Rule, rule
from extractors.dates.resolve import NEAREST_DAYS, Site, unresolved
from extractors.dates.tense import Tense
from extractors.dates.values import Reading, day_value, make_day, shift
from models.vocabulary import Granularity


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDay:
    """A row of the lexicon: `year` None for every year; `needs` a word that the text must have."""

    name: str
    year: int | None
    month: int
    day: int
    days: int
    valid_from: date | None
    valid_to: date | None
    needs: str


def _day_or_none(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


@lru_cache(maxsize=1)
def load_named_days() -> tuple[NamedDay, ...]:
    """Return the rows of `lexicons/dates_named.csv`."""
    source = files("extractors") / "lexicons" / "dates_named.csv"
    with source.open(encoding="utf-8") as lines:
        return tuple(
            NamedDay(
                name=row["name"],
                year=int(row["year"]) if row["year"] else None,
                month=int(row["month"]),
                day=int(row["day"]),
                days=int(row["days"]),
                valid_from=_day_or_none(row["valid_from"]),
                valid_to=_day_or_none(row["valid_to"]),
                needs=row["needs"],
            )
            for row in csv.DictReader(lines)
        )


def _holds(row: NamedDay, site: Site) -> bool:
    if row.needs and row.needs not in site.text:
        return False
    day = site.anchor
    if day is None:
        return row.year is not None and row.valid_from is None
    after = row.valid_from is None or day >= row.valid_from
    return after and (row.valid_to is None or day < row.valid_to)


def _named(match: re.Match[str], site: Site) -> Reading | None:
    rows = [row for row in load_named_days() if row.name == match["name"] and _holds(row, site)]
    stated = int(match["year"]) if match["year"] else None
    options: list[Reading] = []
    for row in rows:
        base = site.anchor.year if site.anchor else None
        years = [row.year] if row.year else [stated] if stated else []
        if not years and base:
            years = [base - 1, base, base + 1]
        for year in years:
            day = make_day(year, row.month, row.day) if year else None
            if day is not None and stated in {None, day.year}:
                options.append(_spread(day, row.days))
    return _pick(sorted(options, key=lambda o: o.start or date.min), site) if rows else None


def _spread(day: date, days: int) -> Reading:
    reading = day_value(day)
    if days == 1:
        return reading
    end = shift(day, days, "day")
    last = shift(day, days - 1, "day")
    return replace(
        reading,
        timex=f"{day.isoformat()}/{last.isoformat()}",
        end=end,
        granularity=Granularity.MULTI,
    )


def _pick(options: list[Reading], site: Site) -> Reading | None:
    if not options:
        return unresolved("XXXX", Granularity.VAGUE)
    anchor = site.anchor
    if len(options) == 1 or anchor is None:
        return options[0]
    near = min(options, key=lambda o: abs(((o.start or date.min) - anchor).days))
    if near.start is not None and abs((near.start - anchor).days) <= NEAREST_DAYS:
        return near
    tense = site.get_tense()
    past = [o for o in options if o.start and o.start <= anchor]
    if tense is Tense.PAST and past:
        return past[-1]
    if tense is Tense.FUTURE:
        ahead = [o for o in options if o.end and o.end > anchor]
        return ahead[0] if ahead else options[-1]
    return near


def _rule() -> Rule:
    names = sorted({row.name for row in load_named_days()}, key=len, reverse=True)
    words = "|".join(re.escape(name) for name in names)
    return rule(
        "named_day",
        rf"\b(?:(?i:the) )?(?P<name>{words})\b(?:,? (?P<year>(?:19|20)\d\d)\b)?",
        _named,
    )


NAMED: tuple[Rule, ...] = (_rule(),)
