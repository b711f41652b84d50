"""The ledger in the store: who runs which partition, and how it ended.

Claims are made in one transaction under the writers' lock, so that two runs never have one
partition. When to claim, beat and end is in `pipeline/ledger.py`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from models.errors import StoreError
from pipeline.partitions import Partition
from pipeline.store import Store
from pipeline.store_migrations import roll_back
from pipeline.store_partitions import KEY, KEY_SCHEMA, key_of, register_keys

_RESULTS_SCHEMA = pa.schema(
    [
        *KEY_SCHEMA,
        ("processed", pa.int64()),
        ("documents", pa.int64()),
        ("elapsed_s", pa.float64()),
        ("input_hash", pa.string()),
        ("error", pa.string()),
    ]
)
_ATTEMPTED_SCHEMA = pa.schema([*KEY_SCHEMA, ("document_id", pa.string())])
# A partition is free when nobody alive has it and nobody ended it since it was planned. What the
# taker itself has by then is of a claim whose answer was lost.
_TAKEN = """
SELECT source, day, stage
FROM partition_run
WHERE state = 'running' AND owner IS DISTINCT FROM $owner
  AND heartbeat_at + to_microseconds(CAST(lease_s * 1000000 AS BIGINT)) > $now
UNION
SELECT source, day, stage
FROM partition_run
WHERE extractor_version = $version AND state <> 'running' AND finished_at > $planned_at
"""
_BEGIN = """
INSERT INTO partition_run BY NAME
SELECT
  w.source, w.day, w.stage, $version AS extractor_version, o.input_hash, 'running' AS state,
  coalesce(o.attempts, 0) + CAST(o.owner IS DISTINCT FROM $owner AS INTEGER) AS attempts,
  coalesce(o.documents, 0) AS documents, 0 AS processed,
  $owner AS owner, $now AS heartbeat_at, $lease_s AS lease_s, $run_id AS flow_run_id,
  $now AS started_at
FROM claimed AS w
LEFT JOIN replaced_runs AS o USING (source, day, stage)
"""
# What was to be read and has no outcome of this version makes a partition failed, whatever the
# caller says. What ended at this very time was written by a try whose answer was lost. A lake
# cannot return what an UPDATE changed.
_ENDED = """
CREATE OR REPLACE TEMP TABLE ended AS
WITH still_open AS (
  SELECT source, day, stage, count(*) AS documents
  FROM attempted AS a
  ANTI JOIN (FROM page_outcome WHERE extractor_version = $version) AS o
    ON o.fetch_id = a.document_id
  WHERE stage IN ('article', 'extract')
  GROUP BY source, day, stage
)
SELECT
  r.* EXCLUDE (error),
  coalesce(r.error, 'documents still to be read: ' || s.documents) AS error,
  CASE WHEN r.error IS NULL AND s.documents IS NULL THEN 'done' ELSE 'failed' END AS state
FROM results AS r
LEFT JOIN still_open AS s USING (source, day, stage)
SEMI JOIN (
  FROM partition_run
  WHERE extractor_version = $version AND owner = $owner
    AND (state = 'running' OR finished_at = $now)
) AS own USING (source, day, stage)
"""
_END = """
UPDATE partition_run AS p
SET state = e.state, error = e.error, processed = e.processed, documents = e.documents,
  elapsed_s = e.elapsed_s, input_hash = e.input_hash, finished_at = $now, heartbeat_at = $now
FROM ended AS e
WHERE p.source = e.source AND p.day = e.day AND p.stage = e.stage
  AND p.extractor_version = $version AND p.owner = $owner
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who runs partitions, and how long the others wait for a sign of life.

    Attributes:
        owner: The process.
        run_id: Run of the flow or label of the command.
        extractor_version: Version of the extractors that it runs.
        lease_s: Seconds after a heartbeat until a partition is free again.
    """

    owner: str
    run_id: str | None
    extractor_version: str
    lease_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionResult:
    """How the run of one partition ended.

    Attributes:
        partition: Which one.
        attempted: Fetch ids of the pages that were to be read; empty for other stages.
        documents: Documents in it.
        input_hash: Hash of its inputs; None without any.
        processed: Documents that were read.
        elapsed_s: Wall seconds.
        error: Why it failed; None when it went well.
    """

    partition: Partition
    attempted: tuple[str, ...]
    documents: int
    input_hash: str | None
    processed: int
    elapsed_s: float
    error: str | None = None


def claim(
    store: Store,
    partitions: Sequence[Partition],
    taker: Claim,
    *,
    planned_at: datetime,
    now: datetime,
) -> list[Partition]:
    """Take the free ones of some partitions and return them.

    One is free when no other living run has it, and none of this version ended it since
    `planned_at`.
    """
    with transaction(store) as con:
        register_keys(con, "wanted", [key_of(partition) for partition in partitions])
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE claimed AS "  # noqa: S608
            f"SELECT DISTINCT {KEY} FROM wanted ANTI JOIN ({_TAKEN}) USING ({KEY})",
            {
                "now": now,
                "version": taker.extractor_version,
                "planned_at": planned_at,
                "owner": taker.owner,
            },
        )
        replace_runs(con, "claimed", taker.extractor_version)
        con.execute(
            _BEGIN,
            {
                "version": taker.extractor_version,
                "owner": taker.owner,
                "lease_s": taker.lease_s,
                "run_id": taker.run_id,
                "now": now,
            },
        )
        rows = con.execute(f"SELECT {KEY} FROM claimed").fetchall()  # noqa: S608
    got = {tuple(row) for row in rows}
    return [p for p in partitions if (p.source, p.day, p.stage.value) in got]


def beat(store: Store, taker: Claim, *, now: datetime) -> None:
    """Say that a run lives: its partitions stay its own for another lease."""
    with transaction(store) as con:
        con.execute(
            "UPDATE partition_run SET heartbeat_at = ? WHERE owner = ? AND state = 'running'",
            [now, taker.owner],
        )


def finish(
    store: Store, results: Sequence[PartitionResult], taker: Claim, *, now: datetime
) -> dict[Partition, str]:
    """Write how claimed partitions ended and return the states of those that were still its own.

    Pages that were to be read and have no outcome make a partition failed, whatever the result.
    """
    rows = [
        key_of(result.partition)
        | {
            "processed": result.processed,
            "documents": result.documents,
            "elapsed_s": result.elapsed_s,
            "input_hash": result.input_hash,
            "error": result.error[:2000] if result.error else None,
        }
        for result in results
    ]
    attempted = [
        key_of(result.partition) | {"document_id": document}
        for result in results
        for document in result.attempted
    ]
    params = {"now": now, "version": taker.extractor_version, "owner": taker.owner}
    with transaction(store) as con:
        register_keys(con, "results", rows, _RESULTS_SCHEMA)
        register_keys(con, "attempted", attempted, _ATTEMPTED_SCHEMA)
        con.execute(_ENDED, params)
        con.execute(_END, params)
        rows_ended = con.execute(f"SELECT {KEY}, state FROM ended").fetchall()  # noqa: S608
    ended = {tuple(row[:3]): row[3] for row in rows_ended}
    keys = ((p, (p.source, p.day, p.stage.value)) for p in (r.partition for r in results))
    return {partition: ended[key] for partition, key in keys if key in ended}


def release(store: Store, taker: Claim) -> None:
    """Give back what a run claimed and will not end: it counts as not run, at once."""
    with transaction(store) as con:
        con.execute(
            "UPDATE partition_run SET lease_s = 0 WHERE owner = ? AND state = 'running'",
            [taker.owner],
        )


def replace_runs(con: duckdb.DuckDBPyConnection, table: str, version: str) -> None:
    """Move this version's rows of the partitions in a temporary table to `replaced_runs`."""
    match = f"SELECT {KEY} FROM {table}"  # noqa: S608
    where = f"extractor_version = ? AND ({KEY}) IN ({match})"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE replaced_runs AS FROM partition_run WHERE {where}",
        [version],
    )
    con.execute(f"DELETE FROM partition_run WHERE {where}", [version])  # noqa: S608


@contextmanager
def transaction(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open one transaction on the store; what fails leaves nothing of itself.

    Raises:
        StoreError: A statement of the block failed.
    """
    con = store.con
    con.execute("BEGIN")
    try:
        yield con
        store.commit()
    except BaseException as error:
        roll_back(con)
        if isinstance(error, duckdb.Error):
            raise StoreError(f"the ledger cannot be written: {error}") from error
        raise
