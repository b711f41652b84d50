"""Periods of figures: arithmetic, what length of time they are, and bases of comparison.

`base_of` tells what a change is measured against (month before, year before) from the words.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from models.vocabulary import Basis, Granularity

Base = Literal["mom", "yoy", "other"]
_LENGTHS = {Granularity.QUARTER: Basis.QUARTER, Granularity.HALF: Basis.HALF}
_YTD = re.compile(
    r"year[- ]to[- ]date|\bytd\b|so far this year|in the year (?:to|through)|cumulative"
    r"|the year so far|so far in 20\d\d",
    re.IGNORECASE,
)
_MONTHS_OF = {
    "quarterly": 3, "three month": 3, "half year": 6, "six month": 6, "first half": 6,
    "eight month": 8, "nine month": 9, "ten month": 10, "eleven month": 11,
    "full year": 12, "twelve month": 12,
}  # fmt: skip
_LENGTH_WORD = re.compile(
    r"\b(" + "|".join(name.replace(" ", "[- ]") for name in _MONTHS_OF) + r")"
    r" (?:figures?|totals?|tally|volumes?|sum|exports?|imports?|shipments?|output|sales|count)\b",
    re.IGNORECASE,
)
YEAR_PAIR = re.compile(r"\b(\d{4}) (?:to|and|through) (\d{4})\b")
_YOY = re.compile(
    r"\b(?:twelve|12) months (?:earlier|before|ago|previously)\b"
    r"|year[- ](?:on|over)[- ]year|\by[-/]?o[-/]?y\b|\by/y\b|\ban? (?:year|twelve months) "
    r"(?:earlier|ago|before|prior)|\bone year (?:earlier|ago|before)|\b(?:on|from|over|than|versus"
    r"|against|of|to|with|in|for) (?:the )?(?:last|prior|previous|preceding) year\b"
    r"|\b(?:on|over) the year\b|\bannual(?:ly|i[sz]ed)?\b|\bthe year (?:before|earlier)\b"
    r"|\bsame (?:period|month|quarter|half|time|[a-z]+ months)\b.{0,12}"
    r"\b(?:last|previous|a year|20\d\d|year)"
    r"|\bcorresponding (?:period|month|quarter)\b|\byearly\b|\byear[- ](?:ago|earlier)\b"
    r"|\b(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december|q[1-4]|quarter) (?:of )?last year\b",
    re.IGNORECASE,
)
_MOM = re.compile(
    r"month[- ](?:on|over|to)[- ]month|\bm[-/]?o[-/]?m\b|\bm/m\b"
    r"|\b(?:a|one|the) month (?:earlier|ago|before|prior)|\b(?:previous|prior|preceding) month\b"
    r"|\b(?:on|over) the month\b|\b(?:from|than|on|over|with|to|against) (?:in )?last month\b"
    r"|\bmonthly (?:rise|increase|drop|decline|gain|fall|decrease|jump|basis|growth|change)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"quarter[- ](?:on|over|to)[- ]quarter|\bq[-/]?o[-/]?q\b|\bq/q\b|\bsequential(?:ly)?\b"
    r"|\bthan in the (?:first|second|third)(?=[,.;])"
    r"|\bweek[- ]on[- ]week\b|\b(?:on|over|from) the week\b"
    r"|\b(?:on|from|than(?: in)?|over|against|above|below) (?:the )?(?:march|june|september"
    r"|december|first|second|third|fourth) quarter\b(?! (?:of )?(?:last|the (?:previous|prior)"
    r"|(?:19|20)\d\d))|\b(?:previous|prior|preceding|last) quarter\b|\bquarterly\b",
    re.IGNORECASE,
)
_BASE_MONTH = re.compile(
    r"\b(?:from|on|than(?: in)?|versus|vs\.?|against|over|compared (?:with|to)|above|below|under"
    r"|behind|ahead of|short of|exceed(?:s|ed)|topped|beat|surpassed|and (?:that|those) of)"
    r" (?:the )?(?:level of |figure for )?(?:january|february|march|april|may|june|july|august"
    r"|september|october|november|december)(?!(?: \d{4})? (?:to|through|until|quarter|half)\b)"
    r"(?P<year>(?:,? | of )(?:last year|\d{4}))?(?! \d)",
    re.IGNORECASE,
)
_BASE_YEAR = re.compile(
    r"\b(?:from|on|than(?: in)?|versus|vs\.?|against|over|compared (?:with|to)|above|below|under"
    r"|behind|ahead of|short of|exceed(?:s|ed)|topped|beat|surpassed|and (?:that|those) of"
    r"|of) (?:the )?(?:level of |figure for |same period (?:of|in) |whole of |level in )?"
    r"(?:20\d\d|19\d\d)(?:'s|’s)?(?: (?:figure|level|total))?(?! to\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open interval; either side may be open."""

    start: date | None
    end: date | None
    granularity: Granularity | None = field(default=None, compare=False)

    @property
    def days(self) -> int | None:
        """Length in days, None when a side is open."""
        return (self.end - self.start).days if self.start and self.end else None


def shift_years(day: date, years: int) -> date:
    """Return the same day some years later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def year_before(period: Period) -> Period:
    """Return the same period one year earlier."""
    return Period(
        shift_years(period.start, -1) if period.start else None,
        shift_years(period.end, -1) if period.end else None,
    )


def month_before(period: Period) -> Period | None:
    """Return the month before a month, None for other periods."""
    if period.start is None or not is_month(period):
        return None
    last = period.start - timedelta(days=1)
    return Period(last.replace(day=1), period.start)


def stretch_before(period: Period) -> Period | None:
    """Return the equally long stretch of whole months before a period, None for other periods."""
    start, end = period.start, period.end
    if start is None or end is None or start.day != 1 or end.day != 1:
        return None
    months = (end.year - start.year) * 12 + end.month - start.month
    first = start.year * 12 + start.month - 1 - months
    return Period(date(first // 12, first % 12 + 1, 1), start, period.granularity)


def is_month(period: Period) -> bool:
    """Tell whether a period is one calendar month."""
    return (
        period.days is not None
        and 28 <= period.days <= 31
        and period.start is not None
        and (period.start.day == 1)
    )


def basis_of(period: Period | None, *, rate: str | None) -> Basis:
    """Return what length of time a mass adds up."""
    rates = {"year": Basis.YEAR, "month": Basis.MONTH, "quarter": Basis.QUARTER}
    if rate is not None:
        return rates.get(rate, Basis.OTHER)
    if period is None or period.start is None or period.end is None:
        return Basis.OTHER
    days = period.days or 0
    if period.granularity in _LENGTHS:
        return _LENGTHS[period.granularity]
    starts_year = (period.start.month, period.start.day) == (1, 1)
    if is_month(period):
        return Basis.MONTH
    if 365 <= days <= 366:
        return Basis.YEAR
    if days > 366:
        return Basis.CUMULATIVE
    quarter_start = period.start.day == 1 and period.start.month in {1, 4, 7, 10}
    if 89 <= days <= 92 and quarter_start:
        return Basis.QUARTER
    # Half a calendar year that is no year to date, and half a fiscal year.
    if 181 <= days <= 184 and period.start.day == 1 and period.start.month in {4, 7, 10}:
        return Basis.HALF
    if starts_year and days > 31:
        return Basis.YTD
    return Basis.OTHER


def named_length(text: str, month: Period | None) -> Period | None:
    """Return the period of "the half-year figure", "nine-month exports" that ends with a month.

    Args:
        text: The words at the number.
        month: The month that the figures of the text are about, the last one of the period.
    """
    match = _LENGTH_WORD.search(text)
    if match is None or month is None or month.start is None or month.end is None:
        return None
    months, last = _MONTHS_OF[match[1].lower().replace("-", " ")], month.start.month
    if last % months and not (months > 6 and last == months):
        return None
    first = last - months + 1
    length = {3: Granularity.QUARTER, 6: Granularity.HALF, 12: Granularity.YEAR}.get(months)
    return Period(date(month.start.year, first, 1), month.end, length)


def base_of(text: str) -> Base | None:
    """Return what a change is measured against, as far as a piece of text says."""
    hits: list[tuple[int, Base]] = []
    for pattern, base in ((_YOY, "yoy"), (_MOM, "mom"), (_OTHER, "other")):
        match = pattern.search(text)
        if match is not None:
            hits.append((match.start(), base))  # type: ignore[arg-type]
    match = _BASE_MONTH.search(text)
    if match is not None:
        hits.append((match.start(), "yoy" if match["year"] else "mom"))
    pair = YEAR_PAIR.search(text)
    if pair is not None:
        is_next = int(pair[2]) == int(pair[1]) + 1
        hits.append((pair.start(), "yoy" if is_next else "other"))
    match = None if pair is not None else _BASE_YEAR.search(text)
    if match is not None:
        hits.append((match.start(), "yoy"))
    return min(hits)[1] if hits else None


def is_ytd(text: str) -> bool:
    """Tell whether words name the year up to now."""
    return _YTD.search(text) is not None
