"""What every command shares: options, consoles, tables in three formats, progress, log lines."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipeline.progress import Progress as OnProgress
from pipeline.progress import no_progress

out = Console(soft_wrap=False, highlight=False)
err = Console(stderr=True, highlight=False)

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Data folder. Default: REELINE_DATA, else your user data folder (see `doctor`).",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")]
FromOption = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day.", show_default=False),
]
ToOption = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.", show_default=False),
]
SourceOption = Annotated[
    list[str] | None,
    typer.Option("--source", help="Only this source; may be repeated.", show_default=False),
]
SourcesDirOption = Annotated[
    Path | None,
    typer.Option("--sources-dir", help="Read source files from this folder instead."),
]

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class _FieldFormatter(logging.Formatter):
    """One line a record: level, constant message, then the fields that came with it."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {key: value for key, value in record.__dict__.items() if key not in _STANDARD}
        tail = " ".join(f"{key}={value}" for key, value in fields.items())
        return f"{record.levelname.lower()}: {record.getMessage()} {tail}".rstrip()


def set_up_logging(*, verbose: bool) -> None:
    """Send log lines to stderr: warnings, or with `verbose` one line per unit of work."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_FieldFormatter())
    for package in ("pipeline", "extractors", "models"):
        logger = logging.getLogger(package)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO if verbose else logging.WARNING)
        logger.propagate = False


def emit(frame: pd.DataFrame, *, as_json: bool, as_csv: bool, title: str | None = None) -> None:
    """Print rows as JSON (an array of objects), CSV with a header, or a table.

    Raises:
        typer.BadParameter: Both formats were asked for.
    """
    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")
    if as_json:
        records = [_plain(record) for record in frame.to_dict(orient="records")]
        typer.echo(json.dumps(records, ensure_ascii=False, indent=2))
    elif as_csv:
        typer.echo(frame.map(_csv_value).to_csv(index=False).rstrip("\n"))
    else:
        print_table(frame, title=title)


def print_table(frame: pd.DataFrame, *, title: str | None = None) -> None:
    """Print rows as a table, or one field a line where a table would not fit the terminal.

    Text of pages is shown as text, never as mark-up.
    """
    columns = [str(column) for column in frame.columns]
    rows = [[show(value) for value in row] for row in frame.itertuples(index=False)]
    if frame.empty:
        err.print("no rows")
    elif _fits(columns, rows):
        _print_grid(columns, rows, title)
    else:
        _print_records(columns, rows, title)


def _fits(columns: list[str], rows: list[list[str]]) -> bool:
    """Tell whether no column has to be narrower than its longest word (or 24 characters)."""
    width = 1
    for place, column in enumerate(columns):
        words = [word for row in rows for word in row[place].split()]
        longest = max((len(word) for word in words), default=0)
        width += max(len(column), min(longest, 24)) + 3
    return width <= out.width


def _print_grid(columns: list[str], rows: list[list[str]], title: str | None) -> None:
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    out.print(table)


def _print_records(columns: list[str], rows: list[list[str]], title: str | None) -> None:
    if title:
        out.print(Text(title, style="italic"))
    label_width = max(map(len, columns))
    for number, row in enumerate(rows, 1):
        out.print(Text(f"-- {number} ".ljust(min(out.width, 60), "-"), style="dim"))
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=label_width, style="bold", no_wrap=True)
        grid.add_column(overflow="fold")
        for column, value in zip(columns, row, strict=True):
            if value:
                grid.add_row(Text(column), Text(value))
        out.print(grid)


def show(value: Any) -> str:
    """Return a cell as text; "" for what the text does not say. Control characters are shown."""
    plain = plain_value(value)
    if plain is None:
        return ""
    if isinstance(plain, list):
        return ", ".join(str(item) for item in plain)
    if isinstance(plain, float):
        return f"{plain:,.10g}"
    return "".join(char if char.isprintable() else " " for char in str(plain))


def plain_value(value: Any) -> Any:
    """Return a cell as a JSON value: ISO text for dates and instants, lists as lists."""
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, date):  # datetime too
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _csv_value(value: Any) -> Any:
    plain = plain_value(value)
    return "|".join(map(str, plain)) if isinstance(plain, list) else plain


def _plain(record: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): plain_value(value) for key, value in record.items()}


@contextmanager
def progress_bars() -> Iterator[OnProgress]:
    """Yield a progress callback: a bar for each step on a terminal, nothing elsewhere."""
    if not err.is_terminal:
        yield no_progress
        return
    columns = (
        TextColumn("{task.description:<9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as bars:
        tasks: dict[str, Any] = {}

        def on_progress(step: str, done: int, total: int | None) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield on_progress
