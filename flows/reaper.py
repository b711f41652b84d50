"""Ends the runs that nobody carries out any more, and frees their slots.

Looks at states, not at events, so that nothing is missed: the automations of `flows/automations.py`
do the same where this does not run. `python -m flows.reaper` does it for a server that machines
share; on one machine `flows/keeper.py` does, which knows the processes, too.
"""

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import PrefectException
from prefect.settings import get_current_settings
from prefect.states import Cancelled, Crashed

from models.errors import SettingsError

HEARTBEAT = "prefect.flow-run.heartbeat"
UNREACHABLE = (PrefectException, httpx.HTTPError)
"""What a server that is away, or busy, makes of a question: it is asked again later."""

_HOLDING = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a run may give no sign of life, in seconds.

    Attributes:
        silence_s: Of a run that sends heartbeats (every 30 s): two may be lost.
        start_s: From the submission to the first line of a flow, on a busy machine. Less than the
            lease of a slot (300 s), so that a slot is never given back twice.
    """

    silence_s: int = 90
    start_s: int = 240

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Patience":
        """Return what `REELINE_SILENCE_S` and `REELINE_START_S` say, else the defaults.

        Raises:
            SettingsError: One of them is no whole number from 1.
        """
        given = {"silence_s": "REELINE_SILENCE_S", "start_s": "REELINE_START_S"}
        found = {key: environment[name] for key, name in given.items() if environment.get(name)}
        for key, text in found.items():
            if not (text.isdecimal() and int(text)):
                raise SettingsError(f"expected {given[key]} to be seconds from 1, found {text!r}")
        return cls(**{key: int(text) for key, text in found.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What is known for certain where all workers of a server are one, on this machine.

    Attributes:
        worker: Its name, which is a label of its runs.
        worker_since: When it began; None when it does not run.
        held: Ids of the runs that a process carries out.
    """

    worker: str
    worker_since: datetime | None
    held: frozenset[str]

    def is_ours(self, run: FlowRun) -> bool:
        """Whether the worker took the run, or is about to put its label on it."""
        labelled = run.labels.get("prefect.worker.name")
        is_taken = labelled is None and run.state_type == StateType.PENDING
        return labelled == self.worker or (is_taken and run.work_pool_name is not None)


def why_gone(
    run: FlowRun, *, here: Here | None, beat: datetime | None, patience: Patience, now: datetime
) -> str | None:
    """Return why a run that has not ended cannot end by itself; None while it may live.

    Args:
        run: The run, pending, running or cancelling.
        here: The processes of the server's only machine, when they are known.
        beat: The last heartbeat of the run, if there was one.
        patience: How long it may be silent.
        now: The present.
    """
    if run.state is None:
        return None
    since, is_pending = run.state.timestamp, run.state_type == StateType.PENDING
    if here is not None and here.is_ours(run):
        if str(run.id) in here.held:
            return None
        if here.worker_since is None or since < here.worker_since:
            return "The worker that took the run has ended, and no process carries it out."
        if not is_pending:
            return "The process of the run is gone."
    if is_pending and now - since > timedelta(seconds=patience.start_s):
        return f"Not begun {patience.start_s} s after it was submitted: its worker is gone."
    if beat is not None and now - max(beat, since) > timedelta(seconds=patience.silence_s):
        return f"No heartbeat for {patience.silence_s} s: the process of the run is gone."
    return None


@dataclass(slots=True, kw_only=True)
class Reaper:
    """Looks again and again; what it sees twice it acts upon, for processes and states move on.

    Attributes:
        client: Of the server.
        patience: How long a run may be silent.
    """

    client: SyncPrefectClient
    patience: Patience
    _suspects: frozenset[tuple[UUID, UUID]] = field(default=frozenset(), init=False)
    _surplus: frozenset[str] = field(default=frozenset(), init=False)

    def look(self, here: Here | None = None) -> list[str]:
        """Crash the runs that were gone at the last look, too; return a line for each act.

        Args:
            here: The processes of the server's only machine, when they are known.
        """
        found, now = self._holding(), datetime.now(UTC)
        gone = {
            run.id: (run, why)
            for run in found
            if (why := why_gone(
                run, here=here, beat=self._beat(run, now), patience=self.patience, now=now
            ))
        }  # fmt: skip
        keys = {(run.id, run.state.id): why for run, why in gone.values() if run.state}
        done = [
            self._end(gone[key[0]][0], why) for key, why in keys.items() if key in self._suspects
        ]
        self._suspects = frozenset(keys)
        return done + self._free_slots(found)

    def _holding(self) -> list[FlowRun]:
        state = FlowRunFilterState(type=FlowRunFilterStateType(any_=_HOLDING))
        return self.client.read_flow_runs(flow_run_filter=FlowRunFilter(state=state), limit=_MOST)

    def _beat(self, run: FlowRun, now: datetime) -> datetime | None:
        """Return when a run last gave a sign of life; not asked while its state is young."""
        quiet = timedelta(seconds=self.patience.silence_s)
        if run.state is None or run.start_time is None or now - run.state.timestamp < quiet:
            return None
        wanted = {
            "event": {"name": [HEARTBEAT]},
            "resource": {"id": [f"prefect.flow-run.{run.id}"]},
            "occurred": {"since": run.start_time.isoformat()},
            "order": "DESC",
        }
        body = {"filter": wanted, "limit": 1}
        events = self.client.request("POST", "/events/filter", json=body).json()["events"]
        return datetime.fromisoformat(events[0]["occurred"]) if events else None

    def _end(self, run: FlowRun, why: str) -> str:
        is_cancelling = run.state_type == StateType.CANCELLING
        state: State[Any] = Cancelled(message=why) if is_cancelling else Crashed(message=why)
        # Not forced: a run that has ended meanwhile stays as it ended.
        answer = self.client.set_flow_run_state(run.id, state, force=False)
        return f"run {run.name} ({run.id}): {answer.status.value}: {why}"

    def _free_slots(self, before: Sequence[FlowRun]) -> list[str]:
        """Free the slots that no run holds: lost between two writes of a server that was killed."""
        taken = [one for one in self.client.read_deployments() if _slots(one) > 0]
        runs = {run.id: run for run in (*before, *self._holding())} if taken else {}
        holders = [run.deployment_id for run in runs.values()]
        surplus = {
            limit.name: holders.count(one.id)
            for one in taken
            if (limit := one.global_concurrency_limit) and _slots(one) > holders.count(one.id)
        }
        done = []
        for name, count in surplus.items():
            if name in self._surplus:
                update = GlobalConcurrencyLimitUpdate(active_slots=count)
                self.client.update_global_concurrency_limit(name, update)
                done.append(f"limit {name}: slots that no run holds were freed, {count} left")
        self._surplus = frozenset(surplus)
        return done


def _slots(deployment: object) -> int:
    limit = getattr(deployment, "global_concurrency_limit", None)
    return int(limit.active_slots) if limit else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Look every so often at the server of `PREFECT_API_URL`; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m flows.reaper", description=__doc__)
    parser.add_argument("--every", type=float, default=30.0, help="seconds between two looks")
    parser.add_argument("--looks", type=int, help="end after so many; default never")
    given = parser.parse_args(arguments)
    try:
        patience = Patience.of()
    except SettingsError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    if not get_current_settings().api.url:
        sys.stderr.write("error: PREFECT_API_URL is not set: whose runs should be looked at?\n")
        return 1
    with get_client(sync_client=True) as client:
        reaper, looks = Reaper(client=client, patience=patience), 0
        while True:
            try:
                sys.stdout.writelines(f"{line}\n" for line in reaper.look())
                sys.stdout.flush()
            except UNREACHABLE as error:
                sys.stderr.write(f"not this time: {type(error).__name__}: {error}\n")
            looks += 1
            if looks == given.looks:
                return 0
            time.sleep(given.every)


if __name__ == "__main__":
    sys.exit(main())
