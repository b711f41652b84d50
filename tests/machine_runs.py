"""What runs on the machine of `test_flows_machine.py`: begun, queued, cancelled, never begun."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from machine import Rig, until
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.events.schemas.events import ResourceSpecification
from prefect.states import Cancelling, Pending, Scheduled

from flows.automations import stillborn_automation
from flows.stopping import SAID

# One source of a few pages: what a flow reads is the matter of other tests.
SOURCES = ["magnetweekly"]
YEAR = {"first_day": "2025-01-01", "last_day": "2025-12-31"}
AGAIN = YEAR | {"only": "all", "stage": "extract", "max_active": 1}


@dataclass(frozen=True)
class Runs:
    """What ran: an ingest of a schedule, one asked for meanwhile, and a backfill by hand."""

    first: FlowRun
    second: FlowRun
    cancelled: FlowRun
    helper_of_cancelled: FlowRun
    partitions_of_cancelled: int
    backfill: FlowRun
    stillborn: FlowRun


def made_runs(machine: Rig) -> Runs:
    """Return the runs that the tests look at; made once, since each costs the start of a process."""
    client = machine.client
    stillborn = _watched_for_its_begin(machine)
    deployment = client.read_deployment_by_name("ingest/by-hand")
    asked = machine.parameters | {"sources": SOURCES}
    soon = datetime.now(UTC) + timedelta(seconds=4)
    every = IntervalSchedule(interval=timedelta(hours=1), anchor_date=soon)
    schedule = DeploymentScheduleCreate(schedule=every, active=True, parameters=asked)
    (made,) = client.create_deployment_schedules(deployment.id, [schedule])
    first = until(lambda: machine.begun(deployment.id), "a run that the schedule started")[0]
    # The runs that it has planned go with it.
    client.delete_deployment_schedule(deployment.id, made.id)
    second = machine.start("ingest/by-hand", asked)
    # As a worker does that dies before it has started the process.
    client.set_flow_run_state(stillborn.id, Pending())
    first, second = machine.wait(first.id), machine.wait(second.id)
    cancelled, helper_id, partitions = _cancelled(machine)
    backfill = machine.start("backfill/backfill", machine.parameters | {"request": AGAIN})
    return Runs(
        first=first,
        second=second,
        cancelled=cancelled,
        helper_of_cancelled=machine.wait(helper_id),
        partitions_of_cancelled=partitions,
        backfill=machine.wait(backfill.id),
        stillborn=stillborn,
    )


def _watched_for_its_begin(machine: Rig) -> FlowRun:
    """Return a run of the far future, which the rule for those that never begin watches alone.

    With the shortest of patience; other runs may need longer on a busy machine.
    """
    deployment = machine.client.read_deployment_by_name("quality/quality")
    later = Scheduled(scheduled_time=datetime.now(UTC) + timedelta(days=300))
    run = machine.client.create_flow_run_from_deployment(deployment.id, state=later)
    rule = stillborn_automation(start_s=1)
    match = ResourceSpecification({"prefect.resource.id": f"prefect.flow-run.{run.id}"})
    trigger = rule.trigger.model_copy(update={"match": match})
    machine.client.create_automation(
        rule.model_copy(update={"name": "of one run", "trigger": trigger})
    )
    return run


def _cancelled(machine: Rig) -> tuple[FlowRun, UUID, int]:
    """Cancel a shared backfill at its first partitions; return it, its helper, and how many."""
    log = machine.programs.home / "worker.log"
    request = AGAIN | {"shares": 2}
    run = machine.start("backfill/backfill", machine.parameters | {"request": request})
    planned = f"'{run.name}' - planned: partitions ".encode()
    with machine.holding_the_store(once=lambda: planned in log.read_bytes()):
        machine.client.set_flow_run_state(run.id, Cancelling())
        until(lambda: SAID in log.read_bytes(), "the flow being told to stop")
    partitions = log.read_bytes().partition(planned)[2].partition(b",")[0]
    (helper,) = machine.client.read_flow_runs(
        flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=[f"started-by:{run.id}"]))
    )
    return machine.wait(run.id), helper.id, int(partitions)
