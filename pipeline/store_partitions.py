"""Reading partitions from the store: where each stands, and which archived pages are in it.

The rules are SQL: `models/sql/macros/partition_documents.sql` and `partition_status.sql`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.partitions import BackfillRequest, Partition, PartitionState, PartitionStatus
from pipeline.store_read import PendingPage, select_pages

KEY = "source, day, stage"
KEY_SCHEMA = pa.schema([("source", pa.string()), ("day", pa.date32()), ("stage", pa.string())])
_RANGE = """
  stage = $stage AND day BETWEEN $first AND $last
  AND (len($sources) = 0 OR list_contains($sources, source))
"""
_STATUS = f"""
SELECT
  source, day, status, why, documents, unread, outdated, attempts, started_at, input_hash
FROM partition_status($version)
WHERE {_RANGE}
ORDER BY day, source
"""  # noqa: S608
_DOCUMENTS = f"""
SELECT
  source,
  day,
  list(document_id ORDER BY document_id) FILTER (NOT is_read),
  list(document_id ORDER BY document_id) FILTER (is_read AND NOT is_current),
  list(document_id ORDER BY document_id) FILTER ($with_current AND is_read AND is_current)
FROM partition_documents($version)
WHERE {_RANGE}
GROUP BY source, day
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionContent:
    """A partition with its documents: fetch ids of pages, or addresses for the stage fetch."""

    status: PartitionStatus
    input_hash: str | None
    unread: tuple[str, ...]
    outdated: tuple[str, ...]
    current: tuple[str, ...]


def read_statuses(
    con: duckdb.DuckDBPyConnection, request: BackfillRequest, version: str
) -> list[PartitionStatus]:
    """Return the partitions of a range that have documents or runs, by day and source."""
    return [status for status, _ in _statuses(con, request, version)]


def read_contents(
    con: duckdb.DuckDBPyConnection,
    request: BackfillRequest,
    version: str,
    *,
    with_current: bool = False,
) -> list[PartitionContent]:
    """Return the partitions of a range with the documents that this version has not read.

    Args:
        con: The store or a snapshot of it.
        request: Range, sources and stage.
        version: Version of the extractors.
        with_current: Give the documents that it has read, too.
    """
    params = _params(request, version) | {"with_current": with_current}
    lists = {
        (row[0], row[1]): tuple(tuple(found or ()) for found in row[2:])
        for row in con.execute(_DOCUMENTS, params).fetchall()
    }
    contents = []
    for status, input_hash in _statuses(con, request, version):
        key = (status.partition.source, status.partition.day)
        unread, outdated, current = lists.get(key, ((), (), ()))
        contents.append(
            PartitionContent(
                status=status,
                input_hash=input_hash,
                unread=unread,
                outdated=outdated,
                current=current,
            )
        )
    return contents


def _params(request: BackfillRequest, version: str) -> dict[str, Any]:
    return {
        "version": version,
        "stage": request.stage.value,
        "first": request.first_day,
        "last": request.last_day,
        "sources": list(request.sources),
    }


def _statuses(
    con: duckdb.DuckDBPyConnection, request: BackfillRequest, version: str
) -> list[tuple[PartitionStatus, str | None]]:
    rows = con.execute(_STATUS, _params(request, version)).fetchall()
    return [
        (
            PartitionStatus(
                partition=Partition(source=row[0], day=row[1], stage=request.stage),
                state=PartitionState(row[2]),
                why=row[3],
                documents=row[4],
                unread=row[5],
                outdated=row[6],
                attempts=row[7] or 0,
                started_at=row[8],
            ),
            row[9],
        )
        for row in rows
    ]


def unread_pages(con: duckdb.DuckDBPyConnection) -> list[PendingPage]:
    """Return the archived pages that no version of the extractors has read, newest first."""
    return select_pages(con, "ANTI JOIN page_outcome AS o ON o.fetch_id = p.fetch_id")


def pages_by_id(con: duckdb.DuckDBPyConnection, fetch_ids: Sequence[str]) -> list[PendingPage]:
    """Return archived pages, newest first."""
    con.register("wanted_pages", pa.table({"fetch_id": pa.array(fetch_ids, pa.string())}))
    try:
        return select_pages(con, "SEMI JOIN wanted_pages AS w ON w.fetch_id = p.fetch_id")
    finally:
        con.unregister("wanted_pages")


def known_sources(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the sources that pages came from."""
    return {row[0] for row in con.execute("SELECT DISTINCT source FROM page_fetch").fetchall()}


def key_of(partition: Partition) -> dict[str, Any]:
    """Return the columns that name a partition."""
    return {
        "source": partition.source,
        "day": partition.day,
        "stage": partition.stage.value,
    }


def register_keys(
    con: duckdb.DuckDBPyConnection,
    name: str,
    rows: Iterable[dict[str, Any]],
    schema: pa.Schema = KEY_SCHEMA,
) -> None:
    """Make rows that begin with the key of a partition readable under a name."""
    con.register(name, pa.Table.from_pylist(list(rows), schema=schema))
