"""The other runs of a shared backfill: started as runs of the same deployment, on any worker.

They stand on their own: when this run dies, they still end the backfill, and the other way round.
Only a cancelled starter stops them, which each looks for itself: that needs no process of the
starter. Who does what is in `pipeline/shares.py`.
"""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.context import FlowRunContext
from prefect.deployments import run_deployment
from prefect.runtime import deployment as this_deployment

from flows.reaper import UNREACHABLE
from flows.running import Run, tell
from models.ids import stable_id
from pipeline.partitions import BackfillRequest
from pipeline.shares import asked_now

# How often a run asks for the state of its starter: 10 ms of that.
_LOOK_S = 2.0
_TAG = "started-by:"
_CALLED_OFF = {StateType.CANCELLING, StateType.CANCELLED}


def with_others(run: Run, request: BackfillRequest, given: dict[str, Any]) -> BackfillRequest:
    """Start the runs that share a backfill with this one, and return what this one is to do.

    Only the first share starts others. Doing it again, after a retry of the run for example,
    starts none twice.

    Args:
        run: This run.
        request: What was asked for.
        given: The other parameters of the flow, as they were given.
    """
    context = FlowRunContext.get()
    if request.shares == 1 or request.dry_run or context is None or context.flow_run is None:
        return request
    # Of a retry, too, so that what the first try ended is left alone.
    request = asked_now(request, context.flow_run.created)
    deployment_id = this_deployment.id
    if request.share > 1:
        return request
    if deployment_id is None:
        tell("not a run of a deployment: it does all shares itself", shares=request.shares)
        return request
    for share in range(2, request.shares + 1):
        other = request.model_copy(update={"share": share})
        parameters = given | {"request": other.model_dump(mode="json")}
        name = f"{context.flow_run.name}-{share}-of-{request.shares}"
        run_deployment(
            UUID(str(deployment_id)),
            parameters=parameters,
            timeout=0,
            # A key alone would return an old run, also one with other parameters.
            idempotency_key=_key(run.run_id, parameters),
            as_subflow=False,
            flow_run_name=name,
            tags=[f"{_TAG}{run.run_id}"],
        )
        tell("share started", run=name)
    return request


def _key(run_id: str, parameters: dict[str, Any]) -> str:
    return stable_id("share", run_id, json.dumps(parameters, sort_keys=True, default=str))


class Starter:
    """The run that started this one: was it cancelled? One that crashed was not.

    Args:
        run_id: Its id; None when nobody started this run, which then is never called off.
        clock: Seconds that only grow.
    """

    def __init__(self, run_id: UUID | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._run_id, self._clock = run_id, clock
        self._looked_at: float | None = None
        self._is_cancelled = False

    @classmethod
    def of_this_run(cls) -> "Starter":
        """Return the one that the tags of the run around name."""
        context = FlowRunContext.get()
        tags = context.flow_run.tags if context and context.flow_run else []
        ids = [tag.removeprefix(_TAG) for tag in tags if tag.startswith(_TAG)]
        return cls(UUID(ids[0]) if ids else None)

    def is_cancelled(self) -> bool:
        """Return whether it was cancelled, or is about to be; asks the server now and then."""
        if self._run_id is None or self._is_cancelled:
            return self._is_cancelled
        now = self._clock()
        if self._looked_at is None or now - self._looked_at >= _LOOK_S:
            self._looked_at = now
            self._is_cancelled = _is_called_off(self._run_id)
            if self._is_cancelled:
                tell("stopping: the run that started this one was cancelled", run=self._run_id)
        return self._is_cancelled


def _is_called_off(run_id: UUID) -> bool:
    # A server that is away is asked again later, and a run that was deleted calls nothing off.
    with suppress(*UNREACHABLE), get_client(sync_client=True) as client:
        return client.read_flow_run(run_id).state_type in _CALLED_OFF
    return False
