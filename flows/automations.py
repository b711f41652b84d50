"""The automations that `reeline deploy` keeps on a server.

Zombie runs: kill -9 of a worker and its flow leaves a run that is Running for ever and holds the
slot of its deployment; before its first line it stays Pending and holds it, too. Prefect's own
server ships no rule for either.
"""

from datetime import timedelta

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import StateType
from prefect.events.actions import CallWebhook, ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.notify import webhook_id

HEARTBEAT_S = 30
"""The least that Prefect sends; flows/prefect.yaml gives it to every run."""
SILENCE_S = 90
"""Two beats may be lost."""

START_S = 300
"""Longest time from submission to the first line of a flow, on a machine that is busy."""

ZOMBIES = "reeline: crash runs without a heartbeat"
STILLBORN = "reeline: crash runs that never begin"
NEWS = "reeline: tell about new events"

_ENDS = ("Completed", "Failed", "Cancelled", "Crashed")
_GOES_ON = ("Running", "Cancelling", "Scheduled", "Late", "AwaitingConcurrencySlot")
_NEWS_BODY = """{
  "event": {{ event.event | tojson }},
  "id": {{ event.payload.event_id | tojson }},
  "kind": {{ event.payload.kind | tojson }},
  "text": {{ event.payload.summary | tojson }}
}"""


def zombie_automation(*, silence_s: int = SILENCE_S) -> AutomationCore:
    """Return the rule that crashes a run whose process died without a word.

    Args:
        silence_s: Seconds after a heartbeat without another one, and without an end.
    """
    return AutomationCore(
        name=ZOMBIES,
        description="The process of the run ended, and its worker too, without saying so.",
        enabled=True,
        trigger=EventTrigger(
            posture=Posture.Proactive,
            match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
            for_each={"prefect.resource.id"},
            after={"prefect.flow-run.heartbeat"},
            expect={
                "prefect.flow-run.heartbeat",
                *(f"prefect.flow-run.{state}" for state in _ENDS),
            },
            threshold=1,
            within=timedelta(seconds=silence_s),
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                name="Crashed",
                force=False,
                message=f"No heartbeat for {silence_s} s: the process of the run is gone.",
            )
        ],
    )


def stillborn_automation(*, start_s: int = START_S) -> AutomationCore:
    """Return the rule that crashes a run that was submitted and never began: its worker is gone.

    Args:
        start_s: Seconds after the submission.
    """
    return AutomationCore(
        name=STILLBORN,
        description="The worker ended between taking the run and starting its process.",
        enabled=True,
        trigger=EventTrigger(
            posture=Posture.Proactive,
            match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
            for_each={"prefect.resource.id"},
            after={"prefect.flow-run.Pending", "prefect.flow-run.Submitting"},
            expect={f"prefect.flow-run.{state}" for state in (*_ENDS, *_GOES_ON)},
            threshold=1,
            within=timedelta(seconds=start_s),
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                name="Crashed",
                force=False,
                message=f"Not begun {start_s} s after it was submitted: its worker is gone.",
            )
        ],
    )


def news_automation(*, address: str | None) -> AutomationCore:
    """Return the example that calls an address for each new event of the timeline.

    Args:
        address: Where the message goes; without one the automation is disabled.
    """
    return AutomationCore(
        name=NEWS,
        description="An example: POST each new event as JSON. Edit the webhook block's address.",
        enabled=address is not None,
        trigger=EventTrigger(
            posture=Posture.Reactive,
            match=ResourceSpecification({"prefect.resource.id": "reeline.event.*"}),
            for_each={"prefect.resource.id"},
            expect={"reeline.event.created"},
            threshold=1,
            within=timedelta(0),
        ),
        actions=[CallWebhook(block_document_id=webhook_id(address), payload=_NEWS_BODY)],
    )


def bring_up(*, address: str | None = None) -> dict[str, str]:
    """Create the automations, or bring them up to these definitions; return what was done.

    What an operator switched off stays off, unless an address is given.
    """
    with get_client(sync_client=True) as client:
        done = {
            wanted.name: _put(client, wanted, keep_switch=True)
            for wanted in (zombie_automation(), stillborn_automation())
        }
        if address is not None or not client.read_automations_by_name(NEWS):
            done[NEWS] = _put(client, news_automation(address=address), keep_switch=False)
    return done


def _put(client: SyncPrefectClient, wanted: AutomationCore, *, keep_switch: bool) -> str:
    known = client.read_automations_by_name(wanted.name)
    if not known:
        client.create_automation(wanted)
        return "created"
    enabled = known[0].enabled if keep_switch else wanted.enabled
    client.update_automation(known[0].id, wanted.model_copy(update={"enabled": enabled}))
    return "updated"
