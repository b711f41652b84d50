"""Partitions that no document shows: days never asked for, and the timeline. Pure.

They join those that the store knows in `pipeline/plan.py`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from models.pages import Source
from pipeline.backfill_sources import refusal_of, warning_of
from pipeline.partitions import (
    TIMELINE_SOURCE,
    BackfillRequest,
    Partition,
    PartitionState,
    PartitionStatus,
    RunStage,
)
from pipeline.store_partitions import PartitionContent


def with_unasked_days(
    contents: Sequence[PartitionContent],
    request: BackfillRequest,
    sources: Iterable[Source],
    *,
    today: date,
) -> list[PartitionContent]:
    """Return the partitions of the stage fetch: those known, and the days never asked for. Pure.

    Sources that cannot be asked for past days are left out, days to come as well.
    """
    asked = [source.slug for source in sources]
    known = {content.status.partition for content in contents}
    last = min(request.last_day, today)
    found = [content for content in contents if content.status.partition.source in set(asked)]
    for slug in asked:
        for day in _days(request.first_day, last):
            partition = Partition(source=slug, day=day, stage=RunStage.FETCH)
            if partition not in known:
                found.append(_empty(partition, "never asked for this day"))
    return found


def askable(
    request: BackfillRequest, sources: Sequence[Source]
) -> tuple[list[Source], tuple[str, ...]]:
    """Return the sources that can be asked for past days, and what to know of the others."""
    wanted = [
        source
        for source in sources
        if (source.slug in request.sources if request.sources else source.enabled)
    ]
    refused = {source.slug: refusal_of(source, wayback=request.wayback) for source in wanted}
    warned = (warning_of(source, wayback=request.wayback) for source in wanted)
    notes = [*filter(None, refused.values()), *filter(None, warned)]
    return [source for source in wanted if refused[source.slug] is None], tuple(notes)


def timeline_content(today: date) -> PartitionContent:
    """Return the one partition of the timeline."""
    partition = Partition(source=TIMELINE_SOURCE, day=today, stage=RunStage.TIMELINE)
    return _empty(partition, "events follow the texts that changed since the last refresh")


def _empty(partition: Partition, why: str) -> PartitionContent:
    status = PartitionStatus(
        partition=partition, state=PartitionState.MISSING, why=why, documents=0
    )
    return PartitionContent(status=status, input_hash=None, unread=(), outdated=(), current=())


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
