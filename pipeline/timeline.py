"""What an event says: one `TimelineEvent` from the mentions of one cluster.

An event says nothing that no mention supports. Pure; clustering is in `pipeline/clustering.py`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from rensa import RMinHash

from models.timeline import Mention, TimelineEvent
from models.vocabulary import EventKind, Granularity, Modality, SourceKind
from pipeline.clustering import Cluster, reading_order
from pipeline.duplicates import count_independent
from pipeline.lifecycle import with_codes
from pipeline.listed import entity_list
from pipeline.matching import DAY_PRECISE, past_effect, type_family
from pipeline.summaries import summarize

_T = TypeVar("_T")
# Surest first: the modality of an event is the surest one among its mentions.
_SURENESS = [Modality.ASSERTED, Modality.REPORTED, Modality.PLANNED]
_BASE_CONFIDENCE = {Modality.ASSERTED: 0.6, Modality.REPORTED: 0.45, Modality.PLANNED: 0.45}
_PER_FURTHER_SOURCE = 0.1
_MAX_SOURCE_BONUS = 0.3
_ISSUER_BONUS = 0.1
_CONFLICT_MALUS = 0.05
_DENIAL_MALUS = 0.1
# Every report comes from a page on whose text two readers disagree.
_DOUBT_MALUS = 0.05
# One announcement may impose, license and exempt at once: what it is mainly, first.
_FAMILY_RANK = ("ban", "suspended", "imposed", "regime", "exemption")
_MINOR_FAMILIES = frozenset({"regime", "exemption"})


def build_event(cluster: Cluster, signatures: dict[str, RMinHash]) -> TimelineEvent:
    """Return the event of a cluster.

    Args:
        cluster: Mentions of one event.
        signatures: MinHash of each article version that the cluster cites.
    """
    members = sorted(cluster.members, key=_news_order)
    kind = _kind(members)
    dated, basis, others = _canonical_date(members)
    modality = min((member.modality for member in members), key=_SURENESS.index)
    reported = sorted(member.published_on for member in members if member.published_on)
    source_count = _independent(members, signatures)
    event = TimelineEvent(
        event_id=cluster.event_id,
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
        confidence=_confidence(cluster, modality, source_count, has_conflict=bool(others)),
        best_mention_id=_best_mention(members).mention_id,
        mention_ids=tuple(sorted(member.mention_id for member in members)),
        entity_list=_most_common(entity_list(member) for member in members),
        denial_count=len({mention.article_id for mention in cluster.counters}),
        suspended_until=_most_common(
            member.until for member in members if type_family(member.kind) == "suspended"
        ),
    )
    return summarize(with_codes(event))


def _news_order(member: Mention) -> tuple[object, ...]:
    return (member.is_background, *reading_order(member))


def _independent(members: Sequence[Mention], signatures: dict[str, RMinHash]) -> int:
    if len({member.owner_group for member in members}) == 1:
        return 1
    return count_independent(_articles(members), signatures)


def _articles(members: Sequence[Mention]) -> list[tuple[str, str]]:
    """Return (version, ownership group) of the articles, the earliest published first."""
    first = {
        member.version_id: (member.published_on or date.max, member.version_id, member.owner_group)
        for member in members
    }
    return [(version, group) for _, version, group in sorted(first.values())]


def _kind(members: Sequence[Mention]) -> EventKind:
    """Return the most reported kind of the family that an announcement is mainly about."""
    families = Counter(type_family(member.kind) for member in members)
    main = {name: n for name, n in families.items() if name not in _MINOR_FAMILIES} or families
    family = max(main, key=lambda name: (main[name], -_rank(name)))
    counts = Counter(member.kind for member in members if type_family(member.kind) == family)
    return max(counts, key=lambda kind: (counts[kind], kind == members[0].kind, kind))


def _rank(family: str) -> int:
    return _FAMILY_RANK.index(family) if family in _FAMILY_RANK else len(_FAMILY_RANK)


def _canonical_date(
    members: Sequence[Mention],
) -> tuple[Mention | None, str | None, tuple[date, ...]]:
    """Return the mention whose date counts, why, and the conflicting first days.

    Order of the domain guide: the issuer's document, the majority of day-precise dates, the
    earliest stated date.
    """
    stated = [member for member in members if member.date_start]
    if not stated:
        return _effect_as_date(members)
    days = [member for member in stated if member.date_precision in DAY_PRECISE]
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


def _effect_as_date(
    members: Sequence[Mention],
) -> tuple[Mention | None, str | None, tuple[date, ...]]:
    """Return the day of effect of an old act when no mention states another day."""
    days = [(day, member) for member in members if (day := past_effect(member))]
    if not days:
        return None, None, ()
    day, member = min(days, key=lambda item: (item[0], item[1].mention_id))
    told = replace(
        member,
        date_start=day,
        date_end=day + timedelta(days=1),
        date_precision=member.date_precision or Granularity.DAY,
    )
    return told, "effect", ()


def _confidence(
    cluster: Cluster, modality: Modality, source_count: int, *, has_conflict: bool
) -> float:
    value = _BASE_CONFIDENCE[modality]
    value += min(_MAX_SOURCE_BONUS, _PER_FURTHER_SOURCE * (source_count - 1))
    if any(member.source_kind is SourceKind.REGULATOR for member in cluster.members):
        value += _ISSUER_BONUS
    if cluster.counters:
        value -= _DENIAL_MALUS
    if has_conflict:
        value -= _CONFLICT_MALUS
    if all(member.is_doubtful for member in cluster.members):
        value -= _DOUBT_MALUS
    return round(max(0.05, min(value, 0.99)), 2)


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
