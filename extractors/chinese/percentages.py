"""Percentages of Chinese texts: 12.5%, 百分之三, 三成, 三分之一, 个百分点.

The sign comes from the verb before the number (下降, 增长), the kind from 同比, 环比, 占, 关税 in
the same clause or the one before.
"""

import re
from collections.abc import Sequence

from extractors.chinese.comparisons import compared_kind
from extractors.chinese.context import (
    BEFORE_CHARS,
    RANGE_TO,
    TO_LEVEL,
    Place,
    bound_of,
    direction_of,
    ends_of,
    flow_of,
    material_of,
    period_of,
    place_of,
)
from extractors.chinese.numerals import ARABIC_NUMBER, HAN_NUMBER, parse_number
from extractors.chinese.reading import Reading
from models.facts import DateMention, Percentage
from models.vocabulary import Direction, Granularity, PercentageKind

_PERCENT = re.compile(
    rf"(?:(?P<low>[-－+＋]?{ARABIC_NUMBER})\s?[%％]?{RANGE_TO})?"
    rf"(?P<value>(?<![\d.])[-－+＋]?{ARABIC_NUMBER})\s?(?P<unit>[%％]|个百分点)"
    rf"|百分之(?P<spelled>{HAN_NUMBER})"
    rf"|(?P<han>{HAN_NUMBER})个百分点"
    r"|(?P<tenth>[一二两三四五六七八九])成(?:(?P<half>半)|(?P<unit_part>[一二三四五六七八九]))?(?![为立本员果分品功交长都就熟色])"
    r"|(?P<parts>[二三四五六七八九十])分之(?P<of>[一二三四五六七八九])"
)
_EXTENT = re.compile("[增涨降跌]幅")


def find_percentages(reading: Reading, dates: Sequence[DateMention]) -> tuple[Percentage, ...]:
    """Return the percentages of a text in order; a fall is negative."""
    found = (_percentage(reading, match, dates) for match in _PERCENT.finditer(reading.text))
    return tuple(percentage for percentage in found if percentage is not None)


def _read_percent(match: re.Match[str]) -> tuple[float | None, float | None, bool, str]:
    """Return value, low end, whether it is in points, and the rule."""
    if match["value"]:
        value = _signed(match["value"])
        low = _signed(match["low"]) if match["low"] else None
        return value, low, match["unit"] == "个百分点", "zh.percentage.sign"
    if match["spelled"]:
        return parse_number(match["spelled"]), None, False, "zh.percentage.spelled"
    if match["han"]:
        return parse_number(match["han"]), None, True, "zh.percentage.spelled"
    if match["tenth"]:
        tenths = parse_number(match["tenth"])
        part = 5 if match["half"] else parse_number(match["unit_part"] or "零") or 0
        value = None if tenths is None else tenths * 10 + part
        return value, None, False, "zh.percentage.tenths"
    parts, of = parse_number(match["parts"]), parse_number(match["of"])
    value = round(100 * of / parts, 1) if parts and of and of < parts else None
    return value, None, False, "zh.percentage.fraction"


def _signed(text: str) -> float | None:
    value = parse_number(text.lstrip("-－+＋"))
    return -value if value is not None and text[0] in "-－" else value


def _percentage(
    reading: Reading, match: re.Match[str], dates: Sequence[DateMention]
) -> Percentage | None:
    value, low, is_points, rule_id = _read_percent(match)
    if value is None:
        return None
    place = place_of(reading, match.start(), match.end())
    period = period_of(reading, place, dates)
    kind = _kind(reading, place, period, dates)
    clause = place.clause[-BEFORE_CHARS:]
    # 降至45% is a level; 降幅达12% is a fall.
    is_change = kind in _CHANGES and (_EXTENT.search(clause) or not TO_LEVEL.search(clause))
    is_fall = is_change and value > 0 and direction_of(place) is Direction.DOWN
    sign = -1.0 if is_fall else 1.0
    is_range = low is not None and low < value
    ends = sorted((low * sign, value * sign)) if is_range and low is not None else [None, None]
    start, end = ends_of(period)
    return Percentage(
        text=match.group(),
        char_start=match.start(),
        char_end=match.end(),
        value=None if is_range else value * sign,
        low=ends[0],
        high=ends[1],
        bound=bound_of(reading, place, more=False, is_range=is_range),
        kind=kind,
        is_points=is_points,
        measure=flow_of(reading, place)[1],
        material=material_of(reading, place),
        period_start=start,
        period_end=end,
        rule_id=rule_id,
    )


_CHANGES = frozenset(
    {PercentageKind.CHANGE_MOM, PercentageKind.CHANGE_YOY, PercentageKind.CHANGE_OTHER}
)
# 批准率为68%, 整改率98%: any rate but those that measure growth or taxes.
_RATE = re.compile(
    r"(?:(?<![长税汇速增])率|(?:批准|通过|合格|回收|获批)比例)(?:为|在|达到?|约|约为|仅|超过|超|近|不足)?$"
)
_TAXED = re.compile(r"(?<!退)税率|关税")


def _kind(
    reading: Reading, place: Place, period: DateMention | None, dates: Sequence[DateMention]
) -> PercentageKind:
    """Return what a percentage measures: by its own clause, else by the clause before it."""
    compared = compared_kind(reading, place, dates)
    if compared is not None:
        return compared
    if _RATE.search(place.clause):
        return PercentageKind.RATE
    named = reading.terms_in(place.start - len(place.clause), place.start, "measure")
    if named:
        return PercentageKind(named[-1].value)
    if direction_of(place):
        # What a whole year grew by is told against the year before it.
        is_year = period is not None and period.granularity is Granularity.YEAR
        return PercentageKind.CHANGE_YOY if is_year else PercentageKind.CHANGE_OTHER
    after = reading.text[place.end : place.end + 14]
    told = next((kind for mark, kind in _FOLLOWING if mark.match(after)), None)
    if told is None and _TAXED.search(reading.text, place.sentence[0], place.start):
        return PercentageKind.TARIFF
    return told or PercentageKind.OTHER


_FOLLOWING = (
    (re.compile(r"的?[^，。；、\d%％]{0,8}?(?:关税|(?<!退)税率)"), PercentageKind.TARIFF),
    (re.compile(r"的?(?:份额|比重|比例)|来自|以上来自"), PercentageKind.SHARE),
    (re.compile(r"(?:以上)?的(?:全球|世界|市场|供应|产量|产能|需求)"), PercentageKind.SHARE),
    (re.compile(r"的?[增涨降跌]幅"), PercentageKind.CHANGE_OTHER),
)
