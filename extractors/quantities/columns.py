"""Tables whose unit stands above: in a column header or in the caption of the rows.

"Month | Exports (tons)" gives the cells of its column a unit, "Exports (tons)" on a line of its
own those of every row below. Cells are parted by pipes, tabs or two spaces. Rows that carry
their unit in the label are `tables`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.quantities.lexemes import Kind, Lexeme
from extractors.quantities.tables import Cell, table_cell, unit_in_parentheses
from extractors.quantities.units import UnitMatch

_GAP = re.compile(r"[|\t]| {2,3}(?=\S)")
_MAX_ROWS = 60
_MAX_CELL_CHARS = 60


@dataclass(frozen=True, slots=True)
class _Line:
    """The cells of one line as lexeme positions `[first, last)`."""

    cells: list[tuple[int, int]]


def _lines(text: str, lexemes: Sequence[Lexeme]) -> list[_Line]:
    lines: list[_Line] = []
    at, start = 0, 0
    for row in text.split("\n"):
        cells: list[tuple[int, int]] = []
        for left, right in _bounds(row):
            first = at
            while at < len(lexemes) and lexemes[at].end <= start + right:
                at += 1
            # Pipes are lexemes too; a cell starts behind its own.
            while first < at and lexemes[first].start < start + left:
                first += 1
            if first < at:
                cells.append((first, at))
        start += len(row) + 1
        while at < len(lexemes) and lexemes[at].start < start:
            at += 1
        lines.append(_Line(cells))
    return lines


def _bounds(row: str) -> list[tuple[int, int]]:
    edges = [0]
    for match in _GAP.finditer(row):
        edges += [match.start(), match.end()]
    edges.append(len(row))
    return [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]


def _units(lexemes: Sequence[Lexeme], line: _Line) -> dict[int, UnitMatch]:
    """Return the unit in parentheses of each cell that has one, by column."""
    found: dict[int, UnitMatch] = {}
    for column, (first, last) in enumerate(line.cells):
        if lexemes[last - 1].end - lexemes[first].start > _MAX_CELL_CHARS:
            continue
        for at in range(first, last):
            unit = unit_in_parentheses(lexemes, at)
            if unit is not None and unit.end == last - 1:
                found[column] = unit
    return found


def _plain(lexemes: Sequence[Lexeme], cell: tuple[int, int]) -> Lexeme | None:
    """Return the number of a cell that holds nothing else."""
    first, last = cell
    item = lexemes[first]
    return item if last - first == 1 and item.kind is Kind.NUMBER else None


def scan_columns(text: str, lexemes: Sequence[Lexeme]) -> list[Cell]:
    """Return the cells of rows below a header or caption with a unit in parentheses."""
    if "(" not in text or "\n" not in text:
        return []
    lines = _lines(text, lexemes)
    found: list[Cell] = []
    for index, line in enumerate(lines):
        units = _units(lexemes, line)
        rows = lines[index + 1 : index + 1 + _MAX_ROWS]
        if len(line.cells) > 1 and units:
            found += _below_header(lexemes, units, len(line.cells), rows)
        elif len(line.cells) == 1 and units:
            found += _below_caption(lexemes, units[0], rows)
    return found


def _below_header(
    lexemes: Sequence[Lexeme], units: dict[int, UnitMatch], width: int, rows: Sequence[_Line]
) -> list[Cell]:
    found: list[Cell] = []
    for row in rows:
        if len(row.cells) != width or _units(lexemes, row):
            break
        for column, unit in units.items():
            if _plain(lexemes, row.cells[column]) is not None:
                # The label of the row says when; the column is no month.
                found.append(Cell(table_cell(lexemes, row.cells[column][0], unit), None))
    return found


def _below_caption(lexemes: Sequence[Lexeme], unit: UnitMatch, rows: Sequence[_Line]) -> list[Cell]:
    found: list[Cell] = []
    for row in rows:
        if len(row.cells) < 2:
            break
        for column, cell in enumerate(row.cells[1:]):
            item = _plain(lexemes, cell)
            if item is not None and not _is_year(item):
                found.append(Cell(table_cell(lexemes, cell[0], unit), column))
    return found


def _is_year(item: Lexeme) -> bool:
    return len(item.text) == 4 and 1900 <= (item.value or 0) <= 2100
