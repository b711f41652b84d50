"""A private Prefect server for one block: started, waited for, stopped. Only on 127.0.0.1.

Never the ephemeral server: it starts slowly and loses task rows. A server that lives on after its
starter is `flows/up.py`; both share the settings here.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2

from flows.lifeline import tied_command
from models.errors import ReelineError

# A fresh database takes 10-28 s on a busy machine of two cores.
_START_S = 120.0
_STOP_S = 15.0
# SQLite writes in batches: with the defaults rows are lost to "database is locked".
SERVER_SETTINGS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_LOGGING_SERVER_LEVEL": "WARNING",
    # Who holds a slot outlives the server; in memory, a restart would end the runs it finds.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
        "prefect.server.concurrency.lease_storage.filesystem"
    ),
}


class ServerError(ReelineError, RuntimeError):
    """The Prefect server did not start, or cannot be reached."""


def client_settings(home: Path, api_url: str) -> dict[str, str]:
    """Return the environment of a program that uses the private server."""
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api_url,
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_LOGGING_LEVEL": "INFO",
        "DO_NOT_TRACK": "1",
    }


@contextmanager
def private_server(home: Path) -> Iterator[str]:
    """Yield the API address of a server of our own, healthy and on a free port.

    Args:
        home: Folder of its database and log; made when missing.

    Raises:
        ServerError: It ended early, or was not healthy in time; names its log.
    """
    home.mkdir(parents=True, exist_ok=True)
    log_file = home / "server.log"
    port = free_port()
    api_url = f"http://127.0.0.1:{port}/api"
    environment = os.environ | SERVER_SETTINGS | {"PREFECT_HOME": str(home)}
    environment.pop("PREFECT_API_URL", None)
    arguments = ["server", "start", "--host", "127.0.0.1", "--port", str(port)]
    # Tied to this process: a kill of it leaves no server behind.
    command = tied_command("flows.sqlite_server", *arguments)
    with log_file.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and constants
            command, env=environment, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
    try:
        wait_until_healthy(process, api_url, log_file)
        yield api_url
    finally:
        _stop(process)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_healthy(process: subprocess.Popen[bytes], api_url: str, log_file: Path) -> None:
    """Return when the server of a process answers.

    Raises:
        ServerError: The process ended, or did not answer in time; names its log.
    """
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServerError(f"the Prefect server ended with {process.returncode}; see {log_file}")
        if is_healthy(api_url):
            return
        time.sleep(0.2)
    raise ServerError(f"the Prefect server was not healthy after {_START_S:.0f} s; see {log_file}")


def is_healthy(api_url: str) -> bool:
    """Return whether a server answers at an API address."""
    try:
        return httpx2.get(f"{api_url}/health", timeout=2.0, trust_env=False).status_code == 200
    except httpx2.HTTPError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run_with(environment: Mapping[str, str], module: str, *arguments: str) -> int:
    """Run one of our modules in a process of its own, tied to this one; return its exit code."""
    command = tied_command(module, *arguments)
    return subprocess.run(command, env=os.environ | environment, check=False).returncode  # noqa: S603
