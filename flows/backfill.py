"""The `backfill` flow: a plan of `pipeline/plan.py`, its chunks as Prefect tasks.

Its form is the model of the command line's options, so that both refuse the same. The ledger, not
Prefect, knows what is done: a run that is stopped or killed is repeated, and goes on.
"""

import time

from prefect import flow

from flows.runners import chosen_runner, run_all
from flows.running import FLOW_VERSION, HOUR_S, Run, fail_when, running, tell
from flows.steps import chunk_task
from flows.stopping import soft_stop
from flows.summary import summarize_backfill
from flows.telling import announce_changes, just_before_now, show
from pipeline.backfill import finish_backfill
from pipeline.backfill_stages import BackfillReport
from pipeline.partitions import BackfillRequest
from pipeline.plan import Plan, plan_backfill
from pipeline.recovery import recover

RUNNER = chosen_runner()


@flow(
    name="backfill",
    version=FLOW_VERSION,
    description="Run the partitions (source, day, stage) of a range that are missing or stale.",
    task_runner=RUNNER.task_runner,
    timeout_seconds=7 * 24 * HOUR_S,
    log_prints=False,
)
def backfill(
    request: BackfillRequest,
    data: str | None = None,
    sources_dir: str | None = None,
    connect_to: dict[str, tuple[str, int]] | None = None,
) -> dict[str, int]:
    """Run the partitions of a range that are missing, failed or stale.

    Cancelling stops after the partitions in flight; running it again goes on from there. Two runs
    never work on one partition.

    Args:
        request: What to do.
        data: Data folder; default REELINE_DATA, else the user's data folder.
        sources_dir: Folder of source files; default the ones that come with reeline.
        connect_to: Hosts that are sent to a loopback (address, port); for tests.

    Returns:
        Counts of the run: partitions done and failed, documents read.
    """
    with running(data=data, sources_dir=sources_dir) as run:
        report = run_backfill(run, request, connect_to=connect_to or {}, key="backfill-report")
        fail_when([f"{name}: {error}" for name, error in sorted(report.errors.items())][:20])
    return {"done": report.done, "failed": report.failed, "documents": report.documents}


def run_backfill(
    run: Run, request: BackfillRequest, *, connect_to: dict[str, tuple[str, int]], key: str
) -> BackfillReport:
    """Plan a request and run it, inside a flow; show what was done under a key.

    Args:
        run: The run of the flow.
        request: What to do.
        connect_to: Hosts that are sent to a loopback (address, port).
        key: Key of the artifact.
    """
    since = just_before_now()
    run.settings.prepare()
    recover(run.settings)
    plan = plan_backfill(run.settings, request, run.sources)
    tell("planned", partitions=len(plan.partitions), documents=plan.documents)
    report = BackfillReport()
    if not request.dry_run:
        report = _run(run, plan, connect_to)
        announce_changes(run, since=since)
    show(key, summarize_backfill(plan, report), description="What was planned and done")
    return report


def _run(run: Run, plan: Plan, connect_to: dict[str, tuple[str, int]]) -> BackfillReport:
    started, report, total = time.monotonic(), BackfillReport(), len(plan.partitions)
    chunks = (
        (run.settings, chunk, list(run.sources), connect_to, run.run_id) for chunk in plan.chunks()
    )
    with soft_stop() as should_stop:
        for one in run_all(chunks, task=chunk_task, width=RUNNER.width, should_stop=should_stop):
            report.add(one)
            tell("run", partitions=report.partitions, of=total, documents=report.documents)
        report.is_stopped = should_stop()
        report.left = total - report.partitions
        report.elapsed_s = time.monotonic() - started
        # Also after a stop: what was read belongs on the timeline.
        return finish_backfill(run.settings, report, run_id=run.run_id)
