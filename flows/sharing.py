"""The other runs of a shared backfill: started as runs of the same deployment, on any worker.

They stand on their own: when this run dies, they still end the backfill, and the other way round.
Who does what is in `pipeline/shares.py`.
"""

import json
from typing import Any
from uuid import UUID

from prefect.context import FlowRunContext
from prefect.deployments import run_deployment
from prefect.runtime import deployment as this_deployment

from flows.running import Run, tell
from models.ids import stable_id
from pipeline.partitions import BackfillRequest
from pipeline.shares import asked_now


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
        )
        tell("share started", run=name)
    return request


def _key(run_id: str, parameters: dict[str, Any]) -> str:
    return stable_id("share", run_id, json.dumps(parameters, sort_keys=True, default=str))
