"""Keeps the programs of one machine alive, and its runs honest: what `make up` leaves behind.

Every few seconds: a server or worker that was killed is begun again, and a run that lost its
process is crashed, so that the next one may go. Ends on SIGTERM, alone; the others are ended by
`flows/up.py`.
"""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from filelock import Timeout
from prefect.client.orchestration import get_client

from flows.machine import PORT, WORKER_NAME, Machine
from flows.reaper import UNREACHABLE, Here, Patience, Reaper
from models.errors import ReelineError
from pipeline.json_logs import json_logs
from pipeline.settings import Settings

# By name: as the program that runs it is `__main__`.
log = logging.getLogger("flows.keeper")

EVERY_S = 10.0
"""Seconds between two looks; `REELINE_WATCH_S` says otherwise."""
_KEPT = ("server", "worker")


def keep(machine: Machine, stopping: threading.Event, *, every_s: float = EVERY_S) -> None:
    """Look at a machine until told to stop. What fails is said, and tried again at the next look.

    Args:
        machine: Server and worker, begun and deployed to.
        stopping: Set to end.
        every_s: Seconds between two looks.
    """
    with get_client(sync_client=True) as client:
        reaper = Reaper(client=client, patience=Patience.of())
        while not stopping.wait(every_s):
            # Each time anew: a file is of one day.
            with json_logs(Settings(data=machine.data), program="keeper"):
                try:
                    _look(machine, reaper)
                except (*UNREACHABLE, ReelineError, OSError, Timeout) as error:
                    log.warning("not kept", extra={"error": f"{type(error).__name__}: {error}"})


def _look(machine: Machine, reaper: Reaper) -> None:
    for name in _KEPT:
        if machine.ensure(name):
            log.warning("begun again", extra={"what": name})
    for line in reaper.look(here(machine)):
        log.warning("run ended", extra={"what": line})


def here(machine: Machine) -> Here | None:
    """Return what is known of the processes, None where the system does not tell."""
    if not machine.can_see():
        return None
    held = machine.held()
    return Here(worker=WORKER_NAME, worker_since=machine.since("worker"), held=held)


def main(arguments: Sequence[str] | None = None) -> int:
    """Keep the machine of the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m flows.keeper")
    parser.add_argument("--data", type=Path, required=True, help="data folder")
    parser.add_argument("--port", type=int, default=PORT, help="port of the server")
    parser.add_argument("--limit", type=int, default=2, help="runs that the worker has at a time")
    given = parser.parse_args(arguments)
    stopping = threading.Event()

    def on_term(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, on_term)
    signal.signal(signal.SIGINT, on_term)
    every_s = float(os.environ.get("REELINE_WATCH_S") or EVERY_S)
    machine = Machine(data=given.data, port=given.port, limit=given.limit)
    keep(machine, stopping, every_s=every_s)
    return 0


if __name__ == "__main__":
    sys.exit(main())
