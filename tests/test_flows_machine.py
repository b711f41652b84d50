"""One machine as `make up` makes it: a real server, worker, keeper and `deploy --all`."""

import json
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import yaml
from ledger_rows import AT, load, page
from machine import Listener, Rig, kill, listening, loaders, running_machine, unfinished, until
from machine_runs import AGAIN, SOURCES, YEAR, Runs, made_runs
from poison import dying_readers, fill, left_out
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowRunFilter,
)
from prefect.exceptions import PrefectHTTPStatusError
from same_rows import differing, rows

from flows.automations import NEWS, STILLBORN, ZOMBIES
from flows.deploy import main as deploy
from flows.deploy import packaged_file
from flows.up import status
from models.errors import ReelineError
from pipeline.partitions import BackfillRequest
from pipeline.settings import Settings
from pipeline.store_read import query

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("machine")]


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


@pytest.fixture(scope="module")
def ran(machine: Rig) -> Runs:
    return made_runs(machine)


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
        machine.settings,
        "FROM partition_run WHERE flow_run_id = ? AND stage = 'extract'",
        [str(ran.cancelled.id)],
    )
    assert len(rows) < ran.partitions_of_cancelled
    assert set(rows["state"]) <= {"done"}
    assert not len(query(machine.settings, "FROM partition_run WHERE state = 'running'"))


def test_with_the_first_run_of_a_shared_backfill_all_are_cancelled(machine: Rig, ran: Runs):
    helper = ran.helper_of_cancelled
    assert helper.name == f"{ran.cancelled.name}-2-of-2"
    assert helper.state is not None
    assert helper.state.is_cancelled(), helper.state
    assert "the run that started this one was cancelled" in {
        line["message"].removeprefix("stopping: ")
        for line in machine.logged()
        if line.get("flow_run_id") == str(helper.id)
    }
    begun = "FROM partition_run WHERE flow_run_id = ? AND stage = 'extract'"
    assert not len(query(machine.settings, begun, [str(helper.id)]))


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
    request = YEAR | wrong
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


def test_deploying_again_keeps_a_pause(machine: Rig, capsys, monkeypatch: pytest.MonkeyPatch):
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
    # For the program of Prefect that it starts.
    monkeypatch.setenv("PREFECT_API_URL", str(client.api_url).rstrip("/"))
    capsys.readouterr()
    assert deploy(["--file", str(file)]) == 0, capsys.readouterr().err
    assert "deployment ingest/press" in capsys.readouterr().out
    again = client.read_deployment_by_name("ingest/press")
    assert again.paused
    assert not client.read_deployment_by_name("quality/quality").schedules[0].active
    assert not client.read_deployment_by_name("ingest/wires").paused
    assert (machine.settings.data / "prefect" / "server.pid").exists()
    (news,) = client.read_automations_by_name(NEWS)
    assert news.enabled


def test_a_run_that_never_begins_is_crashed_by_the_automation(machine: Rig, ran: Runs):
    ended = machine.wait(ran.stillborn.id)
    assert ended.state is not None
    assert ended.state.is_crashed(), ended.state
    assert (ended.state.message or "").startswith("Not begun 1 s after it was submitted")
    assert ended.deployment_id is not None
    limit = machine.client.read_deployment(ended.deployment_id).global_concurrency_limit
    assert limit is not None
    assert limit.active_slots == 0
    acts = [line["what"] for line in machine.logged() if line.get("message") == "run ended"]
    assert not [what for what in acts if str(ended.id) in what]


def test_a_killed_run_gives_its_slot_to_the_next(machine: Rig, ran: Runs):
    asked = machine.parameters | {"sources": SOURCES}
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


def test_after_all_that_the_store_is_as_after_a_run_in_peace(
    machine: Rig, ran: Runs, chain, tmp_path
):
    """The short form of `tests/bench/chaos.py`: what came before killed a worker and its flow."""
    request = AGAIN | {"stage": "article"}
    run = machine.start("backfill/backfill", machine.parameters | {"request": request})
    machine.wait_for_state(run.id, "Running")
    time.sleep(random.Random(6).uniform(0.0, 1.0))
    kill(loaders(machine.programs, machine.settings))
    assert machine.wait(run.id).state_name in {"Crashed", "Completed"}
    until(lambda: not unfinished(machine.client), "the end of all runs")
    peace = Settings(data=tmp_path / "peace")
    mine = tuple(source for source in chain.sources if source.slug in SOURCES)
    # What was killed last has had no next run yet; and one of two machines has had nothing else.
    for settings in (machine.settings, peace):
        settings.prepare()
        shutil.rmtree(settings.data / "hosts", ignore_errors=True)  # no pause before a host
        replace(chain, sources=mine).run(settings)
    assert differing(machine.settings, peace) == {}
    assert rows(peace, ["article"])["article"].total() > 2
