"""The automations that `reeline deploy` keeps on a server.

Zombie runs: kill -9 of a worker and its flow leaves a run that is Running for ever and holds the
slot of its deployment; before its first line it stays Pending and holds it, too. Prefect's own
server ships no rule for either. `flows/reaper.py` sees the same without events.
"""

from collections.abc import Sequence
from datetime import timedelta

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import StateType
from prefect.events.actions import CallWebhook, ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.notify import webhook_id
from flows.reaper import Patience

ZOMBIES = "reeline: crash runs without a heartbeat"
STILLBORN = "reeline: crash runs that never begin"
NEWS = "reeline: tell about new events"
ALERTS = "reeline: tell about silent sources and failed checks"

# Prefect looks no closer.
_LEAST_S = 10
_ENDS = ("Completed", "Failed", "Cancelled", "Crashed")
_GOES_ON = ("Running", "Cancelling", "Scheduled", "Late", "AwaitingConcurrencySlot")
_NEWS_BODY = """{
  "event": {{ event.event | tojson }},
  "id": {{ event.payload.event_id | tojson }},
  "kind": {{ event.payload.kind | tojson }},
  "text": {{ event.payload.summary | tojson }}
}"""
_ALERT_BODY = """{
  "event": {{ event.event | tojson }},
  "found": {{ event.payload | tojson }}
}"""


def zombie_automation(*, silence_s: int) -> AutomationCore:
    """Return the rule that crashes a run whose process died without a word.

    Args:
        silence_s: Seconds after a heartbeat without another one, and without an end.
    """
    return _crash_when_missing(
        name=ZOMBIES,
        description="The process of the run ended, and its worker too, without saying so.",
        after=["heartbeat"],
        expected=["heartbeat", *_ENDS],
        within_s=silence_s,
        message=f"No heartbeat for {silence_s} s: the process of the run is gone.",
    )


def stillborn_automation(*, start_s: int) -> AutomationCore:
    """Return the rule that crashes a run that was submitted and never began: its worker is gone.

    Args:
        start_s: Seconds after the submission.
    """
    return _crash_when_missing(
        name=STILLBORN,
        description="The worker ended between taking the run and starting its process.",
        after=["Pending", "Submitting"],
        expected=[*_ENDS, *_GOES_ON],
        within_s=start_s,
        message=f"Not begun {start_s} s after it was submitted: its worker is gone.",
    )


def _crash_when_missing(
    *,
    name: str,
    description: str,
    after: Sequence[str],
    expected: Sequence[str],
    within_s: int,
    message: str,
) -> AutomationCore:
    """Return the rule that crashes a run when after one event none of others comes in time."""
    trigger = EventTrigger(
        posture=Posture.Proactive,
        match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
        for_each={"prefect.resource.id"},
        after={f"prefect.flow-run.{event}" for event in after},
        expect={f"prefect.flow-run.{event}" for event in expected},
        threshold=1,
        within=timedelta(seconds=max(within_s, _LEAST_S)),
    )
    crash = ChangeFlowRunState(
        state=StateType.CRASHED, name="Crashed", force=False, message=message
    )
    return AutomationCore(
        name=name, description=description, enabled=True, trigger=trigger, actions=[crash]
    )


def news_automation(*, address: str | None) -> AutomationCore:
    """Return the example that calls an address for each new event of the timeline.

    Args:
        address: Where the message goes; without one the automation is disabled.
    """
    return _post(
        name=NEWS,
        description="An example: POST each new event as JSON. Edit the webhook block's address.",
        resources=["reeline.event.*"],
        events={"reeline.event.created"},
        body=_NEWS_BODY,
        address=address,
    )


def alert_automation(*, address: str | None) -> AutomationCore:
    """Return the one that calls the address for what the daily `quality` flow finds.

    Args:
        address: Where the message goes; without one the automation is disabled.
    """
    return _post(
        name=ALERTS,
        description="POST each source that is silent, poor or unreachable, and each failed check.",
        resources=["reeline.source.*", "reeline.check.*"],
        events={"reeline.source.alert", "reeline.check.failed"},
        body=_ALERT_BODY,
        address=address,
    )


def _post(
    *,
    name: str,
    description: str,
    resources: list[str],
    events: set[str],
    body: str,
    address: str | None,
) -> AutomationCore:
    """Return the rule that sends a message for each of some events, of each resource."""
    trigger = EventTrigger(
        posture=Posture.Reactive,
        match=ResourceSpecification({"prefect.resource.id": resources}),
        for_each={"prefect.resource.id"},
        expect=events,
        threshold=1,
        within=timedelta(0),
    )
    return AutomationCore(
        name=name,
        description=description,
        enabled=address is not None,
        trigger=trigger,
        actions=[CallWebhook(block_document_id=webhook_id(address), payload=body)],
    )


def bring_up(*, address: str | None = None) -> dict[str, str]:
    """Create the automations, or bring them up to these definitions; return what was done.

    What an operator switched off stays off, unless an address is given.
    """
    patience = Patience.of()
    rules = (
        zombie_automation(silence_s=patience.silence_s),
        stillborn_automation(start_s=patience.start_s),
    )
    with get_client(sync_client=True) as client:
        done = {wanted.name: _put(client, wanted, keep_switch=True) for wanted in rules}
        for name, make in ((NEWS, news_automation), (ALERTS, alert_automation)):
            if address is not None or not client.read_automations_by_name(name):
                done[name] = _put(client, make(address=address), keep_switch=False)
    return done


def _put(client: SyncPrefectClient, wanted: AutomationCore, *, keep_switch: bool) -> str:
    known = client.read_automations_by_name(wanted.name)
    if not known:
        client.create_automation(wanted)
        return "created"
    enabled = known[0].enabled if keep_switch else wanted.enabled
    client.update_automation(known[0].id, wanted.model_copy(update={"enabled": enabled}))
    return "updated"
