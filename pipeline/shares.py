"""How several runs share one backfill: where each begins, and who ends what another one left.

Each begins with partitions of its own, helps the others out from their far end, and then waits
until none of them has anything in hand: what a killed one held is free when its lease ends.
"""

import logging
import os
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from models.errors import SettingsError
from models.pages import Source
from pipeline.backfill_stages import PUBLISH_EVERY_S, BackfillReport
from pipeline.ledger import LEASE_S
from pipeline.partitions import BackfillRequest, Partition, PartitionState, RunStage
from pipeline.plan import Chunk, Plan, plan_backfill
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_again import again
from pipeline.store_shares import ended_since

log = logging.getLogger(__name__)

RunChunks = Callable[[Iterable[Chunk]], Iterator[BackfillReport]]
"""Runs chunks, in order or side by side, until there are none or a stop is asked for."""

_SETTING = "REELINE_LEASE_S"
_LEAST_LEASE_S = 3.0
# How often a run that has nothing left to do looks whether the others have ended.
_LOOK_S = 5.0
_LOOKS_PER_LEASE = 4
_TICK_S = 0.2


def lease_seconds() -> float:
    """Return how long the partitions of a killed run stay its own: `REELINE_LEASE_S`, else 120.

    Raises:
        SettingsError: The variable is not a number of at least 3.
    """
    given = os.environ.get(_SETTING, "").strip()
    try:
        seconds = float(given or LEASE_S)
    except ValueError:
        seconds = 0.0
    if not _LEAST_LEASE_S <= seconds < float("inf"):
        raise SettingsError(
            f"{_SETTING}: expected seconds, at least {_LEAST_LEASE_S:g}, got {given!r}"
        )
    return seconds


def turn_of(partition: Partition, shares: int) -> int:
    """Return which run begins with a partition, from 1: whoever plans it and whenever. Pure.

    Days of a source alternate. A source that is asked belongs to one run as a whole: two would
    look through the same sitemaps.
    """
    number = zlib.crc32(partition.source.encode())
    if partition.stage is not RunStage.FETCH:
        number += partition.day.toordinal()
    return number % shares + 1


def own_share(plan: Plan) -> Plan:
    """Return what this run begins with."""
    request = plan.request
    mine = (p for p in plan.partitions if turn_of(p.partition, request.shares) == request.share)
    return replace(plan, partitions=tuple(mine))


def run_together(
    settings: Settings,
    plan: Plan,
    sources: Sequence[Source],
    *,
    run: RunChunks,
    should_stop: Callable[[], bool] = lambda: False,
    lease_s: float = LEASE_S,
) -> Iterator[BackfillReport]:
    """Run a plan; when several runs share it, until all of it is ended by one of them.

    Args:
        settings: The data folder.
        plan: The whole plan, as this run sees it.
        sources: The source files.
        run: How chunks are run.
        should_stop: True ends the waiting; `run` is to mind it as well.
        lease_s: Seconds until the partitions of a killed run are free.

    Yields:
        What each chunk gave.
    """
    request = plan.request
    if request.shares == 1:
        yield from run(plan.chunks())
        return
    since = request.asked_at or plan.planned_at
    settings = replace(settings, publish_every_s=PUBLISH_EVERY_S)
    yield from run(own_share(_without_ended(settings, plan, since)).chunks())
    pause_s = min(_LOOK_S, lease_s / _LOOKS_PER_LEASE)
    while not should_stop():
        left, held = _left(settings, request, sources, since)
        if not left.partitions and not held:
            return
        gained = 0
        for report in _help(left, run):
            gained += report.done + report.failed
            yield report
        if not gained:
            log.info("waiting for other runs", extra={"partitions": held})
            _wait(pause_s, should_stop)


def _left(
    settings: Settings, request: BackfillRequest, sources: Sequence[Source], since: datetime
) -> tuple[Plan, int]:
    """Return what nobody has begun, and how many partitions other runs have in hand."""
    plan = again(settings, lambda: plan_backfill(settings, request, sources))
    held = plan.passed_over[PartitionState.RUNNING]
    return _without_ended(settings, plan, since), held


def _without_ended(settings: Settings, plan: Plan, since: datetime) -> Plan:
    def once() -> set[Partition]:
        with Store(settings) as store:
            return ended_since(store, plan.request, plan.extractor_version, since=since)

    ended = again(settings, once)
    left = (planned for planned in plan.partitions if planned.partition not in ended)
    return replace(plan, partitions=tuple(left))


def _help(plan: Plan, run: RunChunks) -> Iterator[BackfillReport]:
    """Run the chunks of others from the end, until one is found that another run has wholly."""
    is_met = False

    def backwards() -> Iterator[Chunk]:
        for chunk in reversed(plan.chunks()):
            if is_met:
                return
            yield chunk

    for report in run(backwards()):
        is_met = is_met or report.taken == report.partitions
        yield report


def _wait(seconds: float, should_stop: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not should_stop():
        time.sleep(_TICK_S)


def asked_now(request: BackfillRequest, now: datetime | None = None) -> BackfillRequest:
    """Return a request that says since when it is under way, for all that share it."""
    if request.asked_at is not None:
        return request
    return request.model_copy(update={"asked_at": now or datetime.now(UTC)})
