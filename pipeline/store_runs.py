"""What the store remembers of runs beside the claims: settled partitions, metrics, speeds.

Claims and their ends are in `pipeline/store_ledger.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import pyarrow as pa

from models.errors import StoreError
from pipeline.partitions import TIMELINE_SOURCE
from pipeline.store import Store
from pipeline.store_ledger import Claim, replace_runs, transaction
from pipeline.store_schema import arrow_schemas

# What the documents say is done and the ledger does not know, or knows otherwise; and the days on
# which a source was asked and offered nothing.
_SETTLE = """
CREATE OR REPLACE TEMP TABLE settled AS
WITH status AS (
  FROM partition_status($version)
)
SELECT
  s.source, s.day, s.stage, s.input_hash, s.documents, coalesce(r.attempts, 1) AS attempts,
  r.started_at
FROM status AS s
LEFT JOIN partition_run AS r
  ON r.source = s.source AND r.day = s.day AND r.stage = s.stage AND r.extractor_version = $version
WHERE s.documents > 0 AND s.unread = 0 AND s.outdated = 0 AND s.refused = 0
  AND s.status <> 'running' AND s.stage <> 'timeline'
  AND (r.state IS NULL OR r.state <> 'done' OR r.input_hash IS DISTINCT FROM s.input_hash)
UNION ALL
SELECT p.source, CAST(timezone('UTC', p.polled_at) AS DATE) AS day, 'fetch', NULL, 0, 1, NULL
FROM source_poll AS p
ANTI JOIN status AS s
  ON s.source = p.source AND s.day = CAST(timezone('UTC', p.polled_at) AS DATE)
  AND s.stage = 'fetch'
WHERE p.failures = 0
"""
_SETTLED = """
INSERT INTO partition_run BY NAME
SELECT
  source, day, stage, $version AS extractor_version, input_hash, 'done' AS state, attempts,
  documents, 0 AS processed, $owner AS owner, $run_id AS flow_run_id,
  coalesce(started_at, $now) AS started_at, $now AS finished_at
FROM settled
ORDER BY source, day, stage
"""
# The events that stand make the hash, so that the row says which timeline it is of.
_REFRESHED = """
CREATE OR REPLACE TEMP TABLE refreshed AS
WITH standing AS (
  SELECT
    count(*) AS documents,
    md5(coalesce(string_agg(event_id, ' ' ORDER BY event_id), '')) AS input_hash
  FROM timeline_event
  WHERE known_to IS NULL
),
last AS (
  SELECT max_by(input_hash, started_at) AS input_hash
  FROM partition_run
  WHERE stage = 'timeline' AND state = 'done'
)
SELECT
  $source AS source, CAST(timezone('UTC', $now) AS DATE) AS day, 'timeline' AS stage,
  s.input_hash, s.documents
FROM standing AS s
CROSS JOIN last AS l
WHERE l.input_hash IS DISTINCT FROM s.input_hash OR $processed > 0
"""
_TIMELINE = """
INSERT INTO partition_run BY NAME
SELECT
  source, day, stage, $version AS extractor_version, input_hash, 'done' AS state,
  coalesce((SELECT max(attempts) FROM replaced_runs), 0) + 1 AS attempts, documents,
  $processed AS processed, $elapsed_s AS elapsed_s, $owner AS owner, $run_id AS flow_run_id,
  $started_at AS started_at, $now AS finished_at
FROM refreshed
"""
# Only where done means that every document was read: a source that failed to answer has failed,
# however many pages it gave before.
_READ = """
SELECT concat_ws(' ', source, day, stage) AS name
FROM partition_run
WHERE extractor_version = $version AND state = 'done' AND stage IN ('article', 'extract')
  AND list_contains($names, name)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One measured value of a run; `source` is None when it is of all that ran."""

    name: str
    value: float
    unit: str
    source: str | None = None


def settle(store: Store, taker: Claim, *, now: datetime) -> int:
    """Record as done what the documents say is done, and return how many partitions that were.

    This is how ingest writes its rows, and how a kill between a load and its row is made up for.
    Doing it again changes nothing.
    """
    params = {
        "version": taker.extractor_version,
        "owner": taker.owner,
        "run_id": taker.run_id,
        "now": now,
    }
    with transaction(store) as con:
        con.execute(_SETTLE, {"version": taker.extractor_version})
        row = con.execute("SELECT count(*) FROM settled").fetchone()
        count = int(row[0]) if row else 0
        if count:
            replace_runs(con, "settled", taker.extractor_version)
            con.execute(_SETTLED, params)
    if count:
        store.mark_changed()
    return count


def read_after_all(store: Store, names: Iterable[str], taker: Claim) -> set[str]:
    """Return which partitions, by name, have been read to their end by now, whoever did it.

    Args:
        store: The open store, settled.
        names: Partitions that failed.
        taker: Its version counts.
    """
    wanted = sorted(names)
    if not wanted:
        return set()
    params = {"version": taker.extractor_version, "names": wanted}
    return {name for (name,) in store.con.execute(_READ, params).fetchall()}


def record_refresh(
    store: Store, taker: Claim, *, changed: int, started_at: datetime, now: datetime
) -> None:
    """Write the row of a refresh of the timeline, unless it found what the last one left.

    Args:
        store: The open store, after the refresh.
        taker: Who refreshed.
        changed: Events that it opened, revised and closed.
        started_at: When it began.
        now: When it ended.
    """
    with transaction(store) as con:
        con.execute(_REFRESHED, {"source": TIMELINE_SOURCE, "now": now, "processed": changed})
        if not con.execute("FROM refreshed").fetchone():
            return
        replace_runs(con, "refreshed", taker.extractor_version)
        con.execute(
            _TIMELINE,
            {
                "version": taker.extractor_version,
                "processed": changed,
                "elapsed_s": (now - started_at).total_seconds(),
                "owner": taker.owner,
                "run_id": taker.run_id,
                "started_at": started_at,
                "now": now,
            },
        )
    store.mark_changed()


def write_metrics(
    store: Store, run_id: str, kind: str, metrics: Iterable[Metric], *, now: datetime
) -> int:
    """Keep what a run measured and return how many rows that are; a run again replaces its own.

    Raises:
        StoreError: A value is not a finite number.
    """
    rows = [
        {
            "run_id": run_id,
            "kind": kind,
            "source": metric.source,
            "name": metric.name,
            "value": _finite(metric),
            "unit": metric.unit,
            "recorded_at": now,
        }
        for metric in metrics
    ]
    with transaction(store) as con:
        con.execute("DELETE FROM run_metric WHERE run_id = ? AND kind = ?", [run_id, kind])
        con.register("measured", pa.Table.from_pylist(rows, schema=arrow_schemas()["run_metric"]))
        con.execute("INSERT INTO run_metric BY NAME FROM measured")
    con.unregister("measured")
    store.mark_changed()
    return len(rows)


def _finite(metric: Metric) -> float:
    value = float(metric.value)
    if value - value != 0:  # neither NaN nor infinite
        raise StoreError(f"metric {metric.name}: expected a finite number, got {value}")
    return value


def stage_speeds(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Return documents a second of each stage, from the last thousand partitions."""
    rows = con.execute("SELECT stage, documents_per_s FROM stage_speed").fetchall()
    return {stage: speed for stage, speed in rows if speed}


def seen_but_unfetched(
    con: duckdb.DuckDBPyConnection, source: str, first: date, last: date
) -> list[tuple[str, str | None, datetime | None, date]]:
    """Return (url, title, published, day) of a source's addresses of some days without a page."""
    return con.execute(
        "SELECT s.url, s.title, s.published_at, "
        "CAST(timezone('UTC', coalesce(s.published_at, s.first_seen_at)) AS DATE) AS day "
        "FROM seen_page AS s "
        "ANTI JOIN page_fetch AS p ON p.url = s.url "
        "ANTI JOIN page_fetch AS f ON f.final_url = s.url "
        "WHERE s.source = $source AND s.copy_of IS NULL AND day BETWEEN $first AND $last "
        "ORDER BY s.url",
        {"source": source, "first": first, "last": last},
    ).fetchall()
