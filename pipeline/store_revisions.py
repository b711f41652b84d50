"""Rows of the timeline as append-only revisions: a change closes one and opens the next."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

import duckdb
import pyarrow as pa

from models.timeline import Mention, Relation, Stance, TimelineEvent
from pipeline.instruments import CITING
from pipeline.staging import Row
from pipeline.store_schema import arrow_schemas

_NO_COLUMNS = frozenset({"mention_ids"})


_COLUMNS = tuple(field.name for field in fields(TimelineEvent) if field.name not in _NO_COLUMNS)
_RELATING = """
WITH told AS MATERIALIZED (
  SELECT DISTINCT event_id, sentence
  FROM timeline_evidence
  WHERE known_to IS NULL AND event_id NOT IN (SELECT unnest(CAST($without AS VARCHAR[])))
)
SELECT event_id, sentence
FROM told
WHERE sentence IN (SELECT unnest(CAST($sentences AS VARCHAR[])))
  OR hash(sentence) IN (SELECT hash(sentence) FROM told GROUP BY ALL HAVING count(*) > 1)
  OR regexp_matches(sentence, $citing, 'i')
"""
_LISTS = tuple(
    name
    for name, hint in get_type_hints(TimelineEvent).items()
    if name in _COLUMNS and get_origin(hint) is tuple
)


def event_row(event: TimelineEvent) -> Row:
    """Return the fields of an event that are columns."""
    # Not `asdict`, whose deep copies took half of the time of writing.
    values = ((name, getattr(event, name)) for name in _COLUMNS)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values}


def current_events(con: duckdb.DuckDBPyConnection) -> dict[str, TimelineEvent]:
    """Return the events of the timeline by id; their `mention_ids` are empty."""
    rows = con.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM timeline_event WHERE known_to IS NULL"  # noqa: S608
    ).fetchall()
    enums = {name: {item.value: item for item in enum} for name, enum in _enums().items()}
    found: dict[str, TimelineEvent] = {}
    for row in rows:
        values: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
        for name, members in enums.items():
            if values[name] is not None:
                values[name] = members[values[name]]
        for name in _LISTS:
            values[name] = tuple(values[name])
        found[row[0]] = TimelineEvent(mention_ids=(), **values)
    return found


def _enums() -> dict[str, type[StrEnum]]:
    found: dict[str, type[StrEnum]] = {}
    for name, hint in get_type_hints(TimelineEvent).items():
        for part in (hint, *get_args(hint)):
            if isinstance(part, type) and issubclass(part, StrEnum):
                found[name] = part
    return found


def current_sentences(
    con: duckdb.DuckDBPyConnection, *, without: Collection[str], sentences: Collection[str]
) -> list[tuple[str, str]]:
    """Return (event id, sentence) of what can relate events: citations, and shared sentences.

    Args:
        con: The store.
        without: Events that are left out.
        sentences: Sentences of theirs: those that another event has too are returned.
    """
    return con.execute(
        _RELATING,
        {"without": sorted(without), "sentences": sorted(sentences), "citing": CITING.pattern},
    ).fetchall()


def write_events(
    con: duckdb.DuckDBPyConnection,
    changed: Sequence[TimelineEvent],
    gone: Sequence[str],
    known_at: datetime,
) -> None:
    """Close the revisions of changed and vanished events and open the next ones."""
    closing = [event.event_id for event in changed] + list(gone)
    con.execute(
        "UPDATE timeline_event SET known_to = ? "
        "WHERE known_to IS NULL AND event_id IN (SELECT unnest(?))",
        [known_at, closing],
    )
    last = dict(
        con.execute(
            "SELECT event_id, max(revision) FROM timeline_event "
            "WHERE event_id IN (SELECT unnest(?)) GROUP BY event_id",
            [closing],
        ).fetchall()
    )
    rows = [
        event_row(event)
        | {
            "revision": last.get(event.event_id, 0) + 1,
            "known_from": known_at,
            "known_to": None,
        }
        for event in changed
    ]
    append_rows(con, "timeline_event", rows)


def write_evidence(
    con: duckdb.DuckDBPyConnection,
    evidence: Iterable[tuple[str, Mention, Stance]],
    scope: Collection[str],
    known_at: datetime,
) -> bool:
    """Bring the evidence of the events in scope up to date and tell whether any row changed."""
    wanted = {_evidence_key(_evidence_row(*item)): _evidence_row(*item) for item in evidence}
    columns = list(next(iter(wanted.values()))) if wanted else list(_EVIDENCE)
    known = {
        _evidence_key(row): row
        for row in (
            dict(zip(columns, values, strict=True))
            for values in con.execute(
                f"SELECT {', '.join(columns)} FROM timeline_evidence "  # noqa: S608
                "WHERE known_to IS NULL AND event_id IN (SELECT unnest(?))",
                [sorted(scope)],
            ).fetchall()
        )
    }
    left = [row for key, row in sorted(known.items()) if wanted.get(key) != row]
    _close(con, "timeline_evidence", ("event_id", "license_event_id"), left, known_at)
    joined = [row for key, row in sorted(wanted.items()) if known.get(key) != row]
    append_rows(
        con, "timeline_evidence", [{**r, "known_from": known_at, "known_to": None} for r in joined]
    )
    return bool(left or joined)


_EVIDENCE = (
    "event_id",
    "license_event_id",
    "article_id",
    "version_id",
    "source",
    "sentence",
    "char_start",
    "char_end",
    "stance",
)


def _evidence_row(event_id: str, mention: Mention, stance: Stance) -> Row:
    return {
        "event_id": event_id,
        "license_event_id": mention.mention_id,
        "article_id": mention.article_id,
        "version_id": mention.version_id,
        "source": mention.source,
        "sentence": mention.sentence,
        "char_start": mention.char_start,
        "char_end": mention.char_end,
        "stance": stance.value,
    }


def _evidence_key(row: Row) -> tuple[str, str]:
    return row["event_id"], row["license_event_id"]


def write_relations(
    con: duckdb.DuckDBPyConnection, relations: Iterable[Relation], known_at: datetime
) -> bool:
    """Bring the relations up to date and tell whether any row changed."""
    columns = [field.name for field in fields(Relation)]
    wanted = {tuple(str(value) for value in asdict(item).values()) for item in relations}
    known = set(
        con.execute(
            f"SELECT {', '.join(columns)} FROM timeline_relation WHERE known_to IS NULL"  # noqa: S608
        ).fetchall()
    )
    left = [dict(zip(columns, row, strict=True)) for row in sorted(known - wanted)]
    _close(con, "timeline_relation", tuple(columns), left, known_at)
    joined = [dict(zip(columns, row, strict=True)) for row in sorted(wanted - known)]
    append_rows(
        con, "timeline_relation", [{**r, "known_from": known_at, "known_to": None} for r in joined]
    )
    return bool(left or joined)


def _close(
    con: duckdb.DuckDBPyConnection,
    table: str,
    keys: Sequence[str],
    rows: Sequence[Row],
    known_at: datetime,
) -> None:
    if not rows:
        return
    data = pa.table({key: pa.array([row[key] for row in rows], pa.string()) for key in keys})
    con.register("closed", data)
    same = " AND ".join(f"t.{key} = c.{key}" for key in keys)
    # Table and column names come from this module.
    con.execute(
        f"UPDATE {table} AS t SET known_to = ? FROM closed AS c "  # noqa: S608
        f"WHERE t.known_to IS NULL AND {same}",
        [known_at],
    )
    con.unregister("closed")


def append_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    """Add rows to a table, at once."""
    if not rows:
        return
    data = pa.Table.from_pylist(list(rows), schema=arrow_schemas()[table])
    con.register("appended", data)
    con.execute(f"INSERT INTO {table} BY NAME FROM appended")
    con.unregister("appended")
