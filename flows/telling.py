"""What a run shows to people and to automations: its artifact and the events of the timeline.

The texts of artifacts are made in `flows/summary.py`.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta

from prefect.artifacts import create_markdown_artifact
from prefect.events import emit_event

from flows.running import Run, tell
from pipeline.announce import EventChange, announce

_EVENT = "reeline.event"


def announce_changes(run: Run, *, since: datetime) -> Counter[str]:
    """Emit `reeline.event.created`, `.revised` or `.withdrawn` for each event that changed.

    Args:
        run: The run.
        since: Its start; what is older was known before reeline announced anything.
    """
    counts = announce(run.settings, _emit, since=since)
    if counts:
        tell("timeline changed", **{f"events_{name}": n for name, n in counts.items()})
    return counts


def _emit(change: EventChange) -> None:
    emit_event(
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


def show(key: str, markdown: str, *, description: str) -> None:
    """Keep the run's artifact: one a run, under the key of its flow."""
    create_markdown_artifact(key=key, markdown=markdown, description=description)


def just_before_now() -> datetime:
    """Return the instant a run starts from; a microsecond early, since the ends are exclusive."""
    return datetime.now(UTC) - timedelta(microseconds=1)
