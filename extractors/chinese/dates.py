"""Dates of Chinese texts: 2025年4月4日, 12月1日, 去年上半年, 1-9月, 即日起, 自公布之日起, 45日内.

Conventions are those of the English finder (TIMEX3 values, half-open effective periods). Numbers of
announcements (公告2025年第61号) are no dates.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from extractors.chinese.compared import RELATIVE_MONTH, SAME_PERIOD, resolve_compared
from extractors.chinese.durations import find_durations
from extractors.chinese.numerals import parse_count
from extractors.chinese.reading import Reading
from models.facts import DateMention
from models.vocabulary import DateKind, Granularity

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_Y = r"(?:(?:19|20)\d{2}|[一二][零〇一二三四五六七八九]{3})"
_DAY = rf"{_N}\s?[日号]"
_FULL = rf"(?P<y>{_Y})\s?年\s?(?P<m>{_N})\s?月\s?(?P<d>{_N})\s?日"
_TO = r"\s?(?:至|到|—|–|-|－|～|~)\s?"
_YEAR_WORD = r"今年|本年|去年|上年|前年|明年"
_PART = (
    r"(?:第?(?P<q>[一二三四1-4])季度)|(?P<h>上半年|下半年)|(?P<nine>前三季度)"
    rf"|(?P<m1>{_N})(?:月|月份)?{_TO}(?P<m2>{_N})\s?月份?|前(?P<mf>{_N})个?月"
)
_SPAN = re.compile(
    rf"(?P<y1>{_Y})年(?P<m1>{_N})月(?P<d1>{_N})日起?{_TO}"
    rf"(?:(?P<y2>{_Y})年)?(?:(?P<m2>{_N})月)?(?P<d2>{_N})日(?:止)?"
)
_WHOLE = re.compile(_FULL)
_ISO = re.compile(r"(?<![\d-])(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?![\d-])")
_LABELLED = re.compile(
    r"(?:发布|成文|公布|发文)日期\s?[】:：]?\s?(?P<day>(?:\d{4}年\d{1,2}月\d{1,2}日)|\d{4}-\d\d-\d\d)"
)
_PARTS = re.compile(rf"(?:(?:(?P<y>{_Y})\s?年|(?P<w>{_YEAR_WORD})|(?P<same>同年))的?)?(?:{_PART})")
_MONTH = re.compile(
    rf"(?:(?P<y>{_Y})\s?年|(?P<w>{_YEAR_WORD}))?(?P<m>{_N})\s?月份?(?![\d一二三四五六七八九十])"
)
_RELATIVE_MONTH = re.compile(r"本月|当月|上个?月|下个?月")
_MONTH_DAY = re.compile(rf"(?:(?P<w>{_YEAR_WORD}))?(?P<m>{_N})\s?月\s?(?P<d>{_N})\s?[日号]")
_YEAR = re.compile(rf"(?P<y>{_Y})\s?年(?:度|底|初)?(?!\s?第?\s?\d+\s?号|\s?第)")
_RELATIVE_YEAR = re.compile(_YEAR_WORD)
_SAME_PERIOD = re.compile(r"(?P<w>去年|上年)同期")
_ISSUE = re.compile(r"(?:自|从)?(?:公布|发布|印发|公告)之日(?:起)?|即日起|即日|今日|今天")
_YEAR_SHIFT = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1}
_MONTH_SHIFT = {"本": 0, "当": 0, "上": -1, "下": 1}
_QUARTERS = {
    name: number for number, names in enumerate(("一1", "二2", "三3", "四4"), 1) for name in names
}
_SINCE = re.compile(r"(?:自|从)\s?$")
_UNTIL = re.compile(r"(?:至|截至|截止|到|直到|截止到)\s?$")
_AFTER = re.compile(r"^\s?(?:起|以来|之后起)")
_BEFORE = re.compile(r"^\s?(?:之前|以前|前)")
_BY = re.compile(r"^\s?止")
_ONE_DAY = timedelta(days=1)

_Value = tuple[str, date | None, date | None, Granularity]
_Reader = Callable[[re.Match[str], "_Anchors"], _Value | None]


class _Anchors:
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


def find_issue_day(text: str) -> date | None:
    """Return the day on which a paper says that it was issued, None when it does not.

    It is labelled in the head (发布日期), or a full date on a line of its own near the end.
    """
    labelled = _LABELLED.search(text[:_SIGNATURE_CHARS])
    candidates = [labelled["day"]] if labelled else []
    candidates += [line.strip() for line in reversed(text[-_SIGNATURE_CHARS:].split("\n"))]
    for candidate in candidates:
        match = _WHOLE.fullmatch(candidate) or _ISO.fullmatch(candidate)
        value = _read_day(match, _Anchors(None, None)) if match else None
        if value:
            return value[1]
    return None


_SIGNATURE_CHARS = 600


def find_dates(reading: Reading) -> tuple[DateMention, ...]:
    """Return the time expressions of a text in order; of overlapping ones the longest."""
    anchors = _Anchors(reading.published, find_issue_day(reading.text))
    taken = bytearray(len(reading.text))  # characters that an earlier, longer rule has read
    found: list[DateMention] = []
    for rule_id, pattern, read in _RULES:
        for match in pattern.finditer(reading.text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            value = read(match, anchors)
            if value is None or _is_number(reading.text, match):
                continue
            taken[start:end] = b"\x01" * (end - start)
            found.append(_mention(reading.text, match, value, rule_id, anchors.day))
    found += find_durations(reading.text, taken)
    ordered = sorted(found, key=lambda mention: mention.char_start)
    return tuple(resolve_compared(reading.text, ordered))


def _around(text: str, match: re.Match[str], chars: int) -> tuple[str, str]:
    start, end = match.span()
    return text[max(0, start - chars) : start], text[end : end + chars]


def _is_number(text: str, match: re.Match[str]) -> bool:
    """Tell whether what looks like a date belongs to a longer number or a number of a paper."""
    before, after = (
        text[max(0, match.start() - 1) : match.start()],
        text[match.end() : match.end() + 1],
    )
    return before.isdecimal() or (match.group()[-1].isdecimal() and after.isdecimal())


def _mention(
    text: str, match: re.Match[str], value: _Value, rule_id: str, anchor: date | None
) -> DateMention:
    timex, first, last, granularity = value
    before, after = (
        text[max(0, match.start() - 4) : match.start()],
        text[match.end() : match.end() + 4],
    )
    modifier, start, end = None, first, last
    if rule_id == "zh.date.issue_day":
        modifier = "since" if match.group().endswith("起") else None
    elif rule_id != "zh.date.range":
        if _AFTER.search(after) or (_SINCE.search(before) and not _BY.search(after)):
            modifier, end = "since", None
        elif _BEFORE.search(after):
            modifier, start, end = "before", None, first
        elif _UNTIL.search(before) or _BY.search(after):
            modifier, start = "until", None
    return DateMention(
        text=match.group(),
        char_start=match.start(),
        char_end=match.end(),
        kind=DateKind.DATE,
        timex=timex,
        period_start=start,
        period_end=end,
        granularity=granularity,
        modifier=modifier,
        anchor=anchor if "y" not in match.groupdict() or not match.group("y") else None,
        rule_id=rule_id,
    )


def _make(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None


def _day_value(day: date | None) -> _Value | None:
    return (day.isoformat(), day, day + _ONE_DAY, Granularity.DAY) if day else None


def _read_day(match: re.Match[str], _: _Anchors) -> _Value | None:
    return _day_value(
        _make(parse_count(match["y"]), parse_count(match["m"]), parse_count(match["d"]))
    )


def _read_span(match: re.Match[str], _: _Anchors) -> _Value | None:
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


def _read_month_day(match: re.Match[str], anchors: _Anchors) -> _Value | None:
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


def _month_value(year: int, first: int, last: int) -> _Value:
    start, end = date(year, first, 1), month_after(year, last)
    if first == last:
        return f"{year}-{first:02d}", start, end, Granularity.MONTH
    return f"{year}-{first:02d}/{year}-{last:02d}", start, end, Granularity.MULTI


def _read_month(match: re.Match[str], anchors: _Anchors) -> _Value | None:
    month, year = parse_count(match["m"]) or 0, anchors.year_of(match)
    if not 1 <= month <= 12 or year is None:
        return None
    stated = match["y"] or match["w"]
    if not stated and anchors.day and month > anchors.day.month:
        year -= 1  # news tells of the last such month
    return _month_value(year, month, month)


def _read_relative_month(match: re.Match[str], anchors: _Anchors) -> _Value | None:
    if anchors.day is None:
        return None
    number = anchors.day.year * 12 + anchors.day.month - 1 + _MONTH_SHIFT[match.group()[0]]
    return _month_value(number // 12, number % 12 + 1, number % 12 + 1)


def _read_part(match: re.Match[str], anchors: _Anchors) -> _Value | None:
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


def _read_year(match: re.Match[str], anchors: _Anchors) -> _Value | None:
    year = anchors.year_of(match)
    if year is None:
        return None
    return str(year), date(year, 1, 1), date(year + 1, 1, 1), Granularity.YEAR


def _read_relative_year(match: re.Match[str], anchors: _Anchors) -> _Value | None:
    if anchors.day is None:
        return None
    year = anchors.day.year + _YEAR_SHIFT[match.group().removesuffix("同期")]
    return str(year), date(year, 1, 1), date(year + 1, 1, 1), Granularity.YEAR


def _read_issue(_: re.Match[str], anchors: _Anchors) -> _Value | None:
    if anchors.day is None:
        return "PRESENT_REF", None, None, Granularity.VAGUE
    return _day_value(anchors.day)


_RULES: tuple[tuple[str, re.Pattern[str], _Reader], ...] = (
    ("zh.date.range", _SPAN, _read_span),
    ("zh.date.day", _WHOLE, _read_day),
    ("zh.date.day", _ISO, _read_day),
    ("zh.date.month_day", _MONTH_DAY, _read_month_day),
    ("zh.date.part", _PARTS, _read_part),
    ("zh.date.month", _MONTH, _read_month),
    (RELATIVE_MONTH, _RELATIVE_MONTH, _read_relative_month),
    (SAME_PERIOD, _SAME_PERIOD, _read_relative_year),
    ("zh.date.year", _YEAR, _read_year),
    ("zh.date.relative_year", _RELATIVE_YEAR, _read_relative_year),
    ("zh.date.issue_day", _ISSUE, _read_issue),
)
