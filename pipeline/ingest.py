"""The whole chain as one plain call: what the command line runs and the flow splits into tasks."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from extractors.registry import companies
from models.pages import Source
from pipeline.acquire import AcquireReport, load_rows, recover, register_sources
from pipeline.process import ProcessReport, pending_batches, process_batch
from pipeline.progress import Progress, no_progress
from pipeline.rows import company_row
from pipeline.settings import Settings
from pipeline.store import Store
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


def finish(settings: Settings) -> RefreshReport:
    """Refresh the timeline and publish the snapshot."""
    with Store(settings) as store:
        return refresh_timeline(store)


def ingest(
    settings: Settings,
    acquire: Acquire,
    *,
    sources: Sequence[Source] = (),
    progress: Progress = no_progress,
) -> IngestReport:
    """Run the chain: recover, acquire, read, load, refresh, publish.

    Running it again, also after a kill at any point, leaves the same rows.

    Args:
        settings: The data folder.
        acquire: Brings pages into the archive.
        sources: The sources, for the `source` table and their relevance terms.
        progress: Called with (step, done, total).
    """
    acquired = prepare(settings, sources)
    acquired.add(acquire(run_label=new_run_label(), progress=progress))
    processed = ProcessReport()
    batches = pending_batches(settings)
    total = sum(len(batch) for batch in batches)
    for batch in batches:
        processed.add(process_batch(settings, batch, sources))
        progress("extract", processed.pages, total)
    return IngestReport(acquired=acquired, processed=processed, timeline=finish(settings))
