"""The `reextract-stale` flow: what older extractors have read is read again, a portion a day."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from prefect import flow
from pydantic import Field

from flows.backfill import RUNNER, run_backfill
from flows.running import FLOW_VERSION, HOUR_S, fail_when, running
from pipeline.partitions import BackfillRequest, Only, RunStage

# No news site is older; pages without a date count by the day of their fetch.
_FIRST_DAY = date(1970, 1, 1)


@flow(
    name="reextract-stale",
    version=FLOW_VERSION,
    description="Read again what older extractors have read, newest first, a bounded portion.",
    task_runner=RUNNER.task_runner,
    timeout_seconds=12 * HOUR_S,
    log_prints=False,
)
def reextract_stale(
    max_documents: Annotated[int, Field(ge=1)] = 5000,
    sources: list[str] | None = None,
    with_unread: bool = True,
    data: str | None = None,
    sources_dir: str | None = None,
) -> dict[str, int]:
    """Read again what older extractors have read, newest first, in a bounded portion.

    Args:
        max_documents: Stop planning after about this many documents.
        sources: Slugs of sources; default all.
        with_unread: Before that, read the pages that no run has read, of files imported by hand
            for example.
        data: Data folder; default REELINE_DATA, else the user's data folder.
        sources_dir: Folder of source files; default the ones that come with reeline.

    Returns:
        Counts of the run: partitions done and failed, documents read.
    """
    totals = {"done": 0, "failed": 0, "documents": 0}
    problems: list[str] = []
    with running(data=data, sources_dir=sources_dir) as run:
        for only in (Only.MISSING, Only.STALE) if with_unread else (Only.STALE,):
            left = max_documents - totals["documents"]
            if left <= 0:
                break
            request = BackfillRequest(
                first_day=_FIRST_DAY,
                last_day=datetime.now(UTC).date() + timedelta(days=1),
                sources=tuple(sources or ()),
                stage=RunStage.ARTICLE,
                only=only,
                newest_first=True,
                max_documents=left,
            )
            report = run_backfill(run, request, connect_to={}, key="reextract-report")
            totals["done"] += report.done
            totals["failed"] += report.failed
            totals["documents"] += report.documents
            problems += [f"{name}: {error}" for name, error in sorted(report.errors.items())]
        fail_when(problems[:20])
    return totals
