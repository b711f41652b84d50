"""`python -m flows.up start|stop|status`: server, worker and deployments of one machine.

What `make up` and `make down` run. Ends exactly the processes that it started: each has a file in
the data folder with its id and start time, so that a number that was given away is never killed.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from flows.deploy import WORK_POOL
from flows.server import (
    SERVER_SETTINGS,
    ServerError,
    client_settings,
    wait_until_healthy,
)
from models.errors import ReelineError
from pipeline.settings import Settings, load_settings

_PORT = 4200
_NAMES = ("server", "worker")
# A worker lets its flows end: they stop after the batch in flight, and get half a minute for it.
_STOP_S = {"server": 20.0, "worker": 60.0}
_WORKER_SETTINGS = {
    "PREFECT_WORKER_HEARTBEAT_SECONDS": "15",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
}


def home_of(settings: Settings) -> Path:
    """Return the folder of pid files, logs and the server's database."""
    return settings.data / "prefect"


def start(
    settings: Settings, *, port: int = _PORT, limit: int = 2, deploying: Sequence[str] = ()
) -> None:
    """Start what does not run yet, and bring the deployments up.

    Args:
        settings: The data folder, which the worker's flows use.
        port: Port of 127.0.0.1 for the server; 4200 unless something else has it.
        limit: Runs that the worker has at a time.
        deploying: Options of `python -m flows.deploy`.

    Raises:
        ServerError: The server does not start.
        ReelineError: The deployments cannot be brought up; they say why.
    """
    settings.prepare()
    home, api_url = home_of(settings), f"http://127.0.0.1:{port}/api"
    home.mkdir(parents=True, exist_ok=True)
    environment = os.environ | client_settings(home, api_url)
    environment["REELINE_DATA"] = str(settings.data)
    if _find(home, "server") is None:
        arguments = ["server", "start", "--host", "127.0.0.1", "--port", str(port)]
        # A database elsewhere (PREFECT_API_DATABASE_CONNECTION_URL) comes with the environment.
        own = environment | SERVER_SETTINGS | {"PREFECT_SERVER_UI_ENABLED": "true"}
        server = _begin(home, "server", arguments, own)
        wait_until_healthy(server, api_url, home / "server.log")
    deploy = [sys.executable, "-m", "flows.deploy", *deploying]
    if subprocess.run(deploy, env=environment, check=False).returncode:  # noqa: S603
        raise ReelineError("the deployments cannot be brought up: the lines above say why")
    if _find(home, "worker") is None:
        arguments = ["worker", "start", "--pool", WORK_POOL, "--type", "process"]
        arguments += ["--limit", str(limit)]
        _begin(home, "worker", arguments, environment | _WORKER_SETTINGS)
    sys.stdout.write(f"running: http://127.0.0.1:{port} (logs in {home})\n")


def stop(settings: Settings) -> None:
    """End the worker, then the server: exactly those that `start` began."""
    home = home_of(settings)
    for name in reversed(_NAMES):
        process = _find(home, name)
        if process is None:
            sys.stdout.write(f"{name}: not running\n")
        else:
            process.terminate()
            try:
                process.wait(timeout=_STOP_S[name])
            except psutil.TimeoutExpired:
                process.kill()
                process.wait()
            sys.stdout.write(f"{name}: stopped\n")
        (home / f"{name}.pid").unlink(missing_ok=True)


def status(settings: Settings) -> bool:
    """Print what runs; return whether all of it does."""
    home = home_of(settings)
    found = {name: _find(home, name) for name in _NAMES}
    for name, process in found.items():
        text = f"running, process {process.pid}" if process else "not running"
        sys.stdout.write(f"{name}: {text} (log: {home / name}.log)\n")
    return all(found.values())


def _begin(
    home: Path, name: str, arguments: Sequence[str], environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "prefect", *arguments]
    with (home / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and constants
            command,
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    began = psutil.Process(process.pid).create_time()
    record = {"pid": process.pid, "created": began}
    (home / f"{name}.pid").write_text(json.dumps(record), encoding="utf-8")
    time.sleep(0.2)
    if process.poll() is not None:
        raise ServerError(f"the {name} ended with {process.returncode}; see {home / name}.log")
    return process


def _find(home: Path, name: str) -> psutil.Process | None:
    """Return the process of a pid file, None when it ended or the number is another's now."""
    try:
        record = json.loads((home / f"{name}.pid").read_text(encoding="utf-8"))
        process = psutil.Process(record["pid"])
        is_ours = abs(process.create_time() - record["created"]) < 1.0
        is_alive = process.status() != psutil.STATUS_ZOMBIE
    except (FileNotFoundError, psutil.NoSuchProcess, json.JSONDecodeError):
        return None
    return process if is_ours and is_alive else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m flows.up")
    parser.add_argument("what", choices=["start", "stop", "status"])
    parser.add_argument("--data", type=Path, help="data folder; default REELINE_DATA")
    parser.add_argument("--port", type=int, default=_PORT, help="port of the server")
    parser.add_argument("--limit", type=int, default=2, help="runs that the worker has at a time")
    parser.add_argument("--file", help="other deployments than those of reeline")
    parser.add_argument("--notify", help="address that is called for each new event")
    given = parser.parse_args(arguments)
    settings = load_settings(given.data)
    try:
        if given.what == "start":
            options = {"--notify": given.notify, "--file": given.file}
            deploying = [word for key, value in options.items() if value for word in (key, value)]
            start(settings, port=given.port, limit=given.limit, deploying=deploying)
        elif given.what == "stop":
            stop(settings)
        else:
            return 0 if status(settings) else 1
    except ReelineError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
