"""One run's work at the web: documents are read, pages fetched, and what came of each is kept.

What a run asks for is decided in `pipeline/acquire.py` and `pipeline/backfill_fetch.py`.
"""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from models.pages import PageRef, Source
from pipeline.archive import RawArchive
from pipeline.discover import discover
from pipeline.fetch import Fetcher, FetchSettings, Validators
from pipeline.findings import Discovery, KnownDocument
from pipeline.progress import Progress
from pipeline.recording import Recorder
from pipeline.revisits import VisitMemory
from pipeline.settings import Settings
from pipeline.wayback import capture_hosts


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """Asks and keeps, with one fetcher. `interrupted` has what an earlier run did not finish."""

    fetcher: Fetcher
    recorder: Recorder
    visits: VisitMemory
    interrupted: Mapping[str, datetime]

    async def discover(
        self,
        source: Source,
        *,
        known: Mapping[str, KnownDocument] | None = None,
        pending: Iterable[PageRef] = (),
    ) -> Discovery:
        """Return what a source offers; what of it could not be read is kept."""
        found = await discover(source, self.fetcher, known=known, pending=pending)
        for rejected in found.rejected:
            self.recorder.reject(rejected)
        return found

    async def fetch(
        self,
        refs: Collection[PageRef],
        *,
        sources: Iterable[Source],
        progress: Progress,
        validators: Mapping[str, Validators] | None = None,
    ) -> Counter[date]:
        """Fetch pages, keep what comes of each, and return how many came by day (UTC).

        The day is that of publication, where discovery knew it.
        """
        by_slug = {source.slug: source for source in sources}
        archives = {slug: capture_hosts(source) for slug, source in by_slug.items()}
        self.recorder.report.found = len(refs)
        by_day: Counter[date] = Counter()
        results = self.fetcher.fetch_all(refs, sources=by_slug, validators=validators)
        done = 0
        async for ref, outcome in results:
            page = self.recorder.outcome(
                ref, outcome, archives=archives.get(ref.source, frozenset())
            )
            if page is not None:
                by_day[(ref.published or page.fetched_at).astimezone(UTC).date()] += 1
            done += 1
            progress("fetch", done, len(refs))
        return by_day


@asynccontextmanager
async def crawling(
    settings: Settings,
    fetch_settings: FetchSettings,
    names: Collection[str],
    *,
    run_label: str,
    bodies: set[str],
    now: datetime,
) -> AsyncIterator[Crawl]:
    """Open a fetcher, an archive file and the memory of visits; at the end all is durable.

    Args:
        settings: The data folder.
        fetch_settings: Limits and manners.
        names: What the run is for; until it ends, another run of these makes up for it.
        run_label: Names the archive file.
        bodies: Ids of the bodies that are archived.
        now: The clock.
    """
    manners = fetch_settings.sharing(settings.data)
    async with Fetcher(manners) as fetcher:
        with (
            VisitMemory(manners.hosts_dir or settings.data) as visits,
            RawArchive(settings.archive_dir).writer(run_label) as writer,
        ):
            interrupted = visits.begin(names, now=now)
            recorder = Recorder(settings, writer, bodies, visits)
            yield Crawl(fetcher=fetcher, recorder=recorder, visits=visits, interrupted=interrupted)
            recorder.flush()
            visits.end(names)
