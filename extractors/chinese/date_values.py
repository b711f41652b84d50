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


def make_day(year: int | None, month: int | None, day: int | None) -> date | None:
    """Return a day, None where there is no such one."""
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None


def nearest_day(anchor: date, month: int | None, day: int | None) -> date | None:
    """Return the day of that name that is nearest to another one."""
    years = (anchor.year + shift for shift in (-1, 0, 1))
    days = [found for year in years if (found := make_day(year, month, day))]
    return min(days, key=lambda found: abs((found - anchor).days), default=None)


def day_value(day: date | None) -> Value | None:
    """Return the value of one day."""
    return (day.isoformat(), day, day + _ONE_DAY, Granularity.DAY) if day else None


def read_iso(match: re.Match[str], _: Anchors) -> Value | None:
    """Read 2025-04-04."""
    return day_value(
        make_day(parse_count(match["y"]), parse_count(match["m"]), parse_count(match["d"]))
    )


def read_day(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 2025年4月4日, with its clock."""
    return _with_clock(match, read_iso(match, anchors))


def _with_clock(match: re.Match[str], value: Value | None) -> Value | None:
    """Return a day with the clock that a match has: 12时01分."""
    if value is None or not match["hh"]:
        return value
    hour = int(match["hh"]) + (12 if match["pm"] and int(match["hh"]) < 12 else 0)
    minute = int(match["mm"] or 0)
    if hour > 24 or minute > 59:
        return value
    return f"{value[0]}T{hour:02d}:{minute:02d}", value[1], value[2], Granularity.TIME


def read_month_day(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 12月1日: of the stated year, else the nearest one."""
    return _with_clock(match, _month_day(match, anchors))


def _month_day(match: re.Match[str], anchors: Anchors) -> Value | None:
    month, day = parse_count(match["m"]), parse_count(match["d"])
    if match["w"]:
        return day_value(make_day(anchors.year_of(match), month, day))
    if anchors.day is None:
        is_day = make_day(2024, month, day)
        return (f"XXXX-{month:02d}-{day:02d}", None, None, Granularity.DAY) if is_day else None
    before = match.string[max(0, match.start() - _PAST_CHARS) : match.start()]
    nearest = nearest_day(anchors.day, month, day)
    if nearest and nearest > anchors.day and _PAST.search(before):
        nearest = make_day(nearest.year - 1, month, day)
    return day_value(nearest)


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
    """Read 去年, 去年底 and 年底 from the day of the text."""
    if anchors.day is None:
        return None
    year = anchors.day.year + _YEAR_SHIFT[match["w"] or "今年"]
    return str(year), date(year, 1, 1), date(year + 1, 1, 1), Granularity.YEAR


def read_same_period(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 去年同期 and 2025年同月 as the year: of which months, the period before them tells."""
    year = parse_count(match["y"]) if match["y"] else anchors.day and anchors.day.year - 1
    if not year:
        return None
    return str(year), date(year, 1, 1), date(year + 1, 1, 1), Granularity.YEAR


def read_issue(_: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 即日起 and 公布之日 as the day of the text."""
    if anchors.day is None:
        return "PRESENT_REF", None, None, Granularity.VAGUE
    return day_value(anchors.day)


# 曾于3月4日: a day that has been, though the next one of its name may be nearer.
_PAST = re.compile(r"(?:此前|曾|早在|已|先后|前次)[^，。；\d]{0,3}$")
_PAST_CHARS = 6
_AHEAD = re.compile(r"(?:将|拟|预计|计划|有望|定|自|从|最早|最迟)(?:于|在)?$")
_AHEAD_CHARS = 4


def read_whole_year(_: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 全年 as the year of the text."""
    if anchors.day is None:
        return None
    year = anchors.day.year
    return str(year), date(year, 1, 1), date(year + 1, 1, 1), Granularity.YEAR
