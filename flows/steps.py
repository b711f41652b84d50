"""The tasks: plain functions of `pipeline` with retries and timeouts around them.

A task of about 100 documents costs 15 ms of orchestration; one a document would cost more than the
reading. Every one may be repeated: batches are keyed and the archive is adopted.
"""

import logging

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.running import HOUR_S, RETRIES, RETRY_DELAYS_S, RETRY_JITTER, is_worth_retrying
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


@task(
    name="acquire",
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAYS_S,
    retry_jitter_factor=RETRY_JITTER,
    retry_condition_fn=is_worth_retrying,
    timeout_seconds=2 * HOUR_S,
    cache_policy=NO_CACHE,
    tags=["network"],
)
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


@task(
    name="read-batch",
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAYS_S,
    retry_jitter_factor=RETRY_JITTER,
    retry_condition_fn=is_worth_retrying,
    timeout_seconds=HOUR_S,
    cache_policy=NO_CACHE,
)
def process_task(
    settings: Settings, batch: list[PendingPage], sources: list[Source]
) -> ProcessReport:
    """Read about 100 archived pages and load what they gave."""
    report = process_batch(settings, batch, sources)
    log.info("batch read", extra={"fetch_ids": [page.fetch_id for page in batch]})
    return report


@task(
    name="run-chunk",
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAYS_S,
    retry_jitter_factor=RETRY_JITTER,
    retry_condition_fn=is_worth_retrying,
    timeout_seconds=2 * HOUR_S,
    cache_policy=NO_CACHE,
)
def chunk_task(
    settings: Settings,
    chunk: Chunk,
    sources: list[Source],
    connect_to: dict[str, tuple[str, int]],
    run_id: str,
) -> BackfillReport:
    """Claim the partitions of a chunk, run them, and write down how they ended."""
    report = run_chunk(
        settings,
        chunk,
        sources=sources,
        fetch_settings=FetchSettings(connect_to=connect_to),
        run_id=run_id,
    )
    names = [planned.partition.name for planned in chunk.partitions]
    fetch_ids = [document for planned in chunk.partitions for document in planned.todo]
    log.info("chunk run", extra={"partitions": names, "documents": fetch_ids})
    return report


@task(
    name="refresh-timeline",
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAYS_S,
    retry_jitter_factor=RETRY_JITTER,
    retry_condition_fn=is_worth_retrying,
    timeout_seconds=HOUR_S,
    cache_policy=NO_CACHE,
)
def refresh_task(settings: Settings, run_id: str) -> RefreshReport:
    """Refresh the timeline, settle the ledger, and publish the snapshot."""
    return finish(settings, run_id=run_id)
