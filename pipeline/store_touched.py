"""Which events a refresh looks at again: those that changed mentions can change.

New mentions touch the events that they could be of, found by firm, instrument and days
(`pipeline/replay.py`); where mentions changed or went away, or corrections regroup events, the
whole block is clustered again. Both give the same events.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from models.timeline import Correction, CorrectionAction, Mention
from pipeline.blocks import block_of, countries_of
from pipeline.clustering import Cluster, Word, cluster_block
from pipeline.corrections import link_parties, regroup
from pipeline.replay import Replay, replay_block
from pipeline.store_mentions import read_mentions
from pipeline.store_near import find_near

# A block is clustered whole when this share of it is new: reading around each would cost more.
_MOST_NEW = 0.1
# Rounds of reading around what was found to change; three are usual.
_ROUNDS = 8
_ANCHORED = frozenset(
    {
        CorrectionAction.MERGE,
        CorrectionAction.SPLIT,
        CorrectionAction.FIX,
        CorrectionAction.HIDE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a refresh looks at again.

    Attributes:
        clusters: The events as they are now.
        blocks: Block of each mention of the changed versions.
        event_ids: The events that their mentions had before.
    """

    clusters: list[Cluster]
    blocks: dict[str, str]
    event_ids: frozenset[str]


def find_touched(
    con: duckdb.DuckDBPyConnection,
    changed: Sequence[str],
    corrections: Sequence[Correction],
    *,
    current: Collection[str],
    full: bool,
) -> Touched:
    """Return the events that changed article versions touch, before and after.

    Call it after `changed_versions`, whose temporary table it reads.

    Args:
        con: The store.
        changed: The versions.
        corrections: Those in effect.
        current: Ids of the events that the timeline shows.
        full: Look at everything.
    """
    fresh = _linked(con, read_mentions(con, None if full else changed), corrections)
    countries = countries_of(fresh)
    blocks = {m.mention_id: block_of(m, countries[m.mention_id]) for m in fresh}
    whole = _disturbed(con, changed, blocks, full=full)
    whole |= _corrected_blocks(con, corrections, current)
    new: dict[str, list[Mention]] = defaultdict(list)
    for mention in fresh:
        new[blocks[mention.mention_id]].append(mention)
    whole |= _renewed(con, {key: len(members) for key, members in new.items()})
    local = {key: members for key, members in new.items() if key not in whole}
    replays = _replayed(con, local, corrections)
    whole |= local.keys() - replays.keys()
    clusters, event_ids = _whole(con, whole, new, corrections)
    return Touched(
        clusters=[
            *regroup(clusters, corrections),
            *(cluster for replay in replays.values() for cluster in replay.clusters),
        ],
        blocks=blocks,
        event_ids=event_ids.union(*(replay.altered for replay in replays.values())),
    )


def _disturbed(
    con: duckdb.DuckDBPyConnection,
    changed: Sequence[str],
    blocks: Mapping[str, str],
    *,
    full: bool,
) -> set[str]:
    """Return the blocks of mentions that are gone or say something else, and where they went."""
    rows = con.execute(
        "SELECT t.license_event_id, t.block, s.license_event_id IS NOT NULL "
        "FROM timeline_mention AS t "
        "LEFT JOIN seen AS s USING (license_event_id, version_id, fingerprint) "
        "WHERE $full OR t.version_id IN (SELECT unnest($changed))",
        {"full": full, "changed": list(changed)},
    ).fetchall()
    found = set(blocks.values()) if full else set()
    for mention_id, block, is_same in rows:
        now = blocks.get(mention_id)
        if full or not is_same or now != block:
            found |= {block, now} - {None}
    return found


def _renewed(con: duckdb.DuckDBPyConnection, new: Mapping[str, int]) -> set[str]:
    """Return the blocks of which much is new."""
    known = dict(
        con.execute("SELECT block, count(*) FROM timeline_mention GROUP BY block").fetchall()
    )
    return {key for key, count in new.items() if count > _MOST_NEW * known.get(key, 0)}


def _corrected_blocks(
    con: duckdb.DuckDBPyConnection, corrections: Iterable[Correction], current: Collection[str]
) -> set[str]:
    """Return the blocks that corrections tie together: they are refreshed together.

    An event that was fixed and is shown under its id needs no others to be found.
    """
    articles = {
        anchor.article_id
        for correction in corrections
        if correction.action in _ANCHORED and not is_settled(correction, current)
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


def is_settled(correction: Correction, current: Collection[str]) -> bool:
    """Tell whether a correction fixes only events that are shown under the ids it names."""
    is_fix = correction.action is CorrectionAction.FIX
    return is_fix and all(target in current for target in correction.target_ids)


def _whole(
    con: duckdb.DuckDBPyConnection,
    keys: Collection[str],
    new: Mapping[str, Sequence[Mention]],
    corrections: Sequence[Correction],
) -> tuple[list[Cluster], frozenset[str]]:
    """Return the clusters of whole blocks, and the events that these blocks had."""
    if not keys:
        return [], frozenset()
    rows = con.execute(
        "SELECT license_event_id, block FROM timeline_mention WHERE block IN (SELECT unnest(?))",
        [sorted(keys)],
    ).fetchall()
    by_block = {key: {m.mention_id: m for m in new.get(key, ())} for key in sorted(keys)}
    fresh = {m.mention_id for members in new.values() for m in members}
    others = dict(rows)
    left = sorted(others.keys() - fresh)
    for mention in _linked(con, read_mentions(con, mentions=left), corrections):
        by_block[others[mention.mention_id]][mention.mention_id] = mention
    clusters = [
        c for key, members in by_block.items() for c in cluster_block(key, members.values())
    ]
    had = con.execute(
        "SELECT DISTINCT event_id FROM timeline_evidence SEMI JOIN "
        "(FROM timeline_mention WHERE block IN (SELECT unnest(?))) USING (license_event_id) "
        "WHERE known_to IS NULL",
        [sorted(keys)],
    ).fetchall()
    return clusters, frozenset(row[0] for row in had)


def _replayed(
    con: duckdb.DuckDBPyConnection,
    new: Mapping[str, Sequence[Mention]],
    corrections: Sequence[Correction],
) -> dict[str, Replay]:
    """Return the outcome of each block around its new mentions; without those that take long."""
    mentions = {key: {m.mention_id: m for m in members} for key, members in new.items()}
    known: dict[str, str | None] = {}
    read: dict[str, frozenset[Word]] = dict.fromkeys(new, frozenset())
    replays: dict[str, Replay] = {}
    for _ in range(_ROUNDS):
        asked: dict[str, frozenset[Word]] = {}
        for key in sorted(new.keys() - replays.keys()):
            replay = replay_block(key, mentions[key].values(), known)
            asked[key] = replay.words - read[key]
            if not asked[key]:
                replays[key] = replay
                del asked[key]
        if not asked:
            break
        _read_around(con, asked, mentions, known, corrections)
        for key, words in asked.items():
            read[key] |= words
    return replays


def _read_around(
    con: duckdb.DuckDBPyConnection,
    asked: Mapping[str, Collection[Word]],
    mentions: Mapping[str, dict[str, Mention]],
    known: dict[str, str | None],
    corrections: Sequence[Correction],
) -> None:
    """Add the known mentions that have a word asked for, and those of their events."""
    found = {row.mention_id: row for row in find_near(con, asked, corrections)}
    held = {mention_id for members in mentions.values() for mention_id in members}
    for mention in _linked(
        con, read_mentions(con, mentions=sorted(found.keys() - held)), corrections
    ):
        mentions[found[mention.mention_id].block][mention.mention_id] = mention
    known.update((row.mention_id, row.event_id) for row in found.values())


def _linked(
    con: duckdb.DuckDBPyConnection, mentions: list[Mention], corrections: Sequence[Correction]
) -> list[Mention]:
    if not any(item.action is CorrectionAction.LINK for item in corrections):
        return mentions
    firms = dict(con.execute("SELECT company_id, name FROM company").fetchall())
    return link_parties(mentions, corrections, firms)
