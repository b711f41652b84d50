"""`reeline sql`, `dictionary` and `check`: the store seen from outside."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from models.errors import InputError
from pipeline.cli.console import CsvOption, DataOption, JsonOption, emit, err, out
from pipeline.settings import load_settings
from pipeline.store_read import dictionary, query


def sql_command(
    statement: Annotated[
        str | None, typer.Argument(metavar="SQL", help="A query; - reads it from stdin.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Read the query from a file.")
    ] = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Query the read-only snapshot with SQL (DuckDB's dialect).

    The snapshot never locks: queries and loads do not see each other.

        reeline sql "SELECT date_start, summary FROM timeline WHERE kind = 'license_granted'"
        reeline sql "SELECT * FROM timeline_as_of(TIMESTAMPTZ '2025-12-10')" --csv
        reeline dictionary        # the tables and columns there are
    """
    if (statement is None) == (file is None):
        raise typer.BadParameter("give a query or --file, not both")
    if file is not None:
        statement = _read(file)
    elif statement == "-":
        statement = typer.get_text_stream("stdin").read()
    emit(query(load_settings(data), statement or ""), as_json=as_json, as_csv=as_csv)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from error


def dictionary_command(
    name: Annotated[
        str | None, typer.Argument(help="Only this table, view or macro.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Explain the tables, views and macros: every column with its type and meaning.

    reeline dictionary timeline
    reeline dictionary --csv > dictionary.csv
    """
    frame = dictionary(load_settings(data))
    if name is not None:
        frame = frame[frame["name"] == name]
        if frame.empty:
            raise InputError(f"no table, view or macro {name!r}; `reeline dictionary` lists them")
    emit(frame, as_json=as_json, as_csv=as_csv)


def check_command(data: DataOption = None) -> None:
    """Run every check of the store; leave with 1 and the offending rows when one fails."""
    settings = load_settings(data)
    names = query(
        settings,
        "SELECT view_name, comment FROM duckdb_views() "
        "WHERE NOT internal AND view_name LIKE 'check\\_%' ESCAPE '\\' ORDER BY view_name",
    )
    failed = 0
    for name, comment in names.itertuples(index=False):
        rows = query(settings, f'SELECT * FROM "{name}" LIMIT 20')  # noqa: S608  # our own views
        out.print(Text(f"{'ok  ' if rows.empty else 'FAIL'} {name}: {comment}"))
        if not rows.empty:
            failed += 1
            emit(rows, as_json=False, as_csv=False)
    if failed:
        err.print(f"{failed} of {len(names)} checks failed")
        raise typer.Exit(1)
