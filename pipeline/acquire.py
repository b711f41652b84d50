"""From sources, addresses or files to archived pages with their index rows.

The order makes kills harmless: bytes are archived and fsynced before the row that points at them
is staged; what a killed run archived without a row is adopted by the next one.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from models.errors import ArchiveError, FetchError
from models.ids import stable_id
from models.pages import PageRef, RawPage, Rejected, Source
from models.vocabulary import Stage
from pipeline.archive import ArchiveWriter, RawArchive
from pipeline.catalog import ADHOC_SOURCE
from pipeline.discover import discover
from pipeline.fetch import Fetcher, FetchSettings, NotModified, Outcome, Validators
from pipeline.progress import Progress, no_progress
from pipeline.rows import fetch_id, fetch_row, rejection_row, source_row
from pipeline.settings import Settings
from pipeline.staging import Batch, Row, stage
from pipeline.store import Store
from pipeline.store_read import archived_files, known_fetches, validators_by_url

log = logging.getLogger(__name__)

# Pages per transaction: few enough that a kill costs little, many enough that commits do not.
_PAGES_PER_BATCH = 50
# Pages first fetched longer ago are not asked for again: corrections come within days.
_RECHECK = timedelta(days=3)


@dataclass(slots=True)
class AcquireReport:
    """What acquiring did, in pages. `rejected` counts by reason."""

    found: int = 0
    fetched: int = 0
    unchanged: int = 0
    adopted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def add(self, other: "AcquireReport") -> None:
        """Add the counts of another report."""
        self.found += other.found
        self.fetched += other.fetched
        self.unchanged += other.unchanged
        self.adopted += other.adopted
        self.rejected.update(other.rejected)


class _Recorder:
    """Archives pages and stages their rows, a batch at a time."""

    def __init__(self, settings: Settings, writer: ArchiveWriter, known: set[str]) -> None:
        self._settings = settings
        self._writer = writer
        self._known = known
        self._fetches: dict[str, Row] = {}
        self._rejections: dict[str, Row] = {}
        self.report = AcquireReport()

    def page(self, page: RawPage) -> None:
        """Keep a page, unless these bytes of this address are known."""
        key = fetch_id(page.url, page.body_sha256)
        if key in self._known:
            self.report.unchanged += 1
            return
        entry = self._writer.write(page)
        self._known.add(key)
        self._fetches[key] = fetch_row(page, entry)
        self.report.fetched += 1
        if len(self._fetches) >= _PAGES_PER_BATCH:
            self.flush()

    def reject(self, rejected: Rejected) -> None:
        """Keep a rejection."""
        row = rejection_row(rejected)
        self._rejections.setdefault(row["rejection_id"], row)
        self.report.rejected[rejected.reason.value] += 1
        log.info("rejected", extra={"url": rejected.url, "reason": rejected.reason.value})

    def flush(self) -> None:
        """Make what was kept durable: bytes first, then rows."""
        if not self._fetches and not self._rejections:
            return
        self._writer.flush()
        load_rows(
            self._settings,
            {
                "page_fetch": list(self._fetches.values()),
                "rejection": list(self._rejections.values()),
            },
        )
        self._fetches.clear()
        self._rejections.clear()


def load_rows(settings: Settings, rows: dict[str, list[Row]]) -> int:
    """Stage and load index or reference rows, which replace no facts; return how many are new."""
    # The key is new each time: a reference row may well go back to what it was before.
    batch_id = stable_id("batch", "rows", secrets.token_hex(16))
    staged = stage(settings.staging_dir, Batch(batch_id=batch_id, replaces=(), rows=rows))
    with Store(settings) as store:
        return store.load(staged)


def register_sources(settings: Settings, sources: Iterable[Source]) -> None:
    """Bring the `source` table up to the source files."""
    load_rows(settings, {"source": [source_row(source) for source in sources]})


def recover(settings: Settings) -> AcquireReport:
    """Finish what a killed run left: staged batches and archived pages without rows."""
    report = AcquireReport()
    archive = RawArchive(settings.archive_dir)
    archive.recover_open_files()
    with Store(settings) as store:
        store.load_staged()
        indexed, known = archived_files(store.con), known_fetches(store.con)
    for file in sorted(settings.archive_dir.glob("*.warc.gz")):
        if file.name not in indexed:
            report.adopted += _adopt(settings, archive, file.name, known)
    return report


def _adopt(settings: Settings, archive: RawArchive, name: str, known: set[str]) -> int:
    rows: dict[str, Row] = {}
    try:
        for entry in archive.entries(name):
            row = fetch_row(archive.read(entry), entry)
            if row["fetch_id"] not in known:
                rows.setdefault(row["fetch_id"], row)
    except ArchiveError as error:
        log.warning("archive file is damaged", extra={"file": name, "error": str(error)})
    if rows:
        load_rows(settings, {"page_fetch": list(rows.values())})
        known.update(rows)
    return len(rows)


def acquire_sources(
    settings: Settings,
    sources: Sequence[Source],
    fetch_settings: FetchSettings,
    *,
    run_label: str,
    progress: Progress = no_progress,
) -> AcquireReport:
    """Discover and fetch what the sources publish.

    A source or page that fails becomes a rejection; the others go on.
    """
    return asyncio.run(_acquire(settings, sources, (), fetch_settings, run_label, progress))


def acquire_urls(
    settings: Settings,
    urls: Iterable[str],
    fetch_settings: FetchSettings,
    *,
    run_label: str,
    progress: Progress = no_progress,
) -> AcquireReport:
    """Fetch given addresses, robots.txt and limits included."""
    refs = [
        PageRef(source=ADHOC_SOURCE, url=url, title=None, published=None, found_in="given")
        for url in dict.fromkeys(urls)
    ]
    return asyncio.run(_acquire(settings, (), refs, fetch_settings, run_label, progress))


def import_pages(
    settings: Settings,
    pages: Iterable[RawPage | Rejected],
    *,
    run_label: str,
    progress: Progress = no_progress,
) -> AcquireReport:
    """Archive pages that come from files instead of the web."""
    with Store(settings) as store:
        known = known_fetches(store.con)
    with RawArchive(settings.archive_dir).writer(run_label) as writer:
        recorder = _Recorder(settings, writer, known)
        for number, page in enumerate(pages, 1):
            if isinstance(page, Rejected):
                recorder.reject(page)
            else:
                recorder.page(page)
            recorder.report.found += 1
            progress("read", number, None)
        recorder.flush()
    return recorder.report


async def _acquire(
    settings: Settings,
    sources: Sequence[Source],
    given: Sequence[PageRef],
    fetch_settings: FetchSettings,
    run_label: str,
    progress: Progress,
) -> AcquireReport:
    recent_since = datetime.now(UTC) - _RECHECK
    with Store(settings) as store:
        known = known_fetches(store.con)
        validators, settled = validators_by_url(store.con, recent_since)
    by_slug = {source.slug: source for source in sources}
    async with Fetcher(fetch_settings) as fetcher:
        with RawArchive(settings.archive_dir).writer(run_label) as writer:
            recorder = _Recorder(settings, writer, known)
            refs = list(given)
            refs += await _discover_all(sources, fetcher, recorder, progress)
            refs = list({ref.url: ref for ref in reversed(refs) if ref.url not in settled}.values())
            recorder.report.found = len(refs)
            results = fetcher.fetch_all(
                reversed(refs),
                sources=by_slug,
                validators={
                    url: Validators(etag=etag, last_modified=modified)
                    for url, (etag, modified) in validators.items()
                },
            )
            await _record_all(results, recorder, len(refs), progress)
            recorder.flush()
    return recorder.report


async def _discover_all(
    sources: Sequence[Source], fetcher: Fetcher, recorder: _Recorder, progress: Progress
) -> list[PageRef]:
    done = 0

    async def one(source: Source) -> tuple[PageRef, ...]:
        nonlocal done
        found = await discover(source, fetcher)
        for rejected in found.rejected:
            recorder.reject(rejected)
        done += 1
        progress("discover", done, len(sources))
        return found.refs

    per_source = await asyncio.gather(*(one(source) for source in sources))
    return [ref for refs in per_source for ref in refs]


async def _record_all(
    results: AsyncIterator[tuple[PageRef, Outcome]],
    recorder: _Recorder,
    total: int,
    progress: Progress,
) -> None:
    done = 0
    async for ref, outcome in results:
        if isinstance(outcome, RawPage):
            recorder.page(outcome)
        elif isinstance(outcome, NotModified):
            recorder.report.unchanged += 1
        else:
            recorder.reject(_rejection(ref, outcome))
        done += 1
        progress("fetch", done, total)


def _rejection(ref: PageRef, error: FetchError) -> Rejected:
    return Rejected(
        stage=Stage.FETCH,
        reason=error.reason,
        detail=str(error),
        source=ref.source,
        url=ref.url,
        seen_at=datetime.now(UTC),
    )
