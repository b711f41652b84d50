"""Facts: what the extractors say an article says. Field names are those of the contract.

Every fact carries its evidence (`text == article.text[char_start:char_end]`) and the rule that
made it. Intervals are half-open `[start, end)`; an open side, or what the text does not say,
is None.
"""

from dataclasses import dataclass
from datetime import date

from models.vocabulary import (
    Basis,
    Bound,
    DateKind,
    Direction,
    EventKind,
    Flow,
    Granularity,
    LicenseKind,
    Link,
    MassBasis,
    Modality,
    PercentageKind,
    QuantityRole,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyMention:
    """One mention of a firm. Mentions of one firm in one text share `name`."""

    text: str
    char_start: int
    char_end: int
    company_id: str | None
    name: str
    role: str | None
    link: Link
    rule_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tonnage:
    """One mass. `value` is in `unit`; `tonnes*` are metric tonnes.

    A range has `low`/`high` and no `value`; a single number has `value` and no `low`/`high`.
    """

    text: str
    char_start: int
    char_end: int
    value: float | None
    low: float | None
    high: float | None
    unit: str | None
    tonnes: float | None
    tonnes_low: float | None
    tonnes_high: float | None
    unit_assumed: bool
    bound: Bound
    flow: Flow
    material: str | None
    mass_basis: MassBasis | None
    reporter: str | None
    partner: str | None
    period_start: date | None
    period_end: date | None
    basis: Basis
    direction: Direction | None
    role: QuantityRole
    rule_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentage:
    """One ratio in percent; a fall has a negative value. `is_points`: percentage points."""

    text: str
    char_start: int
    char_end: int
    value: float | None
    low: float | None
    high: float | None
    bound: Bound
    kind: PercentageKind
    is_points: bool
    measure: str | None
    material: str | None
    period_start: date | None
    period_end: date | None
    rule_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """One time expression. `period_*` is the effective interval: what the modifier makes of it."""

    text: str
    char_start: int
    char_end: int
    kind: DateKind
    timex: str
    period_start: date | None
    period_end: date | None
    granularity: Granularity
    modifier: str | None
    anchor: date | None
    rule_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseEvent:
    """One mention of a policy or license event.

    `licensees` hold the license, `beneficiaries` are the customers it was issued for.
    Parties are surfaces of the text, in order. Several materials or destinations are joined
    by "; ".
    """

    text: str
    char_start: int
    char_end: int
    kind: EventKind
    authority: str | None
    licensees: tuple[str, ...]
    beneficiaries: tuple[str, ...]
    applicants: tuple[str, ...]
    excluded: tuple[str, ...]
    material: str | None
    destination: str | None
    license_kind: LicenseKind | None
    instrument: str | None
    date_start: date | None
    date_end: date | None
    date_precision: Granularity | None
    effective_start: date | None
    modality: Modality
    attributed_to: str | None
    is_background: bool
    rule_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A numbered announcement (公告) that an original document is, or cites.

    Attributes:
        instrument: The number in English, as events name it: "Announcement No. 61 of 2025".
        issuers: English names of the agencies that issued it; empty when the text names none.
        is_own: The number of the document itself; the days below are known only of that one.
    """

    text: str
    char_start: int
    char_end: int
    instrument: str
    number: int
    year: int | None
    issuers: tuple[str, ...]
    is_own: bool
    issued_on: date | None
    effective_start: date | None
    rule_id: str


Fact = CompanyMention | Tonnage | Percentage | DateMention | LicenseEvent | Announcement


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Numbers of one text that contradict each other (domain guide, section 6)."""

    kind: str
    message: str
    char_start: int
    char_end: int
    other_start: int
    other_end: int
    expected: float
    found: float
    rule_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All facts of one text, each list in order of `char_start`.

    `sentences` are the half-open character intervals of the text's sentences: where the evidence
    of a fact is shown in its context.
    """

    companies: tuple[CompanyMention, ...] = ()
    tonnages: tuple[Tonnage, ...] = ()
    percentages: tuple[Percentage, ...] = ()
    dates: tuple[DateMention, ...] = ()
    license_events: tuple[LicenseEvent, ...] = ()
    findings: tuple[Finding, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()
