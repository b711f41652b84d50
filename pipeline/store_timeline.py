"""The timeline in the store: mentions out, events in, as append-only revisions.

Clustering itself is pure (`pipeline/clustering.py`, `pipeline/timeline.py`).
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

from models.timeline import Mention, Party, TimelineEvent
from models.vocabulary import EventKind, Granularity, LicenseKind, Modality, SourceKind
from pipeline.clustering import cluster_mentions
from pipeline.duplicates import signatures_of
from pipeline.staging import Row
from pipeline.store import Store
from pipeline.store_schema import arrow_schemas
from pipeline.timeline import build_event

log = logging.getLogger(__name__)

_MENTIONS = """
SELECT
  m.license_event_id, m.kind, m.authority, m.material, m.destination, m.license_kind,
  m.instrument, m.date_start, m.date_end, m.date_precision, m.effective_start, m.modality,
  m.is_background, m.char_start, m.char_end, m.article_id, m.version_id, v.source,
  coalesce(s.kind, 'other') AS source_kind,
  coalesce(s.owner_group, v.source) AS owner_group,
  v.published_on,
  coalesce(x.text[n.char_start + 1:n.char_end], m.text) AS sentence,
  list_zip(p.roles, p.keys, p.names, p.firms) AS parties
FROM license_event AS m
JOIN article AS a ON a.current_version_id = m.version_id
JOIN article_version AS v ON v.version_id = m.version_id
JOIN article_text AS x ON x.version_id = m.version_id
LEFT JOIN source AS s ON s.source = v.source
LEFT JOIN article_sentence AS n
  ON n.version_id = m.version_id
  AND n.char_start <= m.char_start
  AND m.char_start < n.char_end
LEFT JOIN (
  SELECT
    license_event_id,
    list(role ORDER BY role, surface) AS roles,
    list(coalesce(company_id, lower(name)) ORDER BY role, surface) AS keys,
    list(name ORDER BY role, surface) AS names,
    list(is_firm ORDER BY role, surface) AS firms
  FROM license_event_party
  GROUP BY license_event_id
) AS p USING (license_event_id)
ORDER BY m.license_event_id
"""
_KEY_FIELDS = ("mention_ids",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshReport:
    """What a refresh changed."""

    events: int
    opened: int
    revised: int
    closed: int


def read_mentions(con: duckdb.DuckDBPyConnection) -> list[Mention]:
    """Return the event mentions of all current texts."""
    result = con.execute(_MENTIONS)
    names = [column[0] for column in result.description or []]
    return [_mention(dict(zip(names, row, strict=True))) for row in result.fetchall()]


def _mention(row: Mapping[str, Any]) -> Mention:
    return Mention(
        mention_id=row["license_event_id"],
        kind=EventKind(row["kind"]),
        authority=row["authority"],
        parties=tuple(_parties(row["parties"])),
        material=row["material"],
        destination=row["destination"],
        license_kind=LicenseKind(row["license_kind"]) if row["license_kind"] else None,
        instrument=row["instrument"],
        date_start=row["date_start"],
        date_end=row["date_end"],
        date_precision=Granularity(row["date_precision"]) if row["date_precision"] else None,
        effective_start=row["effective_start"],
        modality=Modality(row["modality"]),
        is_background=row["is_background"],
        sentence=row["sentence"],
        char_start=row["char_start"],
        char_end=row["char_end"],
        article_id=row["article_id"],
        version_id=row["version_id"],
        source=row["source"],
        source_kind=SourceKind(row["source_kind"]),
        owner_group=row["owner_group"],
        published_on=row["published_on"],
    )


def _parties(zipped: Iterable[Any] | None) -> Iterator[Party]:
    """Yield the parties of DuckDB's zipped structs, which come as dicts or tuples."""
    for item in zipped or ():
        role, key, name, is_firm = item.values() if isinstance(item, dict) else item
        yield Party(role=role, key=key, name=name, is_firm=is_firm)


def refresh_timeline(store: Store, *, now: datetime | None = None) -> RefreshReport:
    """Bring the timeline up to the mentions that the store holds, in one transaction.

    Events that say the same as before keep their revision: refreshing twice changes no row.

    Args:
        store: The open store.
        now: The instant from which the changes count as known; default the clock.
    """
    con, known_at = store.con, now or datetime.now(UTC)
    mentions = {mention.mention_id: mention for mention in read_mentions(con)}
    clusters = cluster_mentions(mentions.values())
    cited = sorted({member.version_id for cluster in clusters for member in cluster.members})
    texts = con.execute(
        "SELECT version_id, text FROM article_text WHERE version_id IN (SELECT unnest(?))", [cited]
    ).fetchall()
    signatures = signatures_of(texts)
    events = {event.event_id: event for event in (build_event(c, signatures) for c in clusters)}
    current = _current_rows(con)
    fresh = [_event_row(event) for event in events.values()]
    changed = [row for row in fresh if _differs(row, current.get(row["event_id"]))]
    gone = sorted(current.keys() - events.keys())
    con.execute("BEGIN")
    try:
        _write_events(con, changed, gone, current, known_at)
        evidence_changed = _write_evidence(con, events.values(), mentions, known_at)
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    if changed or gone or evidence_changed:
        store.mark_changed()
    opened = sum(row["event_id"] not in current for row in changed)
    report = RefreshReport(
        events=len(events), opened=opened, revised=len(changed) - opened, closed=len(gone)
    )
    log.info("timeline refreshed", extra=asdict(report))
    return report


def _event_row(event: TimelineEvent) -> Row:
    row: Row = {}
    for key, value in asdict(event).items():
        if key not in _KEY_FIELDS:
            row[key] = list(value) if isinstance(value, tuple) else value
    return row


def _current_rows(con: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    result = con.execute("FROM timeline_event WHERE known_to IS NULL")
    names = [column[0] for column in result.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    return {row["event_id"]: row for row in rows}


def _differs(row: Row, known: Row | None) -> bool:
    return known is None or any(known[key] != value for key, value in row.items())


def _write_events(
    con: duckdb.DuckDBPyConnection,
    changed: Sequence[Row],
    gone: Sequence[str],
    current: Mapping[str, Row],
    known_at: datetime,
) -> None:
    closing = [row["event_id"] for row in changed if row["event_id"] in current] + list(gone)
    con.execute(
        "UPDATE timeline_event SET known_to = ? "
        "WHERE known_to IS NULL AND event_id IN (SELECT unnest(?))",
        [known_at, closing],
    )
    revisions = con.execute(
        "SELECT event_id, max(revision) FROM timeline_event GROUP BY event_id"
    ).fetchall()
    last = dict(revisions)
    rows = [
        row
        | {
            "revision": last.get(row["event_id"], 0) + 1,
            "known_from": known_at,
            "known_to": None,
        }
        for row in changed
    ]
    _append(con, "timeline_event", rows)


def _write_evidence(
    con: duckdb.DuckDBPyConnection,
    events: Iterable[TimelineEvent],
    mentions: Mapping[str, Mention],
    known_at: datetime,
) -> bool:
    wanted = {(event.event_id, key) for event in events for key in event.mention_ids}
    known = set(
        con.execute(
            "SELECT event_id, license_event_id FROM timeline_evidence WHERE known_to IS NULL"
        ).fetchall()
    )
    left = sorted(known - wanted)
    for event_id, mention_id in left:
        con.execute(
            "UPDATE timeline_evidence SET known_to = ? "
            "WHERE known_to IS NULL AND event_id = ? AND license_event_id = ?",
            [known_at, event_id, mention_id],
        )
    joined = sorted(wanted - known)
    rows = [_evidence_row(event_id, mentions[key], known_at) for event_id, key in joined]
    _append(con, "timeline_evidence", rows)
    return bool(left or joined)


def _evidence_row(event_id: str, mention: Mention, known_at: datetime) -> Row:
    return {
        "event_id": event_id,
        "license_event_id": mention.mention_id,
        "article_id": mention.article_id,
        "version_id": mention.version_id,
        "source": mention.source,
        "sentence": mention.sentence,
        "char_start": mention.char_start,
        "char_end": mention.char_end,
        "known_from": known_at,
        "known_to": None,
    }


def _append(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    data = pa.Table.from_pylist(list(rows), schema=arrow_schemas()[table])
    con.register("appended", data)
    con.execute(f"INSERT INTO {table} BY NAME FROM appended")
    con.unregister("appended")
