"""The grids of the report's section on runs: a source's row, a day's or week's column.

Pure arrangement of the rows of `templates/sql/runs.sql`; what a status means is the ledger's
matter (`models/sql/macros/partition_status.sql`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pipeline.partitions import TIMELINE_SOURCE, PartitionState, RunStage
from pipeline.report_figures import Figure
from pipeline.report_words import show_month

# Status -> (letter, what it means). The letter says the same as the color; done has none, so that
# what is not done stands out.
STATES = {
    PartitionState.DONE.value: ("", "done"),
    PartitionState.STALE.value: ("S", "stale: read by other rules, or the inputs changed"),
    PartitionState.MISSING.value: ("M", "missing: never run"),
    PartitionState.FAILED.value: ("F", "failed"),
    PartitionState.RUNNING.value: ("R", "running"),
}
_CAPTIONS = {"day": "By day", "week": "Before that, by week (from Monday)"}
_OF_SOURCES = (RunStage.FETCH.value, RunStage.ARTICLE.value, RunStage.EXTRACT.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCell:
    """A source in one column.

    Attributes:
        statuses: Of each stage of its row, in order; None: the stage has nothing to do there.
        words: The same for a screen reader; empty when no stage has anything to do.
    """

    statuses: tuple[str | None, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """The cells of a source, column by column."""

    name: str
    cells: tuple[RunCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunGrid:
    """One table.

    Attributes:
        span: "day" or "week": what a column is.
        caption: Its heading.
        months: (A day of the month, how many columns are in it), in order.
        starts: First day of each column, oldest first.
        rows: By name of the source, the timeline last.
    """

    span: str
    caption: str
    months: tuple[tuple[str, int], ...]
    starts: tuple[str, ...]
    rows: tuple[RunRow, ...]


def run_grids(figure: Figure) -> tuple[RunGrid, ...]:
    """Return the grid of days, then that of the weeks before; only those that have columns."""
    records = tuple(figure.records())
    grids = (
        _grid(span, caption, [row for row in records if row["span"] == span])
        for span, caption in _CAPTIONS.items()
    )
    return tuple(grid for grid in grids if grid.starts)


def _grid(span: str, caption: str, records: Sequence[dict[str, Any]]) -> RunGrid:
    starts = tuple(sorted({row["start"] for row in records}))
    rows = tuple(
        _row(name, source, starts, list(of_source))
        for (source, name), of_source in groupby(records, lambda row: (row["source"], row["name"]))
    )
    months = groupby(starts, show_month)
    return RunGrid(
        span=span,
        caption=caption,
        months=tuple((days[0], len(days)) for days in (list(group) for _, group in months)),
        starts=starts,
        rows=rows,
    )


def _row(
    name: str, source: str, starts: Sequence[str], records: Sequence[dict[str, Any]]
) -> RunRow:
    is_timeline = source == TIMELINE_SOURCE
    stages = (RunStage.TIMELINE.value,) if is_timeline else _OF_SOURCES
    known = {(row["start"], row["stage"]): row for row in records}
    return RunRow(
        name="Timeline, all sources" if is_timeline else name,
        cells=tuple(
            _cell([(stage, known.get((start, stage))) for stage in stages]) for start in starts
        ),
    )


def _cell(stages: Sequence[tuple[str, dict[str, Any] | None]]) -> RunCell:
    statuses = tuple(row["status"] if row else None for _, row in stages)
    known = [(stage, row["status"]) for stage, row in stages if row]
    if known and {status for _, status in known} == {PartitionState.DONE.value}:
        words = "done"
    else:
        words = ", ".join(f"{stage} {status}" for stage, status in known)
    return RunCell(statuses=statuses, words=words)
