"""One machine as `make up` makes it, for tests: quick where Prefect waits, gone afterwards."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import as_file, files
from typing import Any
from uuid import UUID

import psutil
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import TERMINAL_STATES, FlowRun, StateType
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from flows.deploy import packaged_file
from flows.machine import Machine
from flows.server import free_port
from pipeline.settings import Settings
from pipeline.store_lock import WriterLock

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
    "REELINE_WATCH_S": "2",
}
_BEGUN = [StateType.RUNNING, StateType.COMPLETED, StateType.FAILED, StateType.CRASHED]


@dataclass(frozen=True)
class Rig:
    """What was started, and what flows there are told so that they ask the newsroom."""

    settings: Settings
    client: SyncPrefectClient
    parameters: dict[str, Any]
    programs: Machine

    def start(self, deployment: str, parameters: dict[str, Any]) -> FlowRun:
        found = self.client.read_deployment_by_name(deployment)
        return self.client.create_flow_run_from_deployment(found.id, parameters=parameters)

    def wait(self, run_id: UUID) -> FlowRun:
        def ended() -> FlowRun | None:
            run = self.client.read_flow_run(run_id)
            return run if run.state is not None and run.state.is_final() else None

        return until(ended, f"the end of {run_id}")

    def wait_for_state(self, run_id: UUID, name: str) -> None:
        until(lambda: name in self.state_names(run_id), f"{run_id} being {name}")

    def state_names(self, run_id: UUID) -> list[str]:
        return [state.name for state in self.client.read_flow_run_states(run_id)]

    def begun(self, deployment_id: UUID) -> list[FlowRun]:
        state = FlowRunFilterState(type=FlowRunFilterStateType(any_=_BEGUN))
        return self.client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment_id])),
            flow_run_filter=FlowRunFilter(state=state),
        )

    def logged(self) -> list[dict[str, Any]]:
        files = sorted((self.settings.data / "logs").glob("*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]

    @contextmanager
    def holding_the_store(self, *, once: Callable[[], bool] = lambda: True) -> Iterator[None]:
        """Hold the lock that flows wait for, from when something is true: they stand still."""
        lock = WriterLock(self.settings)

        def is_held() -> bool:
            lock.acquire()
            if once():
                return True
            lock.release()
            return False

        until(is_held, "the moment to hold the store")
        try:
            yield
        finally:
            lock.release()


def until(look, what: str):
    """Return the first true answer of a question that is asked again and again."""
    deadline = time.monotonic() + _WAIT_S
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.4)
    raise AssertionError(f"not seen in {_WAIT_S:.0f} s: {what}")


def loaders(programs: Machine, settings: Settings) -> list[psutil.Process]:
    """Wait up to 8 s for a flow that has the store open; without one return all flows."""
    deadline = time.monotonic() + 8.0
    while time.monotonic() < deadline:
        for process in flow_processes(programs):
            with suppress(psutil.Error):
                if str(settings.store_file) in {file.path for file in process.open_files()}:
                    return [process]
        time.sleep(0.02)
    return flow_processes(programs)


def flow_processes(programs: Machine) -> list[psutil.Process]:
    """Return the processes of flows, without the page readers that they started."""
    found = {process.pid: process for _, process in programs.flows()}
    return [one for one in found.values() if one.ppid() not in found]


def kill(processes: Iterable[psutil.Process]) -> int:
    """End processes with no time for a last word; return how many there were still."""
    killed = 0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
            killed += 1
    return killed


def unfinished(client: SyncPrefectClient) -> list[str]:
    """Return the states of the runs that have not ended, those that a schedule made left out."""
    ended = FlowRunFilterStateType(not_any_=sorted(TERMINAL_STATES))
    living = FlowRunFilter(state=FlowRunFilterState(type=ended))
    # No schedule of a test comes true, but its future runs are there.
    return [
        run.state_name or ""
        for run in client.read_flow_runs(flow_run_filter=living, limit=200)
        if not run.auto_scheduled
    ]


def rarely(deployments: str) -> str:
    """Return deployments whose schedules come true in two months.

    Later, and the scheduler would look for their next runs again in each of its rounds.
    """
    day = datetime.now(UTC) + timedelta(days=60)
    return re.sub(r'cron: "[^"]*"', f'cron: "0 0 {day.day} {day.month} *"', deployments)


@contextmanager
def running_machine(settings: Settings, hosts: dict[str, Any], *, notify: str) -> Iterator[Rig]:
    """Yield a machine whose schedules come true in two months: they would ask real sources."""
    programs = Machine(data=settings.data, port=free_port())
    file = settings.data / "deployments.yaml"
    file.write_text(rarely(packaged_file()), encoding="utf-8")
    up = [sys.executable, "-m", "flows.up"]
    where = ["--data", str(settings.data)]
    how = ["--port", str(programs.port), "--file", str(file), "--notify", notify]
    try:
        started = subprocess.run(
            [*up, "start", *where, *how],
            env=os.environ | _QUICK,
            capture_output=True,
            text=True,
            check=False,
        )
        assert started.returncode == 0, started.stderr
        with (
            as_file(files("pipeline") / "newsroom" / "sources") as folder,
            temporary_settings({PREFECT_API_URL: programs.api_url, PREFECT_HOME: programs.home}),
            get_client(sync_client=True) as client,
        ):
            parameters = {"sources_dir": str(folder), "connect_to": hosts}
            yield Rig(settings=settings, client=client, parameters=parameters, programs=programs)
    finally:
        subprocess.run([*up, "stop", *where], check=False, capture_output=True)


class Listener(ThreadingHTTPServer):
    """A listener on loopback that keeps what is POSTed: (content type, body)."""

    posted: list[tuple[str | None, bytes]]


class _Ear(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.headers["Content-Type"], body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        pass


@contextmanager
def listening() -> Iterator[Listener]:
    """Yield a listener on a free port."""
    server = Listener(("127.0.0.1", 0), _Ear)
    server.posted = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
