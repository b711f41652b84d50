"""The `ingest` flow: the chain of `pipeline/ingest.py` as Prefect tasks.

A retried or killed run leaves the same rows, because batches are keyed and the archive is adopted.
`python -m flows.ingest` runs it once.
"""

import argparse
import json
import time

from prefect import flow

from flows.running import FLOW_VERSION, HOUR_S, choose_sources, running, tell
from flows.steps import Whole, acquire_task, process_task, refresh_task
from flows.stopping import soft_stop
from flows.summary import summarize
from flows.telling import announce_changes, just_before_now, show
from models.pages import Source
from pipeline.hosts import changed_pages, slowest_hosts
from pipeline.ingest import IngestReport, metrics_of, new_run_label, prepare, unread_batches
from pipeline.ledger import record_metrics
from pipeline.polling import Polling
from pipeline.process import BATCH_SIZE, ProcessReport, pending_batches
from pipeline.settings import Settings
from pipeline.store_read import PendingPage
from pipeline.store_runs import Metric


@flow(
    name="ingest",
    version=FLOW_VERSION,
    description="Fetch news, read it, and bring the timeline up to date.",
    timeout_seconds=6 * HOUR_S,
    log_prints=False,
)
def ingest(
    data: str | None = None,
    group: str | None = None,
    sources: list[str] | None = None,
    sources_dir: str | None = None,
    urls: list[str] | None = None,
    connect_to: dict[str, tuple[str, int]] | None = None,
    polling: Polling = Polling.OFF,
    with_stale: bool = False,
) -> dict[str, int]:
    """Fetch news, read it, and bring the timeline up to date.

    A source that fails does not fail the run. What older extractors have read is left to the
    `reextract-stale` flow, so that an upgrade does not turn the next hourly run into one of days.

    Args:
        data: Data folder; default REELINE_DATA, else the user's data folder.
        group: Read only sources of this group, such as regulators or press.
        sources: Slugs of the sources to read; default all enabled ones.
        sources_dir: Folder of source files; default the ones that come with reeline.
        urls: Addresses to fetch instead of the sources.
        connect_to: Hosts that are sent to a loopback (address, port); for the demo and tests.
        polling: due asks only sources that are due; forced all; off all, and remembers nothing.
        with_stale: Read what another version of the extractors has read, too.

    Returns:
        Counts of the run: pages, articles, events.
    """
    started, since = time.monotonic(), just_before_now()
    with running(data=data, sources_dir=sources_dir) as run:
        settings, label = run.settings, new_run_label()
        chosen = choose_sources(run.sources, group=group, slugs=sources)
        acquired = prepare(settings, run.sources)
        acquired.add(acquire_task(settings, chosen, urls or [], connect_to or {}, label, polling))
        tell("acquired", new=acquired.fetched, unchanged=acquired.unchanged)
        batches = pending_batches(settings) if with_stale else unread_batches(settings)
        mine = _of_group(batches, run.sources, group)
        processed = _read(settings, mine, list(run.sources))
        line = refresh_task(settings, run.run_id)
        report = IngestReport(acquired=acquired, processed=processed, timeline=line)
        told = announce_changes(run, since=since)
        elapsed_s = time.monotonic() - started
        changed = changed_pages(settings, label)
        metrics = metrics_of(report, elapsed_s=elapsed_s)
        metrics.append(Metric(name="pages_changed", value=changed, unit="pages"))
        record_metrics(settings, run.run_id, "ingest", metrics)
        text = summarize(
            report,
            changed_pages=changed,
            changes=told.events,
            hosts=slowest_hosts(settings, label),
        )
        show(run, "ingest-report", text, description="What this run did")
    return {"pages": processed.pages, "articles": processed.articles, "events": line.events}


def _of_group(
    batches: list[list[PendingPage]], known: tuple[Source, ...], group: str | None
) -> list[list[PendingPage]]:
    """Return the pages of a group only: its neighbours' runs read their own."""
    if group is None:
        return batches
    slugs = {source.slug for source in known if source.group == group}
    pages = [page for batch in batches for page in batch if page.source in slugs]
    return [pages[start : start + BATCH_SIZE] for start in range(0, len(pages), BATCH_SIZE)]


def _read(
    settings: Settings, batches: list[list[PendingPage]], sources: list[Source]
) -> ProcessReport:
    processed, given = ProcessReport(), Whole(sources)
    with soft_stop() as should_stop:
        for batch in batches:
            if should_stop():
                break
            report = process_task(settings, Whole(batch), given)
            processed.add(report)
            tell("read", pages=processed.pages, articles=processed.articles)
    return processed


def main() -> None:
    """Run the flow once from a shell, against the server of `PREFECT_API_URL`."""
    parser = argparse.ArgumentParser(prog="python -m flows.ingest")
    parser.add_argument("parameters", nargs="?", default="{}", help="the flow's parameters as JSON")
    ingest(**json.loads(parser.parse_args().parameters))


if __name__ == "__main__":
    main()
