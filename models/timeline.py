"""Records of the timeline: mentions as the clustering sees them, and events as analysts do."""

from dataclasses import dataclass
from datetime import date

from models.vocabulary import EventKind, Granularity, LicenseKind, Modality, SourceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One party of an event. `key` is the company id, else the folded name.

    `is_firm`: one named firm. Groups ("its suppliers") tell no two events apart.
    """

    role: str
    key: str
    name: str
    is_firm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One license event mention with what clustering needs to know of its article."""

    mention_id: str
    kind: EventKind
    authority: str | None
    parties: tuple[Party, ...]
    material: str | None
    destination: str | None
    license_kind: LicenseKind | None
    instrument: str | None
    date_start: date | None
    date_end: date | None
    date_precision: Granularity | None
    effective_start: date | None
    modality: Modality
    is_background: bool
    sentence: str
    char_start: int
    char_end: int
    article_id: str
    version_id: str
    source: str
    source_kind: SourceKind
    owner_group: str
    published_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """One event of the timeline; every field rests on the mentions in `mention_ids`."""

    event_id: str
    kind: EventKind
    summary: str
    authority: str | None
    material: str | None
    licensees: tuple[str, ...]
    beneficiaries: tuple[str, ...]
    applicants: tuple[str, ...]
    excluded: tuple[str, ...]
    destination: str | None
    license_kind: LicenseKind | None
    instrument: str | None
    date_start: date | None
    date_end: date | None
    date_precision: Granularity | None
    date_basis: str | None
    other_dates: tuple[date, ...]
    effective_start: date | None
    modality: Modality
    first_reported_on: date | None
    last_reported_on: date | None
    article_count: int
    source_count: int
    confidence: float
    best_mention_id: str
    mention_ids: tuple[str, ...]
