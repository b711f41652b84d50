"""Partitions (source, day, stage): their names, their states, and what a backfill is asked for.

Pure records, shared by the command line, the flows and the store. What is in a partition and how
its state follows is SQL: `models/sql/macros/partition_documents.sql` and `partition_status.sql`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

TIMELINE_SOURCE = "*"
"""The source of the timeline's partitions: events span sources and days."""

MAX_DAYS = 36_600
# A server of flows checks a form by its JSON schema, which says nothing binding with `format`.
_DAY = r"^\d{4}-\d{2}-\d{2}$"


class RunStage(StrEnum):
    """The stages that partitions are run for, in order.

    FETCH: addresses by the day that discovery gives them. ARTICLE: all archived pages, by
    publication day of the article, else UTC day of the fetch. EXTRACT: those that gave an article.
    TIMELINE: one partition over all sources.
    """

    FETCH = "fetch"
    ARTICLE = "article"
    EXTRACT = "extract"
    TIMELINE = "timeline"


class PartitionState(StrEnum):
    """Where a partition stands, the most urgent first."""

    FAILED = "failed"
    RUNNING = "running"
    MISSING = "missing"
    STALE = "stale"
    DONE = "done"


class Only(StrEnum):
    """Which partitions a backfill runs. ALL leaves out what is running."""

    MISSING = "missing"
    FAILED = "failed"
    STALE = "stale"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Partition:
    """One unit of the ledger."""

    source: str
    day: date
    stage: RunStage

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"{self.source} {self.day} {self.stage.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionStatus:
    """A partition with where it stands for one version of the extractors.

    Attributes:
        partition: Which one.
        state: Where it stands.
        why: Why it is not done; None when it is.
        documents: Documents in it now; 0 for a day that nobody asked for.
        unread: Those of them that no version has read, or addresses never fetched.
        outdated: Those that another version has read.
        attempts: How often its last version began it; 0 without a run.
        started_at: When its last run began; None without one.
    """

    partition: Partition
    state: PartitionState
    why: str | None
    documents: int
    unread: int = 0
    outdated: int = 0
    attempts: int = 0
    started_at: datetime | None = None


class BackfillRequest(BaseModel):
    """What a backfill should do: the options of `reeline backfill` and the form of the flow."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first_day: date = Field(
        title="From", description="First day, inclusive.", json_schema_extra={"pattern": _DAY}
    )
    last_day: date = Field(
        title="To", description="Last day, inclusive.", json_schema_extra={"pattern": _DAY}
    )
    sources: tuple[str, ...] = Field(
        default=(), description="Slugs of sources; empty for all that have something in the range."
    )
    stage: RunStage = Field(
        default=RunStage.ARTICLE,
        description=(
            "fetch: ask the sources for the days; article: read archived pages, facts included; "
            "extract: only those that gave an article; timeline: refresh the events."
        ),
    )
    only: Only = Field(
        default=Only.MISSING, description="Partitions in this state; all leaves none out."
    )
    dry_run: bool = Field(default=False, description="Plan only: nothing is read or written.")
    newest_first: bool = Field(default=False, description="Begin with the newest day.")
    max_active: int = Field(
        default=32,
        ge=1,
        le=1000,
        description="Partitions in flight at once: what a stop has to wait for.",
    )
    max_documents: int | None = Field(
        default=None,
        ge=1,
        description="Stop planning after about this many documents: a bounded portion.",
    )
    wayback: bool = Field(
        default=False,
        description="fetch: ask the Wayback Machine instead of the sources themselves.",
    )
    shares: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Runs that do it together; the flow starts the others of its deployment.",
    )
    share: int = Field(
        default=1, ge=1, description="Which of those runs this is; the first one by hand."
    )
    asked_at: datetime | None = Field(
        default=None,
        description="What was ended after this is left alone; the first run tells the others.",
    )

    @model_validator(mode="after")
    def _parts_fit_together(self) -> "BackfillRequest":
        if self.last_day < self.first_day:
            raise ValueError(
                f"the range ends before it begins: from {self.first_day} to {self.last_day}"
            )
        if (self.last_day - self.first_day).days >= MAX_DAYS:
            raise ValueError(f"the range has more than {MAX_DAYS} days")
        if self.wayback and self.stage is not RunStage.FETCH:
            raise ValueError("wayback needs the stage fetch")
        if self.share > self.shares:
            raise ValueError(f"there is no share {self.share} of {self.shares}")
        if self.shares > 1 and self.max_documents is not None:
            raise ValueError("a portion (max_documents) cannot be shared: give fewer days instead")
        return self
