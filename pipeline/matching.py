"""When two accounts may be of one event: instruments, goods, firms, nations, lists and days.

Pure functions on mentions; the rules are those of the domain guide, section 5. The grouping
itself is in `pipeline/clustering.py`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from extractors.gazetteer import materials
from extractors.places import country_of
from models.timeline import Mention
from models.vocabulary import EventKind, Granularity, LicenseKind, Modality
from pipeline.instruments import instrument_key
from pipeline.listed import entity_list
from pipeline.nations import nation, nations_in, seat_of

# Kinds of one family may be the same event told differently; each family with the number of days
# by which two accounts of one event may differ (domain guide, section 5).
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
WIDEST_DAYS = max(days for _, days in _FAMILIES.values())
# What one announcement may do at once; families of a group are compared with each other.
_ANNOUNCED = frozenset({"imposed", "regime", "ban", "exemption", "suspended"})
_ANNOUNCEMENT_DAYS = 3
_DUTY = frozenset({"imposed", "regime"})
# An undated report tells of something that happened within the days before it.
_NEWS_DAYS = 7
# What took effect longer ago than this is retold, whatever tense the text uses.
_RETOLD_DAYS = 60
_ANY_DAY = timedelta(days=1)
_LONGEST = {
    Granularity.TIME: 1,
    Granularity.DAY: 1,
    Granularity.WEEK: 7,
    Granularity.MONTH: 31,
    Granularity.QUARTER: 92,
    Granularity.HALF: 184,
    Granularity.YEAR: 366,
}
DAY_PRECISE = frozenset({Granularity.DAY, Granularity.TIME})
# Words that cover goods of every family, and kinds of names that single goods out.
_WIDE = frozenset({"critical minerals", "dual-use items"})
_GENERIC_KINDS = frozenset({"group", "magnet", "mixture"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a mention says that tells events apart; empty means that it does not say."""

    acts: frozenset[str]
    instrument: str | None
    firms: frozenset[str]
    nations: frozenset[str]
    seats: frozenset[str]
    holders: frozenset[str]
    destinations: frozenset[str]
    families: frozenset[str]
    goods: frozenset[str]
    elements: frozenset[str]
    roles: frozenset[str]
    license_kind: LicenseKind | None
    entity_list: str | None
    is_planned: bool
    is_dated: bool
    days: tuple[date, date] | None


def type_family(kind: EventKind) -> str:
    """Return the family of a kind: kinds of different families are never one event."""
    return _FAMILIES[kind][0]


def block_family(kind: EventKind) -> str:
    """Return the group of families that are compared with one another."""
    family = type_family(kind)
    return "announced" if family in _ANNOUNCED else family


def window_days(kind: EventKind) -> int:
    """Return by how many days two accounts of one event of a kind may differ."""
    return _FAMILIES[kind][1]


def traits_of(mention: Mention) -> Traits:
    """Return what a mention says that tells events apart."""
    names = _material_names(mention.material)
    firms = {party for party in mention.parties if party.is_firm}
    return Traits(
        acts=frozenset({type_family(mention.kind)}),
        instrument=instrument_key(mention),
        firms=frozenset(party.key for party in firms),
        nations=_nations(mention),
        seats=_seats(mention),
        holders=_holders(mention),
        destinations=_destinations(mention),
        families=material_families(mention.material),
        goods=frozenset(name for name in names if _kind_of(name) not in _GENERIC_KINDS),
        elements=frozenset(name for name in names if _kind_of(name) == "element"),
        roles=frozenset(party.role for party in firms),
        license_kind=mention.license_kind,
        entity_list=entity_list(mention),
        is_planned=mention.modality is Modality.PLANNED,
        is_dated=mention.date_start is not None,
        days=event_days(mention),
    )


def may_be_one(known: Traits, new: Traits) -> bool:
    """Tell whether nothing but the days speaks against one event."""
    if known.entity_list and new.entity_list and known.entity_list != new.entity_list:
        return False
    if known.instrument and known.instrument == new.instrument:
        return same_act(known, new) or _one_announcement(known, new)
    if known.instrument and new.instrument:
        return False
    if known.is_planned != new.is_planned:
        return False  # what is promised is not yet what was done
    if not same_act(known, new) and not (known.acts & _DUTY and new.acts & _DUTY):
        return False
    return _goods_agree(known, new) and _parties_agree(known, new)


def same_act(known: Traits, new: Traits) -> bool:
    """Tell whether two accounts are of one family of kinds."""
    return bool(known.acts & new.acts)


def _one_announcement(known: Traits, new: Traits) -> bool:
    """Tell a second thing that one announcement does from the fate of that announcement later."""
    if not (known.acts <= _ANNOUNCED and new.acts <= _ANNOUNCED):
        return False
    if not new.is_dated and "suspended" not in known.acts | new.acts:
        return True
    return gap_days(known.days, new.days) <= _ANNOUNCEMENT_DAYS


def _goods_agree(known: Traits, new: Traits) -> bool:
    if known.acts & _ANNOUNCED and known.elements and new.elements:
        return bool(known.elements & new.elements)
    return _agree(known.families, new.families)


def _parties_agree(known: Traits, new: Traits) -> bool:
    if not _agree(known.firms, new.firms):
        return False
    kinds = (known.license_kind, new.license_kind)
    if all(kinds) and kinds[0] is not kinds[1] and LicenseKind.GENERAL in kinds:
        return False
    if known.firms & new.firms:
        return True
    if not _agree(known.holders, new.holders):
        return False
    # "European companies" are not the suppliers of American and European carmakers.
    if not (_within(known.seats, new.nations) and _within(new.seats, known.nations)):
        return False
    if not _agree(known.nations, new.nations):
        return False
    return _agree(known.destinations, new.destinations)


def _agree(known: frozenset[str], new: frozenset[str]) -> bool:
    return not known or not new or bool(known & new)


def _within(seats: frozenset[str], nations: frozenset[str]) -> bool:
    return not seats or not nations or seats <= nations


def distance(known: Traits, new: Traits) -> tuple[int, ...]:
    """Return how far two accounts that may be of one event stand apart; less is closer."""
    return (
        int(not known.instrument or known.instrument != new.instrument),
        -len(known.firms & new.firms),
        int(bool(known.destinations) != bool(new.destinations)),
        -len(known.goods & new.goods),
        int(known.license_kind is not new.license_kind),
        len(known.roles - new.roles - {"licensee"}),
        int(not same_act(known, new)),
    )


@lru_cache(maxsize=4096)
def material_families(material: str | None) -> frozenset[str]:
    """Return the families of the goods; empty when unknown or when the word covers all of them."""
    known = materials()
    names = _material_names(material)
    found = {known[name].family if name in known else name for name in names}
    return frozenset() if found & _WIDE else frozenset(found)


def _material_names(material: str | None) -> frozenset[str]:
    return frozenset(name.strip() for name in material.split(";")) if material else frozenset()


def _kind_of(name: str) -> str | None:
    known = materials().get(name)
    return known.kind if known else None


def _nations(mention: Mention) -> frozenset[str]:
    """Return the nations of the groups that are served; the issuer's own says nothing."""
    found = _destinations(mention)
    for party in mention.parties:
        if not party.is_firm:
            found |= nations_in(party.name)
    return found - {country_of(mention.authority) or ""}


def _seats(mention: Mention) -> frozenset[str]:
    """Return the nations of the firms that are served."""
    seats = (seat_of(p.key) for p in mention.parties if p.is_firm and p.role != "licensee")
    return frozenset(seat for seat in seats if seat)


def _holders(mention: Mention) -> frozenset[str]:
    """Return the nations of those who hold the license: exporters, or importers abroad."""
    found: set[str] = set()
    for party in mention.parties:
        if party.role == "licensee":
            seat = seat_of(party.key)
            found |= {seat} if seat else nations_in(party.name)
    return frozenset(found)


def _destinations(mention: Mention) -> frozenset[str]:
    if not mention.destination:
        return frozenset()
    found = {nation(name.strip()) for name in mention.destination.split(";")}
    return frozenset() if "worldwide" in found else frozenset(found)


def event_days(mention: Mention) -> tuple[date, date] | None:
    """Return the days on which the event may have happened, the end exclusive.

    "Since April 4" is April 4: a period is never longer than its precision. None for background
    that states no day.
    """
    start = mention.date_start or past_effect(mention)
    if start:
        longest = _LONGEST.get(
            mention.date_precision or Granularity.DAY, _LONGEST[Granularity.YEAR]
        )
        end = mention.date_end if mention.date_start else None
        return start, min(end or start + _ANY_DAY, start + timedelta(days=longest))
    if mention.date_end:
        return mention.date_end - _ANY_DAY, mention.date_end
    if mention.published_on and not mention.is_background:
        return mention.published_on - timedelta(days=_NEWS_DAYS), mention.published_on + _ANY_DAY
    return None


def past_effect(mention: Mention) -> date | None:
    """Return the day of effect of an act that is retold: it stands for the day of the act."""
    effective, published = mention.effective_start, mention.published_on
    if effective is None or (published is not None and effective > published):
        return None
    is_old = published is not None and published - effective > timedelta(days=_RETOLD_DAYS)
    return effective if is_old or mention.is_background else None


def gap_days(one: tuple[date, date] | None, two: tuple[date, date] | None) -> float:
    """Return the days between two half-open periods: 0 when they touch, infinite when unknown."""
    if one is None or two is None:
        return float("inf")
    return max(0, (two[0] - one[1]).days + 1, (one[0] - two[1]).days + 1)
