"""The reader's side of the store: the newest snapshot, read-only, for commands and notebooks.

`connect()` is what a notebook calls; the rest answers what the commands ask.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from models.errors import InputError, StoreError
from pipeline.settings import Settings, load_settings
from pipeline.store_lake_snapshot import pull_for_reader
from pipeline.store_migrations import is_of_this_version

Params = Sequence[object] | Mapping[str, object]


def connect(data: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to the newest snapshot.

    It keeps showing the snapshot that it opened until it is closed, and never blocks a load. A
    snapshot of a lake that is older than a minute is first brought up to the lake.

    Raises:
        StoreError: There is no snapshot yet, or it cannot be read.
    """
    return _open(load_settings(data))


def _open(settings: Settings) -> duckdb.DuckDBPyConnection:
    file = settings.snapshot_file
    if settings.is_lake:
        pull_for_reader(settings)
    if not file.exists():
        raise StoreError(
            f"there is no snapshot at {file} yet: run `reeline ingest` or `reeline demo`"
        )
    try:
        con = duckdb.connect(str(file), read_only=True)
        con.execute("SET TimeZone = 'UTC'")
    except duckdb.Error as error:
        raise StoreError(
            f"the snapshot {file} cannot be read: {error}; the next load writes a new one"
        ) from error
    return con


@contextmanager
def reading(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the snapshot for one block."""
    con = _open(settings)
    try:
        yield con
    finally:
        con.close()


def query(settings: Settings, sql: str, params: Params = ()) -> pd.DataFrame:
    """Return the rows of a query on the snapshot, as Python values: None for NULL, dates, lists.

    Raises:
        InputError: The SQL is wrong; the message is DuckDB's, with the place.
        StoreError: There is no snapshot.
    """
    with reading(settings) as con:
        try:
            result = con.execute(sql, params)
            names = [column[0] for column in result.description or []]
            return pd.DataFrame(result.fetchall(), columns=names, dtype=object)
        except duckdb.Error as error:
            raise InputError(f"the query failed: {error}{_hint(con)}") from error


def _hint(con: duckdb.DuckDBPyConnection) -> str:
    """Say when the snapshot lacks what this program has: a load brings it up to date."""
    if is_of_this_version(con):
        return ""
    return (
        "\nthe snapshot was made by another version of reeline: the next `reeline ingest` "
        "brings its tables and views up to date"
    )


def dictionary(settings: Settings) -> pd.DataFrame:
    """Return tables, views and macros with their columns, types and comments."""
    return query(settings, _DICTIONARY)


_DICTIONARY = """
SELECT t.table_name AS name, 'table' AS kind, c.column_name AS column_name,
  c.data_type AS type, coalesce(c.comment, t.comment) AS meaning
FROM duckdb_tables() AS t
JOIN duckdb_columns() AS c USING (table_name)
WHERE NOT t.internal AND t.schema_name = 'main'
UNION ALL
SELECT v.view_name, 'view', c.column_name, c.data_type, coalesce(
  c.comment,
  (
    SELECT any_value(o.comment)
    FROM duckdb_columns() AS o
    WHERE o.column_name = c.column_name AND o.comment IS NOT NULL
  ),
  v.comment
)
FROM duckdb_views() AS v
JOIN duckdb_columns() AS c ON c.table_name = v.view_name
WHERE NOT v.internal
UNION ALL
SELECT DISTINCT f.function_name, 'macro', array_to_string(f.parameters, ', '), NULL, f.comment
FROM duckdb_functions() AS f
WHERE f.function_type IN ('macro', 'table_macro') AND NOT f.internal
ORDER BY kind, name
"""


def archived_files(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the archive files that the index knows."""
    return {row[0] for row in con.execute("SELECT DISTINCT warc_file FROM page_fetch").fetchall()}


def known_fetches(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the ids of all archived bodies."""
    return {row[0] for row in con.execute("SELECT fetch_id FROM page_fetch").fetchall()}


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPage:
    """An archived page that the given version of the extractors has not read yet."""

    fetch_id: str
    source: str
    url: str
    warc_file: str
    offset: int
    length: int
    body_sha256: str
    fetched_at: datetime


PAGE_COLUMNS = """
  p.fetch_id, p.source, p.url, p.warc_file, p.warc_offset, p.warc_length, p.body_sha256,
  p.fetched_at
"""
"""What `page_of_row` reads of `page_fetch AS p`."""


def page_of_row(row: Sequence[Any]) -> PendingPage:
    """Return the page of a row that begins with `PAGE_COLUMNS`."""
    return PendingPage(
        fetch_id=row[0],
        source=row[1],
        url=row[2],
        warc_file=row[3],
        offset=row[4],
        length=row[5],
        body_sha256=row[6],
        fetched_at=row[7],
    )


def select_pages(
    con: duckdb.DuckDBPyConnection, which: str, params: Params = ()
) -> list[PendingPage]:
    """Return the archived pages that a join of `page_fetch AS p` keeps, newest first.

    Args:
        con: The store or a snapshot of it.
        which: The join, in SQL of this package.
        params: Values of its placeholders.
    """
    rows = con.execute(
        f"SELECT {PAGE_COLUMNS} FROM page_fetch AS p {which} "  # noqa: S608
        "ORDER BY p.fetched_at DESC, p.fetch_id",
        params,
    ).fetchall()
    return [page_of_row(row) for row in rows]


def pending_pages(con: duckdb.DuckDBPyConnection, extractor_version: str) -> list[PendingPage]:
    """Return the archived pages that a version of the extractors has not read, newest first."""
    which = (
        "ANTI JOIN (FROM page_outcome WHERE extractor_version = ?) AS o ON o.fetch_id = p.fetch_id"
    )
    return select_pages(con, which, [extractor_version])
