"""How the partitions of one chunk are run, stage by stage, and the report that they add to.

Claims and ends are around this, in `pipeline/backfill.py`.
"""

import logging
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial

from models.errors import InputError, ReelineError
from models.pages import Source
from pipeline.backfill_fetch import fetch_days
from pipeline.fetch import FetchSettings
from pipeline.plan import Chunk, Plan, PlannedPartition
from pipeline.process import BATCH_SIZE, ProcessReport, process_batch
from pipeline.recording import AcquireReport
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_again import again
from pipeline.store_ledger import PartitionResult
from pipeline.store_partitions import pages_by_id
from pipeline.store_read import PendingPage
from pipeline.store_timeline import RefreshReport, refresh_timeline

log = logging.getLogger(__name__)

# A chunk is three short transactions, and copying the store after each would cost more the more
# it holds; readers of the snapshot see a backfill half a minute late.
PUBLISH_EVERY_S = 30.0
# What one chunk may raise without ending the others: it becomes the error of its partitions.
_CHUNK_ERRORS = (ReelineError, OSError, RuntimeError, ValueError)


@dataclass(slots=True)
class BackfillReport:
    """What a backfill did, in partitions and documents.

    `taken` counts the partitions that another run had or had done meanwhile, `left` those that
    were not begun because it was stopped. `errors` names the partitions that failed.
    """

    partitions: int = 0
    done: int = 0
    failed: int = 0
    taken: int = 0
    left: int = 0
    is_stopped: bool = False
    elapsed_s: float = 0.0
    errors: dict[str, str] = field(default_factory=dict)
    acquired: AcquireReport = field(default_factory=AcquireReport)
    processed: ProcessReport = field(default_factory=ProcessReport)
    settled: int = 0
    timeline: RefreshReport | None = None

    def add(self, other: "BackfillReport") -> None:
        """Add the counts of another report, of a chunk for example."""
        self.partitions += other.partitions
        self.done += other.done
        self.failed += other.failed
        self.taken += other.taken
        self.left += other.left
        self.elapsed_s += other.elapsed_s
        self.timeline = other.timeline or self.timeline
        self.errors.update(other.errors)
        self.acquired.add(other.acquired)
        self.processed.add(other.processed)

    def forgive(self, names: Iterable[str]) -> None:
        """Count partitions as done that failed here and were done by the end of the run.

        After a load whose answer was lost, for example, or when another run read them.
        """
        for name in names:
            if self.errors.pop(name, None) is not None:
                self.failed -= 1
                self.done += 1

    def end(self, plan: Plan, *, is_stopped: bool, elapsed_s: float) -> None:
        """Set what was left of a plan when the run came to its end, or to a stop."""
        self.left = max(0, len(plan.partitions) - self.partitions) if is_stopped else 0
        self.is_stopped = self.left > 0
        self.elapsed_s = elapsed_s

    @property
    def documents(self) -> int:
        """Documents that were read or fetched."""
        return self.processed.pages + self.acquired.fetched


def new_backfill_label(now: datetime | None = None) -> str:
    """Return a label for a run without a flow, ordered by time."""
    return (now or datetime.now(UTC)).strftime("backfill-%Y%m%dT%H%M%S.%fZ")


def read_chunk(
    settings: Settings,
    chunk: Chunk,
    mine: Sequence[PlannedPartition],
    sources: Sequence[Source],
    fetch_settings: FetchSettings | None,
    report: BackfillReport,
) -> list[PartitionResult]:
    """Read the pages of partitions together; when that fails, one partition after the other."""
    started = time.monotonic()
    try:
        report.processed.add(_read_pages(settings, mine, sources))
    except _CHUNK_ERRORS as error:
        if len(mine) > 1:
            log.warning("reading partitions one by one", extra={"error": str(error)})
            return [
                result
                for one in mine
                for result in read_chunk(settings, chunk, [one], sources, fetch_settings, report)
            ]
        elapsed_s = time.monotonic() - started
        return [_result(mine[0], elapsed_s, error=f"{type(error).__name__}: {error}")]
    elapsed_s = time.monotonic() - started
    total = sum(len(planned.todo) for planned in mine) or 1
    return [_result(planned, elapsed_s * len(planned.todo) / total) for planned in mine]


def _read_pages(
    settings: Settings, mine: Sequence[PlannedPartition], sources: Sequence[Source]
) -> ProcessReport:
    report = ProcessReport()
    wanted = [document for planned in mine for document in planned.todo]
    if not wanted:
        return report

    def find() -> list[PendingPage]:
        with Store(settings) as store:
            return pages_by_id(store.con, wanted)

    pages = again(settings, find)
    occasion = secrets.token_hex(8)
    for start in range(0, len(pages), BATCH_SIZE):
        batch = pages[start : start + BATCH_SIZE]
        # A load is known by its batch: what a first try has loaded is not loaded twice.
        read = partial(process_batch, settings, batch, sources, occasion=occasion)
        report.add(again(settings, read))
    return report


def _result(
    planned: PlannedPartition, elapsed_s: float, *, error: str | None = None
) -> PartitionResult:
    return PartitionResult(
        partition=planned.partition,
        attempted=planned.todo,
        documents=planned.documents,
        input_hash=planned.input_hash,
        processed=0 if error else len(planned.todo),
        elapsed_s=elapsed_s,
        error=error,
    )


def fetch_chunk(
    settings: Settings,
    chunk: Chunk,
    mine: Sequence[PlannedPartition],
    sources: Sequence[Source],
    fetch_settings: FetchSettings | None,
    report: BackfillReport,
) -> list[PartitionResult]:
    """Ask the one source of a chunk for all its days."""
    started = time.monotonic()
    slug = mine[0].partition.source
    by_day: dict[date, int] = {}
    try:
        source = next((source for source in sources if source.slug == slug), None)
        if source is None:
            raise InputError(f"no source file for {slug!r}")
        fetched = fetch_days(
            settings,
            source,
            [planned.partition.day for planned in mine],
            fetch_settings or FetchSettings(),
            run_label=new_backfill_label().replace("backfill", f"backfill-{slug}"),
            wayback=chunk.wayback,
        )
        report.acquired.add(fetched.report)
        by_day.update(fetched.by_day)
        problem = fetched.problem
    except _CHUNK_ERRORS as error:
        problem = f"{type(error).__name__}: {error}"
    share_s = (time.monotonic() - started) / len(mine)
    return [
        PartitionResult(
            partition=planned.partition,
            attempted=(),
            documents=max(planned.documents, by_day.get(planned.partition.day, 0)),
            input_hash=planned.input_hash,
            processed=by_day.get(planned.partition.day, 0),
            elapsed_s=share_s,
            error=problem,
        )
        for planned in mine
    ]


def refresh_chunk(
    settings: Settings,
    chunk: Chunk,
    mine: Sequence[PlannedPartition],
    _sources: Sequence[Source],
    _fetch_settings: FetchSettings | None,
    report: BackfillReport,
) -> list[PartitionResult]:
    """Refresh the timeline: what changed, or all of it."""
    started = time.monotonic()

    def refresh() -> RefreshReport:
        with Store(settings) as store:
            return refresh_timeline(store, full=chunk.is_full)

    report.timeline = again(settings, refresh)
    elapsed_s = time.monotonic() - started
    return [_result(planned, elapsed_s) for planned in mine]
