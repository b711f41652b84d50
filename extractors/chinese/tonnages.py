"""Masses of Chinese texts: 1.2万吨, 三千吨, 3至4万吨, 公斤, 千克.

Prices (元/吨, 每吨) and classes (万吨级) are no masses.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.chinese.context import (
    PERIODS,
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
from extractors.chinese.tables import Cell, find_cells
from extractors.chinese.trade import trade_of
from models.facts import DateMention, Tonnage
from models.vocabulary import Bound, Direction, Flow, MassBasis, QuantityRole

_UNITS = {
    "公吨": 1.0,
    "实物吨": 1.0,
    "吨": 1.0,
    "公斤": 1e-3,
    "千克": 1e-3,
    "kg": 1e-3,
    "磅": 4.5359237e-4,
}
_SCALES = {"亿": 1e8, "千万": 1e7, "百万": 1e6, "万": 1e4, "千": 1e3, "百": 1e2}
_NUMBER = rf"(?:{ARABIC_NUMBER}|{HAN_NUMBER})"
_SCALE = "(?:千万|百万|千(?!克)|百|万|亿)"
_UNIT = "(?:公吨|实物吨|吨|公斤|千克|kg|磅(?![值/／秤]))"
_TONNAGE = re.compile(
    rf"(?:(?P<low>{_NUMBER})(?P<low_scale>{_SCALE})?(?P<low_unit>{_UNIT})?{RANGE_TO})?"
    rf"(?P<value>{_NUMBER})\s?(?P<scale>{_SCALE})?(?P<more>[多余])?\s?"
    rf"(?P<unit>{_UNIT})(?:[/／]年|(?:每)年)?(?!级|位|公里|[钢煤]价|/|／|当量)"
)
_PRICE = re.compile(r"(?:每|元/|元／|美元/)\s?$")
# Cranes, ships and chimneys are measured in tonnes, too.
_NO_GOODS = re.compile(
    r"(?:起重|载重|自重|吊装|排水|排放|减排|碳汇|污水|废水)[^，。；]{0,10}$|(?:二氧化碳|标准煤|碳)[^，。；]{0,10}$"
)
_YEARLY = re.compile(r"[/／]年|每年")
_YEARLY_BEFORE = re.compile(r"年产(?!量)[^，。；\d]{0,4}$")
_REO = re.compile(r"REO|稀土氧化物计|氧化物计|折氧化物")
_FROM = re.compile(r"(?:由|从)[^至到]{0,12}$")
_AFTER_CHARS = 5
_ROW_CHARS = 80
_ROW = re.compile(rf"(?:分别|各)[^，。；\d]{{0,8}}(?P<row>(?:{ARABIC_NUMBER}[、和及]){{1,7}})$")
_IN_ROW = re.compile(ARABIC_NUMBER)
_CHANGE_CHARS = 4


def find_tonnages(reading: Reading, dates: Sequence[DateMention]) -> tuple[Tonnage, ...]:
    """Return the masses of a text in order."""
    found = (_tonnage(reading, match, dates) for match in _TONNAGE.finditer(reading.text))
    told = [each for last in found if last is not None for each in _in_a_row(reading.text, last)]
    cells = [_of_cell(reading, cell, dates) for cell in find_cells(reading.text)]
    return tuple(sorted([*told, *cells], key=lambda tonnage: tonnage.char_start))


def _in_a_row(text: str, last: Tonnage) -> Iterator[Tonnage]:
    """Yield the masses that share the unit of the last one, 分别为812、766和548吨, and it."""
    start = max(0, last.char_start - _ROW_CHARS)
    row = _ROW.search(text[start : last.char_start]) if last.value else None
    if row and last.value and last.tonnes:
        for number in _IN_ROW.finditer(row["row"]):
            value = parse_number(number.group())
            first = start + row.start("row") + number.start()
            if value is not None:
                yield replace(
                    last,
                    text=number.group(),
                    char_start=first,
                    char_end=first + len(number.group()),
                    value=value,
                    tonnes=round(value * last.tonnes / last.value, 6),
                    rule_id="zh.tonnage.row",
                )
    yield last


def _of_cell(reading: Reading, cell: Cell, dates: Sequence[DateMention]) -> Tonnage:
    """Return the mass of a cell: what its head, its row or the title of the text say it is of."""
    row = (reading.text.rfind("\n", 0, cell.start) + 1, cell.start)
    title = reading.sentences[0]
    named = [reading.terms_in(*part, "material") for part in (row, cell.head, title)]
    counted = [reading.terms_in(*part, "flow") for part in (title, cell.head)]
    flows = [term.value for terms in counted for term in terms]
    flow = Flow.QUOTA if Flow.QUOTA in flows else Flow(flows[-1]) if flows else Flow.OTHER
    days = [day for day in dates if day.char_start < cell.head[1] and day.granularity in PERIODS]
    value = parse_number(cell.digits) or 0.0
    start, end = ends_of(days[-1] if days else None)
    return Tonnage(
        text=cell.digits,
        char_start=cell.start,
        char_end=cell.end,
        value=value,
        low=None,
        high=None,
        unit=f"{cell.scale}{cell.unit}",
        tonnes=round(value * _SCALES.get(cell.scale, 1.0) * _UNITS[cell.unit], 6),
        tonnes_low=None,
        tonnes_high=None,
        unit_assumed=False,
        bound=Bound.EXACT,
        flow=flow,
        material=next((terms[-1].value for terms in named if terms), None),
        mass_basis=MassBasis.REO if _REO.search(reading.text, *cell.head) else None,
        reporter=None,
        partner=None,
        period_start=start,
        period_end=end,
        basis=basis_of(days[-1] if days else None),
        direction=None,
        role=QuantityRole.LEVEL,
        rule_id="zh.tonnage.table",
    )


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
    if _NO_GOODS.search(place.clause):
        return None
    role, direction = _role(reading, place)
    day = period_of(reading, place, dates)
    start, end = ends_of(day)
    is_rate = _YEARLY.search(match.group()) or _YEARLY_BEFORE.search(place.clause)
    flow = Flow.CAPACITY if is_rate else flow_of(reading, place)[0]
    reporter, partner = trade_of(reading, place, flow)
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
        flow=flow,
        material=material_of(reading, place),
        mass_basis=MassBasis.REO if _REO.search(_around(reading, place)) else None,
        reporter=reporter,
        partner=partner,
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
