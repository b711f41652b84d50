"""What orchestration costs: archived documents read again, with Prefect and without, in one run.

`python tests/bench/orchestration.py [--documents 2000] [--processes 1 2]`. The same partitions and
chunks in both. CPU seconds of the process, of its page readers and, with Prefect, of the server.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil

from flows.server import client_settings, private_server
from pipeline.acquire import import_pages
from pipeline.newsroom.synthetic import synthetic_pages
from pipeline.settings import Settings

_RUN = Path(__file__).with_name("orchestration_run.py")
# What the server still writes after a run belongs to the run.
_SETTLES_S = 5.0
_IDLE_S = 30.0
_DAYS = 60
_VARIANTS = ("plain", "prefect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One pass over the archive: wall and CPU seconds.

    Attributes:
        documents: Documents that were read.
        elapsed_s: Wall seconds from the first look at the store to the published snapshot.
        start_s: CPU seconds of the process before that: imports.
        own_s: CPU seconds of the process after that: planning, loading, and the client.
        readers_s: CPU seconds of the processes that read pages, their start included.
        server_s: CPU seconds of the server meanwhile.
        idle_s: Those of them that it would have taken in that time with nothing to do.
    """

    documents: int
    elapsed_s: float
    start_s: float
    own_s: float
    readers_s: float
    server_s: float = 0.0
    idle_s: float = 0.0

    @property
    def work_s(self) -> float:
        """CPU seconds without the start of the process."""
        return self.own_s + self.readers_s + self.server_s

    @property
    def start_and_work_s(self) -> float:
        """CPU seconds of the whole process."""
        return self.start_s + self.work_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The server of the runs: what its clients are told, and its CPU seconds a second idle."""

    environment: dict[str, str]
    idle: float


def measure(settings: Settings, variant: str, readers: int, server: Server) -> Cost:
    """Return what one pass over a fresh copy of the archive costs.

    Args:
        settings: The data folder, its archive filled and nothing read.
        variant: plain or prefect.
        readers: Processes that read pages.
        server: The server, which has nothing to do in the plain variant.
    """
    # The heartbeat is what the deployments send: see flows/prefect.yaml.
    extra = {"REELINE_PAGE_WORKERS": str(readers), "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30"}
    copy = settings.data.with_name("copy")
    shutil.copytree(settings.data, copy)
    begun, before_s = time.monotonic(), server_cpu_s()
    done = subprocess.run(
        [sys.executable, str(_RUN), variant, str(copy)],
        env=os.environ | server.environment | extra,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    if variant == "prefect":
        time.sleep(_SETTLES_S)
        figures["server_s"] = server_cpu_s() - before_s
        figures["idle_s"] = server.idle * (time.monotonic() - begun)
    shutil.rmtree(copy)
    return Cost(**figures)


def server_cpu_s() -> float:
    """Return the CPU seconds of the children of this process, which are the server's."""
    used = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return float(sum(times.user + times.system for times in used))


def _line(readers: int, variant: str, cost: Cost) -> None:
    cells = (cost.start_s, cost.own_s, cost.readers_s, cost.server_s, cost.work_s)
    text = "".join(f"{cell:10.1f}" for cell in cells)
    print(f"{readers:9d}{variant:>9}{cost.documents:7d}{cost.elapsed_s:9.1f}{text}", flush=True)


def compare(plain: Sequence[Cost], prefect: Sequence[Cost]) -> None:
    """Print what the passes with Prefect cost more than those without, and where."""

    def more(part: str) -> float:
        with_it, without = (sum(getattr(cost, part) for cost in one) for one in (prefect, plain))
        return float(with_it - without)

    whole_s = sum(cost.work_s for cost in plain)
    started_s = sum(cost.start_s for cost in plain)
    used_s = more("work_s") - more("idle_s")
    flow_s, server_s = more("own_s"), more("server_s") - more("idle_s")
    print(f"  orchestration costs {100 * used_s / whole_s:+.1f}% of the CPU; by process, without")
    print(
        f"  the readers, whose work is the same in both: {100 * (flow_s + server_s) / whole_s:+.1f}%"
        f" (flow {flow_s / len(plain):+.1f} s a pass, server {server_s / len(plain):+.1f} s)"
    )
    print(
        f"  with what the idle server takes in that time {100 * more('work_s') / whole_s:+.1f}%,"
        f" with the imports of both {100 * more('start_and_work_s') / (whole_s + started_s):+.1f}%",
        flush=True,
    )


def main() -> None:
    """Fill an archive, read it in each variant, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--processes", type=int, nargs="*", default=[1, 2], help="page readers")
    parser.add_argument("--rounds", type=int, default=1, help="passes of each variant")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data")
        settings.prepare()
        pages = synthetic_pages(given.documents, first_day=date(2020, 1, 1), days=_DAYS)
        import_pages(settings, pages, run_label="synthetic")
        with private_server(Path(folder) / "prefect") as api_url:
            time.sleep(_SETTLES_S)
            start_s = server_cpu_s()
            time.sleep(_IDLE_S)
            server = Server(
                environment=client_settings(Path(folder) / "prefect", api_url),
                idle=(server_cpu_s() - start_s) / _IDLE_S,
            )
            print(f"server: start {start_s:.1f} CPU s, idle {60 * server.idle:.1f} CPU s a minute")
            _table(settings, given.processes, given.rounds, server)


def _table(settings: Settings, processes: list[int], rounds: int, server: Server) -> None:
    print(f"{'readers':>9}{'variant':>9}{'docs':>7}{'wall s':>9}", end="")
    print("".join(f"{name:>10}" for name in ("start", "own", "readers", "server", "work")))
    walls: dict[str, list[float]] = {variant: [] for variant in _VARIANTS}
    for readers in processes:
        costs: dict[str, list[Cost]] = {variant: [] for variant in _VARIANTS}
        for number in range(rounds):
            # In turns, so that neither variant always has the cooler or the busier machine.
            for variant in _VARIANTS if number % 2 == 0 else reversed(_VARIANTS):
                cost = measure(settings, variant, readers, server)
                costs[variant].append(cost)
                _line(readers, variant, cost)
        for variant, times in walls.items():
            times.append(min(cost.elapsed_s for cost in costs[variant]))
        compare(costs["plain"], costs["prefect"])
    for variant, (first, *others) in walls.items():
        for readers, wall_s in zip(processes[1:], others, strict=True):
            speed = first / wall_s
            print(f"{variant}: {readers} readers are {speed:.2f} times as fast as {processes[0]}")


if __name__ == "__main__":
    main()
