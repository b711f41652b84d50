"""`python -m flows.up start|stop|status`: server, worker, keeper and deployments of one machine.

What `make up` and `make down` run. Ends exactly what it started, and the flows of that.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from flows.machine import NAMES, PORT, Machine
from models.errors import ReelineError
from pipeline.settings import Settings, load_settings


def start(
    settings: Settings, *, port: int = PORT, limit: int = 2, deploying: Sequence[str] = ()
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
    machine = Machine(data=settings.data, port=port, limit=limit)
    machine.home.mkdir(parents=True, exist_ok=True)
    machine.ensure("server")
    deploy = [sys.executable, "-m", "flows.deploy", *deploying]
    if subprocess.run(deploy, env=machine.environment(), check=False).returncode:  # noqa: S603
        raise ReelineError("the deployments cannot be brought up: the lines above say why")
    machine.ensure("worker")
    machine.ensure("keeper")
    sys.stdout.write(f"running: http://127.0.0.1:{port} (logs in {machine.home})\n")


def stop(settings: Settings) -> None:
    """End keeper, worker, the flows that a killed worker left, and the server."""
    machine = Machine(data=settings.data)
    for name in ("keeper", "worker", "server"):
        if name == "server" and (orphans := machine.end_orphans()):
            sys.stdout.write(f"flows without a worker: {orphans} stopped\n")
        sys.stdout.write(f"{name}: {'stopped' if machine.end(name) else 'not running'}\n")


def status(settings: Settings) -> bool:
    """Print what runs; return whether all of it does."""
    machine = Machine(data=settings.data)
    found = {name: machine.find(name) for name in NAMES}
    for name, process in found.items():
        text = f"running, process {process.pid}" if process else "not running"
        sys.stdout.write(f"{name}: {text} (log: {machine.home / name}.log)\n")
    return all(found.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m flows.up")
    parser.add_argument("what", choices=["start", "stop", "status"])
    parser.add_argument("--data", type=Path, help="data folder; default REELINE_DATA")
    parser.add_argument("--port", type=int, default=PORT, help="port of the server")
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
