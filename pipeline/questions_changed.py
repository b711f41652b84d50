"""What changed on the timeline between two instants: new, revised and withdrawn events.

Two states are read from the snapshot and compared field by field; the comparison is pure. How
one event changed, revision by revision, is the macro `event_history`.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from pipeline.settings import Settings
from pipeline.store_read import query

COLUMNS = ("change", "at", "kind", "day", "summary", "changes", "event_id", "event_id_before")
Event = Mapping[str, Any]

_KNOWN = """
SELECT e.* EXCLUDE (best_mention_id), e.best_mention_id AS evidence, e.known_from AS at,
  e.known_to AS gone_at
FROM timeline_event AS e
WHERE e.known_from <= $at
  AND (e.known_to IS NULL OR e.known_to > $at)
"""
_REPORTED = """
SELECT r.* EXCLUDE (reported_from, reported_to, evidence_url),
  coalesce(t.summary, concat_ws(' ', r.authority, r.kind, r.material)) AS summary,
  CAST(r.reported_from AS TIMESTAMPTZ) AS at, CAST(r.reported_to AS TIMESTAMPTZ) AS gone_at
FROM timeline_report AS r
LEFT JOIN timeline AS t USING (event_id)
WHERE r.reported_from <= CAST($at AS DATE)
  AND (r.reported_to IS NULL OR r.reported_to > CAST($at AS DATE))
"""
_SUCCESSORS = """
SELECT event_id, successor_id, known_from
FROM timeline_successor
WHERE known_from > $since AND known_from <= $until
ORDER BY known_from, event_id
"""
# Fields that say nothing of the event itself, or follow from others.
_SILENT = frozenset(
    {"event_id", "revision", "summary", "known_from", "known_to", "at", "gone_at", "evidence_count"}
)


def changed(
    settings: Settings, *, since: datetime, until: datetime, as_reported: bool = False
) -> pd.DataFrame:
    """Return what the timeline says at `until` and did not say at `since`, latest change last.

    Net changes: an event that came and went in between is not among them. Events whose id changed
    are revised, and carry the id that they had.

    Args:
        settings: Where the snapshot is.
        since: Aware instant of the earlier state, included in it.
        until: Aware instant of the later state.
        as_reported: Compare what articles had reported by the two days (UTC), instead of what
            this store knew at the two instants.
    """
    sql = _REPORTED if as_reported else _KNOWN
    before = _state(query(settings, sql, {"at": since}))
    after = _state(query(settings, sql, {"at": until}))
    moves = query(settings, _SUCCESSORS, {"since": since, "until": until})
    became = dict(zip(moves["event_id"], moves["successor_id"], strict=True))
    rows = list(compare(before, after, became if not as_reported else {}))
    rows.sort(key=lambda row: (row["at"], row["event_id"]))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _state(frame: pd.DataFrame) -> dict[str, Event]:
    records = frame.to_dict(orient="records")
    return {
        str(record["event_id"]): {str(key): value for key, value in record.items()}
        for record in records
    }


def compare(
    before: Mapping[str, Event], after: Mapping[str, Event], became: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield one row a difference of two states.

    Args:
        before: Events by id; with `at` (when it was said first) and `gone_at`.
        after: Events by id.
        became: Id that an event had -> id of the event that took it over.
    """
    heirs = {key: _heir(key, became) for key in before.keys() - after.keys()}
    ancestors: dict[str, str] = {}
    for key in sorted(heirs):
        ancestors.setdefault(heirs[key], key)
    for key, event in after.items():
        old_key = key if key in before else ancestors.get(key)
        if old_key is None:
            yield _row("new", event, event["at"], [], None)
            continue
        changes = list(differences(before[old_key], event))
        if changes or old_key != key:
            yield _row("revised", event, event["at"], changes, old_key if old_key != key else None)
    for key in sorted(heirs):
        heir = heirs[key]
        if heir in after and ancestors[heir] == key and heir not in before:
            continue  # shown as the revision of its heir
        note = [f"merged into {heir}"] if heir in after else []
        yield _row("withdrawn", before[key], before[key]["gone_at"], note, None)


def _heir(key: str, became: Mapping[str, str]) -> str:
    """Follow the ids of an event to the last one."""
    seen = {key}
    while (following := became.get(key)) is not None and following not in seen:
        seen.add(following)
        key = following
    return key


def differences(before: Event, after: Event) -> Iterator[str]:
    """Yield "field: old → new" for each field that differs; lists say what came and went."""
    for field, new in after.items():
        old = before.get(field)
        if field in _SILENT or old == new:
            continue
        if field == "evidence":
            yield "evidence: another sentence"
        elif isinstance(old, list) and isinstance(new, list):
            came = [f"+{_text(item)}" for item in new if item not in old]
            went = [f"−{_text(item)}" for item in old if item not in new]
            yield f"{field}: {', '.join(came + went) or 'in another order'}"
        else:
            yield f"{field}: {_text(old)} → {_text(new)}"


def _text(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, float):
        return f"{value:.4g}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _row(
    change: str, event: Event, at: datetime, changes: list[str], old_id: str | None
) -> dict[str, Any]:
    return {
        "change": change,
        "at": at.astimezone(UTC),
        "kind": event["kind"],
        "day": event["date_start"] or event["first_reported_on"],
        "summary": event["summary"],
        "changes": changes,
        "event_id": event["event_id"],
        "event_id_before": old_id,
    }
