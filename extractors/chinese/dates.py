"""Dates of Chinese texts: 2025年4月4日, 12月1日, 去年上半年, 1-9月, 即日起, 自公布之日起, 45日内.

Conventions are those of the English finder (TIMEX3 values, half-open effective periods). Numbers of
announcements (公告2025年第61号) are no dates.
"""

import re
from datetime import date

from extractors.chinese.compared import (
    RELATIVE_MONTH,
    RELATIVE_YEAR,
    SAME_DAY,
    SAME_PERIOD,
    WHOLE_YEAR,
    resolve_compared,
)
from extractors.chinese.date_spans import (
    read_day_word,
    read_from_now,
    read_month_span,
    read_short_span,
    read_span,
    read_week,
    read_year_span,
)
from extractors.chinese.date_values import (
    Anchors,
    Reader,
    Value,
    read_day,
    read_iso,
    read_issue,
    read_month,
    read_month_day,
    read_part,
    read_relative_month,
    read_relative_quarter,
    read_relative_year,
    read_same_period,
    read_whole_year,
    read_year,
)
from extractors.chinese.durations import find_durations
from extractors.chinese.reading import Reading
from models.facts import DateMention
from models.vocabulary import DateKind

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_Y = r"(?:(?:19|20)\d{2}|[一二][零〇一二三四五六七八九]{3})"
_DAY = rf"{_N}\s?[日号]"
# 12时01分 behind a day: the clock from which tariffs apply.
_CLOCK = r"(?:\s?(?:上午|(?P<pm>下午|晚))?(?P<hh>\d{1,2})[时点](?:(?P<mm>\d{1,2})分)?)?"
_FULL = rf"(?P<y>{_Y})\s?年\s?(?P<m>{_N})\s?月\s?(?P<d>{_N})\s?日{_CLOCK}"
_TO = r"\s?(?:至|到|—|–|-|－|～|~)\s?"
_YEAR_WORD = r"今年|本年|去年|上年|前年|明年"
_PART = (
    r"(?:第?(?P<q>[一二三四1-4])季度)|(?P<h>上半年|下半年)|(?P<nine>前三季度)"
    rf"|(?P<m1>{_N})(?:月|月份)?{_TO}(?P<m2>{_N})\s?月份?|[前头](?P<mf>{_N})个?月"
)
_SPAN = re.compile(
    rf"(?P<y1>{_Y})年(?P<m1>{_N})月(?P<d1>{_N})日起?{_TO}"
    rf"(?:(?P<y2>{_Y})年)?(?:(?P<m2>{_N})月)?(?P<d2>{_N})日(?:止)?"
)
# 11月16日至20日, 3月1-5日: the year is the nearest one.
_SHORT_SPAN = re.compile(
    rf"(?:(?P<w>{_YEAR_WORD}))?(?P<m>{_N})月(?P<d>{_N})日?起?{_TO}(?:(?P<m2>{_N})月)?(?P<d2>{_N})日止?"
)
_MONTH_SPAN = re.compile(
    rf"(?P<y1>{_Y})年(?P<m1>{_N})月份?起?{_TO}(?P<y2>{_Y})年(?P<m2>{_N})月份?(?!\s?{_N}\s?日)"
)
_YEAR_SPAN = re.compile(rf"(?P<y1>{_Y})年?(?:度)?{_TO}(?P<y2>{_Y})年度?(?!\s?{_N}\s?月)")
_FROM_NOW = re.compile(
    rf"(?:即日|今日|(?:公布|发布)之日)起?{_TO}(?P<y>{_Y})年(?P<m>{_N})月(?P<d>{_N})日止?"
)
_WEEK = re.compile(
    r"(?P<which>上|本|这|下)个?(?:周|星期)(?P<day>[一二三四五六日天])?(?![期边围年转])"
)
_DAY_WORD = re.compile(r"前天|昨[日天]|明[日天]|今[日天]")
_WHOLE = re.compile(_FULL)
_ISO = re.compile(r"(?<![\d-])(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?![\d-])")
_LABELLED = re.compile(
    r"(?:发布|成文|公布|发文)日期\s?[】:：]?\s?(?P<day>(?:\d{4}年\d{1,2}月\d{1,2}日)|\d{4}-\d\d-\d\d)"
)
_PARTS = re.compile(rf"(?:(?:(?P<y>{_Y})\s?年|(?P<w>{_YEAR_WORD})|(?P<same>同年))的?)?(?:{_PART})")
_MONTH = re.compile(
    rf"(?:(?P<y>{_Y})\s?年|(?P<w>{_YEAR_WORD}))?(?P<m>{_N})\s?月份?"
    rf"(?P<part>上旬|中旬|下旬|初|中(?![重国方央东])|底|末)?(?![\d一二三四五六七八九十])"
)
_RELATIVE_MONTH = re.compile(r"本月|当月|上个?月|下个?月")
_RELATIVE_QUARTER = re.compile(r"本季度|上一?个?季度|下一?个?季度")
_MONTH_DAY = re.compile(rf"(?:(?P<w>{_YEAR_WORD}))?(?P<m>{_N})\s?月\s?(?P<d>{_N})\s?[日号]{_CLOCK}")
_YEAR = re.compile(
    rf"(?P<y>{_Y})\s?年(?:度|年?[底初末]|年?中(?![重国方央东]))?(?!\s?第?\s?\d+\s?号)"
)
_RELATIVE_YEAR = re.compile(
    rf"(?P<w>{_YEAR_WORD})(?:度|年?[底末初])?|(?<![\d年同近历往每一-十])年(?:底|末|初|内)"
)
# Named days and years lean on the one before them: see `compared.py`.
_SAME_DAY = re.compile(r"(?<!公布)(?<!发布)(?:同日|该日|当日|当天)(?!起降|本)")
_WHOLE_YEAR = re.compile(r"(?<![去今上本前明])全年")
_SAME_PERIOD = re.compile(rf"(?:(?P<w>去年|上年|上一?年度?)|(?P<y>{_Y})年)同[期月季]")
_ISSUE = re.compile(r"(?:自|从)?(?:(?:公布|发布|印发|公告)之日起?|即日起)|即日")
_SINCE = re.compile(r"(?:自|从)\s?$")
_UNTIL = re.compile(r"(?:至|截至|截止|到|直到|截止到)\s?$")
_AFTER = re.compile(r"^\s?(?:起|以来|之后起)")
_BEFORE = re.compile(r"^\s?(?:之前|以前|前)")
_BY = re.compile(r"^\s?止")


def find_issue_day(text: str) -> date | None:
    """Return the day on which a paper says that it was issued, None when it does not.

    It is labelled in the head (发布日期), or a full date on a line of its own near the end.
    """
    labelled = _LABELLED.search(text[:_SIGNATURE_CHARS])
    candidates = [labelled["day"]] if labelled else []
    candidates += [line.strip() for line in reversed(text[-_SIGNATURE_CHARS:].split("\n"))]
    for candidate in candidates:
        match = _WHOLE.fullmatch(candidate) or _ISO.fullmatch(candidate)
        none = Anchors(None, None)
        if match is None:
            continue
        value = read_day(match, none) if match.re is _WHOLE else read_iso(match, none)
        if value:
            return value[1]
    return None


_SIGNATURE_CHARS = 600


def find_dates(reading: Reading) -> tuple[DateMention, ...]:
    """Return the time expressions of a text in order; of overlapping ones the longest."""
    anchors = Anchors(reading.published, find_issue_day(reading.text))
    taken = bytearray(len(reading.text))  # characters that an earlier, longer rule has read
    found: list[DateMention] = []
    for rule_id, pattern, read in _RULES:
        for match in pattern.finditer(reading.text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            value = _value(read, match, anchors)
            if value is None or _is_number(reading.text, match):
                continue
            taken[start:end] = b"\x01" * (end - start)
            found.append(_mention(reading.text, match, value, rule_id, anchors.day))
    found += find_durations(reading.text, taken)
    ordered = sorted(found, key=lambda mention: mention.char_start)
    return tuple(resolve_compared(reading.text, ordered))


def _value(read: Reader, match: re.Match[str], anchors: Anchors) -> Value | None:
    """Return what a reader makes of a match, None beyond the calendar (去年 of the year 1)."""
    try:
        return read(match, anchors)
    except (ValueError, OverflowError):
        return None


def _is_number(text: str, match: re.Match[str]) -> bool:
    """Tell whether what looks like a date belongs to a longer number or a number of a paper."""
    before, after = (
        text[max(0, match.start() - 1) : match.start()],
        text[match.end() : match.end() + 1],
    )
    return before.isdecimal() or (match.group()[-1].isdecimal() and after.isdecimal())


def _mention(
    text: str, match: re.Match[str], value: Value, rule_id: str, anchor: date | None
) -> DateMention:
    timex, first, last, granularity = value
    before, after = (
        text[max(0, match.start() - 4) : match.start()],
        text[match.end() : match.end() + 4],
    )
    modifier, start, end = None, first, last
    if rule_id == "zh.date.issue_day":
        modifier = "since" if match.group().endswith("起") else None
    elif rule_id not in _SPANS:
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


_SPANS = frozenset(
    {
        "zh.date.range",
        "zh.date.from_now",
        "zh.date.month_span",
        "zh.date.year_span",
        "zh.date.short_span",
    }
)
_RULES: tuple[tuple[str, re.Pattern[str], Reader], ...] = (
    ("zh.date.range", _SPAN, read_span),
    ("zh.date.from_now", _FROM_NOW, read_from_now),
    ("zh.date.month_span", _MONTH_SPAN, read_month_span),
    ("zh.date.year_span", _YEAR_SPAN, read_year_span),
    ("zh.date.day", _WHOLE, read_day),
    ("zh.date.day", _ISO, read_iso),
    ("zh.date.short_span", _SHORT_SPAN, read_short_span),
    ("zh.date.month_day", _MONTH_DAY, read_month_day),
    ("zh.date.part", _PARTS, read_part),
    ("zh.date.month", _MONTH, read_month),
    ("zh.date.relative_quarter", _RELATIVE_QUARTER, read_relative_quarter),
    ("zh.date.week", _WEEK, read_week),
    ("zh.date.day_word", _DAY_WORD, read_day_word),
    (SAME_DAY, _SAME_DAY, read_issue),
    (WHOLE_YEAR, _WHOLE_YEAR, read_whole_year),
    (RELATIVE_MONTH, _RELATIVE_MONTH, read_relative_month),
    (SAME_PERIOD, _SAME_PERIOD, read_same_period),
    ("zh.date.year", _YEAR, read_year),
    (RELATIVE_YEAR, _RELATIVE_YEAR, read_relative_year),
    ("zh.date.issue_day", _ISSUE, read_issue),
)
