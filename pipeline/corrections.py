"""What analysts decided, applied to clusters and events: the same decisions at every refresh.

Pure. A target is found by its id, else by the sentences that it had, so that a decision outlives
a new reading of the texts. Rows are read and written by `pipeline/store_corrections.py`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from models.errors import InputError
from models.ids import stable_id
from models.timeline import Anchor, Correction, CorrectionAction, Mention, Party, TimelineEvent
from models.vocabulary import EventKind, Granularity, LicenseKind, Modality
from pipeline.clustering import Cluster, reading_order
from pipeline.lifecycle import with_codes
from pipeline.summaries import summarize

ANALYST = "analyst"
_SUMMARY = "summary"


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(";") if name.strip())


_FIELDS: dict[str, Callable[[str], Any]] = {
    "summary": str,
    "kind": EventKind,
    "authority": str,
    "material": str,
    "destination": str,
    "instrument": str,
    "license_kind": LicenseKind,
    "date_start": date.fromisoformat,
    "date_end": date.fromisoformat,
    "date_precision": Granularity,
    "effective_start": date.fromisoformat,
    "suspended_until": date.fromisoformat,
    "modality": Modality,
    "licensees": _names,
    "beneficiaries": _names,
    "applicants": _names,
    "excluded": _names,
}
_REQUIRED = frozenset({"summary", "kind", "modality"})
_LISTS = frozenset({"licensees", "beneficiaries", "applicants", "excluded"})


def in_effect(corrections: Iterable[Correction]) -> list[Correction]:
    """Return the corrections that nobody took back, in the order in which they were made."""
    undone: set[str] = set()
    found: list[Correction] = []
    for correction in sorted(corrections, key=_made_order, reverse=True):
        if correction.correction_id in undone:
            continue
        if correction.action is CorrectionAction.UNDO:
            undone |= set(correction.target_ids)
        else:
            found.append(correction)
    return found[::-1]


def _made_order(correction: Correction) -> tuple[object, ...]:
    return correction.made_at, correction.correction_id


def check_fix(field: str, value: str | None) -> None:
    """Check that a field may be set to a value.

    Raises:
        InputError: There is no such field, or the value is none of its.
    """
    if field not in _FIELDS:
        raise InputError(f"field {field!r} cannot be fixed; one of: {', '.join(sorted(_FIELDS))}")
    if value is None and field in _REQUIRED:
        raise InputError(f"{field} cannot be empty")
    try:
        _parse(field, value)
    except ValueError as error:
        raise InputError(f"{value!r} is no {field}: {error}") from error


def _parse(field: str, value: str | None) -> Any:
    if value is None:
        return () if field in _LISTS else None
    return _FIELDS[field](value)


def link_parties(
    mentions: Iterable[Mention], corrections: Iterable[Correction], firms: Mapping[str, str]
) -> list[Mention]:
    """Return the mentions with their parties linked as analysts decided.

    Args:
        mentions: The mentions.
        corrections: Those in effect.
        firms: Name by company id.
    """
    links = {
        correction.target_ids[0].casefold(): correction.value
        for correction in corrections
        if correction.action is CorrectionAction.LINK and correction.value in firms
    }
    if not links:
        return list(mentions)
    return [_linked(mention, links, firms) for mention in mentions]


def _linked(mention: Mention, links: Mapping[str, str | None], firms: Mapping[str, str]) -> Mention:
    parties = tuple(_linked_party(party, links, firms) for party in mention.parties)
    return mention if parties == mention.parties else replace(mention, parties=parties)


def _linked_party(party: Party, links: Mapping[str, str | None], firms: Mapping[str, str]) -> Party:
    company = links.get(party.name.casefold()) or links.get(party.key)
    if company is None:
        return party
    return replace(party, key=company, name=firms[company], is_firm=True)


def regroup(clusters: Iterable[Cluster], corrections: Iterable[Correction]) -> list[Cluster]:
    """Return the clusters after the merges and splits in effect, in the order they were made."""
    found = list(clusters)
    for correction in corrections:
        if correction.action is CorrectionAction.MERGE:
            found = _merged(found, correction)
        elif correction.action is CorrectionAction.SPLIT:
            found = _split(found, correction)
    return found


def _merged(clusters: list[Cluster], correction: Correction) -> list[Cluster]:
    targets = _targets(clusters, correction)
    if len(targets) < 2:
        return clusters
    into, *others = targets
    for other in others:
        into.members += other.members
        into.counters += other.counters
    gone = {other.event_id for other in others}
    return [cluster for cluster in clusters if cluster.event_id not in gone]


def _split(clusters: list[Cluster], correction: Correction) -> list[Cluster]:
    for target in _targets(clusters, correction):
        out = [member for member in target.members if _is_anchored(member, correction.mentions)]
        if not out or len(out) == len(target.members):
            continue
        target.members = [member for member in target.members if member not in out]
        seed = min(out, key=reading_order)
        event_id = stable_id("timeline", "split", correction.correction_id)
        new = Cluster(seed=seed, event_id=event_id, traits=target.traits, members=out)
        return [*clusters, new]
    return clusters


def _targets(clusters: Sequence[Cluster], correction: Correction) -> list[Cluster]:
    """Return the clusters that a correction is about, each once, in the order it names them."""
    by_id = {cluster.event_id: cluster for cluster in clusters}
    found: dict[str, Cluster] = {}
    for place, target in enumerate(correction.target_ids):
        anchors = correction.anchors[place] if place < len(correction.anchors) else ()
        cluster = by_id.get(target) or _by_anchors(clusters, anchors)
        if cluster is not None:
            found.setdefault(cluster.event_id, cluster)
    return list(found.values())


def _by_anchors(clusters: Iterable[Cluster], anchors: Sequence[Anchor]) -> Cluster | None:
    counted = [
        (
            sum(_is_anchored(member, anchors) for member in cluster.members),
            cluster.event_id,
            cluster,
        )
        for cluster in clusters
    ]
    best = max(counted, key=lambda item: item[:2], default=None)
    return best[2] if best is not None and best[0] else None


def _is_anchored(mention: Mention, anchors: Sequence[Anchor]) -> bool:
    return any(
        mention.mention_id == anchor.mention_id
        or (mention.article_id == anchor.article_id and mention.sentence == anchor.sentence)
        for anchor in anchors
    )


def correct_events(
    events: Iterable[TimelineEvent],
    clusters: Sequence[Cluster],
    corrections: Iterable[Correction],
) -> list[TimelineEvent]:
    """Return the events after the fixes and hidings in effect.

    Args:
        events: Events of the clusters.
        clusters: Their clusters, to find events whose id has changed.
        corrections: Those in effect.
    """
    found = {event.event_id: event for event in events}
    for correction in corrections:
        if correction.action not in {CorrectionAction.FIX, CorrectionAction.HIDE}:
            continue
        for cluster in _targets(clusters, correction):
            event = found.get(cluster.event_id)
            if event is None:
                continue
            if correction.action is CorrectionAction.HIDE:
                del found[cluster.event_id]
            elif correction.field:
                found[cluster.event_id] = fixed(event, correction.field, correction.value)
    return list(found.values())


def fixed(event: TimelineEvent, field: str, value: str | None) -> TimelineEvent:
    """Return the event with one field set by an analyst; its summary says the same."""
    parsed = _parse(field, value)
    changes: dict[str, Any] = {field: parsed}
    if field == "date_start":
        changes |= {
            "date_end": parsed + timedelta(days=1) if parsed else None,
            "date_precision": Granularity.DAY if parsed else None,
            "date_basis": ANALYST if parsed else None,
        }
    made = replace(event, **changes)
    return made if field == _SUMMARY else summarize(with_codes(made))
