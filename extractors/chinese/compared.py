"""Periods that Chinese releases compare with: 去年同期, 较上月 lean on the period before them."""

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
_COMPARING = ("较", "比")
_DAYS = frozenset({Granularity.DAY, Granularity.TIME})


def resolve_compared(text: str, mentions: Iterable[DateMention]) -> Iterator[DateMention]:
    """Yield the mentions, in order, with compared periods read from the period before them.

    去年同期 after 4月 is April of last year, 较上月 after it is March, 比上年 after 2025年 is 2024,
    同日 is the day before it. Without such a period near before it a mention stays as it is; 同日
    is then no date.
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
        leans = mention.rule_id == WHOLE_YEAR or mention.text == "上年"
        if leans and year is not None and mention.char_start - year.char_end <= _NEAR_CHARS:
            yield _as(mention, year) if mention.rule_id == WHOLE_YEAR else _year_of(mention, year)
            continue
        if mention.granularity is Granularity.YEAR and mention.period_start:
            year = mention
        if told is not None and is_near and mention.rule_id == SAME_PERIOD:
            yield _year_before(mention, told)
        elif told is not None and is_near and _is_compared(text, mention):
            yield _month_before(mention, told)
        else:
            yield mention
            if mention.granularity in _PERIODS and mention.period_start and mention.period_end:
                told = mention


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


def _is_compared(text: str, mention: DateMention) -> bool:
    before = text[max(0, mention.char_start - 1) : mention.char_start]
    return mention.rule_id == RELATIVE_MONTH and before in _COMPARING


def _year_before(mention: DateMention, told: DateMention) -> DateMention:
    start, end = told.period_start, told.period_end
    if start is None or end is None or not told.timex.startswith(str(start.year)):
        return mention
    timex = told.timex.replace(str(start.year), str(start.year - 1))
    return replace(
        mention,
        timex=timex,
        period_start=start.replace(year=start.year - 1),
        period_end=end.replace(year=end.year - 1),
        granularity=told.granularity,
    )


def _month_before(mention: DateMention, told: DateMention) -> DateMention:
    if told.period_end is None:
        return mention
    # 1-4月 is followed by comparisons of April with March.
    end = (told.period_end - timedelta(days=1)).replace(day=1)
    start = (end - timedelta(days=1)).replace(day=1)
    return replace(mention, timex=f"{start:%Y-%m}", period_start=start, period_end=end)
