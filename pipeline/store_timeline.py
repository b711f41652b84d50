"""The timeline in the store: mentions out, events in, as append-only revisions.

Only blocks that new, changed or corrected mentions touch are clustered again. Clustering itself
is pure (`pipeline/clustering.py`, `pipeline/timeline.py`, `pipeline/corrections.py`).
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import duckdb

from models.ids import stable_id
from models.timeline import Correction, CorrectionAction, Mention, Stance, TimelineEvent
from pipeline.blocks import block_of, countries_of
from pipeline.clustering import Cluster, cluster_block
from pipeline.corrections import correct_events, in_effect, link_parties, regroup
from pipeline.duplicates import signatures_of
from pipeline.lifecycle import with_status
from pipeline.relations import find_relations, sentences_by_event
from pipeline.store import Store
from pipeline.store_corrections import read_corrections
from pipeline.store_mentions import changed_versions, read_mentions, remember_blocks
from pipeline.store_revisions import (
    current_events,
    current_sentences,
    write_events,
    write_evidence,
    write_relations,
)
from pipeline.timeline import build_event

log = logging.getLogger(__name__)

# Another number makes the next refresh read everything again: raise it when a rule changes.
RULES_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshReport:
    """What a refresh changed."""

    events: int
    opened: int
    revised: int
    closed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Touched:
    """What a refresh looks at again: blocks, their mentions, and the events that they had."""

    clusters: list[Cluster]
    blocks: dict[str, str]
    event_ids: frozenset[str]


def refresh_timeline(
    store: Store, *, now: datetime | None = None, full: bool = False
) -> RefreshReport:
    """Bring the timeline up to the mentions that the store holds, in one transaction.

    Events that say the same as before keep their revision: refreshing twice changes no row.

    Args:
        store: The open store.
        now: The instant from which the changes count as known; default the clock.
        full: Cluster everything again; gives the same rows.
    """
    con, known_at = store.con, now or datetime.now(UTC)
    corrections = in_effect(read_corrections(con))
    salt = stable_id("rules", RULES_VERSION, *(item.correction_id for item in corrections))
    changed = changed_versions(con, salt)
    current = current_events(con)
    if not changed and not full:
        return RefreshReport(events=len(current), opened=0, revised=0, closed=0)
    touched = _touched(con, changed, corrections, full=full)
    unchanged = {} if full else _unchanged(con, touched, current, changed)
    built = _build(con, touched.clusters, corrections, unchanged)
    kept = [event for key, event in current.items() if key not in touched.event_ids]
    report, is_changed = _write(
        con, [*kept, *built], current=current, touched=touched, known_at=known_at
    )
    if is_changed:
        store.mark_changed()
    log.info("timeline refreshed", extra=asdict(report))
    return report


def _touched(
    con: duckdb.DuckDBPyConnection,
    changed: Sequence[str],
    corrections: Sequence[Correction],
    *,
    full: bool,
) -> _Touched:
    """Return the clusters of the blocks that the changed versions touch, before and after."""
    known = con.execute(
        "SELECT license_event_id, version_id, block FROM timeline_mention"
    ).fetchall()
    fresh = _linked(con, read_mentions(con, None if full else changed), corrections)
    blocks = _blocks(fresh)
    altered = set(changed)
    touched = set(blocks.values()) | {
        block for _, version, block in known if full or version in altered
    }
    touched |= _corrected_blocks(con, corrections)
    read = {mention.version_id for mention in fresh} | altered
    others = {version for _, version, block in known if block in touched and version not in read}
    if others:
        more = _linked(con, read_mentions(con, sorted(others)), corrections)
        fresh = [*fresh, *more]
        blocks |= _blocks(more)
    by_block: dict[str, list[Mention]] = defaultdict(list)
    for mention in fresh:
        by_block[blocks[mention.mention_id]].append(mention)
    clusters = [cluster for key in sorted(touched) for cluster in cluster_block(key, by_block[key])]
    had = {mention for mention, _, block in known if block in touched}
    return _Touched(
        clusters=regroup(clusters, corrections), blocks=blocks, event_ids=_events_with(con, had)
    )


def _blocks(mentions: Sequence[Mention]) -> dict[str, str]:
    countries = countries_of(mentions)
    return {m.mention_id: block_of(m, countries[m.mention_id]) for m in mentions}


def _corrected_blocks(
    con: duckdb.DuckDBPyConnection, corrections: Iterable[Correction]
) -> set[str]:
    """Return the blocks that merges and splits tie together: they are refreshed together."""
    articles = {
        anchor.article_id
        for correction in corrections
        if correction.action in {CorrectionAction.MERGE, CorrectionAction.SPLIT}
        for group in correction.anchors
        for anchor in group
    }
    if not articles:
        return set()
    rows = con.execute(
        "SELECT DISTINCT t.block FROM timeline_mention AS t "
        "JOIN article AS a ON a.current_version_id = t.version_id "
        "WHERE a.article_id IN (SELECT unnest(?))",
        [sorted(articles)],
    ).fetchall()
    return {row[0] for row in rows}


def _linked(
    con: duckdb.DuckDBPyConnection, mentions: list[Mention], corrections: Sequence[Correction]
) -> list[Mention]:
    if not any(item.action is CorrectionAction.LINK for item in corrections):
        return mentions
    firms = dict(con.execute("SELECT company_id, name FROM company").fetchall())
    return link_parties(mentions, corrections, firms)


def _events_with(con: duckdb.DuckDBPyConnection, mentions: set[str]) -> frozenset[str]:
    rows = con.execute(
        "SELECT DISTINCT event_id FROM timeline_evidence "
        "WHERE known_to IS NULL AND license_event_id IN (SELECT unnest(?))",
        [sorted(mentions)],
    ).fetchall()
    return frozenset(row[0] for row in rows)


def _unchanged(
    con: duckdb.DuckDBPyConnection,
    touched: _Touched,
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
    con: duckdb.DuckDBPyConnection,
    events: Sequence[TimelineEvent],
    *,
    current: Mapping[str, TimelineEvent],
    touched: _Touched,
    known_at: datetime,
) -> tuple[RefreshReport, bool]:
    shown = {event.event_id for event in events}
    evidence = _evidence(touched.clusters, shown)
    told = [(event_id, mention.sentence) for event_id, mention, _ in evidence]
    kept = shown - touched.event_ids - {cluster.event_id for cluster in touched.clusters}
    told += current_sentences(con, sorted(kept))
    relations = find_relations(events, sentences_by_event(told))
    final = {event.event_id: event for event in with_status(events, relations)}
    changed = [
        event
        for key, event in sorted(final.items())
        if replace(event, mention_ids=()) != current.get(key)
    ]
    gone = sorted(current.keys() - final.keys())
    con.execute("BEGIN")
    try:
        write_events(con, changed, gone, known_at)
        scope = touched.event_ids | {cluster.event_id for cluster in touched.clusters}
        is_moved = write_evidence(con, evidence, scope, known_at)
        is_related = write_relations(con, relations, known_at)
        remember_blocks(con, touched.blocks)
        con.execute("COMMIT")
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
