"""The `maintenance` flow: old runs, logs and half-made files go; the archive is verified."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import TERMINAL_STATES
from pydantic import Field

from flows.running import FLOW_VERSION, HOUR_S, fail_when, running, tell
from flows.summary import summarize_upkeep
from flows.telling import show
from pipeline.json_logs import prune_logs
from pipeline.ledger import record_metrics
from pipeline.store_runs import Metric
from pipeline.upkeep import damaged_files, prune_temporary

_PORTION = 200
_DAY_S = 24 * HOUR_S


@flow(
    name="maintenance",
    version=FLOW_VERSION,
    description="Clear away old runs, logs and half-made files; verify the archive.",
    timeout_seconds=6 * HOUR_S,
    log_prints=False,
)
def maintenance(
    keep_runs_days: Annotated[int, Field(ge=1)] = 30,
    keep_logs_days: Annotated[int, Field(ge=1)] = 30,
    verify_archive: bool = True,
    data: str | None = None,
) -> dict[str, int]:
    """Clear away old runs, logs and half-made files; verify the archive.

    Only Prefect's record of a run goes: ledger and metrics in the store stay.

    Args:
        keep_runs_days: Days that finished runs stay in Prefect.
        keep_logs_days: Days that JSON logs stay.
        verify_archive: Read every byte of the archive; the run fails when a record is damaged.
        data: Data folder; default REELINE_DATA, else the user's data folder.

    Returns:
        Counts of what was removed, and of archive files that are damaged.
    """
    now = datetime.now(UTC)
    with running(data=data) as run:
        run.settings.prepare()
        counts = {
            "runs_removed": forget_runs(before=now - timedelta(days=keep_runs_days)),
            "logs_removed": prune_logs(run.settings, keep_days=keep_logs_days, now=now),
            "files_removed": prune_temporary(run.settings, older_than_s=_DAY_S),
        }
        damaged = damaged_files(run.settings) if verify_archive else {}
        counts["damaged_files"] = len(damaged)
        tell("cleared", **counts)
        text = summarize_upkeep(counts, damaged)
        show(run, "maintenance-report", text, description="What went")
        metrics = [Metric(name=name, value=count, unit="count") for name, count in counts.items()]
        record_metrics(run.settings, run.run_id, "maintenance", metrics)
        fail_when([f"{name}: {'; '.join(found)}" for name, found in sorted(damaged.items())])
    return counts


def forget_runs(*, before: datetime, at_most: int = 10_000) -> int:
    """Delete finished runs from the Prefect server, oldest first; return how many.

    Args:
        before: Runs that ended earlier go.
        at_most: The rest waits for the next day.
    """
    ended = FlowRunFilter(
        end_time=FlowRunFilterEndTime.model_validate({"before_": before}),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=sorted(TERMINAL_STATES))),
    )
    removed = 0
    with get_client(sync_client=True) as client:
        while removed < at_most:
            runs = client.read_flow_runs(flow_run_filter=ended, limit=_PORTION)
            for run in runs:
                client.delete_flow_run(run.id)
            removed += len(runs)
            if len(runs) < _PORTION:
                break
    return removed
