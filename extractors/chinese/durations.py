"""Lengths of time in Chinese texts: 45日内, 有效期两年, 为期六个月."""

import re
from collections.abc import Iterator

from extractors.chinese.numerals import parse_count
from models.facts import DateMention
from models.vocabulary import DateKind, Granularity

_DURATION = re.compile(
    r"(?P<n>\d{1,4}|[一二两三四五六七八九十百半]{1,5})(?P<u>个工作日|个?月|年|日|天|周|个小时|小时)"
    r"(?=内|以内|以上|之内|后|期|有效|的|$|[，。；）]|预约|通知|报告|申报)"
)
_DURATION_CUE = re.compile(
    r"(?:[（(]|提前|至少|为期|期限为?|有效期为?|暂停|延长|不超过|过渡期|宽限期)\s?$"
)
_FOLLOWS = re.compile(r"内|以内|之内|以上|后|期|的(?:期限|过渡期|宽限期|时间)")
_UNITS = {"年": "P{}Y", "月": "P{}M", "周": "P{}W", "日": "P{}D", "时": "PT{}H"}


def find_durations(text: str, taken: bytearray) -> Iterator[DateMention]:
    """Yield the durations of a text in order.

    Args:
        text: The text.
        taken: Nonzero for the characters of dates, which are no durations.
    """
    for match in _DURATION.finditer(text):
        start, end = match.span()
        if any(taken[start:end]):
            continue
        unit = match["u"]
        cued = _DURATION_CUE.search(text[max(0, start - 6) : start])
        if not cued and not _FOLLOWS.match(text, end):
            continue
        number = "0.5" if match["n"] == "半" else parse_count(match["n"])
        if number is None or text[max(0, start - 1) : start].isdecimal():
            continue
        # 45个工作日 counts days of work; TIMEX3 has no unit for them.
        name = "日" if unit.endswith(("日", "天")) else unit[-1]
        yield DateMention(
            text=match.group(),
            char_start=start,
            char_end=end,
            kind=DateKind.DURATION,
            timex=_UNITS[name].format(number),
            period_start=None,
            period_end=None,
            granularity=Granularity.YEAR if name == "年" else Granularity.DAY,
            modifier=None,
            anchor=None,
            rule_id="zh.date.duration",
        )
