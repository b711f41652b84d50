"""The tasks: plain functions of `pipeline` with retries and timeouts around them.

A task of about 100 documents costs 15 ms of orchestration; one a document would cost more than the
reading. Every one may be repeated: batches are keyed and the archive is adopted.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Generic, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE

from flows.running import (
    HOUR_S,
    RETRIES,
    RETRY_DELAYS_S,
    RETRY_JITTER,
    is_worth_retrying,
    run_log,
)
from models.pages import Source
from pipeline.acquire import AcquireReport, acquire_sources, acquire_urls
from pipeline.backfill import run_chunk
from pipeline.backfill_stages import BackfillReport
from pipeline.fetch import FetchSettings
from pipeline.ingest import finish
from pipeline.plan import Chunk
from pipeline.polling import Polling
from pipeline.process import ProcessReport, process_batch
from pipeline.settings import Settings
from pipeline.store_read import PendingPage
from pipeline.store_timeline import RefreshReport

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


class Whole(Generic[R]):
    """An argument of a task that Prefect does not look into: it would search it for futures.

    For the sources that took four times as long as all else around a task: 25 ms. Prefect's own
    `quote` for this is a tuple, which Dask unpacks.
    """

    __slots__ = ("value",)

    def __init__(self, value: R) -> None:
        self.value = value


def _step(
    name: str, *, timeout_s: float, tags: Iterable[str] = ()
) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Return the decorator of a task: retried when that can help, never answered from a cache."""
    return task(
        name=name,
        retries=RETRIES,
        retry_delay_seconds=RETRY_DELAYS_S,
        retry_jitter_factor=RETRY_JITTER,
        retry_condition_fn=is_worth_retrying,
        timeout_seconds=timeout_s,
        cache_policy=NO_CACHE,
        tags=tags,
    )


@_step("acquire", timeout_s=2 * HOUR_S, tags=("network",))
def acquire_task(
    settings: Settings,
    sources: list[Source],
    urls: list[str],
    connect_to: dict[str, tuple[str, int]],
    run_label: str,
    polling: Polling,
) -> AcquireReport:
    """Discover, fetch and archive."""
    fetch_settings = FetchSettings(connect_to=connect_to)
    if urls:
        return acquire_urls(settings, urls, fetch_settings, run_label=run_label)
    return acquire_sources(settings, sources, fetch_settings, run_label=run_label, polling=polling)


@_step("read-batch", timeout_s=HOUR_S)
def process_task(
    settings: Settings, batch: Whole[list[PendingPage]], sources: Whole[list[Source]]
) -> ProcessReport:
    """Read about 100 archived pages and load what they gave."""
    report = process_batch(settings, batch.value, sources.value)
    log.info("batch read", extra={"fetch_ids": [page.fetch_id for page in batch.value]})
    return report


@_step("run-chunk", timeout_s=2 * HOUR_S)
def chunk_task(
    settings: Settings,
    chunk: Whole[Chunk],
    sources: Whole[list[Source]],
    connect_to: dict[str, tuple[str, int]],
    run_id: str,
) -> BackfillReport:
    """Claim the partitions of a chunk, run them, and write down how they ended."""
    planned = chunk.value.partitions
    names = [one.partition.name for one in planned]
    fetch_ids = [document for one in planned for document in one.todo]
    with run_log(settings, run_id):
        report = run_chunk(
            settings,
            chunk.value,
            sources=sources.value,
            fetch_settings=FetchSettings(connect_to=connect_to),
            run_id=run_id,
        )
        log.info("chunk run", extra={"partitions": names, "documents": fetch_ids})
    return report


@_step("refresh-timeline", timeout_s=HOUR_S)
def refresh_task(settings: Settings, run_id: str) -> RefreshReport:
    """Refresh the timeline, settle the ledger, and publish the snapshot."""
    return finish(settings, run_id=run_id)
