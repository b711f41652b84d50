"""The `ingest` flow: the chain of `pipeline/ingest.py` as Prefect tasks.

Every task is a plain function with retries around it; a retried or killed run leaves the same
rows, because batches are keyed and the archive is adopted. `python -m flows.ingest` runs it once.
"""

import argparse
import json
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.summary import summarize
from models.pages import Source
from pipeline.acquire import AcquireReport, acquire_sources, acquire_urls
from pipeline.catalog import load_sources
from pipeline.fetch import FetchSettings
from pipeline.ingest import IngestReport, finish, new_run_label, prepare
from pipeline.process import ProcessReport, pending_batches, process_batch
from pipeline.settings import Settings, load_settings
from pipeline.store_read import PendingPage

# One host that is slow or down is the fetcher's business; a task is retried for what is wrong
# with this machine: the lock held too long, a full disk that was cleared, a lost server.
_RETRIES = 2
_RETRY_DELAY_S = [5.0, 30.0]


@task(name="acquire", retries=_RETRIES, retry_delay_seconds=_RETRY_DELAY_S, cache_policy=NO_CACHE)
def acquire_task(
    settings: Settings,
    sources: list[Source],
    urls: list[str],
    connect_to: dict[str, tuple[str, int]],
    run_label: str,
) -> AcquireReport:
    """Discover, fetch and archive."""
    fetch_settings = FetchSettings(connect_to=connect_to)
    if urls:
        return acquire_urls(settings, urls, fetch_settings, run_label=run_label)
    return acquire_sources(settings, sources, fetch_settings, run_label=run_label)


@task(
    name="read-batch", retries=_RETRIES, retry_delay_seconds=_RETRY_DELAY_S, cache_policy=NO_CACHE
)
def process_task(
    settings: Settings, batch: list[PendingPage], sources: list[Source]
) -> ProcessReport:
    """Read about 100 archived pages and load what they gave."""
    return process_batch(settings, batch, sources)


@task(
    name="refresh-timeline",
    retries=_RETRIES,
    retry_delay_seconds=_RETRY_DELAY_S,
    cache_policy=NO_CACHE,
)
def refresh_task(
    settings: Settings, acquired: AcquireReport, processed: ProcessReport
) -> IngestReport:
    """Refresh the timeline, publish the snapshot, and put the run's report together."""
    return IngestReport(acquired=acquired, processed=processed, timeline=finish(settings))


@flow(name="ingest", log_prints=False)
def ingest(
    data: str | None = None,
    sources: list[str] | None = None,
    sources_dir: str | None = None,
    urls: list[str] | None = None,
    connect_to: dict[str, tuple[str, int]] | None = None,
) -> dict[str, int]:
    """Fetch news, read it, and bring the timeline up to date.

    Args:
        data: Data folder; default REELINE_DATA, else the user's data folder.
        sources: Slugs of the sources to read; default all enabled ones.
        sources_dir: Folder of source files; default the ones that come with reeline.
        urls: Addresses to fetch instead of the sources.
        connect_to: Hosts that are sent to a loopback (address, port); for the demo and tests.

    Returns:
        Counts of the run: pages, articles, events.
    """
    log = get_run_logger()
    settings = load_settings(Path(data) if data else None)
    known = load_sources(Path(sources_dir) if sources_dir else None)
    chosen = [source for source in known if (source.slug in sources if sources else source.enabled)]
    acquired = prepare(settings, known)
    acquired.add(acquire_task(settings, chosen, urls or [], connect_to or {}, new_run_label()))
    log.info("acquired: %s new pages, %s unchanged", acquired.fetched, acquired.unchanged)
    processed = ProcessReport()
    for batch in pending_batches(settings):
        processed.add(process_task(settings, batch, list(known)))
        log.info("read: %s pages, %s articles", processed.pages, processed.articles)
    report = refresh_task(settings, acquired, processed)
    create_markdown_artifact(
        key="ingest-report", markdown=summarize(report), description="What this run did"
    )
    return {
        "pages": processed.pages,
        "articles": processed.articles,
        "events": report.timeline.events,
    }


def main() -> None:
    """Run the flow once from a shell, against the server of `PREFECT_API_URL`."""
    parser = argparse.ArgumentParser(prog="python -m flows.ingest")
    parser.add_argument("parameters", nargs="?", default="{}", help="the flow's parameters as JSON")
    ingest(**json.loads(parser.parse_args().parameters))


if __name__ == "__main__":
    main()
