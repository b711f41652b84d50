"""Which events of the timeline are new, revised or withdrawn since they were last announced.

Who is told, and how, is the caller's affair. What was announced is a mark in the data folder: a run
that is killed before it announces leaves that to the next one, which may repeat an announcement.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from filelock import FileLock

from pipeline.settings import Settings
from pipeline.store_read import reading

log = logging.getLogger(__name__)

# More changes than this come from new rules or a new archive; nobody wants a message for each.
MAX_ANNOUNCED = 1000

_CHANGES = """
WITH current AS (
  SELECT
    event_id,
    revision,
    CASE WHEN revision = 1 THEN 'created' ELSE 'revised' END AS change,
    kind, summary, authority, date_start, licensees, excluded, source_count,
    known_from AS changed_at
  FROM timeline_event
  WHERE known_to IS NULL AND known_from > $since
),
first_known AS (
  SELECT event_id, min(known_from) AS changed_at
  FROM timeline_event
  GROUP BY event_id
),
withdrawn AS (
  SELECT
    event_id,
    revision,
    'withdrawn' AS change,
    kind, summary, authority, date_start, licensees, excluded, source_count, known_to AS changed_at
  FROM timeline_event AS e
  WHERE known_to > $since
    AND NOT EXISTS (
      FROM timeline_event AS n WHERE n.event_id = e.event_id AND n.revision > e.revision
    )
),
change AS (
  SELECT
    c.* REPLACE (CASE WHEN f.changed_at > $since THEN 'created' ELSE c.change END AS change)
  FROM current AS c
  JOIN first_known AS f USING (event_id)
  UNION ALL
  FROM withdrawn
)
SELECT
  event_id, revision, change, kind, summary, authority, date_start, licensees, excluded,
  source_count, changed_at
FROM change
ORDER BY changed_at, event_id
"""


class Change(StrEnum):
    """What happened to an event."""

    CREATED = "created"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChange:
    """One event that changed, as it stands now; as it last stood when it was withdrawn."""

    event_id: str
    revision: int
    change: Change
    kind: str
    summary: str
    authority: str | None
    date_start: date | None
    licensees: tuple[str, ...]
    excluded: tuple[str, ...]
    source_count: int
    at: datetime


def changes_since(settings: Settings, since: datetime) -> tuple[EventChange, ...]:
    """Return what changed after an instant, by the snapshot, in order of time.

    An event that changed twice is in it once; one that came and went in between is withdrawn.
    """
    with reading(settings) as con:
        rows = con.execute(_CHANGES, {"since": since}).fetchall()
    return tuple(
        EventChange(
            event_id=row[0],
            revision=row[1],
            change=Change(row[2]),
            kind=row[3],
            summary=row[4],
            authority=row[5],
            date_start=row[6],
            licensees=tuple(row[7]),
            excluded=tuple(row[8]),
            source_count=row[9],
            at=row[10].astimezone(UTC),
        )
        for row in rows
    )


def announce(
    settings: Settings, tell: Callable[[EventChange], None], *, since: datetime
) -> Counter[str]:
    """Tell what changed since the last announcement, then remember it; return counts by change.

    Args:
        settings: The data folder.
        tell: Called for each change, at most `MAX_ANNOUNCED` times.
        since: From when on, if nothing was ever announced: the start of the run.
    """
    mark = settings.data / "announced.json"
    with FileLock(mark.with_suffix(".lock"), timeout=settings.lock_wait_s):
        if mark.exists():
            since = datetime.fromisoformat(json.loads(mark.read_text(encoding="utf-8"))["at"])
        changes = changes_since(settings, since)
        for change in changes[:MAX_ANNOUNCED]:
            tell(change)
        if len(changes) > MAX_ANNOUNCED:
            log.warning("changes not announced", extra={"count": len(changes) - MAX_ANNOUNCED})
        newest = max((change.at for change in changes), default=since)
        temporary = mark.with_suffix(".new")
        temporary.write_text(json.dumps({"at": newest.isoformat()}), encoding="utf-8")
        temporary.replace(mark)
    return Counter(change.change.value for change in changes)
