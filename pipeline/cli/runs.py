"""`reeline runs`: the ledger, the status grid, metrics of runs, and alerts."""

from datetime import date
from typing import Annotated

import pandas as pd
import typer
from rich.table import Table
from rich.text import Text

from pipeline.cli.console import (
    CsvOption,
    DataOption,
    FromOption,
    JsonOption,
    SourceOption,
    ToOption,
    emit,
    err,
    out,
)
from pipeline.partitions import PartitionState, RunStage
from pipeline.settings import load_settings
from pipeline.status_grid import StatusGrid, status_grid
from pipeline.store_read import query

_RUNS = """
SELECT
  source, day, stage, status, why, documents, attempts, extractor_version, flow_run_id,
  started_at, elapsed_s
FROM run_status
WHERE ($status IS NULL OR status = $status)
  AND ($stage IS NULL OR stage = $stage)
  AND ($first IS NULL OR day >= $first)
  AND ($last IS NULL OR day <= $last)
  AND (len($sources) = 0 OR list_contains($sources, source))
ORDER BY day DESC, source, stage
LIMIT $limit
"""
_ALERTS = "SELECT source, alert, value, usual, meaning FROM source_alerts ORDER BY source, alert"
_METRICS = """
SELECT run_id, kind, source, name, value, unit, change_pct, mean_of_ten, recorded_at
FROM run_metrics
ORDER BY recorded_at DESC, run_id, source, name
LIMIT $limit
"""
_MARKS = {
    PartitionState.DONE: ("█", "green"),
    PartitionState.STALE: ("▒", "yellow"),
    PartitionState.MISSING: ("○", "cyan"),
    PartitionState.RUNNING: ("▶", "blue"),
    PartitionState.FAILED: ("✗", "bold red"),
}
_NOTHING = "·"


def runs_command(
    source: SourceOption = None,
    status: Annotated[
        PartitionState | None, typer.Option(help="Only in this state.", show_default=False)
    ] = None,
    stage: Annotated[
        RunStage | None, typer.Option(help="Only this stage.", show_default=False)
    ] = None,
    first: FromOption = None,
    last: ToOption = None,
    grid: Annotated[
        bool, typer.Option("--grid", help="Source by day, in colour and in letters.")
    ] = False,
    alerts: Annotated[
        bool, typer.Option("--alerts", help="Sources that went silent, poor or unreachable.")
    ] = False,
    metrics: Annotated[
        bool, typer.Option("--metrics", help="What the runs measured, the newest first.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="Rows to show.")] = 200,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Show what ran, what is missing, failed or stale, and which sources need a look.

    reeline runs --status missing --stage extract
    reeline runs --grid --from 2025-10-01 --to 2025-12-31
    reeline runs --alerts
    reeline runs --metrics --csv
    """
    if sum((grid, alerts, metrics)) > 1:
        raise typer.BadParameter("choose one of --grid, --alerts and --metrics")
    settings = load_settings(data)
    since, until = first.date() if first else None, last.date() if last else None
    if grid:
        found = status_grid(settings, first=since, last=until, sources=source or ())
        _show_grid(found, as_json=as_json, as_csv=as_csv)
        return
    if alerts:
        emit(query(settings, _ALERTS), as_json=as_json, as_csv=as_csv)
        return
    if metrics:
        emit(query(settings, _METRICS, {"limit": limit}), as_json=as_json, as_csv=as_csv)
        return
    params = {
        "status": status.value if status else None,
        "stage": stage.value if stage else None,
        "first": since,
        "last": until,
        "sources": source or [],
        "limit": limit,
    }
    emit(query(settings, _RUNS, params), as_json=as_json, as_csv=as_csv)


def _show_grid(grid: StatusGrid, *, as_json: bool, as_csv: bool) -> None:
    if as_json or as_csv:
        rows = [
            {
                "source": cell.source,
                "day": cell.day,
                "status": cell.state.value,
                "documents": cell.documents,
            }
            for cell in grid.cells.values()
        ]
        emit(pd.DataFrame(rows), as_json=as_json, as_csv=as_csv)
        return
    if not grid.sources:
        err.print("no rows")
        return
    label = max(map(len, grid.sources))
    # A terminal holds so many days beside the names; the rest goes below.
    width = max(7, out.width - label - 3)
    for start in range(0, len(grid.days), width):
        out.print(_block(grid, start, start + width, label))
    out.print(_legend())


def _block(grid: StatusGrid, start: int, stop: int, label: int) -> Table:
    days = grid.days[start:stop]
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=label, no_wrap=True, style="bold")
    table.add_column(no_wrap=True)
    table.add_row(Text(), Text(_axis(days), style="dim"))
    for source in grid.sources:
        line = Text()
        for cell in grid.row(source)[start:stop]:
            mark, style = _MARKS[cell.state] if cell else (_NOTHING, "dim")
            line.append(mark, style=style)
        table.add_row(Text(source), line)
    return table


def _axis(days: tuple[date, ...]) -> str:
    """Return the line above the marks: each month at its first day in the block, where it fits."""
    line = [" "] * len(days)
    for place, day in enumerate(days):
        name = f"{day:%Y-%m}" if place == 0 or day.month == 1 else f"{day:%m}"
        fits = place + len(name) <= len(days)
        is_free = all(char == " " for char in line[max(0, place - 1) : place + len(name)])
        if (place == 0 or day.day == 1) and fits and is_free:
            line[place : place + len(name)] = name
    return "".join(line)


def _legend() -> Text:
    text = Text()
    for state, (mark, style) in _MARKS.items():
        text.append(mark, style=style)
        text.append(f" {state.value}  ")
    text.append(f"{_NOTHING} nothing published", style="dim")
    return text
