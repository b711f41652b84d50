"""One machine as `make up` makes it: a real server, worker and `deploy --all`, on a free port."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from typing import Any
from uuid import UUID

import pytest
import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from flows.automations import NEWS, STILLBORN, ZOMBIES
from flows.deploy import packaged_file
from flows.server import _free_port
from flows.up import home_of, status
from pipeline.settings import Settings
from pipeline.store_read import query

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("machine")]

_WAIT_S = 240.0
# What waits by default for 60, 30 and 10 s, or plans a hundred runs. The loop for deployments that
# have just changed is no help: it looks back as far as it sleeps, and misses what comes between.
_QUICK = {
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_RUNS": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": "2",
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "2",
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "REELINE_PAGE_WORKERS": "0",
}
# One source of a few pages: what a flow reads is the matter of other tests.
_SOURCES = ["magnetweekly"]
_YEAR = {"first_day": "2025-01-01", "last_day": "2025-12-31"}
_BEGUN = [StateType.RUNNING, StateType.COMPLETED, StateType.FAILED, StateType.CRASHED]


@dataclass(frozen=True)
class Machine:
    """What was started, and what flows there are told so that they ask the newsroom."""

    settings: Settings
    client: SyncPrefectClient
    parameters: dict[str, Any]

    def start(self, deployment: str, parameters: dict[str, Any]) -> FlowRun:
        found = self.client.read_deployment_by_name(deployment)
        return self.client.create_flow_run_from_deployment(found.id, parameters=parameters)

    def wait(self, run_id: UUID) -> FlowRun:
        return _until(lambda: _ended(self.client.read_flow_run(run_id)), f"the end of {run_id}")

    def state_names(self, run_id: UUID) -> list[str]:
        return [state.name for state in self.client.read_flow_run_states(run_id)]


def _ended(run: FlowRun) -> FlowRun | None:
    return run if run.state is not None and run.state.is_final() else None


def _until(look, what: str):
    deadline = time.monotonic() + _WAIT_S
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"not seen in {_WAIT_S:.0f} s: {what}")


def _begun(client: SyncPrefectClient, deployment: DeploymentFilter) -> list[FlowRun]:
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=_BEGUN))
    return client.read_flow_runs(
        deployment_filter=deployment, flow_run_filter=FlowRunFilter(state=state)
    )


@pytest.fixture(scope="module")
def machine(chain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    settings = Settings(data=tmp_path_factory.mktemp("machine"))
    port = _free_port()
    environment = os.environ | _QUICK
    # The schedules of a real machine would ask real sources.
    file = settings.data / "deployments.yaml"
    text = re.sub(r'cron: "[^"]*"', 'cron: "0 0 29 2 *"', packaged_file())
    file.write_text(text, encoding="utf-8")
    up = [sys.executable, "-m", "flows.up"]
    where = ["--data", str(settings.data)]
    hosts = {host: list(target) for host, target in chain.site.connect_to.items()}
    try:
        started = subprocess.run(
            [*up, "start", *where, "--port", str(port), "--file", str(file)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert started.returncode == 0, started.stderr
        with (
            as_file(files("pipeline") / "newsroom" / "sources") as folder,
            temporary_settings(
                {
                    PREFECT_API_URL: f"http://127.0.0.1:{port}/api",
                    PREFECT_HOME: home_of(settings),
                }
            ),
            get_client(sync_client=True) as client,
        ):
            parameters = {"sources_dir": str(folder), "connect_to": hosts}
            yield Machine(settings=settings, client=client, parameters=parameters)
    finally:
        subprocess.run([*up, "stop", *where], check=False, capture_output=True)


@dataclass(frozen=True)
class Runs:
    """What ran: an ingest of a schedule, one asked for meanwhile, and a backfill by hand."""

    first: FlowRun
    second: FlowRun
    backfill: FlowRun


@pytest.fixture(scope="module")
def ran(machine: Machine) -> Runs:
    """The runs that the tests look at; made once, since each costs the start of a process."""
    client = machine.client
    deployment = client.read_deployment_by_name("ingest/by-hand")
    of_it = DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id]))
    asked = machine.parameters | {"sources": _SOURCES}
    soon = datetime.now(UTC) + timedelta(seconds=4)
    every = IntervalSchedule(interval=timedelta(seconds=30), anchor_date=soon)
    schedule = DeploymentScheduleCreate(schedule=every, active=True, parameters=asked)
    (made,) = client.create_deployment_schedules(deployment.id, [schedule])
    first = _until(lambda: _begun(client, of_it), "a run that the schedule started")[0]
    # The runs that it has planned go with it.
    client.delete_deployment_schedule(deployment.id, made.id)
    second = machine.start("ingest/by-hand", asked)
    first = machine.wait(first.id)
    request = _YEAR | {"only": "all", "stage": "extract"}
    backfill = machine.start("backfill/backfill", machine.parameters | {"request": request})
    return Runs(first=first, second=machine.wait(second.id), backfill=machine.wait(backfill.id))


def test_everything_is_up(machine: Machine, capsys):
    assert status(machine.settings)
    assert "running, process" in capsys.readouterr().out
    names = {deployment.name for deployment in machine.client.read_deployments()}
    assert {"regulators", "press", "backfill", "quality", "maintenance"} <= names
    (zombies,) = machine.client.read_automations_by_name(ZOMBIES)
    assert zombies.enabled
    assert zombies.trigger.within == timedelta(seconds=90)
    (stillborn,) = machine.client.read_automations_by_name(STILLBORN)
    assert stillborn.enabled
    (news,) = machine.client.read_automations_by_name(NEWS)
    assert not news.enabled


def test_a_scheduled_ingest_fires(machine: Machine, ran: Runs):
    assert ran.first.auto_scheduled
    assert ran.first.state is not None
    assert ran.first.state.is_completed(), ran.first.state.message
    assert len(query(machine.settings, "FROM timeline")) > 2


def test_a_second_ingest_queues_behind_the_first(machine: Machine, ran: Runs):
    assert ran.second.state is not None
    assert ran.second.state.is_completed(), ran.second.state.message
    assert "AwaitingConcurrencySlot" in machine.state_names(ran.second.id)
    assert ran.second.start_time >= ran.first.end_time


def test_new_events_are_announced_once(machine: Machine, ran: Runs):
    standing = len(query(machine.settings, "FROM timeline_event WHERE known_to IS NULL"))
    body = {"filter": {"event": {"prefix": ["reeline.event."]}}, "limit": 50}

    def all_there():
        told = machine.client.request("POST", "/events/filter", json=body).json()
        return told if told["total"] >= standing else None

    told = _until(all_there, "the events of the timeline")
    assert told["total"] == standing
    assert {event["event"] for event in told["events"]} == {"reeline.event.created"}
    assert all(event["payload"]["summary"] for event in told["events"])


def test_a_run_shows_what_it_did(machine: Machine, ran: Runs):
    mine = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[ran.first.id]))
    (artifact,) = machine.client.read_artifacts(artifact_filter=mine)
    for part in ("## Rejected", "paywall", "license events", "## Slowest hosts", "| new |"):
        assert part in artifact.data
    metrics = query(
        machine.settings,
        "FROM run_metric WHERE run_id = ? AND kind = 'ingest'",
        [str(ran.first.id)],
    )
    assert {"pages_new", "events_new", "elapsed", "rejected_paywall"} <= set(metrics["name"])


def test_the_log_names_run_and_documents(machine: Machine, ran: Runs):
    (file, *_) = sorted((machine.settings.data / "logs").glob("*.jsonl"))
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    mine = [line for line in lines if line["flow_run_id"] == str(ran.first.id)]
    (batch, *_) = [line for line in mine if line["message"] == "batch read"]
    assert batch["fetch_ids"]
    assert batch["flow"] == "ingest"
    assert any(line["message"] == "rejected" and line["url"] for line in mine)


def test_a_backfill_by_hand_runs_with_its_parameters(machine: Machine, ran: Runs):
    assert ran.backfill.state is not None
    assert ran.backfill.state.is_completed(), ran.backfill.state.message
    rows = query(
        machine.settings,
        "FROM partition_run WHERE flow_run_id = ? AND stage = 'extract'",
        [str(ran.backfill.id)],
    )
    assert len(rows) > 2
    assert set(rows["state"]) == {"done"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage": "everything"},
        {"first_day": "soon"},
        {"last_day": 7},
        {"max_active": 0},
        {"newestfirst": True},
    ],
)
def test_a_bad_parameter_is_refused_before_launch(machine: Machine, wrong: dict[str, Any]):
    request = _YEAR | wrong
    before = machine.client.read_flow_runs(flow_run_filter=FlowRunFilter(), limit=200)
    with pytest.raises(PrefectHTTPStatusError, match="409"):
        machine.start("backfill/backfill", {"request": request})
    after = machine.client.read_flow_runs(flow_run_filter=FlowRunFilter(), limit=200)
    assert {run.id for run in after} <= {run.id for run in before} | {
        run.id for run in after if run.auto_scheduled
    }


def test_the_daily_flows_run(machine: Machine, ran: Runs):
    from flows.maintenance import maintenance
    from flows.quality import quality
    from flows.reextract_stale import reextract_stale
    from flows.refresh_timeline import refresh_timeline

    data = str(machine.settings.data)
    assert refresh_timeline(data=data)["events_new"] == 0
    assert quality(data=data)["failed_checks"] == 0
    cleared = maintenance(data=data)
    assert cleared["damaged_files"] == 0
    assert cleared["runs_removed"] == 0
    stale = reextract_stale(data=data, sources_dir=machine.parameters["sources_dir"])
    assert stale["documents"] == 0


def test_deploying_again_keeps_a_pause(machine: Machine):
    client = machine.client
    deployment = client.read_deployment_by_name("ingest/press")
    client.pause_deployment(deployment.id)
    quality = client.read_deployment_by_name("quality/quality")
    client.update_deployment_schedule(quality.id, quality.schedules[0].id, active=False)
    # Some of them: each takes a second.
    some = yaml.safe_load(packaged_file())
    some["deployments"] = [
        one for one in some["deployments"] if one["name"] in {"press", "wires", "quality"}
    ]
    file = machine.settings.data / "some.yaml"
    file.write_text(yaml.safe_dump(some), encoding="utf-8")
    command = [sys.executable, "-m", "pipeline.cli.app", "deploy", "--file", str(file)]
    environment = os.environ | {"PREFECT_API_URL": str(client.api_url).rstrip("/")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "deployment ingest/press" in done.stdout
    again = client.read_deployment_by_name("ingest/press")
    assert again.paused
    assert not client.read_deployment_by_name("quality/quality").schedules[0].active
    assert not client.read_deployment_by_name("ingest/wires").paused
    assert (machine.settings.data / "prefect" / "server.pid").exists()
