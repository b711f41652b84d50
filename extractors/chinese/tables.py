"""Masses in the cells of a table whose head names the unit: 企业 | 开采（吨） | 冶炼分离（吨）.

A table is what the article stage makes of one: a line a row, cells parted by a bar.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.chinese.numerals import ARABIC_NUMBER

_BAR = "|"
_HEAD_UNIT = re.compile(r"[（(](?:单位[:：])?(?P<scale>[万千百])?(?P<unit>公吨|吨|公斤|千克)[）)]")
_CELL = re.compile(rf"\s*(?P<value>{ARABIC_NUMBER})\s*")
_MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A number in a table: its interval, its digits, and what the head of its column says."""

    start: int
    end: int
    digits: str
    scale: str
    unit: str
    head: tuple[int, int]


def find_cells(text: str) -> Iterator[Cell]:
    """Yield the numbers of columns whose head names a unit of mass, in order."""
    head: list[tuple[int, int]] = []
    rows = 0
    place = 0
    for line in text.split("\n"):
        cells = list(_cells(line, place))
        place += len(line) + 1
        if len(cells) < 2:
            head, rows = [], 0
        elif not head:
            # A bar without a unit above it heads no table of masses.
            head = cells if _HEAD_UNIT.search(line) else []
        elif rows < _MOST_ROWS:
            rows += 1
            yield from _numbers(text, head, cells)


def _cells(line: str, place: int) -> Iterator[tuple[int, int]]:
    if _BAR not in line:
        return
    start = 0
    for cell in line.strip(_BAR).split(_BAR):
        first = line.index(cell, start) if cell else start
        yield place + first, place + first + len(cell)
        start = first + len(cell) + 1


def _numbers(
    text: str, head: list[tuple[int, int]], cells: list[tuple[int, int]]
) -> Iterator[Cell]:
    for (first, last), (start, end) in zip(head, cells, strict=False):
        unit = _HEAD_UNIT.search(text, first, last)
        number = _CELL.fullmatch(text, start, end)
        if unit and number:
            yield Cell(
                start=number.start("value"),
                end=number.end("value"),
                digits=number["value"],
                scale=unit["scale"] or "",
                unit=unit["unit"],
                head=(first, last),
            )
