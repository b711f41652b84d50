"""Two machines on loopback: PostgreSQL under both the Prefect server and the lake, and workers.

Each machine has a data folder of its own; they share the archive, the lake and the server.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import postgres
import psutil
import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from flows.automations import ZOMBIES, zombie_automation
from flows.deploy import packaged_file
from flows.lifeline import tied_command
from flows.server import client_settings, private_server
from pipeline.acquire import import_pages
from pipeline.newsroom.synthetic import synthetic_pages
from pipeline.settings import Settings
from pipeline.store_lake_connect import attach_lake

FIRST_DAY = date(2020, 1, 1)
_KNOWN = "SELECT owner, flow_run_id, state, count(*), sum(processed), max(attempts) FROM partition_run WHERE stage = 'article' GROUP BY ALL"  # fmt: skip
# The least that is more than two beats of a run apart.
_SILENCE_S = 40


@dataclass(frozen=True)
class Work:
    """What one process of the ledger has of the partitions."""

    pid: int
    run_id: str
    state: str
    partitions: int
    documents: int
    attempts: int


@dataclass
class Field:
    """The machines, their server, and what runs on them."""

    settings: Settings
    environment: Mapping[str, str]
    client: SyncPrefectClient
    folder: Path
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def machine(self, name: str) -> Settings:
        """Return the settings of a machine: a data folder of its own, the archive shared."""
        made = replace(self.settings, data=self.folder / name)
        made.data.mkdir(exist_ok=True)
        if not made.archive_dir.exists():
            made.archive_dir.symlink_to(self.settings.archive_dir)
        made.prepare()
        return made

    def start_worker(self, name: str) -> None:
        """Start a worker that takes one run at a time."""
        arguments = ["worker", "start", "--pool", "reeline", "--type", "process"]
        command = tied_command("prefect", *arguments, "--limit", "1", "--name", name)
        own = {"REELINE_DATA": str(self.machine(name).data)}
        with (self.folder / f"{name}.log").open("wb") as log:
            self.workers[name] = subprocess.Popen(
                command,
                env={**self.environment, **own},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def freeze(self, name: str) -> None:
        """Stop a worker and all that it started where they are, until `thaw` or `kill`."""
        self._signal(name, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a frozen worker go on."""
        self._signal(name, signal.SIGCONT)

    def _signal(self, name: str, number: int) -> None:
        pid = self.workers[name].pid
        for process in [psutil.Process(pid), *_children(pid)]:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def kill(self, name: str) -> None:
        """End a worker and all that it started, with no time for a last word."""
        worker = self.workers.pop(name)
        family = _children(worker.pid)
        worker.kill()
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        worker.wait()
        psutil.wait_procs(family, timeout=10)

    def stop_workers(self) -> None:
        """End the workers that are left, by their ids."""
        for name in list(self.workers):
            self.kill(name)

    def backfill(self, **request: Any) -> str:
        """Start a backfill of the whole archive on whoever takes it; return the run's id."""
        deployment = self.client.read_deployment_by_name("backfill/backfill")
        days = {"first_day": str(FIRST_DAY - timedelta(days=9)), "last_day": "2029-12-31"}
        parameters = {"request": days | {"stage": "article"} | request}
        made = self.client.create_flow_run_from_deployment(deployment.id, parameters=parameters)
        return str(made.id)

    def work(self) -> list[Work]:
        """Return who has and had which part of the partitions."""
        return [
            Work(int(row[0].split(":")[-2]), row[1], row[2], row[3], int(row[4] or 0), row[5])
            for row in self._lake.execute(_KNOWN).fetchall()
        ]

    @cached_property
    def _lake(self) -> duckdb.DuckDBPyConnection:
        """One connection for all looks: to make one costs half a second of a processor."""
        return attach_lake(self.settings, is_read_only=True)

    def close(self) -> None:
        """Leave the lake."""
        lake = vars(self).pop("_lake", None)
        if lake is not None:
            lake.close()

    def span_s(self) -> float:
        """Return the seconds from the first claim of a partition to the last end of one."""
        sql = "SELECT epoch(max(finished_at) - min(started_at)) FROM partition_run WHERE stage = 'article'"  # fmt: skip
        (seconds,) = self._lake.execute(sql).fetchall()[0]
        return float(seconds)

    def worker_of(self, pid: int) -> str | None:
        """Return the name of the worker that a process belongs to, while both live."""
        for name, worker in self.workers.items():
            if pid in {child.pid for child in _children(worker.pid)}:
                return name
        return None

    def problems(self) -> list[str]:
        """Return what the runs that failed say."""
        runs = self.client.read_flow_runs(limit=200)
        failed = (run.state for run in runs if run.state is not None and run.state.is_failed())
        return [str(state.message) for state in failed]

    def states(self) -> dict[str, str]:
        """Return the state of each run by its id."""
        runs = self.client.read_flow_runs(limit=200)
        return {str(run.id): run.state_name or "" for run in runs}


def _children(pid: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).children(recursive=True)
    return []


def fill(settings: Settings, documents: int, *, a_day: int = 10) -> None:
    """Put a synthetic archive into a data folder and its store."""
    settings.prepare()
    pages = synthetic_pages(documents, first_day=FIRST_DAY, days=max(1, documents // a_day))
    import_pages(settings, pages, run_label="synthetic")


@contextmanager
def server_on_postgres(folder: Path, conninfo: str) -> Iterator[dict[str, str]]:
    """Yield the environment of programs that use a new Prefect server on that PostgreSQL."""
    host, port, user = (word.partition("=")[2] for word in conninfo.split())
    postgres.create_database(conninfo, "prefect")
    url = f"postgresql+asyncpg://{user}@{host}:{port}/prefect"
    name = "PREFECT_API_DATABASE_CONNECTION_URL"
    home = folder / "prefect"
    os.environ[name] = url
    try:
        with private_server(home) as api_url:
            yield client_settings(home, api_url)
    finally:
        del os.environ[name]


@contextmanager
def two_machines(
    folder: Path, *, documents: int, lease_s: float, a_day: int = 10
) -> Iterator[Field]:
    """Yield the field: server, lake with an archive that nobody has read, no worker yet."""
    with postgres.running() as conninfo:
        postgres.create_database(conninfo, "lake")
        settings = Settings(
            data=folder / "shared",
            store=f"ducklake:postgres:dbname=lake {conninfo}",
            lake_data_path=str(folder / "parquet"),
        )
        fill(settings, documents, a_day=a_day)
        with server_on_postgres(folder, conninfo) as server:
            environment = os.environ | server | {
                "REELINE_STORE": settings.store,
                "REELINE_LAKE_DATA": settings.lake_data_path,
                "REELINE_LEASE_S": str(lease_s),
                "REELINE_PAGE_WORKERS": "1",
                "PREFECT_WORKER_QUERY_SECONDS": "1",
                "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            }  # fmt: skip
            _deploy(folder, environment)
            where = {PREFECT_API_URL: server["PREFECT_API_URL"], PREFECT_HOME: folder / "prefect"}
            with temporary_settings(where), get_client(sync_client=True) as client:
                _hurry_zombies(client)
                made = Field(settings, environment, client, folder)
                try:
                    yield made
                finally:
                    made.stop_workers()
                    made.close()


def _deploy(folder: Path, environment: Mapping[str, str]) -> None:
    text = yaml.safe_load(packaged_file())
    text["deployments"] = [one for one in text["deployments"] if one["name"] == "backfill"]
    file = folder / "deployments.yaml"
    file.write_text(yaml.safe_dump(text), encoding="utf-8")
    command = [sys.executable, "-m", "flows.deploy", "--file", str(file)]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _hurry_zombies(client: SyncPrefectClient) -> None:
    (known,) = client.read_automations_by_name(ZOMBIES)
    client.update_automation(known.id, zombie_automation(silence_s=_SILENCE_S))
