"""The parts of the flows that need no server: stops, runners, ties between processes."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from types import SimpleNamespace
from uuid import uuid4

import httpx
import psutil
import pytest
from poison import dying_readers, fill
from prefect.client.schemas.objects import StateType

from flows.ingest import _of_group
from flows.lifeline import tied_command
from flows.runners import chosen_runner, run_all
from flows.running import Run, choose_sources, is_worth_retrying, run_log, tell
from flows.sharing import Starter
from flows.steps import Whole, chunk_task
from flows.stopping import soft_stop
from flows.telling import show
from models.errors import InputError, SettingsError, StoreBusyError
from pipeline.catalog import load_sources
from pipeline.json_logs import logs_dir
from pipeline.partitions import BackfillRequest
from pipeline.plan import plan_backfill


def test_a_soft_stop_waits_and_then_passes_the_signal_on():
    passed = []
    before = signal.signal(signal.SIGTERM, lambda *_: passed.append("on"))
    try:
        with soft_stop() as should_stop:
            assert not should_stop()
            os.kill(os.getpid(), signal.SIGTERM)
            assert should_stop()
            assert passed == []
        assert passed == ["on"]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_second_signal_acts_at_once():
    passed = []
    before = signal.signal(signal.SIGTERM, lambda *_: passed.append("on"))
    try:
        with soft_stop():
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGTERM)
            assert passed == ["on"]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_block_without_a_signal_passes_none_on():
    before = signal.getsignal(signal.SIGTERM)
    with soft_stop() as should_stop:
        assert not should_stop()
    assert signal.getsignal(signal.SIGTERM) is before


def test_another_reason_to_stop_needs_no_signal():
    with soft_stop(also=lambda: True) as should_stop:
        assert should_stop()


@pytest.fixture
def asked(monkeypatch):
    """What the server says of a starter, one after the other; None is no answer."""
    answers: list[StateType | None] = []

    def read_flow_run(_run_id):
        state_type = answers.pop(0)
        if state_type is None:
            raise httpx.ReadTimeout("away")
        return SimpleNamespace(state_type=state_type)

    @contextmanager
    def get_client(*, sync_client):
        assert sync_client
        yield SimpleNamespace(read_flow_run=read_flow_run)

    monkeypatch.setattr("flows.sharing.get_client", get_client)
    return answers


def test_only_a_cancelled_starter_stops_the_others(asked):
    times = iter(range(0, 1000, 5))
    starter = Starter(uuid4(), clock=lambda: float(next(times)))
    asked += [StateType.RUNNING, StateType.CRASHED, None, StateType.FAILED, StateType.COMPLETED]
    assert [starter.is_cancelled() for _ in range(5)] == [False] * 5
    asked.append(StateType.CANCELLING)
    # Once is enough: nobody is asked again.
    assert [starter.is_cancelled() for _ in range(3)] == [True] * 3
    asked.append(StateType.CANCELLED)
    assert Starter(uuid4()).is_cancelled()


def test_a_starter_is_looked_at_now_and_then_and_none_is_never_cancelled(asked):
    times = iter([0.0, 0.5, 1.0, 1.9, 2.0])
    starter = Starter(uuid4(), clock=lambda: next(times))
    asked += [StateType.RUNNING, StateType.CANCELLED]
    assert [starter.is_cancelled() for _ in range(5)] == [False] * 4 + [True]
    assert not Starter(None).is_cancelled()
    assert not Starter.of_this_run().is_cancelled()


def test_a_stop_begins_no_further_call():
    begun = []

    def call(number):
        begun.append(number)
        return number

    results = run_all(
        ((n,) for n in range(5)), task=call, width=0, should_stop=lambda: len(begun) >= 2
    )
    assert list(results) == [0, 1]


@pytest.mark.parametrize("given", ["threads", "processes:", "processes:x", "dask:", "processes:0"])
def test_a_runner_that_does_not_exist_is_refused(monkeypatch, given):
    monkeypatch.setenv("REELINE_TASK_RUNNER", given)
    with pytest.raises(SettingsError, match="REELINE_TASK_RUNNER"):
        chosen_runner()


@pytest.mark.parametrize(
    ("given", "width", "name"),
    [
        ("", 0, "ThreadPoolTaskRunner"),
        ("processes:3", 3, "ProcessPoolTaskRunner"),
        ("dask:2", 3, "DaskTaskRunner"),
        ("dask:tcp://127.0.0.1:8786", 16, "DaskTaskRunner"),
    ],
)
def test_the_runner_is_a_setting(monkeypatch, given, width, name):
    if given.startswith("dask"):
        pytest.importorskip("prefect_dask")
    monkeypatch.setenv("REELINE_TASK_RUNNER", given)
    runner = chosen_runner()
    assert runner.width == width
    assert type(runner.task_runner).__name__ == name


class _State:
    def __init__(self, error):
        self._error = error

    def result(self, *, raise_on_failure):
        assert not raise_on_failure
        return self._error


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (StoreBusyError("held"), True),
        (OSError("no space left"), True),
        (InputError("no source"), False),
        (SettingsError("no folder"), False),
        (TypeError("our own mistake"), False),
    ],
)
def test_only_what_may_pass_is_tried_again(error, again):
    assert is_worth_retrying(None, None, _State(error)) is again


def test_a_chunk_in_another_process_writes_the_lines_of_its_run(settings, monkeypatch):
    # A pool's process has no flow around it, which is as it is here.
    fill(settings, ["a", "end", "b"])
    request = BackfillRequest.model_validate({"first_day": "2026-01-01", "last_day": "2026-12-31"})
    (chunk,) = plan_backfill(settings, request).chunks()
    before = _handlers()
    with dying_readers(monkeypatch, "hostile_reader"):
        report = chunk_task.fn(settings, Whole(chunk), Whole([]), {}, "run-7")
    assert report.processed.pages == 3
    lines = log_lines(settings)
    assert {line["flow_run_id"] for line in lines} == {"run-7"}
    (run,) = [line for line in lines if line["message"] == "chunk run"]
    assert run["partitions"] == ["mill 2026-01-05 article"]
    named = [line["fetch_id"] for line in lines if line["message"] == "rejected"]
    assert sorted(named) == sorted(run["documents"])
    assert _handlers() == before


def _handlers():
    return [list(logging.getLogger(name).handlers) for name in ("pipeline", "flows")]


def test_a_line_is_written_once_however_many_write_for_a_run(settings):
    with run_log(settings, "run-8"):
        with run_log(settings, "run-8"):
            tell("inner")
        tell("outer")
    assert [line["message"] for line in log_lines(settings)] == ["inner", "outer"]


def log_lines(settings):
    (file,) = logs_dir(settings).glob("*.jsonl")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_run_does_not_fail_for_its_artifact(settings, monkeypatch):
    def refuse(**_):
        raise httpx.ReadTimeout("busy")

    monkeypatch.setattr("flows.telling.create_markdown_artifact", refuse)
    run = Run(run_id="run-9", settings=settings, sources=())
    with run_log(settings, run.run_id):
        show(run, "ingest-report", "text", description="what was done")
    assert [line["error"] for line in log_lines(settings)] == ["ReadTimeout: busy"]


def test_sources_are_chosen_by_name_or_by_group():
    known = load_sources()
    press = choose_sources(known, group="press", slugs=None)
    assert press
    assert {source.group for source in press} == {"press"}
    assert all(source.enabled for source in press)
    (mofcom,) = choose_sources(known, group=None, slugs=["mofcom"])
    assert mofcom.slug == "mofcom"
    with pytest.raises(InputError, match="no source is of the group 'pres'; there are"):
        choose_sources(known, group="pres", slugs=None)
    with pytest.raises(InputError, match="no source 'mofcm'"):
        choose_sources(known, group=None, slugs=["mofcm"])


def test_a_group_reads_only_its_own_pages(chain, settings):
    from functools import partial

    from pipeline.acquire import acquire_sources
    from pipeline.fetch import FetchSettings
    from pipeline.ingest import new_run_label, prepare, unread_batches

    prepare(settings, chain.sources)
    fetch_settings = FetchSettings(connect_to=chain.site.connect_to)
    partial(acquire_sources, settings, chain.sources, fetch_settings)(run_label=new_run_label())
    everything = [page for batch in unread_batches(settings) for page in batch]
    wires = [
        page
        for batch in _of_group(unread_batches(settings), chain.sources, "wires")
        for page in batch
    ]
    assert _of_group(unread_batches(settings), chain.sources, None) == unread_batches(settings)
    slugs = {source.slug for source in chain.sources if source.group == "wires"}
    assert 0 < len(wires) < len(everything)
    assert {page.source for page in wires} == slugs


_PARENT = """
import subprocess, sys, time
from flows.lifeline import tied_command
child = subprocess.Popen(tied_command("flows.lifeline_sleeper"))
print(child.pid, flush=True)
time.sleep(60)
"""


def test_a_tied_program_ends_with_a_parent_that_is_killed(tmp_path):
    sleeper = tmp_path / "sleeper_module.py"
    sleeper.write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    code = _PARENT.replace("flows.lifeline_sleeper", "sleeper_module")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        time.sleep(1.0)
        assert child.is_running()
        parent.kill()
        parent.wait()
        _, alive = psutil.wait_procs([child], timeout=10)
        assert not alive
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()


def test_a_tied_program_ends_at_once_without_its_parent():
    command = tied_command("this")
    command[command.index(str(os.getpid()))] = "1"  # a parent that this process never had
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 128 + signal.SIGTERM
    assert "Zen" not in done.stdout
