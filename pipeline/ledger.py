"""Keeping the ledger while work goes on: claims, signs of life, ends, and metrics of runs.

What the rows mean is in `models/sql/tables/partition_run.sql`; nothing here knows how partitions
are run (`pipeline/backfill.py`).
"""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial

from extractors.extract import extractor_version
from models.errors import StoreError
from pipeline.partitions import Partition
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_again import again
from pipeline.store_ledger import Claim, PartitionResult, beat, claim, finish, release
from pipeline.store_runs import Metric, settle, write_metrics

log = logging.getLogger(__name__)

LEASE_S = 120.0
"""How long a run that was killed keeps its partitions, in seconds."""

# Two beats may be lost, to a long wait for the store for example, before a lease ends.
_BEATS_PER_LEASE = 3


def new_claim(run_id: str | None = None, *, lease_s: float = LEASE_S) -> Claim:
    """Return who this run is: a new owner each time, so that a process may have several."""
    return Claim(
        owner=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
        run_id=run_id,
        extractor_version=extractor_version(),
        lease_s=lease_s,
    )


@contextmanager
def holding(settings: Settings, taker: Claim) -> Iterator[None]:
    """Keep the claims of a run alive for one block; what fails in it gives them back at once.

    Short blocks never beat. A kill gives them back when the lease ends.
    """
    done = threading.Event()
    thread = threading.Thread(target=_beat_until, args=(settings, taker, done), daemon=True)
    thread.start()
    try:
        yield
    except BaseException:
        # Where the store refuses, the lease has to end by itself.
        with suppress(StoreError):
            again(settings, partial(_release, settings, taker))
        raise
    finally:
        done.set()
        thread.join()


def _release(settings: Settings, taker: Claim) -> None:
    with Store(settings) as store:
        release(store, taker)


def _beat_until(settings: Settings, taker: Claim, done: threading.Event) -> None:
    while not done.wait(taker.lease_s / _BEATS_PER_LEASE):
        try:
            again(settings, partial(_beat, settings, taker, done))
        except StoreError as error:
            log.warning("no sign of life given", extra={"error": str(error)})


def _beat(settings: Settings, taker: Claim, done: threading.Event) -> None:
    with Store(settings) as store:
        if not done.is_set():
            beat(store, taker, now=datetime.now(UTC))


def take(
    settings: Settings, partitions: Sequence[Partition], taker: Claim, *, planned_at: datetime
) -> list[Partition]:
    """Claim the free ones of some partitions: see `pipeline.store_ledger.claim`."""

    def once() -> list[Partition]:
        with Store(settings) as store:
            return claim(store, partitions, taker, planned_at=planned_at, now=datetime.now(UTC))

    return again(settings, once)


def end(
    settings: Settings, results: Sequence[PartitionResult], taker: Claim
) -> dict[Partition, str]:
    """Write how partitions ended; return the states of those that were still this run's own."""
    now = datetime.now(UTC)  # of all tries: what the first one wrote is known by it

    def once() -> dict[Partition, str]:
        with Store(settings) as store:
            return finish(store, results, taker, now=now)

    ended = again(settings, once)
    if len(ended) < len(results):
        log.warning("a lease ended too early", extra={"partitions": len(results) - len(ended)})
    return ended


def settle_ledger(settings: Settings, taker: Claim | None = None) -> int:
    """Record as done what the documents say is done; return how many partitions that were."""

    def once() -> int:
        with Store(settings) as store:
            return settle(store, taker or new_claim(), now=datetime.now(UTC))

    return again(settings, once)


def record_metrics(settings: Settings, run_id: str, kind: str, metrics: Sequence[Metric]) -> int:
    """Keep what a run measured, one row a metric; recording a run again replaces its rows.

    Args:
        settings: The data folder.
        run_id: Run of the flow, or label of the command.
        kind: What ran: ingest, backfill ...
        metrics: Name, value and unit of each, and the source when it is of one.
    """

    def once() -> int:
        with Store(settings) as store:
            return write_metrics(store, run_id, kind, metrics, now=datetime.now(UTC))

    return again(settings, once)
