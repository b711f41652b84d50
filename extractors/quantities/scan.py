"""Every number with a unit of mass or ratio in a text: value, range, list, unit, offsets.

The grammar of the lexemes alone: "between 40 and 60 kt", "540, 310 and 95 tons", "3.5-4 million
tonnes". Not here: bounds, signs, periods and whatever else the words around a number say.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from extractors.quantities.lexemes import Kind, Lexeme, adjacent, read_lexemes
from extractors.quantities.numbers import Number, read_number
from extractors.quantities.screens import is_screened
from extractors.quantities.units import Unit, UnitMatch, read_rate, read_unit

Shape = Literal["single", "range", "vague", "ambiguous", "pair"]
_DASHES = frozenset({"-", "–", "—", "‑", "−", "~", "～"})
_CONNECTORS = _DASHES | {"to", "and", "or", ",", "through", "until", "from"}
_MAX_CHAIN = 12
_MONTH_STEMS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity at `[start, end)` characters and `[first, last)` lexemes.

    `low == high` for a single number. `is_elided`: the unit stands elsewhere in the list.
    `opens`: the word before the expression that belongs to it ("between", "from").
    """

    low: float
    high: float
    shape: Shape
    unit: Unit
    unit_text: str
    factor: float
    start: int
    end: int
    first: int
    last: int
    rate: str | None = None
    is_elided: bool = False
    opens: str = ""
    list_index: int = 0
    list_size: int = 1
    rule_id: str = "quantity.number_unit"


@dataclass(frozen=True, slots=True)
class _Chain:
    """Numbers joined by connectors, up to the unit that they share."""

    numbers: list[Number]
    joins: list[str]
    unit: UnitMatch


def _is_year(number: Number, lexemes: Sequence[Lexeme]) -> bool:
    item = lexemes[number.start]
    return (
        item.kind is Kind.NUMBER
        and len(item.text) == 4
        and 1900 <= number.low <= 2100
        and number.scale == 1.0
    )


def _spaced_thousands(lexemes: Sequence[Lexeme], number: Number) -> Number | None:
    """Join "23 500 t": groups of three behind plain spaces count only before a unit."""
    first = lexemes[number.start]
    end = number.end
    if first.kind is not Kind.NUMBER or not first.text.isdigit() or len(first.text) > 3:
        return None
    digits = first.text
    while (
        end < len(lexemes)
        and lexemes[end].text.isdigit()
        and len(lexemes[end].text) == 3
        and lexemes[end].start == lexemes[end - 1].end + 1
    ):
        digits, end = digits + lexemes[end].text, end + 1
    if end == number.end or len(digits) > 12:
        return None
    return Number(float(digits), float(digits), number.start, end)


def _read_chain(lexemes: Sequence[Lexeme], number: Number) -> _Chain | None:
    numbers, joins = [number], list[str]()
    while len(numbers) < _MAX_CHAIN:
        current = numbers[-1]
        unit = read_unit(lexemes, current.end)
        if unit is not None:
            return _Chain(numbers, joins, unit)
        joined = _spaced_thousands(lexemes, current)
        unit = read_unit(lexemes, joined.end) if joined else None
        if joined is not None and unit is not None:
            return _Chain([*numbers[:-1], joined], joins, unit)
        at = current.end
        if at >= len(lexemes) or lexemes[at].lower not in _CONNECTORS:
            return None
        join = lexemes[at].lower
        if join == "," and at + 1 < len(lexemes) and lexemes[at + 1].lower in {"and", "or"}:
            at, join = at + 1, lexemes[at + 1].lower
        following = read_number(lexemes, at + 1) if at + 1 < len(lexemes) else None
        if join == "from" and _word_before(lexemes, numbers[0].start) not in {"to", "at"}:
            return None
        is_cut = join in {",", "and"} or lexemes[current.end].text == ","
        if following is None or (is_cut and _is_year(current, lexemes)):
            return None
        if join == "to" and _names_year(lexemes, current, following):
            return None
        numbers.append(following)
        joins.append(join)
    return None


def _names_year(lexemes: Sequence[Lexeme], low: Number, high: Number) -> bool:
    """Tell "the allowance for 2031 to 44,000 tons" from "capacity of 2000 to 2500 tons"."""
    opener = _word_before(lexemes, low.start)
    is_grouped = "," in lexemes[high.start].text
    return opener in {"for", "in", "during"} and is_grouped and _is_year(low, lexemes)


def _follows_month(lexemes: Sequence[Lexeme], at: int) -> bool:
    return (
        at > 0
        and lexemes[at - 1].lower.startswith(_MONTH_STEMS)
        and lexemes[at - 1].text[:1].isupper()
    )


def _word_before(lexemes: Sequence[Lexeme], at: int) -> str:
    return lexemes[at - 1].lower if at > 0 else ""


def _measure(
    lexemes: Sequence[Lexeme], number: Number, unit: UnitMatch, *, end: int, elided: bool = False
) -> Measure:
    if number.is_vague:
        shape: Shape = "vague"
    else:
        shape = "single" if number.low == number.high else "ambiguous"
    stop = number.end if elided else end
    text = f"{number.scale_text} {unit.unit.name}".strip()
    return Measure(
        low=number.low,
        high=number.high,
        shape=shape,
        unit=unit.unit,
        unit_text=text,
        factor=number.scale * unit.unit.factor,
        start=lexemes[number.start].start,
        end=lexemes[stop - 1].end,
        first=number.start,
        last=stop,
        is_elided=elided,
        rule_id="quantity.elided_unit" if elided else "quantity.number_unit",
    )


def _range(lexemes: Sequence[Lexeme], low: Number, high: Number, unit: UnitMatch) -> Measure | None:
    scale = high.scale
    # "3.5-4 million": the scale of the second number is that of both.
    first = low.low * (low.scale if low.scale != 1.0 else scale) / scale
    if first >= high.high:
        return None
    before = _word_before(lexemes, low.start)
    opens = before if before in {"between", "from"} else ""
    base = _measure(lexemes, high, unit, end=unit.end)
    start = lexemes[low.start - 1].start if opens else lexemes[low.start].start
    return replace(
        base,
        low=first,
        high=high.high,
        shape="range",
        start=start,
        first=low.start,
        opens=opens,
        rule_id="quantity.range",
    )


def _is_range(lexemes: Sequence[Lexeme], chain: _Chain) -> bool:
    """Tell whether the last two numbers of a chain are the ends of one range."""
    join, low = chain.joins[-1], chain.numbers[-2]
    before = _word_before(lexemes, low.start)
    if join == "and":
        return before == "between"
    if join == ",":
        return False
    if join == "or":
        return len(chain.numbers) == 2 and chain.numbers[-1].low <= 3 * low.low
    if join in _DASHES:
        dash = lexemes[low.end]
        glued_right = adjacent(dash, lexemes[low.end + 1])
        return adjacent(lexemes[low.end - 1], dash) or not glued_right
    return True


def _from_chain(lexemes: Sequence[Lexeme], chain: _Chain) -> list[Measure]:
    numbers, unit = chain.numbers, chain.unit
    last = numbers[-1]
    if len(numbers) == 1:
        return [_measure(lexemes, last, unit, end=unit.end)]
    if chain.joins[-1] == "from":
        ends = _list(lexemes, numbers[-2:-1], unit)
        return [*ends, _measure(lexemes, last, unit, end=unit.end)]
    if _is_range(lexemes, chain):
        span = _range(lexemes, numbers[-2], last, unit)
        if span is not None:
            return [*_list(lexemes, numbers[:-2], unit), span]
    if chain.joins[-1] in {"to", "through", "until"} and len(numbers) == 2:
        # A fall "from 91 to 69 percent": both ends share the unit, no range runs downwards.
        first = _list(lexemes, numbers[:1], unit)
        return [*first, _measure(lexemes, last, unit, end=unit.end)]
    is_list = chain.joins[-1] in {"and", "or"} and not _follows_month(lexemes, numbers[0].start)
    listed = _list(lexemes, numbers[:-1], unit) if is_list else []
    found = [*listed, _measure(lexemes, last, unit, end=unit.end)]
    return [replace(m, list_index=i, list_size=len(found)) for i, m in enumerate(found)]


def _list(lexemes: Sequence[Lexeme], numbers: Sequence[Number], unit: UnitMatch) -> list[Measure]:
    return [_measure(lexemes, n, unit, end=n.end, elided=True) for n in numbers]


def _with_rate(lexemes: Sequence[Lexeme], measure: Measure) -> Measure:
    rate, _ = read_rate(lexemes, measure.last)
    return replace(measure, rate=measure.unit.rate or rate)


@lru_cache(maxsize=4)
def scan_measures(text: str) -> tuple[Measure, ...]:
    """Return the masses and ratios written with a number and a unit, in order of offset."""
    lexemes = read_lexemes(text)
    found: list[Measure] = []
    at = 0
    while at < len(lexemes):
        number = read_number(lexemes, at)
        if number is None:
            at += 1
            continue
        chain = _read_chain(lexemes, number)
        if chain is None:
            at = number.end
            continue
        found += [
            _with_rate(lexemes, measure)
            for measure in _from_chain(lexemes, chain)
            if not is_screened(lexemes, measure.first, chain.unit)
        ]
        at = chain.unit.end
    return tuple(found)
