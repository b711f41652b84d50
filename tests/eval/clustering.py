"""Score the clustering on mentions of our own: `python tests/eval/clustering.py [--errors]`.

The records in `tests/gold/mentions` were written with their traps before the rules, by the author
of the rules: a test of what they were meant to do, not of what a stranger would write. B-cubed as
in Bagga and Baldwin (1998). Exits 1 when F1 of the report half falls below .93 or different
instruments merge.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from models.timeline import Mention, Party
from models.vocabulary import EventKind, Granularity, LicenseKind, Modality, SourceKind
from pipeline.clustering import cluster_mentions
from pipeline.instruments import instrument_key

GOLD = Path(__file__).resolve().parents[1] / "gold" / "mentions"
HALVES = ("tune", "report")
FLOOR = 0.93


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """B-cubed of one set of mentions; `false_merges` counts clusters of several instruments."""

    mentions: int
    events: int
    clusters: int
    precision: float
    recall: float
    false_merges: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def to_mention(row: dict[str, Any]) -> Mention:
    """Return the mention of a gold record."""
    return Mention(
        mention_id=row["mention_id"],
        kind=EventKind(row["kind"]),
        authority=row["authority"],
        parties=tuple(Party(**party) for party in row["parties"]),
        material=row["material"],
        destination=row["destination"],
        license_kind=LicenseKind(row["license_kind"]) if row["license_kind"] else None,
        instrument=row["instrument"],
        date_start=_day(row["date_start"]),
        date_end=_day(row["date_end"]),
        date_precision=Granularity(row["date_precision"]) if row["date_precision"] else None,
        effective_start=_day(row["effective_start"]),
        modality=Modality(row["modality"]),
        is_background=row["is_background"],
        sentence=row["sentence"],
        text=row["sentence"],
        char_start=0,
        char_end=len(row["sentence"]),
        article_id=row["article"],
        version_id=row["article"],
        source=row["source"],
        source_kind=SourceKind(row["source_kind"]),
        owner_group=row["source"],
        published_on=_day(row["published_on"]),
    )


def read_gold(half: str) -> list[tuple[Mention, str]]:
    """Return the mentions of a half with their events."""
    lines = (GOLD / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [(to_mention(row), row["event"]) for row in rows]


def score(gold: Iterable[tuple[Mention, str]]) -> Score:
    """Return how the clusters of the mentions agree with their events."""
    pairs = list(gold)
    clusters = cluster_mentions(mention for mention, _ in pairs)
    cluster_of = {m.mention_id: c.event_id for c in clusters for m in c.members}
    by_cluster: dict[str, set[str]] = defaultdict(set)
    by_event: dict[str, set[str]] = defaultdict(set)
    for mention, event in pairs:
        by_cluster[cluster_of.get(mention.mention_id, mention.mention_id)].add(mention.mention_id)
        by_event[event].add(mention.mention_id)
    precision = recall = 0.0
    for mention, event in pairs:
        own = by_cluster[cluster_of.get(mention.mention_id, mention.mention_id)]
        shared = len(own & by_event[event])
        precision += shared / len(own)
        recall += shared / len(by_event[event])
    keys = [{instrument_key(m) for m in c.members} - {None} for c in clusters]
    return Score(
        mentions=len(pairs),
        events=len(by_event),
        clusters=len(by_cluster),
        precision=precision / len(pairs),
        recall=recall / len(pairs),
        false_merges=sum(len(found) > 1 for found in keys),
    )


def _print_errors(gold: list[tuple[Mention, str]]) -> None:
    event_of = {mention.mention_id: event for mention, event in gold}
    cluster_of = {
        m.mention_id: c.event_id for c in cluster_mentions(m for m, _ in gold) for m in c.members
    }
    groups: dict[str, list[Mention]] = defaultdict(list)
    for mention, _ in gold:
        groups[cluster_of.get(mention.mention_id, f"alone {mention.mention_id}")].append(mention)
    homes = defaultdict(set)
    for key, members in groups.items():
        for member in members:
            homes[event_of[member.mention_id]].add(key)
    for key, members in groups.items():
        events = {event_of[m.mention_id] for m in members}
        if len(events) > 1 or any(len(homes[event]) > 1 for event in events):
            print(f"\n{key}")
            for m in members:
                print(f"  {event_of[m.mention_id]} {m.mention_id} {m.published_on} {m.sentence}")


def main() -> int:
    """Print both halves and both together; return 1 below the floor."""
    halves = {half: read_gold(half) for half in HALVES}
    scores = {half: score(gold) for half, gold in halves.items()}
    scores["both"] = score([pair for gold in halves.values() for pair in gold])
    print("half    mentions events clusters  B3 P  B3 R  B3 F1  instruments merged")
    for name, made in scores.items():
        print(
            f"{name:<8}{made.mentions:>8}{made.events:>7}{made.clusters:>9}  {made.precision:.3f}"
            f" {made.recall:.3f}  {made.f1:.3f}  {made.false_merges:>6}"
        )
    if "--errors" in sys.argv:
        _print_errors(
            [
                pair
                for name in HALVES
                for pair in halves[name]
                if name == "tune" or "--all" in sys.argv
            ]
        )
    failed = scores["report"].f1 < FLOOR or any(made.false_merges for made in scores.values())
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
