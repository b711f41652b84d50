"""Running a backfill: chunk after chunk is claimed, run and written down; a kill loses one chunk.

`backfill` is the whole of it; a flow makes a plan, runs its chunks anywhere (`run_chunk`) and ends
with `finish_backfill`. Everything may be run again, and by several at once: `pipeline/shares.py`.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from extractors.extract import extractor_version
from models.errors import InputError
from models.pages import Source
from pipeline.backfill_stages import (
    PUBLISH_EVERY_S,
    BackfillReport,
    fetch_chunk,
    new_backfill_label,
    read_chunk,
    refresh_chunk,
)
from pipeline.fetch import FetchSettings
from pipeline.ledger import end, holding, new_claim, take
from pipeline.partitions import BackfillRequest, Partition, RunStage
from pipeline.plan import Chunk, Plan, plan_backfill
from pipeline.progress import Progress, no_progress
from pipeline.recovery import recover
from pipeline.settings import Settings
from pipeline.shares import lease_seconds, run_together
from pipeline.store import Store
from pipeline.store_again import again
from pipeline.store_ledger import PartitionResult
from pipeline.store_runs import Metric, read_after_all, record_refresh, settle, write_metrics
from pipeline.store_timeline import refresh_timeline

log = logging.getLogger(__name__)

_RUNNERS = {RunStage.FETCH: fetch_chunk, RunStage.TIMELINE: refresh_chunk}


def backfill(
    settings: Settings,
    request: BackfillRequest,
    *,
    sources: Sequence[Source] = (),
    fetch_settings: FetchSettings | None = None,
    run_id: str | None = None,
    plan: Plan | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    progress: Progress = no_progress,
    lease_s: float | None = None,
) -> BackfillReport:
    """Plan and run a backfill; a dry run returns without having done anything.

    Args:
        settings: The data folder.
        request: What to do.
        sources: The source files: relevance terms, and whom the stage fetch asks.
        fetch_settings: Limits and manners of the stage fetch.
        run_id: Run of the flow or label of the command, for ledger and metrics.
        plan: A plan made before; default a new one.
        should_stop: Asked between chunks; true leaves the rest for the next time.
        progress: Called with (step, done, total) in partitions.
        lease_s: Seconds after a kill until others may take the partitions over; default
            `REELINE_LEASE_S`, else two minutes.
    """
    started, label = time.monotonic(), run_id or new_backfill_label()
    settings.prepare()
    again(settings, partial(recover, settings))
    plan = plan or again(settings, partial(plan_backfill, settings, request, sources))
    report = BackfillReport()
    if request.dry_run:
        return report
    lease_s = lease_s or lease_seconds()

    def run(chunks: Iterable[Chunk]) -> Iterator[BackfillReport]:
        for chunk in chunks:
            if should_stop():
                return
            yield run_chunk(
                settings,
                chunk,
                sources=sources,
                fetch_settings=fetch_settings,
                run_id=label,
                lease_s=lease_s,
            )

    for one in run_together(
        settings, plan, sources, run=run, should_stop=should_stop, lease_s=lease_s
    ):
        report.add(one)
        progress(request.stage.value, report.partitions, len(plan.partitions))
    report.end(plan, is_stopped=should_stop(), elapsed_s=time.monotonic() - started)
    return finish_backfill(settings, report, run_id=label, is_shared=request.shares > 1)


def run_chunk(
    settings: Settings,
    chunk: Chunk,
    *,
    sources: Iterable[Source] = (),
    fetch_settings: FetchSettings | None = None,
    run_id: str | None = None,
    lease_s: float | None = None,
) -> BackfillReport:
    """Run the partitions of a chunk that nobody else has, and write down how they ended.

    A partition that fails does not fail the others. Doing it again is harmless: what was ended
    since the plan was made is left alone.

    Raises:
        InputError: The plan was made by another version of the extractors.
    """
    if chunk.extractor_version != extractor_version():
        raise InputError(
            f"the plan is of version {chunk.extractor_version}, this program is "
            f"{extractor_version()}: plan again"
        )
    report = BackfillReport(partitions=len(chunk.partitions))
    settings = replace(settings, publish_every_s=PUBLISH_EVERY_S)
    taker = new_claim(run_id, lease_s=lease_s or lease_seconds())
    wanted = [planned.partition for planned in chunk.partitions]
    got = set(take(settings, wanted, taker, planned_at=chunk.planned_at))
    mine = [planned for planned in chunk.partitions if planned.partition in got]
    report.taken = len(wanted) - len(mine)
    if not mine:
        return report
    with holding(settings, taker):
        run = _RUNNERS.get(chunk.stage, read_chunk)
        results = run(settings, chunk, mine, list(sources), fetch_settings, report)
        states = end(settings, results, taker)
    _count(report, results, states)
    return report


def _count(
    report: BackfillReport, results: Sequence[PartitionResult], states: dict[Partition, str]
) -> None:
    for result in results:
        state = states.get(result.partition)
        if state == "done":
            report.done += 1
        elif state is None:
            report.taken += 1
        else:
            report.failed += 1
            reason = result.error or "documents are still to be read"
            report.errors[result.partition.name] = reason
            log.warning(
                "partition failed", extra={"partition": result.partition.name, "error": reason}
            )


def finish_backfill(
    settings: Settings, report: BackfillReport, *, run_id: str, is_shared: bool = False
) -> BackfillReport:
    """Bring the timeline and the ledger up to what was read, record metrics, publish.

    Does nothing to the timeline after the stage fetch; the next run reads what was fetched.

    Args:
        settings: The data folder.
        report: What the run did.
        run_id: Run of the flow or label of the command.
        is_shared: Other runs read, too: the timeline is refreshed even when this one read nothing,
            since the others may have been killed. It costs little when another one has done it.
    """
    taker, started_at = new_claim(run_id), datetime.now(UTC)

    def finish() -> None:
        with Store(settings) as store:
            report.settled += settle(store, taker, now=datetime.now(UTC))
            report.forgive(read_after_all(store, report.errors, taker))
            if report.processed.pages or is_shared:
                line = refresh_timeline(store)
                changed = line.opened + line.revised + line.closed
                # A second try finds nothing to change: what counts is what the first one changed.
                report.timeline = line if changed else report.timeline or line
                record_refresh(
                    store, taker, changed=changed, started_at=started_at, now=datetime.now(UTC)
                )
            if report.partitions:
                write_metrics(store, run_id, "backfill", metrics_of(report), now=datetime.now(UTC))

    again(settings, finish)
    return report


def metrics_of(report: BackfillReport) -> list[Metric]:
    """Return what a backfill measured."""
    counts: list[tuple[str, float, str]] = [
        ("partitions_done", report.done, "partitions"),
        ("partitions_failed", report.failed, "partitions"),
        ("documents_read", report.processed.pages, "documents"),
        ("articles_read", report.processed.articles, "documents"),
        ("pages_new", report.acquired.fetched, "pages"),
        ("elapsed", round(report.elapsed_s, 3), "seconds"),
    ]
    facts = Counter(report.processed.facts)
    counts += [(f"facts_{kind}", count, "facts") for kind, count in sorted(facts.items())]
    refused = report.processed.rejected + report.acquired.rejected
    counts += [(f"rejected_{name}", count, "pages") for name, count in sorted(refused.items())]
    return [Metric(name=name, value=value, unit=unit) for name, value, unit in counts]
