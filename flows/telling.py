"""What a run shows to people and to automations: its artifact and the events of the timeline.

The texts of artifacts are made in `flows/summary.py`.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactUpdate
from prefect.events import emit_event

from flows.reaper import UNREACHABLE
from flows.running import Run, tell
from pipeline.announce import EventChange, announce

_EVENT = "reeline.event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was announced: counts by change, and the events, of very many only the first."""

    counts: Counter[str]
    events: tuple[EventChange, ...]


def announce_changes(run: Run, *, since: datetime) -> Told:
    """Emit `reeline.event.created`, `.revised` or `.withdrawn` for each event that changed.

    Args:
        run: The run.
        since: Its start; what is older was known before reeline announced anything.
    """
    events: list[EventChange] = []

    def emit(change: EventChange) -> None:
        _emit(change)
        events.append(change)

    counts = announce(run.settings, emit, since=since)
    if counts:
        tell("timeline changed", **{f"events_{name}": n for name, n in counts.items()})
    return Told(counts=counts, events=tuple(events))


def _emit(change: EventChange) -> None:
    said = f"{change.event_id}:{change.revision}:{change.change}:{change.at.isoformat()}"
    emit_event(
        # Machines that share a store may both tell: the server keeps one event an id.
        id=uuid5(NAMESPACE_OID, said),
        event=f"{_EVENT}.{change.change.value}",
        resource={
            "prefect.resource.id": f"{_EVENT}.{change.event_id}",
            "prefect.resource.name": change.summary,
            "reeline.kind": change.kind,
        },
        payload={
            "event_id": change.event_id,
            "revision": change.revision,
            "kind": change.kind,
            "summary": change.summary,
            "authority": change.authority,
            "date_start": change.date_start.isoformat() if change.date_start else None,
            "licensees": list(change.licensees),
            "excluded": list(change.excluded),
            "sources": change.source_count,
            "known_at": change.at.isoformat(),
        },
    )


_shown: dict[str, tuple[UUID, str]] = {}


def show(run: Run, key: str, markdown: str, *, description: str) -> None:
    """Keep the run's artifact: one a run, under the key of its flow; more is added to its end.

    A run that did its work does not fail because the server would not take the account of it.
    """
    try:
        _keep(run, key, markdown, description)
    except UNREACHABLE as error:
        tell("the artifact is missing", error=f"{type(error).__name__}: {error}")


def _keep(run: Run, key: str, markdown: str, description: str) -> None:
    if run.run_id not in _shown:
        made = create_markdown_artifact(key=key, markdown=markdown, description=description)
        if isinstance(made, UUID):
            _shown[run.run_id] = made, markdown
        return
    artifact, before = _shown[run.run_id]
    text = f"{before}\n\n{markdown}"
    with get_client(sync_client=True) as client:
        client.update_artifact(artifact, ArtifactUpdate(data=text))
    _shown[run.run_id] = artifact, text


def just_before_now() -> datetime:
    """Return the instant a run starts from; a microsecond early, since the ends are exclusive."""
    return datetime.now(UTC) - timedelta(microseconds=1)
