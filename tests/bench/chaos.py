"""Kills of every part at random moments; at the end nothing may be missing.

`python tests/bench/chaos.py [--runs 30] [--seed 1] [--spare server]`. Ingest and backfill runs in
turn on a real server, worker and keeper: flow, worker, loader, newsroom, server are killed. Then
every run must have ended, and the store must equal that of a run in peace. Everything is ended by
its process, and lies in a temporary folder. The short form is in `tests/test_flows_machine.py`.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

sys.path.insert(0, str(Path(__file__).parents[1]))

from machine import flow_processes, kill, loaders, rarely, unfinished
from same_rows import TABLES, differing, rows

from flows.deploy import packaged_file
from flows.machine import Machine
from flows.server import free_port, is_healthy
from pipeline.newsroom.server import Newsroom
from pipeline.settings import Settings

# A newsroom that was killed is refused for good reasons: those rejections peace does not have.
_TABLES = tuple(table for table in TABLES if table != "rejection")
_VICTIMS = ("flow", "worker", "worker and flow", "loader", "newsroom", "server", "nobody")
# What waits for 10 and 30 s otherwise. Nothing else is other than with `make up`.
_QUICK = {
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "3",
    "PREFECT_WORKER_QUERY_SECONDS": "2",
    "REELINE_WATCH_S": "3",
}
_CLI = [sys.executable, "-m", "pipeline.cli.app"]


class Field:
    """The processes of one test: newsroom, server, worker."""

    def __init__(self, data: Path, sources_dir: Path, dice: random.Random) -> None:
        self.settings, self.dice = Settings(data=data), dice
        self.settings.prepare()
        self.machine, self.site_port = Machine(data=data, port=free_port()), free_port()
        with Newsroom() as site:
            hosts = list(site.connect_to)
        self.hosts = {host: ["127.0.0.1", self.site_port] for host in hosts}
        self.parameters: dict[str, Any] = {
            "sources_dir": str(sources_dir),
            "connect_to": self.hosts,
        }
        self.file = data / "deployments.yaml"
        text = rarely(packaged_file())
        self.file.write_text(text, encoding="utf-8")
        self.site = self._open_site()

    def _open_site(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*_CLI, "demo-site", "--port", str(self.site_port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def up(self) -> None:
        command = [sys.executable, "-m", "flows.up", "start", "--data", str(self.settings.data)]
        command += ["--port", str(self.machine.port), "--file", str(self.file)]
        subprocess.run(command, check=True, env=os.environ | _QUICK, stdout=subprocess.DEVNULL)

    def down(self) -> None:
        command = [sys.executable, "-m", "flows.up", "stop", "--data", str(self.settings.data)]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        self.site.kill()
        self.site.wait()

    def locked(self) -> int:
        """Count the lines of the server's log that tell of a locked database."""
        text = (self.machine.home / "server.log").read_text(encoding="utf-8", errors="replace")
        return text.count("database is locked")

    def strike(self, victim: str) -> int:
        """Kill a victim; return how many processes that were. What it was is not begun again."""
        worker = self.machine.find("worker")
        targets = [worker] if worker and victim.startswith("worker") else []
        if victim == "loader":
            targets += loaders(self.machine, self.settings)
        elif "flow" in victim:
            targets += flow_processes(self.machine)
        if victim == "newsroom":
            self.site.kill()
            self.site.wait()
            time.sleep(self.dice.uniform(0.5, 3.0))
            self.site = self._open_site()
            return 1
        if victim == "server":
            server = self.machine.find("server")
            killed = kill([server] if server else [])
            self.wait_for_server()
            return killed
        return kill(targets)

    def wait_for_server(self) -> None:
        """Wait until the keeper has begun the server again."""
        deadline = time.monotonic() + 180.0
        while not is_healthy(self.machine.api_url):
            if time.monotonic() > deadline:
                raise SystemExit("the server was killed and is not back after 180 s")
            time.sleep(0.5)


def ingest_plainly(field: Field, data: Path) -> None:
    """Run the chain once in peace, without Prefect, as if the hosts' pauses were over."""
    shutil.rmtree(data / "hosts", ignore_errors=True)
    pairs = [f"{host}=127.0.0.1:{field.site_port}" for host in field.hosts]
    command = [*_CLI, "ingest", "--data", str(data)]
    command += ["--sources-dir", str(field.parameters["sources_dir"])]
    command += [word for pair in pairs for word in ("--connect-to", pair)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def play(field: Field, client: SyncPrefectClient, runs: int, mortal: Sequence[str]) -> Counter[str]:
    """Start runs one after the other and strike at each; return how many of each kind died."""
    struck: Counter[str] = Counter()
    request = {"first_day": "2025-01-01", "last_day": "2026-12-31", "only": "all"}
    victims: list[str] = []
    for number in range(runs):
        name, more = ("ingest/by-hand", {})
        if number % 2:
            name, more = "backfill/backfill", {"request": request}
        deployment = client.read_deployment_by_name(name)
        run = client.create_flow_run_from_deployment(
            deployment.id, parameters=field.parameters | more
        )
        _let_it_begin(client, run.id, field.dice)
        victims = victims or field.dice.sample(mortal, len(mortal))
        victim = victims.pop()
        state = client.read_flow_run(run.id).state_name
        killed = field.strike(victim)
        struck[victim] += killed
        print(f"run {number + 1}: {name}, {state}; {victim}: {killed} killed", flush=True)
    return struck


def _let_it_begin(client: SyncPrefectClient, run_id: UUID, dice: random.Random) -> None:
    """Wait for a random moment: two of three times while the run runs, else at any time."""
    deadline = time.monotonic() + (40.0 if dice.random() < 2 / 3 else 0.0)
    while time.monotonic() < deadline and not client.read_flow_run(run_id).start_time:
        time.sleep(0.5)
    time.sleep(dice.uniform(0.0, 8.0))


def settle(client: SyncPrefectClient, *, patience_s: float) -> list[str]:
    """Wait until every run has ended; return the states of those that have not."""
    deadline = time.monotonic() + patience_s
    while (left := unfinished(client)) and time.monotonic() < deadline:
        time.sleep(2.0)
    return left


def main() -> int:
    """Run the chaos, then compare; return 1 when anything differs or still runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--spare", nargs="*", default=[], choices=_VICTIMS, help="never killed")
    parser.add_argument("--keep", type=Path, help="a folder for the logs of server and worker")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        as_file(files("pipeline") / "newsroom" / "sources") as sources_dir,
    ):
        data, peace = Path(folder) / "chaos", Path(folder) / "peace"
        field = Field(data, sources_dir, random.Random(given.seed))
        try:
            field.up()
            left = rage(field, given.runs, [one for one in _VICTIMS if one not in given.spare])
            if given.keep:
                shutil.copytree(field.machine.home, given.keep, dirs_exist_ok=True)
                shutil.copytree(data / "logs", given.keep / "logs", dirs_exist_ok=True)
            # What was killed last has had no next run yet.
            ingest_plainly(field, data)
            ingest_plainly(field, peace)
        finally:
            field.down()
        compared = sum(map(Counter.total, rows(field.settings, _TABLES).values()))
        print(f"rows compared: {compared} in {len(_TABLES)} tables")
        unlike = differing(field.settings, Settings(data=peace), _TABLES)
    print(f"still running: {left or 'none'}; tables that differ: {unlike or 'none'}")
    return 1 if left or unlike else 0


def rage(field: Field, runs: int, mortal: Sequence[str]) -> list[str]:
    """Start runs, kill what is mortal, and let it settle; return the states of what still runs."""
    started = time.monotonic()
    where = {PREFECT_API_URL: field.machine.api_url, PREFECT_HOME: field.machine.home}
    with temporary_settings(where), get_client(sync_client=True) as client:
        struck = play(field, client, runs, mortal)
        print(f"killed: {dict(struck)}; waiting for the runs that are left", flush=True)
        left = settle(client, patience_s=300.0 + 30.0 * runs)
        found = client.read_flow_runs(limit=200)
    ended = Counter(run.state_name for run in found if not run.auto_scheduled)
    print(f"{runs} runs in {time.monotonic() - started:.0f} s: {dict(ended)}")
    print(f"of the server's log: {field.locked()} lines of a locked database", flush=True)
    return left


if __name__ == "__main__":
    sys.exit(main())
