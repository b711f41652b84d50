"""Which runs are ended for good, and who says how long to wait: without a server."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psutil
import pytest
from machine import until
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.automations import news_automation, stillborn_automation, zombie_automation
from flows.machine import Machine
from flows.reaper import Here, Patience, main, why_gone
from models.errors import SettingsError

_NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_OURS, _OTHERS = {"prefect.worker.name": "reeline-here"}, {"prefect.worker.name": "reeline-there"}
_PENDING, _RUNNING, _CANCELLING = StateType.PENDING, StateType.RUNNING, StateType.CANCELLING


def _ago(seconds: float) -> datetime:
    return _NOW - timedelta(seconds=seconds)


def _run(state: StateType, *, since_s: float, labels=None) -> FlowRun:
    made = State(type=state, timestamp=_ago(since_s))
    return FlowRun(
        flow_id=uuid4(), state=made, state_type=state, labels=labels or {}, work_pool_name="reeline"
    )


def _why(run: FlowRun, *, here: Here | None = None, beat_s: float | None = None) -> str:
    beat = None if beat_s is None else _ago(beat_s)
    return why_gone(run, here=here, beat=beat, patience=Patience(), now=_NOW) or ""


def _here(*, since_s: float | None, held: frozenset[str] = frozenset()) -> Here:
    since = None if since_s is None else _ago(since_s)
    return Here(worker="reeline-here", worker_since=since, held=held)


@pytest.mark.parametrize(
    ("state", "since_s", "beat_s", "why"),
    [
        (_PENDING, 241, None, "Not begun 240 s"),
        (_PENDING, 239, None, ""),
        (_RUNNING, 5000, 91, "No heartbeat for 90 s"),
        (_RUNNING, 5000, 89, ""),
        # A flow that sends none may be silent for as long as it likes.
        (_RUNNING, 5000, None, ""),
        # The state is younger than the heartbeat: it was resumed.
        (_RUNNING, 20, 300, ""),
    ],
)
def test_from_afar_only_time_tells(state, since_s, beat_s, why):
    found = _why(_run(state, since_s=since_s, labels=_OTHERS), beat_s=beat_s)
    assert found.startswith(why)
    assert bool(found) == bool(why)


@pytest.mark.parametrize(
    ("state", "labels", "since_s", "worker_s", "why"),
    [
        # The worker was begun after the run had been taken: it knows nothing of it.
        (_PENDING, _OURS, 30, 10, "worker that took the run"),
        (_PENDING, None, 30, 10, "worker that took the run"),
        (_RUNNING, _OURS, 30, 10, "worker that took the run"),
        (_CANCELLING, _OURS, 30, 10, "worker that took the run"),
        (_RUNNING, _OURS, 30, None, "worker that took the run"),
        # The worker lives, and is about to start the process.
        (_PENDING, _OURS, 30, 60, ""),
        (_PENDING, None, 30, 60, ""),
        (_RUNNING, _OURS, 30, 60, "process of the run is gone"),
        # Of another machine, or begun by hand: nothing is known of its processes.
        (_PENDING, _OTHERS, 30, 10, ""),
        (_RUNNING, _OTHERS, 30, 10, ""),
        (_RUNNING, None, 30, 10, ""),
    ],
)
def test_here_processes_tell(state, labels, since_s, worker_s, why):
    found = _why(_run(state, since_s=since_s, labels=labels), here=_here(since_s=worker_s))
    assert why in found
    assert bool(found) == bool(why)


def test_a_run_with_a_process_lives_whatever_its_worker_and_heart_do():
    run = _run(_RUNNING, since_s=5000, labels=_OURS)
    here = _here(since_s=1, held=frozenset({str(run.id)}))
    assert not _why(run, here=here, beat_s=4000)


def test_patience_comes_from_the_environment():
    assert Patience.of({}) == Patience(silence_s=90, start_s=240)
    assert Patience.of({"REELINE_SILENCE_S": "5", "REELINE_START_S": ""}) == Patience(silence_s=5)


@pytest.mark.parametrize("text", ["0", "-3", "1.5", "soon"])
def test_a_strange_patience_is_refused(text):
    with pytest.raises(SettingsError, match="REELINE_START_S"):
        Patience.of({"REELINE_START_S": text})


def test_looking_needs_a_server(capsys):
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        assert main(["--looks", "1"]) == 1
    assert "PREFECT_API_URL" in capsys.readouterr().err


@pytest.mark.parametrize(("address", "is_on"), [(None, False), ("http://127.0.0.1:1/", True)])
def test_nobody_is_told_of_events_until_an_address_is_given(monkeypatch, address, is_on):
    monkeypatch.setattr("flows.automations.webhook_id", lambda _address: uuid4())
    assert news_automation(address=address).enabled == is_on


def test_both_rules_crash_and_neither_forces():
    for rule in (zombie_automation(silence_s=90), stillborn_automation(start_s=240)):
        (action,) = rule.actions
        assert (action.state, action.force) == (StateType.CRASHED, False)
        assert rule.trigger.for_each == {"prefect.resource.id"}
    # A heartbeat answers a heartbeat; a submission is answered by anything but itself.
    zombie = zombie_automation(silence_s=1).trigger
    assert zombie.after < zombie.expect
    stillborn = stillborn_automation(start_s=1).trigger
    assert not stillborn.after & stillborn.expect


def test_only_the_flows_of_this_folder_are_held_and_ended(tmp_path):
    machine = Machine(data=tmp_path)
    ours = {"PREFECT_HOME": f"{machine.home}/../prefect", "PREFECT__FLOW_RUN_ID": "ours"}
    others = [
        {"PREFECT_HOME": str(machine.home)},
        {"PREFECT__FLOW_RUN_ID": "nobody's"},
        {"PREFECT_HOME": str(tmp_path / "other"), "PREFECT__FLOW_RUN_ID": "other's"},
    ]
    bare = {key: text for key, text in os.environ.items() if not key.startswith("PREFECT")}
    machine.home.mkdir()
    started = [
        subprocess.Popen([sys.executable, "-c", "input()"], env=bare | told, stdin=subprocess.PIPE)
        for told in (ours, *others)
    ]
    try:
        # A child has the environment of its parent until it becomes another program.
        until(lambda: machine.held() == {"ours"}, "the process of the flow")
        assert machine.end_orphans() == 1
        assert started[0].wait(timeout=5) is not None
        assert [process.poll() for process in started[1:]] == [None, None, None]
    finally:
        for process in started:
            process.kill()
            process.communicate()


def test_a_number_that_was_given_away_is_not_ours(tmp_path):
    machine = Machine(data=tmp_path)
    machine.home.mkdir()
    record = {"pid": os.getpid(), "created": psutil.Process().create_time() - 60.0}
    (machine.home / "worker.pid").write_text(json.dumps(record), encoding="utf-8")
    assert machine.find("worker") is None
    assert machine.since("worker") is None
    (machine.home / "worker.pid").write_text("half a rec", encoding="utf-8")
    assert machine.find("worker") is None
