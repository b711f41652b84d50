"""The whole chain as one plain call: what the command line runs and the flow splits into tasks."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from extractors.registry import companies
from models.pages import Source
from pipeline.acquire import AcquireReport, load_rows, recover, register_sources
from pipeline.ledger import new_claim, record_metrics
from pipeline.process import BATCH_SIZE, ProcessReport, pending_batches, process_batch
from pipeline.progress import Progress, no_progress
from pipeline.rows import company_row
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_partitions import unread_pages
from pipeline.store_read import PendingPage
from pipeline.store_runs import Metric, record_refresh, settle
from pipeline.store_timeline import RefreshReport, refresh_timeline

log = logging.getLogger(__name__)


class Acquire(Protocol):
    """Brings pages into the archive; the sources, addresses or files are bound by the caller."""

    def __call__(self, *, run_label: str, progress: Progress) -> AcquireReport:
        """Acquire, under the label of the run."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What one run did."""

    acquired: AcquireReport = field(default_factory=AcquireReport)
    processed: ProcessReport = field(default_factory=ProcessReport)
    timeline: RefreshReport


def new_run_label(now: datetime | None = None) -> str:
    """Return a label for the files of one run, ordered by time."""
    return (now or datetime.now(UTC)).strftime("run-%Y%m%dT%H%M%SZ")


def prepare(settings: Settings, sources: Sequence[Source]) -> AcquireReport:
    """Make the folders, finish what a killed run left, and bring the reference tables up."""
    settings.prepare()
    recovered = recover(settings)
    register_sources(settings, sources)
    load_rows(settings, {"company": [company_row(firm) for firm in companies()]})
    return recovered


def unread_batches(settings: Settings) -> list[list[PendingPage]]:
    """Return the archived pages that no version of the extractors has read, in batches.

    For scheduled runs: what an older version has read is left to a backfill of what is stale, so
    that an upgrade does not turn the next hourly run into one of days.
    """
    with Store(settings) as store:
        pages = unread_pages(store.con)
    return [pages[start : start + BATCH_SIZE] for start in range(0, len(pages), BATCH_SIZE)]


def finish(settings: Settings, *, run_id: str | None = None) -> RefreshReport:
    """Refresh the timeline, write the ledger's rows, and publish the snapshot.

    Only partitions that changed get new rows: a run that brings nothing new changes no row.

    Args:
        settings: The data folder.
        run_id: Run of the flow, or label of the command, for the ledger.
    """
    taker, started_at = new_claim(run_id), datetime.now(UTC)
    with Store(settings) as store:
        report = refresh_timeline(store)
        changed = report.opened + report.revised + report.closed
        record_refresh(store, taker, changed=changed, started_at=started_at, now=datetime.now(UTC))
        settle(store, taker, now=datetime.now(UTC))
    return report


def metrics_of(report: IngestReport, *, elapsed_s: float | None = None) -> list[Metric]:
    """Return what a run measured, for `pipeline.ledger.record_metrics`."""
    got, read, line = report.acquired, report.processed, report.timeline
    counts: list[tuple[str, float, str]] = [
        ("addresses_found", got.found, "pages"),
        ("pages_new", got.fetched + got.adopted, "pages"),
        ("pages_unchanged", got.unchanged, "pages"),
        ("pages_not_due", got.recent, "pages"),
        ("documents_read", read.pages, "documents"),
        ("articles_read", read.articles, "documents"),
        ("events", line.events, "events"),
        ("events_new", line.opened, "events"),
        ("events_revised", line.revised, "events"),
        ("events_withdrawn", line.closed, "events"),
    ]
    if elapsed_s is not None:
        counts.append(("elapsed", round(elapsed_s, 3), "seconds"))
    counts += [(f"facts_{kind}", count, "facts") for kind, count in sorted(read.facts.items())]
    refused = got.rejected + read.rejected
    counts += [(f"rejected_{name}", count, "pages") for name, count in sorted(refused.items())]
    return [Metric(name=name, value=value, unit=unit) for name, value, unit in counts]


def ingest(
    settings: Settings,
    acquire: Acquire,
    *,
    sources: Sequence[Source] = (),
    run_id: str | None = None,
    with_stale: bool = True,
    progress: Progress = no_progress,
) -> IngestReport:
    """Run the chain: recover, acquire, read, load, refresh, publish.

    Running it again, also after a kill at any point, leaves the same rows.

    Args:
        settings: The data folder.
        acquire: Brings pages into the archive.
        sources: The sources, for the `source` table and their relevance terms.
        run_id: Run of the flow or label of the command. With one, what the run measured is
            recorded under it, so that even a run that brings nothing new leaves its figures.
        with_stale: Read what another version of the extractors has read, too.
        progress: Called with (step, done, total).
    """
    started = time.monotonic()
    acquired = prepare(settings, sources)
    acquired.add(acquire(run_label=new_run_label(), progress=progress))
    processed = ProcessReport()
    batches = pending_batches(settings) if with_stale else unread_batches(settings)
    total = sum(len(batch) for batch in batches)
    for batch in batches:
        processed.add(process_batch(settings, batch, sources))
        progress("extract", processed.pages, total)
    line = finish(settings, run_id=run_id)
    report = IngestReport(acquired=acquired, processed=processed, timeline=line)
    if run_id is not None:
        elapsed_s = time.monotonic() - started
        record_metrics(settings, run_id, "ingest", metrics_of(report, elapsed_s=elapsed_s))
    return report
