"""The `backfill` flow: a plan of `pipeline/plan.py`, its chunks as Prefect tasks.

Its form is the model of the command line's options, so that both refuse the same. The ledger, not
Prefect, knows what is done: a run that is stopped or killed is repeated, and goes on.
"""

import time
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from prefect import State, flow
from prefect.states import Cancelled

from flows.runners import chosen_runner, run_all
from flows.running import FLOW_VERSION, HOUR_S, Run, fail_when, running, tell
from flows.sharing import Starter, with_others
from flows.steps import Whole, chunk_task
from flows.stopping import STOPPED, soft_stop
from flows.summary import summarize_backfill
from flows.telling import announce_changes, just_before_now, show
from pipeline.backfill import finish_backfill
from pipeline.backfill_stages import BackfillReport
from pipeline.partitions import BackfillRequest
from pipeline.plan import Chunk, Plan, plan_backfill
from pipeline.recovery import recover
from pipeline.shares import lease_seconds, run_together
from pipeline.store_again import again

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
) -> dict[str, int] | State[Any]:
    """Run the partitions of a range that are missing, failed or stale.

    Cancelling stops after the partitions in flight; running it again goes on from there. Two runs
    never work on one partition. With several shares the run starts others of its deployment, which
    other workers may take; each ends when nothing is left, also of one that was killed. Cancelling
    the first one cancels all.

    Args:
        request: What to do.
        data: Data folder; default REELINE_DATA, else the user's data folder.
        sources_dir: Folder of source files; default the ones that come with reeline.
        connect_to: Hosts that are sent to a loopback (address, port); for tests.

    Returns:
        Counts of the run: partitions done and failed, documents read; a state when it was stopped.
    """
    with running(data=data, sources_dir=sources_dir) as run:
        given = {"data": data, "sources_dir": sources_dir, "connect_to": connect_to}
        request = with_others(run, request, given)
        report = run_backfill(run, request, connect_to=connect_to or {}, key="backfill-report")
        if report.is_stopped:
            return Cancelled(message=STOPPED)
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
    again(run.settings, partial(recover, run.settings))
    plan = again(run.settings, partial(plan_backfill, run.settings, request, run.sources))
    tell("planned", partitions=len(plan.partitions), documents=plan.documents)
    report = BackfillReport()
    if not request.dry_run:
        report = _run(run, plan, connect_to)
        line = report.timeline
        # Of several runs, the one that brought the timeline up tells what changed.
        if request.shares == 1 or (line and line.opened + line.revised + line.closed):
            announce_changes(run, since=since)
    show(run, key, summarize_backfill(plan, report), description="What was planned and done")
    return report


def _run(run: Run, plan: Plan, connect_to: dict[str, tuple[str, int]]) -> BackfillReport:
    started, report, total = time.monotonic(), BackfillReport(), len(plan.partitions)
    sources = Whole(list(run.sources))
    with soft_stop(also=Starter.of_this_run().is_cancelled) as should_stop:

        def run_chunks(chunks: Iterable[Chunk]) -> Iterator[BackfillReport]:
            calls = (
                (run.settings, Whole(chunk), sources, connect_to, run.run_id) for chunk in chunks
            )
            return run_all(
                calls, task=RUNNER.fit(chunk_task), width=RUNNER.width, should_stop=should_stop
            )

        for one in run_together(
            run.settings,
            plan,
            run.sources,
            run=run_chunks,
            should_stop=should_stop,
            lease_s=lease_seconds(),
        ):
            report.add(one)
            tell("run", partitions=report.partitions, of=total, documents=report.documents)
        report.end(plan, is_stopped=should_stop(), elapsed_s=time.monotonic() - started)
        # Also after a stop: what was read belongs on the timeline.
        return finish_backfill(
            run.settings, report, run_id=run.run_id, is_shared=plan.request.shares > 1
        )
