"""Chunks in a pool of processes and on Dask: the same rows, and one load of spaCy a process."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect import flow, task
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_HOME,
    PREFECT_LOGGING_TO_API_ENABLED,
    temporary_settings,
)
from prefect.task_runners import ThreadPoolTaskRunner
from same_rows import differing
from scale_field import fill

from flows.runners import Runner, chosen_runner, run_all
from flows.server import client_settings, private_server
from flows.steps import chunk_task
from pipeline.backfill import backfill
from pipeline.partitions import BackfillRequest
from pipeline.settings import Settings
from pipeline.store_read import query

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("machine")]

DOCUMENTS = 24
_REQUEST = {"first_day": "2019-12-01", "last_day": "2029-12-31", "max_active": 2}
# Read once by each process that loads the model; every program of Python runs this file.
_WATCH = """
import os, sys

def hook(event, arguments):
    if event == "open" and str(arguments[0]).endswith(os.path.join("tagger", "model")):
        with open(os.environ["WATCH_LOADS"], "a") as file:
            print(os.getpid(), file=file)

sys.addaudithook(hook)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    home = tmp_path_factory.mktemp("runners") / "prefect"
    with private_server(home) as api_url:
        yield client_settings(home, api_url)


@pytest.fixture(scope="module")
def peace(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder whose pages were read one after the other, here."""
    settings = Settings(data=tmp_path_factory.mktemp("runners") / "peace")
    fill(settings, DOCUMENTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REELINE_PAGE_WORKERS", "0")
        assert backfill(settings, BackfillRequest.model_validate(_REQUEST)).failed == 0
    return settings


def environment(folder: Path, server: dict[str, str], readers: str) -> dict[str, str]:
    """Return the environment of programs that note who loads the model."""
    watch = folder / "watch"
    watch.mkdir()
    (watch / "sitecustomize.py").write_text(_WATCH, encoding="utf-8")
    path = os.pathsep.join([str(watch), *filter(None, sys.path)])
    return os.environ | server | {
        "PYTHONPATH": path,
        "WATCH_LOADS": str(folder / "loads"),
        "REELINE_PAGE_WORKERS": readers,
    }  # fmt: skip


def run(settings: Settings, environment: dict[str, str], runner: str) -> str:
    """Run the flow with a runner and return what it said."""
    given = {"data": str(settings.data), "request": _REQUEST}
    program = Path(__file__).with_name("runner_run.py")
    done = subprocess.run(
        [sys.executable, str(program), json.dumps(given)],
        env=environment | {"REELINE_TASK_RUNNER": runner},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout.splitlines()[-1])
    assert counts["documents"] == DOCUMENTS, done.stderr
    assert counts["failed"] == 0
    return done.stderr


@pytest.mark.parametrize(("is_threaded", "timeout_s"), [(False, 7200.0), (True, None)])
def test_threads_get_no_timeout_that_they_cannot_keep(is_threaded, timeout_s):
    own = ThreadPoolTaskRunner()
    runner = Runner(task_runner=own, width=2, is_threaded=is_threaded)
    fitted = runner.fit(chunk_task)
    assert fitted.timeout_seconds == timeout_s
    assert fitted.retries == chunk_task.retries
    assert chunk_task.timeout_seconds == 7200.0


# With a watched reader beside each process, as is the default, and without: two ways to load spaCy.
@pytest.mark.parametrize(("runner", "readers"), [("processes:2", "0"), ("dask:2", "1")])
def test_chunks_run_elsewhere_with_the_same_result(runner, readers, server, peace, tmp_path):
    if runner.startswith("dask"):
        pytest.importorskip("prefect_dask")
    settings = Settings(data=tmp_path / "data")
    fill(settings, DOCUMENTS)
    said = run(settings, environment(tmp_path, server, readers), runner)
    assert "Traceback" not in said
    assert "Timeouts in worker threads" not in said
    assert differing(settings, peace) == {}
    chunks = query(
        settings, "SELECT DISTINCT started_at, owner FROM partition_run WHERE stage = 'article'"
    )
    assert len(chunks) > 4
    loads = Counter((tmp_path / "loads").read_text(encoding="utf-8").split())
    # Each of the two reads from chunk to chunk.
    assert len(loads) == 2
    assert set(loads.values()) == {1}


@task
def twice(number: int) -> int:
    return 2 * number


def test_tasks_go_to_a_cluster_that_runs_already(server, monkeypatch):
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 1, "threads_per_worker": 1, "processes": False}
    options |= {"host": "127.0.0.1", "protocol": "tcp://", "dashboard_address": None}
    where = {
        PREFECT_API_URL: server["PREFECT_API_URL"],
        PREFECT_HOME: server["PREFECT_HOME"],
        # What is left of them when this process ends would be sent to a server that is gone.
        PREFECT_LOGGING_TO_API_ENABLED: False,
    }
    with (
        distributed.LocalCluster(**options) as cluster,
        temporary_settings(where),
    ):
        monkeypatch.setenv("REELINE_TASK_RUNNER", f"dask:{cluster.scheduler_address}")
        runner = chosen_runner()

        @flow(task_runner=runner.task_runner)
        def all_twice() -> list[int]:
            calls = ((number,) for number in range(4))
            return list(
                run_all(
                    calls, task=runner.fit(twice), width=runner.width, should_stop=lambda: False
                )
            )

        assert all_twice() == [2 * number for number in range(4)]
