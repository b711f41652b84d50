"""What a percentage of a Chinese text is compared with: 同比, 环比, 较4月, 与2025年同月相比.

Against a year before it is `change_yoy`, against a month before `change_mom`, else `change_other`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice

from extractors.chinese.context import TO_LEVEL, Place, direction_of, is_compared, period_of
from extractors.chinese.reading import Reading
from models.facts import DateMention
from models.vocabulary import Granularity, PercentageKind

_WORDS = re.compile(
    r"同比|环比|[较比](?:上年|去年)(?:同期|同月|同季)?(?![度]?[底末初\d一二三四上下前])|[较比]上个?月|年率"
)
_REACH = 80
_MANY_DATES = 12
_POINT_IN_YEAR = re.compile(r"[底末初]$")
_EXTENT = re.compile("[增涨降跌升]幅|增速")
_LONGER = frozenset({Granularity.QUARTER, Granularity.HALF, Granularity.YEAR, Granularity.WEEK})
_YOY, _MOM, _OTHER = (
    PercentageKind.CHANGE_YOY,
    PercentageKind.CHANGE_MOM,
    PercentageKind.CHANGE_OTHER,
)


def compared_kind(
    reading: Reading, place: Place, dates: Sequence[DateMention]
) -> PercentageKind | None:
    """Return the kind of change that the words of comparison before a number tell, None without.

    Those of its own clause count; for a movement also the last ones before it in its sentence.
    """
    clause = place.start - len(place.clause)
    found = list(_compared(reading, place, dates))
    own = [kind for start, kind in found if start >= clause]
    if own:
        return own[-1]
    is_level = TO_LEVEL.search(place.clause) and not _EXTENT.search(place.clause)
    return found[-1][1] if found and direction_of(place) and not is_level else None


def _compared(
    reading: Reading, place: Place, dates: Sequence[DateMention]
) -> Iterator[tuple[int, PercentageKind]]:
    """Yield place and kind of the comparisons before a number in its sentence, in order."""
    text, first = reading.text, max(place.sentence[0], place.start - _REACH)
    period = period_of(reading, place, dates)
    found = [
        (word.start(), _of_word(word.group(), period))
        for word in _WORDS.finditer(text, first, place.start)
    ]
    after = bisect_left(dates, first, key=lambda day: day.char_start)
    ahead: date | None = None  # 到2030年: it has an end only
    for day in islice(dates, after, after + _MANY_DATES):
        if day.char_start >= place.start:
            break
        if day.modifier == "until" and day.period_end:
            ahead = day.period_end - timedelta(days=1)
        told_twice = any(start == day.char_start - 1 for start, _ in found)
        if not told_twice and is_compared(text, day):
            found.append((day.char_start, _against(day, period, ahead)))
    yield from sorted(found)


def _of_word(word: str, period: DateMention | None) -> PercentageKind:
    if word == "环比":
        is_longer = period is not None and period.granularity in _LONGER
        return _OTHER if is_longer else _MOM
    return _MOM if word.endswith("月") and "同" not in word else _YOY


def _against(day: DateMention, period: DateMention | None, ahead: date | None) -> PercentageKind:
    """Return the kind of a change against a period, told of another one."""
    start, grain = day.period_start, day.granularity
    if start is None or _POINT_IN_YEAR.search(day.text):
        return _OTHER
    if "同" in day.text:
        return _YOY
    told = period.period_start if period and period != day else None
    if grain is Granularity.YEAR:
        year = told or ahead
        return _YOY if year is None or year.year - start.year == 1 else _OTHER
    if told is None or period is None or period.granularity is not grain:
        return _MOM if grain is Granularity.MONTH and told is None else _OTHER
    months = (told.year - start.year) * 12 + told.month - start.month
    if months == 12:
        return _YOY
    return _MOM if grain is Granularity.MONTH and abs(months) == 1 else _OTHER
