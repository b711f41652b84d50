"""Fiscal years: which months a "fiscal 2026" covers, by the country that the text names.

Calendars are data (`lexicons/dates_fiscal.csv`). Without a country it is the calendar year.
"""

import csv
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from extractors.dates.values import Reading, month_start, shift, year_value
from models.vocabulary import Granularity

_WINDOW = 400
_HEAD = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalCalendar:
    """When the fiscal year of a country begins."""

    country: str
    pattern: re.Pattern[str]
    start_month: int
    starts_year_before: bool


@lru_cache(maxsize=1)
def load_calendars() -> tuple[FiscalCalendar, ...]:
    """Return the calendars of the lexicon, in file order."""
    source = files("extractors") / "lexicons" / "dates_fiscal.csv"
    with source.open(encoding="utf-8") as lines:
        return tuple(
            FiscalCalendar(
                country=row["country"],
                pattern=re.compile(row["pattern"], re.IGNORECASE),
                start_month=int(row["start_month"]),
                starts_year_before=row["starts_year_before"] == "1",
            )
            for row in csv.DictReader(lines)
        )


def find_calendar(text: str, position: int) -> FiscalCalendar | None:
    """Return the calendar of the country named nearest to a position, in a bounded window.

    Without one nearby it is the country that the beginning of the text names most often.
    """
    low = max(0, position - _WINDOW)
    window = text[low : position + _WINDOW]
    best: tuple[int, FiscalCalendar] | None = None
    for calendar in load_calendars():
        for match in calendar.pattern.finditer(window):
            distance = abs(match.start() + low - position)
            if best is None or distance < best[0]:
                best = (distance, calendar)
    return best[1] if best else _usual_calendar(text[:_HEAD])


@lru_cache(maxsize=8)
def _usual_calendar(head: str) -> FiscalCalendar | None:
    """Return the calendar whose country the beginning of a text names most often."""
    counts = [(len(entry.pattern.findall(head)), entry) for entry in load_calendars()]
    most, calendar = max(counts, key=lambda pair: pair[0])
    return calendar if most else None


def fiscal_value(text: str, position: int, year: int, *, spans_two: bool = False) -> Reading:
    """Return the fiscal year named `year` at a position of a text.

    `spans_two` says that the name has both years ("2031-32") and `year` is the first.
    """
    calendar = find_calendar(text, position)
    timex = f"FY{year}"
    if calendar is None:
        return replace(year_value(year), timex=timex)
    first = year - 1 if calendar.starts_year_before and not spans_two else year
    start = month_start(first, calendar.start_month - 1)
    end = month_start(first + 1, calendar.start_month - 1)
    return replace(
        year_value(year), timex=timex, start=start, end=end, granularity=Granularity.YEAR
    )


def fiscal_moved(reading: Reading, count: int) -> Reading:
    """Return the fiscal year some years from another one: it keeps its months."""
    start, end = reading.start, reading.end
    if start is None or end is None:
        return reading
    return replace(
        reading,
        timex=f"FY{int(reading.timex[2:6]) + count}",
        start=shift(start, count, "year"),
        end=shift(end, count, "year"),
        anchor=start,
    )
