"""What a backfill would do: which partitions, how many documents, why each, and for how long.

Choosing is pure; `plan_backfill` reads the store, or its snapshot for a dry run. Running a plan is
in `pipeline/backfill.py`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from extractors.extract import extractor_version
from models.errors import InputError
from models.pages import Source
from pipeline.partitions import (
    BackfillRequest,
    Only,
    Partition,
    PartitionState,
    RunStage,
)
from pipeline.plan_days import askable, timeline_content, with_unasked_days
from pipeline.process import BATCH_SIZE
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_partitions import PartitionContent, known_sources, read_contents
from pipeline.store_read import reading
from pipeline.store_runs import stage_speeds

# Days of one source that are asked for together: one look at its sitemaps serves all of them.
_FETCH_DAYS = 366
_READING = (RunStage.ARTICLE, RunStage.EXTRACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPartition:
    """A partition that will be run.

    Attributes:
        partition: Which one.
        state: Where it stands.
        why: Why it will be run.
        documents: Documents in it.
        todo: Those that will be read: fetch ids, or addresses for the stage fetch.
        input_hash: Hash of all its inputs.
    """

    partition: Partition
    state: PartitionState
    why: str
    documents: int
    todo: tuple[str, ...]
    input_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Partitions that are run together: one claim, few transactions. Can be sent elsewhere."""

    stage: RunStage
    partitions: tuple[PlannedPartition, ...]
    extractor_version: str
    planned_at: datetime
    is_full: bool = False
    wayback: bool = False

    @property
    def documents(self) -> int:
        """Documents that it will read."""
        return sum(len(planned.todo) for planned in self.partitions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a backfill will do.

    Attributes:
        request: What was asked for.
        extractor_version: Version of the extractors that will read.
        planned_at: When the store was looked at.
        partitions: What will be run, in this order.
        passed_over: Other partitions of the range by state.
        documents_per_s: Speed of past runs of the stage; None without any.
        notes: What a person should know: sources that cannot be asked for past days.
    """

    request: BackfillRequest
    extractor_version: str
    planned_at: datetime
    partitions: tuple[PlannedPartition, ...]
    passed_over: Counter[PartitionState]
    documents_per_s: float | None
    notes: tuple[str, ...] = ()

    @property
    def documents(self) -> int:
        """Documents that will be read."""
        return sum(len(planned.todo) for planned in self.partitions)

    @property
    def estimate_s(self) -> float | None:
        """Wall seconds that it will take at the speed of past runs; None without any."""
        return self.documents / self.documents_per_s if self.documents_per_s else None

    def chunks(self) -> tuple[Chunk, ...]:
        """Return what is run together: at most `max_active` partitions and about 100 documents.

        The stage fetch asks one source for all its days at once.
        """
        if self.request.stage is RunStage.FETCH:
            groups = _by_source(self.partitions)
        else:
            groups = _by_size(self.partitions, self.request.max_active)
        return tuple(
            Chunk(
                stage=self.request.stage,
                partitions=tuple(group),
                extractor_version=self.extractor_version,
                planned_at=self.planned_at,
                is_full=self.request.only is Only.ALL,
                wayback=self.request.wayback,
            )
            for group in groups
        )


def plan_backfill(
    settings: Settings, request: BackfillRequest, sources: Sequence[Source] = ()
) -> Plan:
    """Return what a backfill will do; nothing is changed.

    Args:
        settings: The data folder.
        request: What to do. A dry run reads the snapshot, and so never waits for a writer.
        sources: The source files: the stage fetch needs them to know whom to ask.

    Raises:
        InputError: A source of the request is in neither the source files nor the store.
        StoreError: There is no snapshot yet (dry run), or the store cannot be opened.
    """
    version, planned_at = extractor_version(), datetime.now(UTC)
    with_current = request.only is Only.ALL
    if request.dry_run:
        with reading(settings) as con:
            contents = read_contents(con, request, version, with_current=with_current)
            speeds, known = stage_speeds(con), known_sources(con)
    else:
        with Store(settings) as store:
            contents = read_contents(store.con, request, version, with_current=with_current)
            speeds, known = stage_speeds(store.con), known_sources(store.con)
    _require_known(request, {source.slug for source in sources} | known)
    notes: tuple[str, ...] = ()
    if request.stage is RunStage.FETCH:
        asked, notes = askable(request, sources)
        contents = with_unasked_days(contents, request, asked, today=planned_at.date())
    if request.stage is RunStage.TIMELINE:
        # A refresh knows by itself what changed, and does nothing when nothing did.
        timeline = request.model_copy(update={"only": Only.MISSING})
        chosen, passed_over = choose([timeline_content(planned_at.date())], timeline)
    else:
        chosen, passed_over = choose(contents, request)
    return Plan(
        request=request,
        extractor_version=version,
        planned_at=planned_at,
        partitions=tuple(chosen),
        passed_over=passed_over,
        documents_per_s=speeds.get(request.stage.value) or _alike(speeds, request.stage),
        notes=notes,
    )


def choose(
    contents: Iterable[PartitionContent], request: BackfillRequest
) -> tuple[list[PlannedPartition], Counter[PartitionState]]:
    """Return the partitions that a request means, in its order, and the others by state. Pure.

    MISSING reads what no version has read, STALE what another version has read (also in a
    partition that misses something else), FAILED both, ALL everything.
    """
    chosen: list[PlannedPartition] = []
    passed_over: Counter[PartitionState] = Counter()
    documents = 0
    ordered = sorted(contents, key=lambda content: content.status.partition.source)
    ordered.sort(key=lambda content: content.status.partition.day, reverse=request.newest_first)
    for content in ordered:
        planned = _planned(content, request.only)
        is_full = request.max_documents is not None and documents >= request.max_documents
        if planned is None or is_full:
            passed_over[content.status.state] += 1
            continue
        documents += len(planned.todo)
        chosen.append(planned)
    return chosen, passed_over


def _planned(content: PartitionContent, only: Only) -> PlannedPartition | None:
    state = content.status.state
    if state is PartitionState.RUNNING:
        return None
    todo = content.unread + content.outdated
    if only is Only.ALL:
        todo += content.current
        is_meant = True
    elif only is Only.STALE:
        todo = content.outdated
        is_meant = state is PartitionState.STALE or bool(
            state is PartitionState.MISSING and content.outdated
        )
    elif only is Only.MISSING:
        todo = content.unread
        is_meant = state is PartitionState.MISSING
    else:
        is_meant = state is PartitionState.FAILED
    if not is_meant:
        return None
    return PlannedPartition(
        partition=content.status.partition,
        state=state,
        why=content.status.why or "asked for",
        documents=content.status.documents,
        todo=todo,
        input_hash=content.input_hash,
    )


def _by_source(partitions: Sequence[PlannedPartition]) -> Iterator[list[PlannedPartition]]:
    groups: dict[str, list[PlannedPartition]] = {}
    for planned in partitions:
        groups.setdefault(planned.partition.source, []).append(planned)
    for group in groups.values():
        for start in range(0, len(group), _FETCH_DAYS):
            yield group[start : start + _FETCH_DAYS]


def _by_size(
    partitions: Sequence[PlannedPartition], max_active: int
) -> Iterator[list[PlannedPartition]]:
    group: list[PlannedPartition] = []
    documents = 0
    for planned in partitions:
        is_full = len(group) >= max_active or documents + len(planned.todo) > BATCH_SIZE
        if group and is_full:
            yield group
            group, documents = [], 0
        group.append(planned)
        documents += len(planned.todo)
    if group:
        yield group


def _alike(speeds: dict[str, float], stage: RunStage) -> float | None:
    """Return the speed of the other stage that reads pages: they cost much the same."""
    known = [speeds[other.value] for other in _READING if other.value in speeds]
    return known[0] if known and stage in _READING else None


def _require_known(request: BackfillRequest, known: set[str]) -> None:
    strange = [slug for slug in request.sources if slug not in known]
    if strange:
        raise InputError(f"no source {strange[0]!r}; `reeline sources` lists them")
