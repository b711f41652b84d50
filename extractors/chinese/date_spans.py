"""Spans, weeks and days by name of Chinese texts: 11月16日至20日, 即日起至2027年6月30日, 上周三.

Like the readers of `date_values.py`: TIMEX3 value and half-open period, None where none exists.
"""

import re
from datetime import date, timedelta

from extractors.chinese.date_values import (
    Anchors,
    Value,
    day_value,
    make_day,
    month_after,
    nearest_day,
)
from extractors.chinese.numerals import parse_count
from models.vocabulary import Granularity

_ONE_DAY = timedelta(days=1)
_WEEK_SHIFT = {"上": -1, "本": 0, "这": 0, "下": 1}
_WEEKDAYS = "一二三四五六日"
_DAY_SHIFT = {"前": -2, "昨": -1, "今": 0, "明": 1}


def _span(first: date | None, last: date | None) -> Value | None:
    if first is None or last is None or last < first or last == date.max:
        return None
    timex = f"{first.isoformat()}/{last.isoformat()}"
    return timex, first, last + _ONE_DAY, Granularity.MULTI


def read_span(match: re.Match[str], _: Anchors) -> Value | None:
    """Read 2025年11月10日至2026年11月10日, the last day included."""
    year, month = parse_count(match["y1"]), parse_count(match["m1"])
    last = make_day(
        parse_count(match["y2"]) if match["y2"] else year,
        parse_count(match["m2"]) if match["m2"] else month,
        parse_count(match["d2"]),
    )
    return _span(make_day(year, month, parse_count(match["d1"])), last)


def read_short_span(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 11月16日至20日: of the year in which it begins nearest; it may end in the next one."""
    if anchors.day is None:
        return None
    month, day = parse_count(match["m"]), parse_count(match["d"])
    first = (
        make_day(anchors.year_of(match), month, day)
        if match["w"]
        else nearest_day(anchors.day, month, day)
    )
    if first is None:
        return None
    last_month, last_day = parse_count(match["m2"] or match["m"]), parse_count(match["d2"])
    last = make_day(first.year, last_month, last_day)
    if last is not None and last < first and match["m2"]:
        last = make_day(first.year + 1, last_month, last_day)
    return _span(first, last)


def read_from_now(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 即日起至2027年6月30日 from the day of the text."""
    last = make_day(parse_count(match["y"]), parse_count(match["m"]), parse_count(match["d"]))
    return _span(anchors.day, last)


def read_month_span(match: re.Match[str], _: Anchors) -> Value | None:
    """Read 2026年3月至2027年2月, the last month included."""
    first = make_day(parse_count(match["y1"]), parse_count(match["m1"]), 1)
    last = make_day(parse_count(match["y2"]), parse_count(match["m2"]), 1)
    if first is None or last is None or last <= first:
        return None
    end = month_after(last.year, last.month)
    return f"{first:%Y-%m}/{last:%Y-%m}", first, end, Granularity.MULTI


def read_year_span(match: re.Match[str], _: Anchors) -> Value | None:
    """Read 2026-2027年度, the last year included."""
    first, last = parse_count(match["y1"]), parse_count(match["y2"])
    if first is None or last is None or not first < last < date.max.year:
        return None
    return f"{first}/{last}", date(first, 1, 1), date(last + 1, 1, 1), Granularity.MULTI


def read_week(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 上周 as the week from Monday, 上周三 as its day."""
    if anchors.day is None:
        return None
    shift = _WEEK_SHIFT[match["which"]] * 7 - anchors.day.weekday()
    monday = anchors.day + timedelta(days=shift)
    if match["day"]:
        weekday = _WEEKDAYS.index(match["day"].replace("天", "日"))
        return day_value(monday + timedelta(days=weekday))
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}", monday, monday + timedelta(days=7), Granularity.WEEK


def read_day_word(match: re.Match[str], anchors: Anchors) -> Value | None:
    """Read 昨日, 今天, 明日."""
    if anchors.day is None:
        return "PRESENT_REF", None, None, Granularity.VAGUE
    return day_value(anchors.day + timedelta(days=_DAY_SHIFT[match.group()[0]]))
