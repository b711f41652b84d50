"""Calendar values: intervals and TIMEX3 strings of days, weeks, months, quarters, years, spans.

Every interval is half-open `[start, end)`. Functions return None where the calendar has no such
day. Not here: which year a bare month means (`resolve.py`) and modifiers (`modifiers.py`).
"""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, timedelta

from models.vocabulary import DateKind, Granularity

_LETTER = {
    "day": "D",
    "week": "W",
    "month": "M",
    "quarter": "Q",
    "year": "Y",
    "decade": "Y",
    "century": "Y",
}
_GRAIN = {
    "hour": Granularity.TIME,
    "day": Granularity.DAY,
    "week": Granularity.WEEK,
    "fortnight": Granularity.WEEK,
    "month": Granularity.MONTH,
    "quarter": Granularity.QUARTER,
    "year": Granularity.YEAR,
    "decade": Granularity.YEAR,
    "century": Granularity.YEAR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an expression denotes before a word outside it ("since", "by") limits it.

    Attributes:
        start: First day of the calendar interval; None when unknown or not an interval.
        end: Day after the last one.
        effective: The interval the expression itself makes of it ("late May"); None when equal.
        takes_prefix: A preposition before the span may change the effective interval.
    """

    kind: DateKind
    timex: str
    start: date | None
    end: date | None
    granularity: Granularity
    modifier: str | None = None
    effective: tuple[date | None, date | None] | None = None
    anchor: date | None = None
    takes_prefix: bool = True
    grain: str = ""

    def with_anchor(self, anchor: date | None) -> "Reading":
        """Return the reading as resolved against `anchor`."""
        return replace(self, anchor=anchor)


def _dated(timex: str, start: date | None, end: date | None, grain: Granularity) -> Reading:
    return Reading(
        kind=DateKind.DATE, timex=timex, start=start, end=end, granularity=grain, grain=grain.value
    )


def day_value(day: date) -> Reading:
    """Return a calendar day."""
    end = day + timedelta(days=1) if day < date.max else day
    return _dated(day.isoformat(), day, end, Granularity.DAY)


def make_day(year: int, month: int, day: int) -> date | None:
    """Return the date, or None when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def week_value(day: date) -> Reading:
    """Return the ISO week (Monday first) that holds `day`."""
    monday = day - timedelta(days=day.weekday())
    iso = monday.isocalendar()
    timex = f"{iso.year}-W{iso.week:02d}"
    return _dated(timex, monday, monday + timedelta(days=7), Granularity.WEEK)


def month_start(year: int, index: int) -> date:
    """Return the first day of a month counted from January of `year` (index 12 = next January)."""
    return date(min(max(year + index // 12, 1), MAXYEAR), index % 12 + 1, 1)


def month_value(year: int, month: int) -> Reading:
    """Return a calendar month."""
    start, end = month_start(year, month - 1), month_start(year, month)
    return _dated(f"{year}-{month:02d}", start, end, Granularity.MONTH)


def quarter_value(year: int, quarter: int) -> Reading:
    """Return a calendar quarter, 1-4."""
    start, end = month_start(year, quarter * 3 - 3), month_start(year, quarter * 3)
    return _dated(f"{year}-Q{quarter}", start, end, Granularity.QUARTER)


def half_value(year: int, half: int) -> Reading:
    """Return a calendar half-year, 1 or 2."""
    start, end = month_start(year, half * 6 - 6), month_start(year, half * 6)
    return _dated(f"{year}-H{half}", start, end, Granularity.HALF)


def year_value(year: int) -> Reading:
    """Return a calendar year."""
    return _dated(f"{year:04d}", date(year, 1, 1), month_start(year, 12), Granularity.YEAR)


def decade_value(first_year: int) -> Reading:
    """Return a decade by its first year; TIMEX3 writes its first three digits."""
    start, end = date(first_year, 1, 1), date(first_year + 10, 1, 1)
    return replace(_dated(str(first_year // 10), start, end, Granularity.MULTI), grain="decade")


def century_value(ordinal: int) -> Reading:
    """Return the n-th century, which begins with year 1 (the 21st in 2001)."""
    start, end = date(ordinal * 100 - 99, 1, 1), date(ordinal * 100 + 1, 1, 1)
    return _dated(f"{ordinal - 1:02d}", start, end, Granularity.MULTI)


_SEASONS = {"spring": ("SP", 3), "summer": ("SU", 6), "autumn": ("FA", 9), "fall": ("FA", 9)}


def season_value(year: int, season: str) -> Reading:
    """Return a northern meteorological season; the winter of a year begins in its December."""
    code, month = _SEASONS.get(season, ("WI", 12))
    start, end = month_start(year, month - 1), month_start(year, month + 2)
    return replace(_dated(f"{year}-{code}", start, end, Granularity.MULTI), grain="season")


def days_value(first: date, end: date, *, grain: str, takes_prefix: bool = False) -> Reading:
    """Return a stretch of days `[first, end)` that is no unit of the calendar."""
    return Reading(
        kind=DateKind.DATE,
        timex=f"{first.isoformat()}/{(end - timedelta(days=1)).isoformat()}",
        start=first,
        end=end,
        granularity=Granularity.MULTI,
        takes_prefix=takes_prefix,
        grain=grain,
    )


def span_value(first: Reading, last: Reading) -> Reading | None:
    """Return one reading from the start of `first` to the end of `last`, None when reversed."""
    if first.start is not None and last.end is not None and first.start >= last.end:
        return None
    return Reading(
        kind=DateKind.DATE,
        timex=f"{first.timex}/{last.timex}",
        start=first.start,
        end=last.end,
        granularity=Granularity.MULTI,
        anchor=first.anchor or last.anchor,
        takes_prefix=False,
        grain=last.grain,
    )


def duration_timex(count: float | None, unit: str) -> str:
    """Return `P6M`, `PT48H`, `PXW`: X where the text gives no number."""
    factor = {"fortnight": 2, "decade": 10, "century": 100}.get(unit, 1)
    number = "X" if count is None else f"{count * factor:g}"
    if unit == "hour":
        return f"PT{number}H"
    return f"P{number}{'W' if unit == 'fortnight' else _LETTER[unit]}"


def duration_value(count: float | None, unit: str) -> Reading:
    """Return a length of time that has no place on the calendar."""
    return Reading(
        kind=DateKind.DURATION,
        timex=duration_timex(count, unit),
        start=None,
        end=None,
        granularity=grain_of(unit) if count is not None else Granularity.VAGUE,
        takes_prefix=False,
    )


def grain_of(unit: str) -> Granularity:
    """Return the granularity of a unit name."""
    return _GRAIN[unit]


def shift(day: date, count: int, unit: str) -> date:
    """Return `day` moved by whole units; the day of the month is cut to the month's length."""
    if unit in {"day", "week", "fortnight"}:
        days = count * {"day": 1, "week": 7, "fortnight": 14}[unit]
        return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
    months = count * {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}[unit]
    first = month_start(day.year, day.month - 1 + months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def unit_value(day: date, unit: str) -> Reading:
    """Return the calendar unit that holds `day`."""
    if unit in {"week", "fortnight"}:
        return week_value(day)
    if unit == "month":
        return month_value(day.year, day.month)
    if unit == "quarter":
        return quarter_value(day.year, (day.month - 1) // 3 + 1)
    if unit == "year":
        return year_value(day.year)
    if unit == "decade":
        return decade_value(day.year // 10 * 10)
    return day_value(day)
