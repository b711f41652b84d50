"""From archived pages to rows: article or rejection, relevance, facts, one batch at a time."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from extractors.extract import extractor_version
from models.ids import stable_id
from models.pages import ArchiveEntry, Rejected, Source
from pipeline.page_reader import PageJob, ReadArticle, read_page
from pipeline.page_workers import shared_readers, worker_count
from pipeline.rows import article_rows, rejection_row
from pipeline.settings import Settings
from pipeline.staging import Batch, Row, stage
from pipeline.store import Store
from pipeline.store_read import PendingPage, pending_pages

log = logging.getLogger(__name__)

BATCH_SIZE = 100
# Tables with a key: two pages of one batch may be the same article.
_KEYS = {
    "article": "article_id",
    "article_version": "version_id",
    "article_text": "version_id",
    "rejection": "rejection_id",
}


@dataclass(slots=True)
class ProcessReport:
    """What reading pages gave. `rejected` counts by reason, `facts` by table."""

    pages: int = 0
    articles: int = 0
    rows: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)

    def add(self, other: "ProcessReport") -> None:
        """Add the counts of another report."""
        self.pages += other.pages
        self.articles += other.articles
        self.rows += other.rows
        self.rejected.update(other.rejected)
        self.facts.update(other.facts)


def pending_batches(settings: Settings) -> list[list[PendingPage]]:
    """Return the archived pages that the current extractors have not read, in batches."""
    with Store(settings) as store:
        pages = pending_pages(store.con, extractor_version())
    return [pages[start : start + BATCH_SIZE] for start in range(0, len(pages), BATCH_SIZE)]


def read_pages(jobs: Sequence[PageJob]) -> list[ReadArticle | Rejected]:
    """Return what each page gave, in order: read by watched processes, or here when there are none.

    See `REELINE_PAGE_WORKERS` in `pipeline/page_workers.py`.
    """
    if worker_count() == 0:
        return [read_page(job) for job in jobs]
    return shared_readers().read(jobs)


def _job(settings: Settings, pending: PendingPage, source: Source | None) -> PageJob:
    return PageJob(
        archive_dir=settings.archive_dir,
        entry=ArchiveEntry(
            url=pending.url,
            warc_file=pending.warc_file,
            offset=pending.offset,
            length=pending.length,
            body_sha256=pending.body_sha256,
            fetched_at=pending.fetched_at,
        ),
        source=pending.source,
        known=source,
    )


def process_batch(
    settings: Settings,
    batch: Sequence[PendingPage],
    sources: Iterable[Source] = (),
    *,
    occasion: str = "",
) -> ProcessReport:
    """Read the pages of a batch and load what they gave in one transaction.

    Args:
        settings: The data folder.
        batch: Archived pages.
        sources: The sources, for their relevance terms.
        occasion: Part of the batch's key. The same pages read by the same extractors load once an
            occasion: a backfill that goes back to an older version must not find them loaded.
    """
    by_slug = {source.slug: source for source in sources}
    report, rows = ProcessReport(), _Rows()
    jobs = [_job(settings, pending, by_slug.get(pending.source)) for pending in batch]
    for pending, outcome in zip(batch, read_pages(jobs), strict=True):
        rows.add(pending, outcome)
        report.pages += 1
        if isinstance(outcome, Rejected):
            report.rejected[outcome.reason.value] += 1
            ids = {"fetch_id": pending.fetch_id, "url": outcome.url}
            log.info("rejected", extra=ids | {"reason": outcome.reason.value})
        else:
            report.articles += 1
            report.facts.update(rows.counts_of(outcome))
    staged = stage(settings.staging_dir, rows.batch(batch, occasion))
    with Store(settings) as store:
        report.rows = store.load(staged)
    return report


class _Rows:
    """Rows of a batch by table, one row a key."""

    def __init__(self) -> None:
        self._tables: dict[str, list[Row]] = {"page_outcome": [], "rejection": []}
        self._seen: set[tuple[str, str]] = set()
        self._versions: set[str] = set()

    def add(self, pending: PendingPage, outcome: ReadArticle | Rejected) -> None:
        """Add a page and what it gave."""
        # The reader says what it is: it may have started before an upgrade, its caller after.
        version, rejection, read_by = None, None, extractor_version()
        if isinstance(outcome, Rejected):
            row = rejection_row(outcome)
            rejection = row["rejection_id"]
            self._put("rejection", row)
        else:
            version, read_by = outcome.article.version_id, outcome.extractor_version
            if version not in self._versions:
                self._versions.add(version)
                for table, table_rows in article_rows(outcome).items():
                    for row in table_rows:
                        self._put(table, row)
        self._put(
            "page_outcome",
            {
                "fetch_id": pending.fetch_id,
                "extractor_version": read_by,
                "version_id": version,
                "rejection_id": rejection,
            },
        )

    def counts_of(self, read: ReadArticle) -> dict[str, int]:
        """Return how many facts of each kind an article gave."""
        facts = read.facts
        return {
            "companies": len(facts.companies),
            "tonnages": len(facts.tonnages),
            "percentages": len(facts.percentages),
            "dates": len(facts.dates),
            "license_events": len(facts.license_events),
            "findings": len(facts.findings),
        }

    def batch(self, pages: Sequence[PendingPage], occasion: str) -> Batch:
        """Return the batch, keyed by its pages, the extractors' version and the occasion."""
        keys = sorted(page.fetch_id for page in pages)
        return Batch(
            batch_id=stable_id("batch", "facts", extractor_version(), occasion, *keys),
            replaces=tuple(sorted(self._versions)),
            rows=self._tables,
        )

    def _put(self, table: str, row: Row) -> None:
        key = _KEYS.get(table)
        if key is not None:
            if (table, row[key]) in self._seen:
                return
            self._seen.add((table, row[key]))
        self._tables.setdefault(table, []).append(row)
