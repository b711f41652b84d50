"""Tables that became running text: the unit stands in the row label, the month in the header.

"Item Apr May m/m  Gadolinium (t) 310 275 -11.3%" gives two masses and one change. Cells may be
parted by spaces, tabs, pipes or line ends. Not here: tables with markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.quantities.lexemes import Kind, Lexeme
from extractors.quantities.scan import Measure
from extractors.quantities.units import UnitMatch, read_unit

_SEPARATORS = frozenset({"|", ";", "/"})
_DASHES = frozenset({"-", "–", "—", "−"})
_MAX_CELLS = 24
# How many lexemes back a header row may stand from the first cell of its table.
_MAX_HEADER_LEXEMES = 240
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may",),
            ("jun", "june"), ("jul", "july"), ("aug", "august"), ("sep", "sept", "september"),
            ("oct", "october"), ("nov", "november"), ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """A mass of a table. `column` counts the numbers of its row from 0, None without months."""

    measure: Measure
    column: int | None


def unit_in_parentheses(lexemes: Sequence[Lexeme], at: int) -> UnitMatch | None:
    """Return the mass unit in the parentheses that open at a position, "(in tons)" too."""
    if lexemes[at].text not in {"(", "["} or at + 2 >= len(lexemes):
        return None
    start = at + 2 if lexemes[at + 1].lower == "in" else at + 1
    unit = read_unit(lexemes, start)
    if unit is None or unit.unit.dimension != "mass" or unit.end >= len(lexemes):
        return None
    return unit if lexemes[unit.end].text in {")", "]"} else None


def _cells(lexemes: Sequence[Lexeme], at: int, unit: UnitMatch) -> list[Cell]:
    """Return the plain numbers from a position on, until a word or a number with its own unit."""
    found: list[Cell] = []
    column = 0
    while at < len(lexemes) and column < _MAX_CELLS:
        item = lexemes[at]
        if item.text in _SEPARATORS:
            at += 1
            continue
        if item.kind is not Kind.NUMBER or item.value is None:
            break
        if read_unit(lexemes, at + 1) is not None:
            break
        found.append(Cell(table_cell(lexemes, at, unit), column))
        column, at = column + 1, at + 1
    return found


def table_cell(lexemes: Sequence[Lexeme], at: int, unit: UnitMatch) -> Measure:
    """Return the number at a position as a mass whose unit stands elsewhere in its table."""
    item = lexemes[at]
    value = item.value or 0.0
    return Measure(
        low=value,
        high=value,
        shape="single",
        unit=unit.unit,
        unit_text=unit.unit.name,
        factor=unit.unit.factor,
        start=item.start,
        end=item.end,
        first=at,
        last=at + 1,
        is_elided=True,
        rule_id="quantity.table_cell",
    )


def scan_tables(lexemes: Sequence[Lexeme]) -> list[Cell]:
    """Return the cells of rows labelled with a unit in parentheses and two numbers or more."""
    found: list[Cell] = []
    for at in range(len(lexemes)):
        unit = unit_in_parentheses(lexemes, at)
        if unit is None:
            continue
        cells = _cells(lexemes, unit.end + 1, unit)
        is_signed = bool(cells) and _has_change_cell(lexemes, cells[-1].measure.last)
        if len(cells) > 1 or is_signed:
            found += cells
    return found


def _has_change_cell(lexemes: Sequence[Lexeme], at: int) -> bool:
    while at < len(lexemes) and lexemes[at].text in _SEPARATORS | _DASHES | {"+"}:
        at += 1
    unit = read_unit(lexemes, at + 1)
    is_number = at < len(lexemes) and lexemes[at].kind is Kind.NUMBER
    return is_number and unit is not None and unit.unit.dimension == "percent"


def header_months(lexemes: Sequence[Lexeme], at: int) -> tuple[Lexeme, ...]:
    """Return the month words of the nearest header before a position: two or more in a row."""
    index = at - 1
    while index >= max(0, at - _MAX_HEADER_LEXEMES):
        run: list[Lexeme] = []
        while index >= 0 and lexemes[index].lower in MONTHS | dict.fromkeys(_SEPARATORS, 0):
            if lexemes[index].lower in MONTHS:
                run.append(lexemes[index])
            index -= 1
        if len(run) > 1:
            return tuple(reversed(run))
        index -= 1
    return ()


def header_basis(lexemes: Sequence[Lexeme], at: int) -> str:
    """Return "mom", "yoy" or "other" for a change column named before a position, else ""."""
    for index in range(at - 1, max(0, at - _MAX_HEADER_LEXEMES), -1):
        words = [item.lower for item in lexemes[index : index + 3]]
        if words == ["m", "/", "m"] or words[:1] == ["mom"]:
            return "mom"
        if words == ["y", "/", "y"] or words[:1] == ["yoy"]:
            return "yoy"
        if words[:1] in (["change"], ["growth"]):
            return "other"
    return ""
