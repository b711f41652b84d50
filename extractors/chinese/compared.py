"""Periods that Chinese releases compare with: 去年同期, 较上月 lean on the period before them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from models.facts import DateMention
from models.vocabulary import Granularity

SAME_PERIOD = "zh.date.same_period"
RELATIVE_MONTH = "zh.date.relative_month"
RELATIVE_YEAR = "zh.date.relative_year"
SAME_DAY = "zh.date.same_day"
WHOLE_YEAR = "zh.date.whole_year"
_PERIODS = frozenset({Granularity.MONTH, Granularity.QUARTER, Granularity.HALF, Granularity.MULTI})
_NEAR_CHARS = 200
# 预计全年, 力争全年: this year, whichever was told before.
_AHEAD = re.compile(r"预计|有望|力争|目标|预期|估计")
_YEAR_BEFORE = frozenset({"上年", "上一年", "上年度"})
_COMPARING = ("较", "比")
_DAYS = frozenset({Granularity.DAY, Granularity.TIME})


def resolve_compared(text: str, mentions: Iterable[DateMention]) -> Iterator[DateMention]:
    """Yield the mentions, in order, with compared periods read from the period before them.

    去年同期 after 4月 is April of last year, 当月 that month, 较上月 after it is March, 比上年
    after 2025年 is 2024, 同日 is the day before it. Without such a period near before it a mention
    stays as it is; 同日 is then no date.
    """
    told: DateMention | None = None
    day: DateMention | None = None
    year: DateMention | None = None
    for mention in mentions:
        is_near = told is not None and mention.char_start - told.char_end <= _NEAR_CHARS
        if mention.rule_id == SAME_DAY:
            if day is not None and mention.char_start - day.char_end <= _NEAR_CHARS:
                yield _as(mention, day)
            continue
        if mention.granularity in _DAYS and mention.period_start:
            day = mention
        is_ahead = _AHEAD.search(text[max(0, mention.char_start - 4) : mention.char_start])
        is_whole = mention.rule_id == WHOLE_YEAR and not is_ahead
        leans = is_whole or mention.text in _YEAR_BEFORE
        if leans and year is not None and mention.char_start - year.char_end <= _NEAR_CHARS:
            yield _as(mention, year) if mention.rule_id == WHOLE_YEAR else _year_of(mention, year)
            continue
        if mention.granularity is Granularity.YEAR and mention.period_start:
            year = mention
        leaning = _leaning(text, mention, told) if told is not None and is_near else None
        if leaning is not None:
            yield leaning
        else:
            yield mention
            is_known = mention.period_start and mention.period_end
            if mention.granularity in _PERIODS and is_known and not _is_against(text, mention):
                told = mention


def _leaning(text: str, mention: DateMention, told: DateMention) -> DateMention | None:
    """Return what a mention means beside the period told before it, None when it stands alone."""
    if mention.rule_id == SAME_PERIOD:
        return _year_before(mention, told)
    if mention.text == "当月":
        return _last_month(mention, told)
    return _month_before(mention, told) if _is_compared(text, mention) else None


def _as(mention: DateMention, told: DateMention) -> DateMention:
    return replace(
        mention,
        timex=told.timex,
        period_start=told.period_start if mention.modifier != "until" else None,
        period_end=told.period_end if mention.modifier != "since" else None,
        granularity=told.granularity,
    )


def _year_of(mention: DateMention, told: DateMention) -> DateMention:
    """Return 上年 as the year before the one that was told."""
    if told.period_start is None:
        return mention
    last = told.period_start.year - 1
    return replace(
        mention,
        timex=str(last),
        period_start=mention.period_start and date(last, 1, 1),
        period_end=mention.period_end and date(last + 1, 1, 1),
    )


def _is_against(text: str, mention: DateMention) -> bool:
    """Tell whether a period is what another one is compared with: 较4月."""
    return text[max(0, mention.char_start - 1) : mention.char_start] in _COMPARING


def _is_compared(text: str, mention: DateMention) -> bool:
    before = text[max(0, mention.char_start - 1) : mention.char_start]
    return mention.rule_id == RELATIVE_MONTH and before in _COMPARING


def _year_before(mention: DateMention, told: DateMention) -> DateMention:
    start, end = told.period_start, told.period_end
    if start is None or end is None or not told.timex.startswith(str(start.year)):
        return mention
    shift = -1
    if mention.text[:1] in "12" and mention.period_start:  # 2025年同月
        shift = mention.period_start.year - start.year
    timex = told.timex.replace(str(start.year), str(start.year + shift))
    try:
        first, last = start.replace(year=start.year + shift), end.replace(year=end.year + shift)
    except ValueError:  # 29 February has no such day
        return mention
    return replace(
        mention,
        timex=timex,
        period_start=first,
        period_end=last,
        granularity=told.granularity,
    )


def _last_month(mention: DateMention, told: DateMention) -> DateMention:
    """Return 当月 as the last month of the period that was told: 1-5月 ..., 当月."""
    if told.period_end is None:
        return mention
    start = (told.period_end - timedelta(days=1)).replace(day=1)
    return replace(
        mention,
        timex=f"{start:%Y-%m}",
        period_start=mention.period_start and start,
        period_end=mention.period_end and told.period_end,
    )


def _month_before(mention: DateMention, told: DateMention) -> DateMention:
    if told.period_end is None:
        return mention
    # 1-4月 is followed by comparisons of April with March.
    end = (told.period_end - timedelta(days=1)).replace(day=1)
    start = (end - timedelta(days=1)).replace(day=1)
    return replace(mention, timex=f"{start:%Y-%m}", period_start=start, period_end=end)
