"""The status grid, source by day: its data for the report, and its marks for the terminal.

A cell has the worst status of the stages fetch, article and extract: the view `status_grid`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.partitions import PartitionState
from pipeline.settings import Settings
from pipeline.store_read import query

_GRID = """
SELECT source, day, status, documents
FROM status_grid
WHERE day BETWEEN $first AND $last
  AND (len($sources) = 0 OR list_contains($sources, source))
ORDER BY source, day
"""
_LAST_DAY = "SELECT max(day) AS day FROM status_grid"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """One source on one day."""

    source: str
    day: date
    state: PartitionState
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusGrid:
    """Cells by source and day; a source and day without a cell had nothing to do.

    Attributes:
        sources: Its rows, sorted.
        days: Its columns, every day of the range, oldest first.
        cells: What is known.
    """

    sources: tuple[str, ...]
    days: tuple[date, ...]
    cells: Mapping[tuple[str, date], GridCell]

    def row(self, source: str) -> tuple[GridCell | None, ...]:
        """Return the cells of a source, day by day."""
        return tuple(self.cells.get((source, day)) for day in self.days)


def status_grid(
    settings: Settings,
    *,
    first: date | None = None,
    last: date | None = None,
    sources: Iterable[str] = (),
    days: int = 60,
) -> StatusGrid:
    """Return the grid of a range of days, from the snapshot.

    Args:
        settings: The data folder.
        first: First day; default `days` days back from the last one.
        last: Last day; default the newest day that the store knows.
        sources: Only these; default all.
        days: Length of the range when `first` is not given.

    Raises:
        StoreError: There is no snapshot yet.
    """
    until = last or _newest(settings)
    since = first or until - timedelta(days=days - 1)
    params = {"first": since, "last": until, "sources": list(sources)}
    rows = query(settings, _GRID, params).to_numpy().tolist()
    cells = [
        GridCell(source=source, day=day, state=PartitionState(status), documents=documents)
        for source, day, status, documents in rows
    ]
    return StatusGrid(
        sources=tuple(sorted({cell.source for cell in cells})),
        days=tuple(since + timedelta(days=number) for number in range((until - since).days + 1)),
        cells={(cell.source, cell.day): cell for cell in cells},
    )


def _newest(settings: Settings) -> date:
    found = query(settings, _LAST_DAY)["day"][0]
    return found if isinstance(found, date) else date.today()  # noqa: DTZ011  # an empty grid
