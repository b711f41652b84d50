"""One machine as `make up` makes it: a real server, worker, keeper and `deploy --all`."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import yaml
from ledger_rows import AT, load, page
from machine import Listener, Rig, listening, running_machine, until
from poison import dying_readers, fill, left_out
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowRunFilter,
)
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.exceptions import PrefectHTTPStatusError
from prefect.states import Cancelling

from flows.automations import NEWS, STILLBORN, ZOMBIES
from flows.deploy import packaged_file
from flows.stopping import SAID
from flows.up import status
from models.errors import ReelineError
from pipeline.partitions import BackfillRequest
from pipeline.settings import Settings
from pipeline.store_read import query

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("machine")]

# One source of a few pages: what a flow reads is the matter of other tests.
_SOURCES = ["magnetweekly"]
_YEAR = {"first_day": "2025-01-01", "last_day": "2025-12-31"}
_AGAIN = _YEAR | {"only": "all", "stage": "extract", "max_active": 1}


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with listening() as server:
        yield server


@pytest.fixture(scope="module")
def machine(chain, listener: Listener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    settings = Settings(data=tmp_path_factory.mktemp("machine"))
    hosts = {host: list(target) for host, target in chain.site.connect_to.items()}
    address = f"http://127.0.0.1:{listener.server_port}/news"
    with running_machine(settings, hosts, notify=address) as rig:
        yield rig


@dataclass(frozen=True)
class Runs:
    """What ran: an ingest of a schedule, one asked for meanwhile, and a backfill by hand."""

    first: FlowRun
    second: FlowRun
    cancelled: FlowRun
    partitions_of_cancelled: int
    backfill: FlowRun


@pytest.fixture(scope="module")
def ran(machine: Rig) -> Runs:
    """The runs that the tests look at; made once, since each costs the start of a process."""
    client = machine.client
    deployment = client.read_deployment_by_name("ingest/by-hand")
    asked = machine.parameters | {"sources": _SOURCES}
    soon = datetime.now(UTC) + timedelta(seconds=4)
    every = IntervalSchedule(interval=timedelta(hours=1), anchor_date=soon)
    schedule = DeploymentScheduleCreate(schedule=every, active=True, parameters=asked)
    (made,) = client.create_deployment_schedules(deployment.id, [schedule])
    first = until(lambda: machine.begun(deployment.id), "a run that the schedule started")[0]
    # The runs that it has planned go with it.
    client.delete_deployment_schedule(deployment.id, made.id)
    second = machine.start("ingest/by-hand", asked)
    first, second = machine.wait(first.id), machine.wait(second.id)
    cancelled, partitions = _cancelled(machine)
    backfill = machine.start("backfill/backfill", machine.parameters | {"request": _AGAIN})
    return Runs(
        first=first,
        second=second,
        cancelled=cancelled,
        partitions_of_cancelled=partitions,
        backfill=machine.wait(backfill.id),
    )


def _cancelled(machine: Rig) -> tuple[FlowRun, int]:
    """Cancel a backfill at its first partitions; return it and how many it had in all."""
    log = machine.programs.home / "worker.log"
    run = machine.start("backfill/backfill", machine.parameters | {"request": _AGAIN})
    planned = f"'{run.name}' - planned: partitions ".encode()
    with machine.holding_the_store(once=lambda: planned in log.read_bytes()):
        machine.client.set_flow_run_state(run.id, Cancelling())
        until(lambda: SAID in log.read_bytes(), "the flow being told to stop")
    partitions = log.read_bytes().partition(planned)[2].partition(b",")[0]
    return machine.wait(run.id), int(partitions)


def test_everything_is_up(machine: Rig, capsys):
    assert status(machine.settings)
    assert capsys.readouterr().out.count("running, process") == 3
    names = {deployment.name for deployment in machine.client.read_deployments()}
    assert {"regulators", "press", "backfill", "quality", "maintenance"} <= names
    (zombies,) = machine.client.read_automations_by_name(ZOMBIES)
    assert zombies.enabled
    assert zombies.trigger.within == timedelta(seconds=90)
    (stillborn,) = machine.client.read_automations_by_name(STILLBORN)
    assert stillborn.enabled
    # Less than the lease of a slot, which would be given back a second time.
    assert stillborn.trigger.within < timedelta(seconds=300)


def test_a_scheduled_ingest_fires(machine: Rig, ran: Runs):
    assert ran.first.auto_scheduled
    assert ran.first.state is not None
    assert ran.first.state.is_completed(), ran.first.state.message
    assert len(query(machine.settings, "FROM timeline")) > 2


def test_a_second_ingest_queues_behind_the_first(machine: Rig, ran: Runs):
    assert ran.second.state is not None
    assert ran.second.state.is_completed(), ran.second.state.message
    assert "AwaitingConcurrencySlot" in machine.state_names(ran.second.id)
    assert ran.second.start_time >= ran.first.end_time


def test_new_events_are_announced_once(machine: Rig, ran: Runs):
    standing = len(query(machine.settings, "FROM timeline_event WHERE known_to IS NULL"))
    body = {"filter": {"event": {"prefix": ["reeline.event."]}}, "limit": 50}

    def all_there():
        told = machine.client.request("POST", "/events/filter", json=body).json()
        return told if told["total"] >= standing else None

    told = until(all_there, "the events of the timeline")
    assert told["total"] == standing
    assert {event["event"] for event in told["events"]} == {"reeline.event.created"}
    assert all(event["payload"]["summary"] for event in told["events"])


def test_each_new_event_is_posted_once(machine: Rig, ran: Runs, listener: Listener):
    events = query(machine.settings, "FROM timeline_event WHERE known_to IS NULL")
    until(lambda: len(listener.posted) >= len(events), "a message for each event")
    assert {kind for kind, _ in listener.posted} == {"application/json"}
    messages = [json.loads(body) for _, body in listener.posted]
    assert sorted(message["id"] for message in messages) == sorted(events["event_id"])
    assert {message["event"] for message in messages} == {"reeline.event.created"}
    assert all(message["kind"] and message["text"] for message in messages)


def test_a_run_shows_what_it_did(machine: Rig, ran: Runs):
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


def test_the_log_names_run_and_documents(machine: Rig, ran: Runs):
    mine = [line for line in machine.logged() if line.get("flow_run_id") == str(ran.first.id)]
    (batch, *_) = [line for line in mine if line["message"] == "batch read"]
    assert batch["fetch_ids"]
    assert batch["flow"] == "ingest"
    assert any(line["message"] == "rejected" and line["url"] for line in mine)


def test_a_cancelled_backfill_stops_after_the_partitions_in_flight(machine: Rig, ran: Runs):
    assert ran.cancelled.state is not None
    assert ran.cancelled.state.is_cancelled(), ran.cancelled.state
    rows = query(
        machine.settings, "FROM partition_run WHERE flow_run_id = ?", [str(ran.cancelled.id)]
    )
    assert len(rows) < ran.partitions_of_cancelled
    assert set(rows["state"]) <= {"done"}
    assert not len(query(machine.settings, "FROM partition_run WHERE state = 'running'"))


def test_a_backfill_by_hand_runs_with_its_parameters(machine: Rig, ran: Runs):
    assert ran.backfill.state is not None
    assert ran.backfill.state.is_completed(), ran.backfill.state.message
    rows = query(
        machine.settings,
        "FROM partition_run WHERE flow_run_id = ? AND stage = 'extract'",
        [str(ran.backfill.id)],
    )
    assert len(rows) == ran.partitions_of_cancelled
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
def test_a_bad_parameter_is_refused_before_launch(machine: Rig, wrong: dict[str, Any]):
    request = _YEAR | wrong
    before = machine.client.read_flow_runs(flow_run_filter=FlowRunFilter(), limit=200)
    with pytest.raises(PrefectHTTPStatusError, match="409"):
        machine.start("backfill/backfill", {"request": request})
    after = machine.client.read_flow_runs(flow_run_filter=FlowRunFilter(), limit=200)
    assert {run.id for run in after} <= {run.id for run in before} | {
        run.id for run in after if run.auto_scheduled
    }


def test_the_daily_flows_run(machine: Rig, ran: Runs):
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


def test_a_page_that_kills_its_reader_is_left_out_by_the_flow(
    machine: Rig, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    from flows.backfill import backfill

    fill(settings, ["a", "end", "b", "crash", "c"])
    request = BackfillRequest.model_validate(
        {"first_day": "2026-01-01", "last_day": "2026-12-31", "only": "all"}
    )
    with dying_readers(monkeypatch, "hostile_reader"):
        done = backfill(request=request, data=str(settings.data))
    assert (done["failed"], done["documents"]) == (0, 5)
    found = left_out(settings)
    assert {name: reason for name, (reason, _) in found.items()} == {
        **dict.fromkeys("abc", "irrelevant"),
        **dict.fromkeys(("end", "crash"), "reader_killed"),
    }
    assert "2 times: exit code 3" in found["end"][1]
    (run_id,) = query(settings, "SELECT DISTINCT flow_run_id FROM partition_run")["flow_run_id"]
    assert machine.wait(UUID(run_id)).state_name == "Completed"
    mine = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id]))
    (artifact,) = machine.client.read_artifacts(artifact_filter=mine)
    assert "| reader killed | 2 |" in artifact.data


def test_a_silent_source_and_a_failed_check_are_posted(
    machine: Rig, settings: Settings, listener: Listener
):
    from flows.quality import quality

    days = [page(n, source="daily", fetched_at=AT - timedelta(days=8 + n)) for n in range(10)]
    load(settings, {"page_fetch": [*days, page(99, source="other", fetched_at=AT)]})
    known = len(listener.posted)
    # Nobody has read these pages, which a check looks for.
    with pytest.raises(ReelineError, match="check_pages_without_outcome: 11 rows"):
        quality(data=str(settings.data))

    def messages():
        posted = [json.loads(body) for _, body in listener.posted[known:]]
        return {message["event"]: message.get("found") for message in posted}

    until(lambda: len(messages()) >= 2, "a message for source and check")
    found = messages()
    assert found["reeline.check.failed"]["check"] == "check_pages_without_outcome"
    alert = found["reeline.source.alert"]
    assert (alert["source"], alert["alert"], alert["value"]) == ("daily", "silent", 8.0)


def test_deploying_again_keeps_a_pause(machine: Rig):
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
    (news,) = client.read_automations_by_name(NEWS)
    assert news.enabled


def test_a_killed_run_gives_its_slot_to_the_next(machine: Rig, ran: Runs):
    asked = machine.parameters | {"sources": _SOURCES}
    worker = machine.programs.find("worker")
    assert worker is not None
    with machine.holding_the_store():
        killed = machine.start("ingest/by-hand", asked)
        machine.wait_for_state(killed.id, "Running")
        waiting = machine.start("ingest/by-hand", asked)
        machine.wait_for_state(waiting.id, "AwaitingConcurrencySlot")
        worker.kill()
        for run_id, process in list(machine.programs.flows()):
            assert run_id == str(killed.id)
            process.kill()
    killed = machine.wait(killed.id)
    assert killed.state is not None
    assert killed.state.is_crashed()
    assert "no process carries it out" in (killed.state.message or "")
    assert machine.wait(waiting.id).state_name == "Completed"
    again = machine.programs.find("worker")
    assert again is not None
    assert again.pid != worker.pid
    told = [
        (line["message"], line.get("what", "")) for line in machine.logged() if "program" in line
    ]
    assert ("begun again", "worker") in told
    assert any(message == "run ended" and str(killed.id) in what for message, what in told)
    # What the keeper has begun logs where the others do.
    assert any(line.get("flow_run_id") == str(waiting.id) for line in machine.logged())
