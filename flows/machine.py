"""The programs of one machine: Prefect server, worker and keeper, each with a file of its process.

A file holds id and start time, so that a number that was given away is never taken for ours. What
they are for and when they begin and end is the matter of `flows/up.py` and `flows/keeper.py`.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from filelock import FileLock

from flows.deploy import WORK_POOL
from flows.server import SERVER_SETTINGS, ServerError, client_settings, wait_until_healthy
from pipeline.settings import Settings

PORT = 4200
NAMES = ("server", "worker", "keeper")
WORKER_NAME = f"reeline-{socket.gethostname()}"
"""Every run that the worker takes has it as a label."""

# A worker lets its flows end: they stop after the batch in flight, and get half a minute for it.
_STOP_S = {"server": 20.0, "worker": 60.0, "keeper": 20.0}
_ORPHAN_STOP_S = 30.0
# Held for the start of one process.
_LOCK_S = 60.0
_RUN_ID = "PREFECT__FLOW_RUN_ID"
_WORKER_SETTINGS = {
    "PREFECT_WORKER_HEARTBEAT_SECONDS": "15",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
}


def home_of(settings: Settings) -> Path:
    """Return the folder of process files, logs and the server's database."""
    return settings.data / "prefect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The programs of one data folder.

    Attributes:
        data: The data folder, which the worker's flows use.
        port: Port of the server on 127.0.0.1.
        limit: Runs that the worker has at a time.
    """

    data: Path
    port: int = PORT
    limit: int = 2

    @property
    def home(self) -> Path:
        """Folder of process files, logs and the server's database."""
        return home_of(Settings(data=self.data))

    @property
    def api_url(self) -> str:
        """Address of the server's interface."""
        return f"http://127.0.0.1:{self.port}/api"

    def environment(self) -> dict[str, str]:
        """Return the environment of every program here."""
        own = client_settings(self.home, self.api_url) | {"REELINE_DATA": str(self.data)}
        return os.environ | own

    def find(self, name: str) -> psutil.Process | None:
        """Return a program's process; None when it ended or the number is another's now."""
        try:
            record = json.loads((self.home / f"{name}.pid").read_text(encoding="utf-8"))
            process = psutil.Process(record["pid"])
            is_ours = abs(process.create_time() - record["created"]) < 1.0
            is_alive = process.status() != psutil.STATUS_ZOMBIE
        except (FileNotFoundError, psutil.NoSuchProcess, json.JSONDecodeError):
            return None
        return process if is_ours and is_alive else None

    def since(self, name: str) -> datetime | None:
        """Return when a program began; None when it does not run."""
        process = self.find(name)
        return datetime.fromtimestamp(process.create_time(), UTC) if process else None

    def ensure(self, name: str) -> bool:
        """Begin a program unless it runs; return whether it was begun. The server is healthy then.

        Raises:
            ServerError: It ended at once, or is not healthy in time; names its log.
        """
        with FileLock(self.home / "machine.lock", timeout=_LOCK_S):
            if self.find(name) is not None:
                return False
            process = self._begin(name)
        if name == "server":
            wait_until_healthy(process, self.api_url, self.home / "server.log")
        return True

    def end(self, name: str) -> bool:
        """End a program: ask, wait, then kill; return whether it was running."""
        process = self.find(name)
        if process is not None:
            _end([process], patience_s=_STOP_S[name])
        (self.home / f"{name}.pid").unlink(missing_ok=True)
        return process is not None

    def end_orphans(self) -> int:
        """End the flows whose worker is gone, as a worker would; return how many there were."""
        left = [process for _, process in self.flows()]
        _end(left, patience_s=_ORPHAN_STOP_S)
        return len(left)

    def held(self) -> frozenset[str]:
        """Return the ids of the runs of this server that a process on this machine carries out."""
        return frozenset(run_id for run_id, _ in self.flows())

    def can_see(self) -> bool:
        """Whether this system shows us what processes were told: without, `held` knows nothing."""
        process = self.find("server")
        try:
            return process is not None and "PREFECT_HOME" in process.environ()
        except (psutil.Error, OSError):
            return False

    def flows(self) -> Iterator[tuple[str, psutil.Process]]:
        """Yield (run id, process) of the flows here; a flow's own children are among them."""
        home = self.home.resolve()
        for process in psutil.process_iter():
            try:
                environment = process.environ()
                is_alive = process.status() != psutil.STATUS_ZOMBIE
            except (psutil.Error, OSError):
                continue  # another user's, or just gone
            if not (is_alive and _RUN_ID in environment and environment.get("PREFECT_HOME")):
                continue
            if Path(environment["PREFECT_HOME"]).resolve() == home:
                yield environment[_RUN_ID], process

    def _begin(self, name: str) -> subprocess.Popen[bytes]:
        command, environment = self._command(name), self.environment()
        if name == "server":
            # A database elsewhere (PREFECT_API_DATABASE_CONNECTION_URL) comes with the environment.
            environment |= SERVER_SETTINGS | {"PREFECT_SERVER_UI_ENABLED": "true"}
        elif name == "worker":
            environment |= _WORKER_SETTINGS
        with (self.home / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  # our own interpreter and constants
                [sys.executable, "-m", *command],
                env=environment,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        record = {"pid": process.pid, "created": psutil.Process(process.pid).create_time()}
        (self.home / f"{name}.pid").write_text(json.dumps(record), encoding="utf-8")
        time.sleep(0.2)
        if process.poll() is not None:
            log_file = self.home / f"{name}.log"
            raise ServerError(f"the {name} ended with {process.returncode}; see {log_file}")
        return process

    def _command(self, name: str) -> list[str]:
        port, limit = str(self.port), str(self.limit)
        if name == "server":
            module = "flows.sqlite_server"
            return [module, "server", "start", "--host", "127.0.0.1", "--port", port]
        if name == "worker":
            start = ["prefect", "worker", "start", "--pool", WORK_POOL, "--type", "process"]
            return [*start, "--name", WORKER_NAME, "--limit", limit]
        return ["flows.keeper", "--data", str(self.data), "--port", port, "--limit", limit]


def _end(processes: Sequence[psutil.Process], *, patience_s: float) -> None:
    for process in processes:
        with _gone_is_fine():
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=patience_s)
    for process in alive:
        with _gone_is_fine():
            process.kill()
    psutil.wait_procs(alive, timeout=patience_s)


@contextmanager
def _gone_is_fine() -> Iterator[None]:
    try:
        yield
    except psutil.NoSuchProcess:
        return
