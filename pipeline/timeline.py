"""What an event says: one `TimelineEvent` from the mentions of one cluster.

An event says nothing that no mention supports. Pure; clustering is in `pipeline/clustering.py`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from rensa import RMinHash

from models.ids import stable_id
from models.timeline import Mention, TimelineEvent
from models.vocabulary import EventKind, Granularity, Modality, SourceKind
from pipeline.clustering import Cluster, family_order, type_family
from pipeline.duplicates import count_independent
from pipeline.summaries import summarize

_T = TypeVar("_T")
# Surest first: the modality of an event is the surest one among its mentions.
_SURENESS = [Modality.ASSERTED, Modality.REPORTED, Modality.PLANNED]
_BASE_CONFIDENCE = {Modality.ASSERTED: 0.6, Modality.REPORTED: 0.45, Modality.PLANNED: 0.45}
_PER_FURTHER_SOURCE = 0.1
_MAX_SOURCE_BONUS = 0.3
_ISSUER_BONUS = 0.1
_CONFLICT_MALUS = 0.05
_DAY = frozenset({Granularity.DAY, Granularity.TIME})


def build_event(cluster: Cluster, signatures: dict[str, RMinHash]) -> TimelineEvent:
    """Return the event of a cluster.

    Args:
        cluster: Mentions of one event.
        signatures: MinHash of each article version that the cluster cites.
    """
    members = family_order(cluster.members)
    kind = _kind(members)
    dated, basis, others = _canonical_date(members)
    modality = min((member.modality for member in members), key=_SURENESS.index)
    reported = sorted(member.published_on for member in members if member.published_on)
    source_count = count_independent(_articles(members), signatures)
    event = TimelineEvent(
        event_id=stable_id("timeline", type_family(kind), cluster.seed.mention_id),
        kind=kind,
        summary="",
        authority=_most_common(member.authority for member in members),
        material=_union(member.material for member in members),
        licensees=_party_names(members, "licensee"),
        beneficiaries=_party_names(members, "beneficiary"),
        applicants=_party_names(members, "applicant"),
        excluded=_party_names(members, "excluded"),
        destination=_union(member.destination for member in members),
        license_kind=_most_common(member.license_kind for member in members),
        instrument=_most_common(member.instrument for member in members),
        date_start=dated.date_start if dated else None,
        date_end=dated.date_end if dated else None,
        date_precision=dated.date_precision if dated else None,
        date_basis=basis,
        other_dates=others,
        effective_start=_most_common(member.effective_start for member in members),
        modality=modality,
        first_reported_on=reported[0] if reported else None,
        last_reported_on=reported[-1] if reported else None,
        article_count=len({member.article_id for member in members}),
        source_count=source_count,
        confidence=_confidence(members, modality, source_count, has_conflict=bool(others)),
        best_mention_id=_best_mention(members).mention_id,
        mention_ids=tuple(sorted(member.mention_id for member in members)),
    )
    return summarize(event)


def _articles(members: Sequence[Mention]) -> list[tuple[str, str]]:
    """Return (version, ownership group) of the articles, the earliest published first."""
    first = {
        member.version_id: (member.published_on or date.max, member.version_id, member.owner_group)
        for member in members
    }
    return [(version, group) for _, version, group in sorted(first.values())]


def _kind(members: Sequence[Mention]) -> EventKind:
    counts = Counter(member.kind for member in members)
    return max(counts, key=lambda kind: (counts[kind], kind == members[0].kind, kind))


def _canonical_date(
    members: Sequence[Mention],
) -> tuple[Mention | None, str | None, tuple[date, ...]]:
    """Return the mention whose date counts, why, and the conflicting first days.

    Order of the domain guide: the issuer's document, the majority of day-precise dates, the
    earliest stated date.
    """
    stated = [member for member in members if member.date_start]
    if not stated:
        return None, None, ()
    days = [member for member in stated if member.date_precision in _DAY]
    issued = [member for member in days if member.source_kind is SourceKind.REGULATOR]
    if issued:
        chosen, basis = issued[0], "issuer"
    elif days:
        counts = Counter(member.date_start for member in days)
        top = max(counts.values())
        chosen = min(
            (member for member in days if counts[member.date_start] == top),
            key=lambda member: member.date_start or date.max,
        )
        basis = "majority" if top > 1 else "earliest"
    else:
        chosen, basis = min(stated, key=lambda member: member.date_start or date.max), "earliest"
    others = {member.date_start for member in days if member.date_start} - {chosen.date_start}
    return chosen, basis, tuple(sorted(day for day in others if day))


def _confidence(
    members: Sequence[Mention], modality: Modality, source_count: int, *, has_conflict: bool
) -> float:
    value = _BASE_CONFIDENCE[modality]
    value += min(_MAX_SOURCE_BONUS, _PER_FURTHER_SOURCE * (source_count - 1))
    if any(member.source_kind is SourceKind.REGULATOR for member in members):
        value += _ISSUER_BONUS
    if has_conflict:
        value -= _CONFLICT_MALUS
    return round(min(value, 0.99), 2)


def _best_mention(members: Sequence[Mention]) -> Mention:
    """Return the mention to show: news, most said, surest, from the earliest report."""

    def said(member: Mention) -> int:
        known = (member.authority, member.material, member.instrument, member.date_start)
        return len(member.parties) + sum(value is not None for value in known)

    return min(
        members,
        key=lambda member: (
            member.is_background,
            -said(member),
            _SURENESS.index(member.modality),
            member.published_on or date.max,
            member.mention_id,
        ),
    )


def _party_names(members: Sequence[Mention], role: str) -> tuple[str, ...]:
    """Return the firms of a role; groups ("its suppliers") only where no firm is named."""
    found = [party for member in members for party in member.parties if party.role == role]
    firms = [party for party in found if party.is_firm]
    names: dict[str, str] = {}
    for party in firms or found:
        names.setdefault(party.key, party.name)
    return tuple(names.values())


def _union(values: Iterable[str | None]) -> str | None:
    parts = dict.fromkeys(part for value in values if value for part in value.split("; "))
    return "; ".join(parts) or None


def _most_common(values: Iterable[_T | None]) -> _T | None:
    counts = Counter(value for value in values if value is not None)
    if not counts:
        return None
    return max(counts, key=lambda value: (counts[value], str(value)))
