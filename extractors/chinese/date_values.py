"""What matched Chinese time expressions mean: TIMEX3 value and half-open period of each.

The patterns are in `dates.py`. A reader returns None where no such day exists.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from extractors.chinese.numerals import parse_count
from models.vocabulary import Granularity

_YEAR_SHIFT = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1}
_MONTH_SHIFT = {"本": 0, "当": 0, "上": -1, "下": 1}
_QUARTERS = {
    name: number for number, names in enumerate(("一1", "二2", "三3", "四4"), 1) for name in names
}
_ONE_DAY = timedelta(days=1)

Value = tuple[str, date | None, date | None, Granularity]
"""TIMEX3 value, first day, day after the last, grain."""
Reader = Callable[[re.Match[str], "Anchors"], Value | None]


class Anchors:
    """The days that dates without a year are read from."""

    def __init__(self, published: date | None, issued: date | None) -> None:
        self.day = issued or published

    def year_of(self, match: re.Match[str]) -> int | None:
        """Return the year that an expression states or means."""
        groups = match.groupdict()
        if groups.get("y"):
            return parse_count(groups["y"])
        if groups.get("w"):
            return self.day.year + _YEAR_SHIFT[groups["w"]] if self.day else None
        return self.day.year if self.day else None


def month_after(year: int, month: int) -> date:
    """Return the first day of the month after a month."""
    return date(year + month // 12, month % 12 + 1, 1)


def _make(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None


def _day_value(day: date | None) -> Value | None:
    return (day.isoformat(), day, day + _ONE_DAY, Granularity.DAY) if day else None


def read_day(match: re.Match[str], _: Anchors) -> Value | None:
    """Read 2025年4月4日 and 2025-04-04."""
    return _day_value(
        _make(parse_count(match["y"]), parse_count(match["m"]), parse_count(match["d"]))
    )


def read_span(match: re.Match[str], _: Anchors) -> Value | None:
    """Read 2025年11月10日至2026年11月10日, the last day included."""
    year, month = parse_count(match["y1"]), parse_count(match["m1"])
    first = _make(year, month, parse_count(match["d1"]))
    last = _make(
        parse_count(match["y2"]) if match["y2"] else year,
        parse_count(match["m2"]) if match["m2"] else month,
        parse_count(match["d2"]),
    )
    if first is None or last is None or last < first:
        return None
    timex = f"{first.isoformat()}/{last.isoformat()}"
    return timex, first, last + _ONE_DAY, Granularity.MULTI


def read_month_day(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 12月1日: of the stated year, else the nearest one."""
    month, day = parse_count(match["m"]), parse_count(match["d"])
    if match["w"]:
        return _day_value(_make(anchors.year_of(match), month, day))
    if anchors.day is None:
        is_day = _make(2024, month, day)
        return (f"XXXX-{month:02d}-{day:02d}", None, None, Granularity.DAY) if is_day else None
    years = (anchors.day.year + shift for shift in (-1, 0, 1))
    days = [found for year in years if (found := _make(year, month, day))]
    nearest = min(days, key=lambda found: abs((found - anchors.day).days), default=None)  # type: ignore[operator]
    return _day_value(nearest)


def _month_value(year: int, first: int, last: int) -> Value:
    start, end = date(year, first, 1), month_after(year, last)
    if first == last:
        return f"{year}-{first:02d}", start, end, Granularity.MONTH
    return f"{year}-{first:02d}/{year}-{last:02d}", start, end, Granularity.MULTI


def read_month(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 3月: of the stated year, else the last such month; the next one after 将于."""
    month, year = parse_count(match["m"]) or 0, anchors.year_of(match)
    if not 1 <= month <= 12 or year is None:
        return None
    stated = match["y"] or match["w"]
    before = match.string[max(0, match.start() - _AHEAD_CHARS) : match.start()]
    if not stated and anchors.day and month > anchors.day.month and not _AHEAD.search(before):
        year -= 1  # news tells of the last such month
    return _month_value(year, month, month)


def read_relative_month(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 上月, 本月, 下月."""
    if anchors.day is None:
        return None
    number = anchors.day.year * 12 + anchors.day.month - 1 + _MONTH_SHIFT[match.group()[0]]
    return _month_value(number // 12, number % 12 + 1, number % 12 + 1)


def read_relative_quarter(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 上季度, 本季度, 下季度."""
    if anchors.day is None:
        return None
    number = anchors.day.year * 4 + (anchors.day.month - 1) // 3 + _MONTH_SHIFT[match.group()[0]]
    year, quarter = number // 4, number % 4 + 1
    start, end = date(year, quarter * 3 - 2, 1), month_after(year, quarter * 3)
    return f"{year}-Q{quarter}", start, end, Granularity.QUARTER


def read_part(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read quarters, halves and runs of months."""
    year = anchors.year_of(match)
    if year is None:
        return None
    if match["q"]:
        quarter = _QUARTERS[match["q"]]
        start, end = date(year, quarter * 3 - 2, 1), month_after(year, quarter * 3)
        return f"{year}-Q{quarter}", start, end, Granularity.QUARTER
    if match["h"]:
        half = 1 if match["h"] == "上半年" else 2
        start, end = date(year, half * 6 - 5, 1), month_after(year, half * 6)
        return f"{year}-H{half}", start, end, Granularity.HALF
    if match["nine"]:
        return _month_value(year, 1, 9)
    first, last = (
        (1, parse_count(match["mf"]))
        if match["mf"]
        else (parse_count(match["m1"]), parse_count(match["m2"]))
    )
    if first is None or last is None or not 1 <= first < last <= 12:
        return None
    return _month_value(year, first, last)


def read_year(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 2025年."""
    year = anchors.year_of(match)
    if year is None:
        return None
    return str(year), date(year, 1, 1), date(year + 1, 1, 1), Granularity.YEAR


def read_relative_year(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 去年 from the day of the text."""
    if anchors.day is None:
        return None
    year = anchors.day.year + _YEAR_SHIFT[match.group().removesuffix("同期")]
    return str(year), date(year, 1, 1), date(year + 1, 1, 1), Granularity.YEAR


def read_issue(_: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 即日起 and 公布之日 as the day of the text."""
    if anchors.day is None:
        return "PRESENT_REF", None, None, Granularity.VAGUE
    return _day_value(anchors.day)


_AHEAD = re.compile(r"(?:将|拟|预计|计划|有望|定|自|从|最早|最迟)(?:于|在)?$")
_AHEAD_CHARS = 4


def read_whole_year(_: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 全年 as the year of the text."""
    if anchors.day is None:
        return None
    year = anchors.day.year
    return str(year), date(year, 1, 1), date(year + 1, 1, 1), Granularity.YEAR
