"""How events bear on one another: relations instead of merges (domain guide, section 5).

Pure: from the events and the sentences behind them. A relation reads "event, relation, related
event", e.g. No. 70 `suspends` No. 61; `why` names what shows it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from extractors.places import country_of
from models.timeline import Relation, RelationKind, TimelineEvent
from models.vocabulary import EventKind, LicenseKind, Modality
from pipeline.instruments import CITING, cited_instruments, key_of_instrument
from pipeline.lifecycle import first_day, is_ending
from pipeline.matching import DAY_PRECISE, material_families, type_family

_MEASURES = frozenset({"imposed", "regime", "ban", "listed", "quota"})
_PLAN_DAYS = timedelta(days=400)
_CONFIRM_DAYS = timedelta(days=60)
_CONTRADICT_DAYS = timedelta(days=7)
_MILD = frozenset({RelationKind.AMENDS})
_STANDING = frozenset({LicenseKind.GENERAL, LicenseKind.VALIDATED_END_USER})
_REFUSING = frozenset({EventKind.LICENSE_DENIED, EventKind.LICENSE_EXCLUDED})
_GROUP = re.compile(
    r"(?:a|an|the|some|several|three|two|four|its|their|other|suppliers?|exporters?|firms?)\b",
    re.IGNORECASE,
)


def find_relations(
    events: Sequence[TimelineEvent], sentences: Mapping[str, Sequence[str]]
) -> tuple[Relation, ...]:
    """Return the relations among events, one a pair and kind, in order.

    Args:
        events: All events of the timeline.
        sentences: Sentences behind each event; only those of measures are needed.
    """
    index = _Index(events, sentences)
    found: dict[tuple[str, str, RelationKind], Relation] = {}
    for event in sorted(events, key=lambda item: item.event_id):
        for relation in _relations_of(event, index):
            key = (relation.event_id, relation.related_event_id, relation.relation)
            if relation.event_id != relation.related_event_id:
                found.setdefault(key, relation)
    return tuple(found[key] for key in sorted(found))


class _Index:
    """Events by what they may be found with."""

    def __init__(
        self, events: Sequence[TimelineEvent], sentences: Mapping[str, Sequence[str]]
    ) -> None:
        self.sentences = sentences
        self.by_instrument: dict[str, list[TimelineEvent]] = defaultdict(list)
        self.by_day: dict[tuple[str | None, date], list[TimelineEvent]] = defaultdict(list)
        self.by_sentence: dict[str, list[TimelineEvent]] = defaultdict(list)
        self.instruments = {event.event_id: own_instrument(event) for event in events}
        self.by_family: dict[tuple[str, str | None], list[TimelineEvent]] = defaultdict(list)
        self.by_firm: dict[str, list[TimelineEvent]] = defaultdict(list)
        for event in sorted(events, key=lambda item: item.event_id):
            self._add(event)

    def _add(self, event: TimelineEvent) -> None:
        country = country_of(event.authority)
        key = own_instrument(event)
        if key:
            self.by_instrument[key].append(event)
        if event.date_start and event.date_precision in DAY_PRECISE:
            self.by_day[country, event.date_start].append(event)
        for sentence in self.sentences.get(event.event_id, ()):
            self.by_sentence[sentence].append(event)
        self.by_family[type_family(event.kind), country].append(event)
        for firm in (*event.licensees, *event.beneficiaries, *event.applicants, *event.excluded):
            if not _GROUP.match(firm):
                self.by_firm[firm].append(event)


def own_instrument(event: TimelineEvent) -> str | None:
    """Return the key of the instrument of an event."""
    return key_of_instrument(event.instrument, first_day(event))


def _relations_of(event: TimelineEvent, index: _Index) -> Iterator[Relation]:
    yield from _citations(event, index)
    yield from _package(event, index)
    yield from _carried_out(event, index)
    if event.kind is EventKind.LICENSE_GRANTED:
        yield from _confirmed(event, index)
        yield from _contradicted(event, index)


def _bearing(kind: EventKind) -> RelationKind | None:
    """Return what an event of a kind does to a measure that it names."""
    if kind is EventKind.CONTROL_SUSPENDED:
        return RelationKind.SUSPENDS
    if is_ending(kind):
        return RelationKind.SUPERSEDES
    if type_family(kind) in {"imposed", "regime", "ban", "suspended", "exemption"}:
        return RelationKind.AMENDS
    return None


def _citations(event: TimelineEvent, index: _Index) -> Iterator[Relation]:
    relation, day = _bearing(event.kind), first_day(event)
    if relation is None or day is None or event.modality is Modality.PLANNED:
        return
    for other, why in _named_measures(event, day, index, with_sentence=relation not in _MILD):
        if _may_change(event, other):
            yield from _with_parts(event, other, relation, why, index)


def _named_measures(
    event: TimelineEvent, day: date, index: _Index, *, with_sentence: bool
) -> Iterator[tuple[TimelineEvent, str]]:
    """Yield what the sentences of an event name: by number, or told in the same sentence."""
    own = index.instruments[event.event_id]
    for sentence in index.sentences.get(event.event_id, ()):
        for key in sorted(_cited(sentence, day) - {own}):
            for other in index.by_instrument[key]:
                yield other, f"the sentence cites {other.instrument}"
        if with_sentence:
            for other in index.by_sentence[sentence]:
                if own is None or index.instruments[other.event_id] != own:
                    yield other, "one sentence tells both"
    if own and with_sentence:  # the text names only what is suspended
        for other in index.by_instrument[own]:
            if first_day(other) != day:
                yield other, f"both name {own}"


def _cited(sentence: str, day: date) -> frozenset[str]:
    if not CITING.search(sentence):
        return frozenset()
    return cited_instruments(sentence, day.year) | cited_instruments(sentence, day.year - 1)


def _may_change(event: TimelineEvent, other: TimelineEvent) -> bool:
    """Tell whether an event can change another one: a measure that stood before."""
    before, after = first_day(other), first_day(event)
    is_measure = type_family(other.kind) in _MEASURES and other.modality is not Modality.PLANNED
    same_issuer = country_of(other.authority) == country_of(event.authority)
    return is_measure and same_issuer and bool(before and after and before <= after)


def _with_parts(
    event: TimelineEvent,
    other: TimelineEvent,
    relation: RelationKind,
    why: str,
    index: _Index,
) -> Iterator[Relation]:
    """Yield a relation, and the same to every announcement of a package."""
    yield _relation(event, other, relation, why)
    if not other.instrument and relation is RelationKind.SUSPENDS:
        for part in _parts(other, index):
            yield _relation(event, part, relation, f"{why}; part of the package")


def _parts(package: TimelineEvent, index: _Index) -> list[TimelineEvent]:
    """Return the numbered announcements of the day on which a package was announced."""
    if package.date_start is None or package.date_precision not in DAY_PRECISE:
        return []
    if package.instrument or type_family(package.kind) != "imposed":
        return []
    day = index.by_day[country_of(package.authority), package.date_start]
    parts = [other for other in day if other.instrument and type_family(other.kind) in _MEASURES]
    return parts if len(parts) > 1 else []


def _package(event: TimelineEvent, index: _Index) -> Iterator[Relation]:
    for part in _parts(event, index):
        yield _relation(part, event, RelationKind.PART_OF, "announced on one day as a package")


def _carried_out(plan: TimelineEvent, index: _Index) -> Iterator[Relation]:
    """Yield the act that carries out a plan: the first one that fits."""
    if plan.modality is not Modality.PLANNED:
        return
    acts = [
        (day, event.event_id, event)
        for event in index.by_family[type_family(plan.kind), country_of(plan.authority)]
        if event.modality is not Modality.PLANNED
        and (day := first_day(event))
        and _fits_plan(event, plan, day)
    ]
    if acts:
        act = min(acts, key=lambda item: item[:2])[2]
        yield _relation(act, plan, RelationKind.IMPLEMENTS, "announced before, done now")


def _fits_plan(event: TimelineEvent, plan: TimelineEvent, day: date) -> bool:
    planned = plan.first_reported_on or plan.date_start
    if planned is None or not planned <= day <= planned + _PLAN_DAYS:
        return False
    one, two = own_instrument(event), own_instrument(plan)
    if one and two and one != two:
        return False
    goods = (material_families(event.material), material_families(plan.material))
    places = (_split(event.destination), _split(plan.destination))
    firms = (_named(event), _named(plan))
    return all(not a or not b or bool(a & b) for a, b in (goods, places, firms))


def _split(value: str | None) -> frozenset[str]:
    return frozenset(value.split("; ")) if value else frozenset()


def _named(event: TimelineEvent) -> frozenset[str]:
    names = (*event.licensees, *event.beneficiaries, *event.applicants)
    return frozenset(name for name in names if not _GROUP.match(name))


def _confirmed(event: TimelineEvent, index: _Index) -> Iterator[Relation]:
    """Yield the earlier reported grant that a later asserted one confirms."""
    day = first_day(event)
    if event.modality is not Modality.ASSERTED or event.license_kind is None or day is None:
        return
    if event.license_kind not in _STANDING:  # shipment by shipment, one says nothing of another
        return
    earlier = [
        grant
        for grant in index.by_family["granted", country_of(event.authority)]
        if grant.license_kind is event.license_kind
        and grant.modality is not Modality.PLANNED
        and _is_before(grant, day)
        and not _names_others(event, grant)
    ]
    if earlier:
        grant = max(earlier, key=lambda item: (first_day(item) or date.min, item.event_id))
        why = f"a later word on the same {event.license_kind.value} licenses"
        yield _relation(event, grant, RelationKind.CONFIRMS, why)


def _is_before(grant: TimelineEvent, day: date) -> bool:
    before = first_day(grant)
    return before is not None and before < day <= before + _CONFIRM_DAYS


def _names_others(event: TimelineEvent, grant: TimelineEvent) -> bool:
    one = {name for name in event.licensees if not _GROUP.match(name)}
    two = {name for name in grant.licensees if not _GROUP.match(name)}
    return bool(one) and bool(two) and not one & two


def _contradicted(event: TimelineEvent, index: _Index) -> Iterator[Relation]:
    """Yield refusals of the same firm in the same days."""
    day = first_day(event)
    for firm in sorted(_named(event)):
        for other in index.by_firm[firm]:
            refused = first_day(other)
            same_kind = not other.license_kind or other.license_kind is event.license_kind
            is_near = day and refused and abs(refused - day) <= _CONTRADICT_DAYS
            if other.kind in _REFUSING and same_kind and is_near:
                why = f"{firm} is said to have been granted and refused"
                yield _relation(other, event, RelationKind.CONTRADICTS, why)


def _relation(
    event: TimelineEvent, other: TimelineEvent, relation: RelationKind, why: str
) -> Relation:
    return Relation(
        event_id=event.event_id, related_event_id=other.event_id, relation=relation, why=why
    )


def sentences_by_event(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the distinct sentences of each event from (event id, sentence), in order."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for event_id, sentence in sorted(rows):
        found[event_id][sentence] = None
    return {event_id: list(sentences) for event_id, sentences in found.items()}
