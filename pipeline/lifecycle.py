"""The life of a measure: proposed, announced, in force, suspended, lifted; on any day.

Pure: from an event and the events that bear on it. Also its codes in the UNCTAD MAST
classification (chapter P) and the Global Trade Alert (`models/data/event_codes.csv`).
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

from models.timeline import MeasureStatus, Relation, RelationKind, TimelineEvent
from models.vocabulary import FIRM_KINDS, EventKind, Modality

_ENDING = frozenset({EventKind.CONTROL_LIFTED, EventKind.BAN_LIFTED, EventKind.ENTITY_DELISTED})
_PASSING = frozenset({EventKind.CONTROL_SUSPENDED})
_WATCH_LIST = ("P33", "Export licensing requirement")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a measure stands: since when, and until when where it is suspended for a time."""

    status: MeasureStatus
    since: date | None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCode:
    """Codes of a kind of event; None where a classification has none."""

    mast_code: str | None
    mast_edition: str
    gta_type: str | None


@lru_cache(maxsize=1)
def event_codes() -> dict[EventKind, EventCode]:
    """Return the codes of each kind."""
    text = files("models").joinpath("data", "event_codes.csv").read_text(encoding="utf-8")
    return {
        EventKind(row["kind"]): EventCode(
            mast_code=row["mast_code"] or None,
            mast_edition=row["mast_edition"],
            gta_type=row["gta_type"] or None,
        )
        for row in csv.DictReader(text.splitlines())
    }


def with_codes(event: TimelineEvent) -> TimelineEvent:
    """Return the event with its MAST and Global Trade Alert codes."""
    code = event_codes().get(event.kind)
    if code is None or code.mast_code is None:
        return replace(event, mast_code=None, mast_edition=None, gta_type=None)
    mast, gta = code.mast_code, code.gta_type
    if event.entity_list == "watch list":
        mast, gta = _WATCH_LIST
    return replace(event, mast_code=mast, mast_edition=code.mast_edition, gta_type=gta)


def standing_on(
    event: TimelineEvent, related: Sequence[tuple[RelationKind, TimelineEvent]], day: date | None
) -> Standing | None:
    """Return where the measure of an event stands on a day; None before it or for a firm's act.

    Args:
        event: The event that opened the measure.
        related: Events that bear on it, each with how (the event is the related one).
        day: The day; None for the last thing that is stated, whenever that is.
    """
    if event.kind in FIRM_KINDS:
        return None
    # What later acts did to the measure outweighs its own schedule: a control suspended before
    # its day of effect does not enter into force on that day.
    found = _last(_steps_by_others(related), day) or _last(_own_steps(event), day)
    if found and found.until and day and day > found.until:
        return Standing(status=MeasureStatus.IN_FORCE, since=found.until + timedelta(days=1))
    return found


def _last(steps: Iterable[Standing], day: date | None) -> Standing | None:
    begun = [step for step in steps if day is None or step.since is None or step.since <= day]
    return max(begun, key=_step_order, default=None)


def _step_order(step: Standing) -> tuple[date, int]:
    return step.since or date.min, list(MeasureStatus).index(step.status)


def _steps_by_others(
    related: Sequence[tuple[RelationKind, TimelineEvent]],
) -> Iterable[Standing]:
    for relation, other in related:
        if other.modality is Modality.PLANNED:
            continue
        day = other.effective_start or first_day(other)
        if relation is RelationKind.SUSPENDS:
            until = other.suspended_until
            yield Standing(status=MeasureStatus.SUSPENDED, since=day, until=until)
        elif relation is RelationKind.SUPERSEDES:
            yield Standing(status=MeasureStatus.LIFTED, since=day)
        elif relation is RelationKind.IMPLEMENTS:
            yield from _own_steps(other)
        elif relation is RelationKind.AMENDS and other.kind is EventKind.CONTROL_REINSTATED:
            yield Standing(status=MeasureStatus.IN_FORCE, since=day)


def _own_steps(event: TimelineEvent) -> Iterable[Standing]:
    said = first_day(event)
    if event.modality is Modality.PLANNED:
        yield Standing(status=MeasureStatus.PROPOSED, since=event.first_reported_on)
        return
    effective = event.effective_start
    if effective and said and effective > said:
        yield Standing(status=MeasureStatus.ANNOUNCED, since=said)
        yield Standing(status=MeasureStatus.IN_FORCE, since=effective)
    else:
        yield Standing(status=MeasureStatus.IN_FORCE, since=said or effective)


def first_day(event: TimelineEvent) -> date | None:
    """Return the canonical day of an event, else the day of the first report."""
    return event.date_start or event.first_reported_on


def with_status(
    events: Iterable[TimelineEvent], relations: Iterable[Relation]
) -> list[TimelineEvent]:
    """Return the events with the last stated standing of their measures."""
    found = list(events)
    by_id = {event.event_id: event for event in found}
    bearing: Mapping[str, list[tuple[RelationKind, TimelineEvent]]] = defaultdict(list)
    for relation in relations:
        if relation.event_id in by_id:
            bearing[relation.related_event_id].append((relation.relation, by_id[relation.event_id]))
    return [_with_standing(event, bearing.get(event.event_id, [])) for event in found]


def _with_standing(
    event: TimelineEvent, related: Sequence[tuple[RelationKind, TimelineEvent]]
) -> TimelineEvent:
    standing = standing_on(event, related, None)
    if standing is None:
        if event.status is None and event.status_from is None:
            return event
        return replace(event, status=None, status_from=None)
    # A suspension keeps the end that its own mentions state.
    until = event.suspended_until if event.kind in _PASSING else standing.until
    now = (standing.status, standing.since, until)
    if now == (event.status, event.status_from, event.suspended_until):
        return event
    return replace(event, status=standing.status, status_from=standing.since, suspended_until=until)


def is_ending(kind: EventKind) -> bool:
    """Tell whether events of a kind end a measure for good."""
    return kind in _ENDING
