"""Masses of Chinese texts: 1.2万吨, 三千吨, 3至4万吨, 公斤, 千克.

Prices (元/吨, 每吨) and classes (万吨级) are no masses.
"""

import re
from collections.abc import Sequence

from extractors.chinese.context import (
    RANGE_TO,
    TO_LEVEL,
    Place,
    basis_of,
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
from models.facts import DateMention, Tonnage
from models.vocabulary import Direction, MassBasis, QuantityRole

_UNITS = {"公吨": 1.0, "吨": 1.0, "公斤": 1e-3, "千克": 1e-3, "kg": 1e-3}
_SCALES = {"亿": 1e8, "千万": 1e7, "百万": 1e6, "万": 1e4, "千": 1e3, "百": 1e2}
_NUMBER = rf"(?:{ARABIC_NUMBER}|{HAN_NUMBER})"
_SCALE = "(?:千万|百万|千(?!克)|百|万|亿)"
_UNIT = "(?:公吨|吨|公斤|千克|kg)"
_TONNAGE = re.compile(
    rf"(?:(?P<low>{_NUMBER})(?P<low_scale>{_SCALE})?(?P<low_unit>{_UNIT})?{RANGE_TO})?"
    rf"(?P<value>{_NUMBER})(?P<scale>{_SCALE})?(?P<more>[多余])?\s?"
    rf"(?P<unit>{_UNIT})(?!级|位|公里|[钢煤]价|/|／|当量)"
)
_PRICE = re.compile(r"(?:每|元/|元／|美元/)\s?$")
_REO = re.compile(r"REO|稀土氧化物计|氧化物计|折氧化物")
_FROM = re.compile(r"(?:由|从)[^至到]{0,12}$")
_AFTER_CHARS = 5
_CHANGE_CHARS = 4


def find_tonnages(reading: Reading, dates: Sequence[DateMention]) -> tuple[Tonnage, ...]:
    """Return the masses of a text in order."""
    found = (_tonnage(reading, match, dates) for match in _TONNAGE.finditer(reading.text))
    return tuple(tonnage for tonnage in found if tonnage is not None)


def _tonnage(
    reading: Reading, match: re.Match[str], dates: Sequence[DateMention]
) -> Tonnage | None:
    value, before = (
        parse_number(match["value"]),
        reading.text[max(0, match.start() - 3) : match.start()],
    )
    if value is None or _PRICE.search(before) or before[-1:] in {".", "第"}:
        return None
    unit = f"{match['scale'] or ''}{match['unit']}"
    factor = _SCALES.get(match["scale"] or "", 1.0) * _UNITS[match["unit"]]
    low = _low_end(match, factor)
    is_range = low is not None and low < value
    place = place_of(reading, match.start(), match.end())
    role, direction = _role(reading, place)
    day = period_of(place, dates)
    start, end = ends_of(day)
    return Tonnage(
        text=match.group(),
        char_start=match.start(),
        char_end=match.end(),
        value=None if is_range else value,
        low=low if is_range else None,
        high=value if is_range else None,
        unit=unit,
        tonnes=None if is_range else round(value * factor, 6),
        tonnes_low=round(low * factor, 6) if low is not None and is_range else None,
        tonnes_high=round(value * factor, 6) if is_range else None,
        unit_assumed=False,
        bound=bound_of(reading, place, more=bool(match["more"]), is_range=is_range),
        flow=flow_of(reading, place)[0],
        material=material_of(reading, place),
        mass_basis=MassBasis.REO if _REO.search(_around(reading, place)) else None,
        reporter=None,
        partner=None,
        period_start=start,
        period_end=end,
        basis=basis_of(day),
        direction=direction,
        role=role,
        rule_id="zh.tonnage.number_unit",
    )


def _around(reading: Reading, place: Place) -> str:
    first, last = place.sentence
    return reading.text[max(first, place.start - 30) : min(last, place.end + 20)]


def _low_end(match: re.Match[str], factor: float) -> float | None:
    """Return the low end of a range in the unit of its high end: 3至4万吨 is 3 of 万吨."""
    low = parse_number(match["low"]) if match["low"] else None
    if low is None or not (match["low_scale"] or match["low_unit"]):
        return low
    scale = _SCALES.get(match["low_scale"] or "", 1.0)
    return low * scale * _UNITS[match["low_unit"] or match["unit"]] / factor


def _role(reading: Reading, place: Place) -> tuple[QuantityRole, Direction | None]:
    direction = direction_of(place)
    if _FROM.search(place.clause):
        after = reading.terms_in(place.end, place.end + _AFTER_CHARS, "move")
        if after:
            return QuantityRole.INITIAL, Direction(after[0].value)
    if direction is None:
        return QuantityRole.LEVEL, None
    if TO_LEVEL.search(place.clause):
        return QuantityRole.FINAL, direction
    is_near = place.start - place.moves[-1][1] <= _CHANGE_CHARS
    return (QuantityRole.CHANGE, direction) if is_near else (QuantityRole.LEVEL, None)
