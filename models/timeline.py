"""Records of the timeline: mentions as the clustering sees them, and events as analysts do."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.vocabulary import EventKind, Granularity, LicenseKind, Modality, SourceKind


class MeasureStatus(StrEnum):
    """Where a measure stands in its life; firm-level events have none."""

    PROPOSED = "proposed"
    ANNOUNCED = "announced"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    LIFTED = "lifted"


class RelationKind(StrEnum):
    """How one event bears on another; read "event, relation, related event"."""

    CONFIRMS = "confirms"
    PART_OF = "part_of"
    IMPLEMENTS = "implements"
    AMENDS = "amends"
    SUSPENDS = "suspends"
    CONTRADICTS = "contradicts"
    SUPERSEDES = "supersedes"


class CorrectionAction(StrEnum):
    """What an analyst may do to the timeline; `undo` takes an earlier correction back."""

    MERGE = "merge"
    SPLIT = "split"
    FIX = "fix"
    HIDE = "hide"
    LINK = "link"
    UNDO = "undo"


class Stance(StrEnum):
    """Whether a mention says that the event happened or that it did not."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"


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
    """One license event mention with what clustering needs to know of its article.

    `text` is the mention itself, `sentence` what it stands in, `until` the last day of the state
    that the sentence states ("suspended until 10 November"). `is_doubtful`: two readers of the
    page disagree on the article's text.
    """

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
    text: str = ""
    until: date | None = None
    is_doubtful: bool = False


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
    entity_list: str | None = None
    denial_count: int = 0
    status: MeasureStatus | None = None
    status_from: date | None = None
    suspended_until: date | None = None
    mast_code: str | None = None
    mast_edition: str | None = None
    gta_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One event bears on another; `why` says in words what shows it."""

    event_id: str
    related_event_id: str
    relation: RelationKind
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What finds a mention again when its id has changed: its article and its sentence."""

    mention_id: str
    article_id: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What an analyst decided. Rows are never changed; `undo` names another correction.

    Attributes:
        target_ids: Events (merge, split, fix, hide), one surface (link) or one correction (undo).
        anchors: Mentions that each target had, in the order of `target_ids`, so that the target
            is found again after its texts were read anew.
        mentions: Mentions that a split takes out.
        field: Field that a fix sets.
        value: Its new value, or the company id of a link; None clears a field.
    """

    correction_id: str
    action: CorrectionAction
    target_ids: tuple[str, ...]
    anchors: tuple[tuple[Anchor, ...], ...] = ()
    mentions: tuple[Anchor, ...] = ()
    field: str | None = None
    value: str | None = None
    author: str
    reason: str
    made_at: datetime
