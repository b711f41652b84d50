"""The timeline in the store: mentions out, events in, as append-only revisions.

Only what new, changed or corrected mentions can change is clustered again
(`pipeline/store_touched.py`). Clustering itself is pure (`pipeline/clustering.py`,
`pipeline/timeline.py`, `pipeline/corrections.py`).
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import duckdb

from models.ids import stable_id
from models.timeline import Correction, Mention, Stance, TimelineEvent
from pipeline.clustering import Cluster
from pipeline.corrections import correct_events, in_effect
from pipeline.duplicates import signatures_of
from pipeline.lifecycle import with_status
from pipeline.relations import find_relations, sentences_by_event
from pipeline.store import Store
from pipeline.store_copies import group_texts
from pipeline.store_corrections import read_corrections
from pipeline.store_mentions import changed_versions, remember_blocks
from pipeline.store_reports import write_reports, write_shown, write_successors
from pipeline.store_revisions import (
    current_events,
    current_sentences,
    write_events,
    write_evidence,
    write_relations,
)
from pipeline.store_touched import Touched, find_touched, is_settled
from pipeline.timeline import build_event

log = logging.getLogger(__name__)

# Another number makes the next refresh read everything again: raise it when a rule changes.
RULES_VERSION = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshReport:
    """What a refresh changed."""

    events: int
    opened: int
    revised: int
    closed: int


def refresh_timeline(
    store: Store, *, now: datetime | None = None, full: bool = False
) -> RefreshReport:
    """Bring the timeline up to the mentions that the store holds, in one transaction.

    Near copies among the texts are grouped before it, in transactions of their own.
    Events that say the same as before keep their revision: refreshing twice changes no row.

    Args:
        store: The open store.
        now: The instant from which the changes count as known; default the clock.
        full: Cluster everything again; gives the same rows.
    """
    con, known_at = store.con, now or datetime.now(UTC)
    if group_texts(store):
        store.mark_changed()
    corrections = in_effect(read_corrections(con))
    salt = stable_id("rules", RULES_VERSION, *(item.correction_id for item in corrections))
    changed = changed_versions(con, salt)
    current = current_events(con)
    if not changed and not full:
        return RefreshReport(events=len(current), opened=0, revised=0, closed=0)
    touched = find_touched(con, changed, corrections, current=current, full=full)
    unchanged = {} if full else _unchanged(con, touched, current, changed)
    # What was fixed under its id and is not looked at again must not be sought by its sentences.
    settled = current.keys() - touched.event_ids
    due = [item for item in corrections if not is_settled(item, settled)]
    built = _build(con, touched.clusters, due, unchanged)
    kept = [event for key, event in current.items() if key not in touched.event_ids]
    report, is_changed = _write(
        store,
        [*kept, *built],
        current=current,
        touched=touched,
        unchanged=unchanged.keys(),
        versions=None if full else changed,
        known_at=known_at,
    )
    if is_changed:
        store.mark_changed()
    log.info("timeline refreshed", extra=asdict(report))
    return report


def _unchanged(
    con: duckdb.DuckDBPyConnection,
    touched: Touched,
    current: Mapping[str, TimelineEvent],
    changed: Sequence[str],
) -> dict[str, TimelineEvent]:
    """Return the events whose mentions are those that they had: they say what they said."""
    rows = con.execute(
        "SELECT event_id, license_event_id FROM timeline_evidence "
        "WHERE known_to IS NULL AND event_id IN (SELECT unnest(?))",
        [sorted(touched.event_ids)],
    ).fetchall()
    had: dict[str, set[str]] = defaultdict(set)
    for event_id, mention_id in rows:
        had[event_id].add(mention_id)
    altered = set(changed)
    found: dict[str, TimelineEvent] = {}
    for cluster in touched.clusters:
        mentions = [*cluster.members, *cluster.counters]
        same = had.get(cluster.event_id) == {mention.mention_id for mention in mentions}
        is_known = same and cluster.event_id in current
        if is_known and altered.isdisjoint(mention.version_id for mention in mentions):
            found[cluster.event_id] = current[cluster.event_id]
    return found


def _build(
    con: duckdb.DuckDBPyConnection,
    clusters: Sequence[Cluster],
    corrections: Sequence[Correction],
    unchanged: Mapping[str, TimelineEvent],
) -> list[TimelineEvent]:
    # One article is one source: only events of several need to compare their texts.
    compared = [
        cluster
        for cluster in clusters
        if cluster.event_id not in unchanged
        and len({member.owner_group for member in cluster.members}) > 1
    ]
    cited = sorted({member.version_id for cluster in compared for member in cluster.members})
    texts = con.execute(
        "SELECT version_id, text FROM article_text WHERE version_id IN (SELECT unnest(?))", [cited]
    ).fetchall()
    signatures = signatures_of(texts)
    events = [
        unchanged.get(cluster.event_id) or build_event(cluster, signatures) for cluster in clusters
    ]
    return correct_events(events, clusters, corrections)


def _write(
    store: Store,
    events: Sequence[TimelineEvent],
    *,
    current: Mapping[str, TimelineEvent],
    touched: Touched,
    unchanged: Collection[str],
    versions: Sequence[str] | None,
    known_at: datetime,
) -> tuple[RefreshReport, bool]:
    con = store.con
    shown = {event.event_id for event in events}
    evidence = _evidence(touched.clusters, shown)
    told = [(event_id, mention.sentence) for event_id, mention, _ in evidence]
    told += current_sentences(
        con,
        without=touched.event_ids | {cluster.event_id for cluster in touched.clusters},
        sentences={sentence for _, sentence in told},
    )
    relations = find_relations(events, sentences_by_event(told))
    final = {event.event_id: event for event in with_status(events, relations)}
    changed = [
        event
        for key, event in sorted(final.items())
        if event is not current.get(key) and replace(event, mention_ids=()) != current.get(key)
    ]
    gone = sorted(current.keys() - final.keys())
    con.execute("BEGIN")
    try:
        write_events(con, changed, gone, known_at)
        scope = touched.event_ids | {cluster.event_id for cluster in touched.clusters}
        scope -= set(unchanged)  # their evidence is what it was
        moved = [item for item in evidence if item[0] in scope]
        is_moved = write_evidence(con, moved, scope, known_at)
        is_related = write_relations(con, relations, known_at)
        write_successors(con, gone, known_at)
        write_shown(con, scope.union(gone, (event.event_id for event in changed)), known_at)
        write_reports(con, scope)
        remember_blocks(con, versions, touched.blocks)
        store.commit()
    except BaseException:
        con.execute("ROLLBACK")
        raise
    opened = sum(event.event_id not in current for event in changed)
    report = RefreshReport(
        events=len(final), opened=opened, revised=len(changed) - opened, closed=len(gone)
    )
    return report, bool(changed or gone or is_moved or is_related)


def _evidence(clusters: Iterable[Cluster], shown: set[str]) -> list[tuple[str, Mention, Stance]]:
    """Return the mentions behind each event that the timeline shows."""
    return [
        (cluster.event_id, mention, stance)
        for cluster in clusters
        if cluster.event_id in shown
        for stance, members in (
            (Stance.SUPPORTS, cluster.members),
            (Stance.CONTRADICTS, cluster.counters),
        )
        for mention in members
    ]
