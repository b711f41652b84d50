"""Which mentions are the same event: the rules of the domain guide, section 5.

Pure and deterministic: the same mentions in any order give the same clusters. Not here: what an
event then says (`pipeline/timeline.py`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from extractors.gazetteer import materials
from extractors.places import country_of
from models.timeline import Mention
from models.vocabulary import OFF_TIMELINE_KINDS, EventKind, Granularity, Modality

# Kinds of one family may be the same event told differently; each family with the number of days
# by which two accounts of one event may differ (measured on 124 mentions: B3 F .951).
_FAMILIES: dict[EventKind, tuple[str, int]] = {
    EventKind.CONTROL_IMPOSED: ("imposed", 3),
    EventKind.CONTROL_EXPANDED: ("imposed", 3),
    EventKind.CONTROL_REINSTATED: ("imposed", 3),
    EventKind.CONTROL_SUSPENDED: ("suspended", 2),
    EventKind.CONTROL_EASED: ("suspended", 2),
    EventKind.CONTROL_LIFTED: ("lifted", 3),
    EventKind.BAN_IMPOSED: ("ban", 3),
    EventKind.BAN_LIFTED: ("ban lifted", 3),
    EventKind.LICENSE_REGIME_CHANGED: ("regime", 30),
    EventKind.QUOTA_ISSUED: ("quota", 30),
    EventKind.EXEMPTION_GRANTED: ("exemption", 21),
    EventKind.ENTITY_LISTED: ("listed", 1),
    EventKind.ENTITY_DELISTED: ("delisted", 1),
    EventKind.LICENSE_APPLIED: ("applied", 30),
    EventKind.LICENSE_GRANTED: ("granted", 21),
    EventKind.LICENSE_RENEWED: ("granted", 21),
    EventKind.LICENSE_DENIED: ("denied", 60),
    EventKind.LICENSE_EXCLUDED: ("excluded", 60),
    EventKind.LICENSE_DELAYED: ("delayed", 60),
    EventKind.LICENSE_REVOKED: ("revoked", 21),
}
_ON_TIMELINE = frozenset({Modality.ASSERTED, Modality.REPORTED, Modality.PLANNED})
# A background date coarser than a year ("since 2023", "earlier this year") places nothing.
_PLACING = frozenset(
    {Granularity.TIME, Granularity.DAY, Granularity.WEEK, Granularity.MONTH, Granularity.QUARTER}
    | {Granularity.YEAR}
)
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[a-z]+")
_YEAR_DIGITS = 4
# A bare "No. 61" is an announcement too: nothing else is cited by its number alone.
_ANNOUNCEMENTS = frozenset({"announcement", "notice", "circular"})
_ANY_DAY = timedelta(days=1)
# Rare earths are named at many levels ("magnets", "dysprosium"); these families stand apart.
_WIDE = frozenset({"critical minerals", "dual-use items"})


@dataclass(slots=True)
class Cluster:
    """Mentions of one event. `seed` opened it; its dates never move with later members."""

    seed: Mention
    members: list[Mention] = field(default_factory=list)
    instruments: set[str] = field(default_factory=set)
    parties: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)

    def add(self, mention: Mention) -> None:
        """Take a mention in."""
        self.members.append(mention)
        key = instrument_key(mention)
        if key:
            self.instruments.add(key)
        self.parties |= party_keys(mention)
        self.countries |= {country for country in (country_of(mention.authority),) if country}
        self.families |= material_families(mention.material)


def type_family(kind: EventKind) -> str:
    """Return the family of a kind: kinds of different families are never one event."""
    return _FAMILIES[kind][0]


def cluster_mentions(mentions: Iterable[Mention]) -> list[Cluster]:
    """Group mentions into events, in the order of their seeds.

    Left out: kinds that are kept off the timeline, requests, possibilities, negations and
    denials, and background that neither names a day of its own nor fits a known event.
    """
    clusters: dict[str, list[Cluster]] = {}
    for mention in sorted(filter(_belongs, mentions), key=_reading_order):
        block = clusters.setdefault(type_family(mention.kind), [])
        best = min(
            (cluster for cluster in block if same_event(cluster, mention)),
            key=lambda cluster: _closeness(cluster, mention),
            default=None,
        )
        if best is None and _may_open(mention):
            best = Cluster(seed=mention)
            block.append(best)
        if best is not None:
            best.add(mention)
    return sorted(
        (cluster for block in clusters.values() for cluster in block),
        key=lambda cluster: _reading_order(cluster.seed),
    )


def same_event(cluster: Cluster, mention: Mention) -> bool:
    """Tell whether a mention of the cluster's family tells of the cluster's event."""
    key = instrument_key(mention)
    if key and cluster.instruments and key not in cluster.instruments:
        return False
    if not _agree(cluster.families, material_families(mention.material)):
        return False
    if not _agree(cluster.parties, party_keys(mention)):
        return False
    country = country_of(mention.authority)
    if country and cluster.countries and country not in cluster.countries:
        return False
    if key and key in cluster.instruments:
        return True
    if (mention.modality is Modality.PLANNED) != (cluster.seed.modality is Modality.PLANNED):
        return False  # what is promised is not yet what was done
    return _gap_days(cluster.seed, mention) <= _FAMILIES[mention.kind][1]


def instrument_key(mention: Mention) -> str | None:
    """Return what two spellings of one instrument share: its sort and its numbers.

    A number without a year is of the year of the act, else of the report.
    """
    if not mention.instrument:
        return None
    numbers = _NUMBER.findall(mention.instrument)
    day = mention.date_start or mention.published_on
    if len(numbers) == 1 and len(numbers[0]) < _YEAR_DIGITS and day:
        numbers.append(str(day.year))
    words = [word for word in _WORD.findall(mention.instrument.casefold()) if len(word) > 2]
    sort = "announcement" if _ANNOUNCEMENTS & set(words) or not words else " ".join(words[:2])
    return f"{sort} {'/'.join(numbers)}".strip()


@lru_cache(maxsize=4096)
def material_families(material: str | None) -> frozenset[str]:
    """Return the families of the goods; empty when unknown or when the word covers all of them."""
    if not material:
        return frozenset()
    known = materials()
    names = [name.strip() for name in material.split(";")]
    found = {known[name].family if name in known else name for name in names}
    return frozenset() if found & _WIDE else frozenset(found)


def party_keys(mention: Mention) -> frozenset[str]:
    """Return the keys of the firms that a mention names; groups tell no events apart."""
    return frozenset(party.key for party in mention.parties if party.is_firm)


def _agree(known: set[str], new: frozenset[str]) -> bool:
    return not known or not new or bool(known & new)


def _belongs(mention: Mention) -> bool:
    return mention.kind not in OFF_TIMELINE_KINDS and mention.modality in _ON_TIMELINE


def _may_open(mention: Mention) -> bool:
    if not mention.is_background:
        return bool(mention.date_start or mention.published_on)
    return mention.date_start is not None and mention.date_precision in _PLACING


def _interval(mention: Mention) -> tuple[date, date] | None:
    """Return the days on which the event may have happened, the end exclusive."""
    if mention.date_start:
        return mention.date_start, mention.date_end or mention.date_start + _ANY_DAY
    if mention.date_end:
        return mention.date_end - _ANY_DAY, mention.date_end
    if mention.published_on and not mention.is_background:
        return mention.published_on, mention.published_on + _ANY_DAY
    return None


def _gap_days(first: Mention, second: Mention) -> float:
    one, two = _interval(first), _interval(second)
    if one is None or two is None:
        return float("inf")
    return max(0, (two[0] - one[1]).days + 1, (one[0] - two[1]).days + 1)


def _closeness(cluster: Cluster, mention: Mention) -> tuple[object, ...]:
    named = instrument_key(mention) in cluster.instruments
    shared = len(cluster.parties & party_keys(mention))
    return (not named, -shared, _gap_days(cluster.seed, mention), cluster.seed.mention_id)


def _reading_order(mention: Mention) -> tuple[object, ...]:
    """Order: news before background, day-precise before vague, early before late."""
    is_day = mention.date_precision in {Granularity.DAY, Granularity.TIME}
    has_date = mention.date_start is not None
    first = mention.date_start or mention.published_on or date.max
    published = mention.published_on or date.max
    return (mention.is_background, not is_day, not has_date, first, published, mention.mention_id)


def family_order(members: Sequence[Mention]) -> list[Mention]:
    """Return members in reading order."""
    return sorted(members, key=_reading_order)
