"""What another version of the extractors would change: facts added, removed and changed.

The usual question is stored facts against this program's, which reads the archived pages again and
loads nothing; two stored versions can be compared where articles have texts of both.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from extractors.extract import extractor_version
from models.errors import InputError
from models.pages import ArchiveEntry, Rejected, Source
from pipeline.diff_match import match_facts
from pipeline.diff_words import differences, fields_of, sentence_at
from pipeline.page_reader import PageJob, ReadArticle
from pipeline.process import BATCH_SIZE, read_pages
from pipeline.progress import Progress, no_progress
from pipeline.rows import article_rows
from pipeline.settings import Settings
from pipeline.store_diff import (
    FACT_TABLES,
    Connection,
    DiffTarget,
    FactRow,
    StoredText,
    diff_targets,
    fact_row,
    stored_texts,
)
from pipeline.store_read import reading

CURRENT = "current"
"""The version of this program, as `to_version`."""

_DETAIL_CHARS = 400


class ChangeKind(StrEnum):
    """What happens to a fact."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """One fact that two versions see differently.

    Attributes:
        change: Added, removed or changed.
        kind: What sort of fact.
        source: Source of the article.
        article_id: The article.
        url: Its address.
        published_on: Its day.
        text: The words that the fact stands on.
        detail: The fields that differ, or those of the fact.
        sentence: The sentence around them.
    """

    change: ChangeKind
    kind: str
    source: str
    article_id: str
    url: str
    published_on: date | None
    text: str
    detail: str
    sentence: str


@dataclass(slots=True)
class DiffReport:
    """What a comparison found.

    Attributes:
        from_version: Version of the stored facts; "" when they are of several.
        to_version: Version that they are compared with.
        articles: Articles compared.
        unchanged: Facts that both versions give alike.
        texts_changed: Articles whose text itself is another one now.
        rejected: Articles that would be rejected now, by reason.
        changes: Every difference, in the order of the articles.
    """

    from_version: str
    to_version: str
    articles: int = 0
    unchanged: int = 0
    texts_changed: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    changes: list[FactChange] = field(default_factory=list)

    def counts(self) -> Counter[tuple[str, str, ChangeKind]]:
        """Return how many changes there are by kind of fact, source and change."""
        return Counter((item.kind, item.source, item.change) for item in self.changes)


def diff_versions(
    settings: Settings,
    *,
    from_version: str = "",
    to_version: str = CURRENT,
    sources: Sequence[Source] = (),
    only_sources: Sequence[str] = (),
    kinds: Sequence[str] = (),
    sample: int | None = None,
    progress: Progress = no_progress,
) -> DiffReport:
    """Return how the facts of two versions differ; nothing is loaded or changed.

    Args:
        settings: The data folder; the snapshot is read.
        from_version: Beginning of the version of the stored facts; "" for any.
        to_version: CURRENT, or the beginning of another stored version.
        sources: The source files, for their relevance terms.
        only_sources: Slugs of sources to compare; all when empty.
        kinds: Kinds of facts to compare; all when empty.
        sample: Compare at most so many articles, the same ones each time.
        progress: Called with (step, done, total).

    Raises:
        InputError: No stored facts are of a version, or a kind does not exist.
        StoreError: There is no snapshot yet.
    """
    _require_kinds(kinds)
    is_current = to_version == CURRENT
    report = DiffReport(
        from_version=from_version, to_version=extractor_version() if is_current else to_version
    )
    with reading(settings) as con:
        # Only articles whose text was rewritten can have stored facts of two versions.
        targets = diff_targets(
            con,
            version=from_version,
            sources=only_sources,
            sample=sample,
            is_current_only=is_current,
        )
        if not targets:
            raise InputError(
                f"no stored facts are of version {from_version or 'any'}; `reeline sql` on the "
                "column extractor_version of article_version shows which there are"
            )
        later = {} if is_current else _later(con, to_version, only_sources)
        for start in range(0, len(targets), BATCH_SIZE):
            batch = targets[start : start + BATCH_SIZE]
            before = stored_texts(con, [target.version_id for target in batch])
            if is_current:
                after = _read_now(settings, batch, sources, report)
            else:
                after = _read_stored(con, batch, later)
            for target in batch:
                if target.version_id in after:
                    _compare_article(target, before, after[target.version_id], kinds, report)
            progress("compare", start + len(batch), len(targets))
    return report


def _require_kinds(kinds: Sequence[str]) -> None:
    unknown = sorted(set(kinds) - set(FACT_TABLES.values()))
    if unknown:
        known = ", ".join(sorted(FACT_TABLES.values()))
        raise InputError(f"no kind of fact {unknown[0]!r}: expected one of {known}")


def _later(con: Connection, version: str, sources: Sequence[str]) -> dict[str, str]:
    """Return the text of each article that another stored version read."""
    found = diff_targets(con, version=version, sources=sources, is_current_only=False)
    return {target.article_id: target.version_id for target in found}


def _read_stored(
    con: Connection, batch: Sequence[DiffTarget], later: Mapping[str, str]
) -> dict[str, StoredText]:
    pairs = {t.version_id: later[t.article_id] for t in batch if t.article_id in later}
    found = stored_texts(con, list(pairs.values()))
    return {key: found[version] for key, version in pairs.items()}


def _read_now(
    settings: Settings, batch: Sequence[DiffTarget], sources: Sequence[Source], report: DiffReport
) -> dict[str, StoredText]:
    """Return what this program reads in the pages of some texts; nothing in a rejected one."""
    by_slug = {source.slug: source for source in sources}
    jobs = [_job(settings, target, by_slug.get(target.page.source)) for target in batch]
    read: dict[str, StoredText] = {}
    for target, outcome in zip(batch, read_pages(jobs), strict=True):
        if isinstance(outcome, Rejected):
            report.rejected[outcome.reason.value] += 1
            read[target.version_id] = StoredText(text="", sentences=(), facts=())
        else:
            read[target.version_id] = text_of(outcome)
    return read


def _job(settings: Settings, target: DiffTarget, source: Source | None) -> PageJob:
    page = target.page
    entry = ArchiveEntry(
        url=page.url,
        warc_file=page.warc_file,
        offset=page.offset,
        length=page.length,
        body_sha256=page.body_sha256,
        fetched_at=page.fetched_at,
    )
    return PageJob(archive_dir=settings.archive_dir, entry=entry, source=page.source, known=source)


def text_of(read: ReadArticle) -> StoredText:
    """Return what the store would hold of an article."""
    rows = article_rows(read)
    facts = [fact_row(table, row) for table in FACT_TABLES for row in rows.get(table, [])]
    return StoredText(
        text=read.article.text,
        sentences=read.facts.sentences,
        facts=tuple(sorted(facts, key=lambda fact: (fact.char_start, fact.kind))),
    )


def _compare_article(
    target: DiffTarget,
    stored: dict[str, StoredText],
    after: StoredText,
    kinds: Sequence[str],
    report: DiffReport,
) -> None:
    before = stored[target.version_id]
    report.articles += 1
    is_same_text = before.text == after.text
    report.texts_changed += bool(after.text) and not is_same_text
    wanted = set(kinds) or set(FACT_TABLES.values())
    pairs = match_facts(
        [fact for fact in before.facts if fact.kind in wanted],
        [fact for fact in after.facts if fact.kind in wanted],
        is_same_text=is_same_text,
    )
    for old, new in pairs:
        if old is not None and new is not None and (old.text, old.fields) == (new.text, new.fields):
            report.unchanged += 1
        else:
            report.changes.append(_change(target, old, new, before, after))


def _change(
    target: DiffTarget,
    old: FactRow | None,
    new: FactRow | None,
    before: StoredText,
    after: StoredText,
) -> FactChange:
    shown, reading_of = (new, after) if new else (old, before)
    if shown is None:
        raise ValueError("a change has a fact on one side at least")
    if old and new:
        change, detail = ChangeKind.CHANGED, differences(old, new)
    else:
        change = ChangeKind.ADDED if new else ChangeKind.REMOVED
        detail = fields_of(shown)
    return FactChange(
        change=change,
        kind=shown.kind,
        source=target.source,
        article_id=target.article_id,
        url=target.url,
        published_on=target.published_on,
        text=shown.text,
        detail=detail[:_DETAIL_CHARS],
        sentence=sentence_at(reading_of, shown.char_start),
    )
