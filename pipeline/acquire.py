"""From sources, addresses or files to archived pages with their index rows.

Decides what is asked for: which sources are due, which addresses are new. How it is kept is in
`pipeline/recording.py`; what a killed run archived without a row is adopted by the next one.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.errors import FetchError
from models.pages import PageRef, RawPage, Rejected, Source
from models.vocabulary import Stage
from pipeline.archive import RawArchive
from pipeline.catalog import ADHOC_SOURCE
from pipeline.discover import Discovery, KnownFeed, discover
from pipeline.fetch import Fetcher, FetchSettings, NotModified, Outcome, Validators
from pipeline.memory import SeenPage, SeenTitle, remember
from pipeline.polling import Poll, Polling, is_due, next_poll
from pipeline.progress import Progress, no_progress
from pipeline.recording import AcquireReport, Recorder, load_rows
from pipeline.recovery import recover
from pipeline.rows import source_row
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_acquisition import (
    fetched_captures,
    known_feeds,
    known_titles,
    load_polls,
    save_feeds,
    save_plans,
    save_polls,
    save_seen,
    unfetched,
)
from pipeline.store_read import known_fetches, validators_by_url
from pipeline.wayback import capture_hosts, unwrap

__all__ = [
    "AcquireReport",
    "acquire_sources",
    "acquire_urls",
    "import_pages",
    "load_rows",
    "recover",
    "register_sources",
]

# Pages first fetched longer ago are not asked for again: corrections come within days.
_RECHECK = timedelta(days=3)


def register_sources(settings: Settings, sources: Iterable[Source]) -> None:
    """Bring the tables of sources up to the source files."""
    known = list(sources)
    load_rows(settings, {"source": [source_row(source) for source in known]})
    with Store(settings) as store:
        save_plans(store, known)


def acquire_sources(
    settings: Settings,
    sources: Sequence[Source],
    fetch_settings: FetchSettings,
    *,
    run_label: str,
    progress: Progress = no_progress,
    polling: Polling = Polling.OFF,
) -> AcquireReport:
    """Discover and fetch what the sources publish.

    A source or page that fails becomes a rejection; the others go on. An address with a title
    that the source used for another one within its `duplicate_days` is noted, not fetched.

    Args:
        settings: The data folder.
        sources: Whom to ask.
        fetch_settings: Limits and manners.
        run_label: Names the archive files.
        progress: Called with (step, done, total).
        polling: Whether only sources that are due are asked, and whether intervals adapt.
    """
    now = datetime.now(UTC)
    with Store(settings) as store:
        polls = load_polls(store.con) if polling is not Polling.OFF else {}
    asked = [
        source
        for source in sources
        if polling is not Polling.DUE or is_due(source, polls.get(source.slug), now=now)
    ]
    report, found = asyncio.run(
        _acquire(settings, asked, (), fetch_settings, run_label, progress, now)
    )
    report.not_due = len(sources) - len(asked)
    with Store(settings) as store:
        new = save_seen(store, (page for one in found.values() for page in one.pages))
        save_feeds(store, {slug: one.discovery.validators for slug, one in found.items()})
        if polling is not Polling.OFF:
            save_polls(store, _next_polls(asked, polls, found, new, now))
    return report


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
    now = datetime.now(UTC)
    report, _ = asyncio.run(_acquire(settings, (), refs, fetch_settings, run_label, progress, now))
    return report


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
        recorder = Recorder(settings, writer, known)
        for number, page in enumerate(pages, 1):
            if isinstance(page, Rejected):
                recorder.reject(page)
            else:
                recorder.page(page)
            recorder.report.found += 1
            progress("read", number, None)
        recorder.flush()
    return recorder.report


@dataclass(frozen=True, slots=True, kw_only=True)
class _Memory:
    """What the store knows before a run asks anybody."""

    bodies: set[str]
    validators: Mapping[str, Validators]
    settled: set[str]
    titles: Mapping[str, Mapping[str, SeenTitle]]
    unfetched: Mapping[str, set[str]]
    feeds: Mapping[str, Mapping[str, KnownFeed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a source offered in this run."""

    discovery: Discovery
    pages: list[SeenPage]


def _recall(settings: Settings, sources: Sequence[Source], now: datetime) -> _Memory:
    with Store(settings) as store:
        con = store.con
        validators, settled = validators_by_url(con, now - _RECHECK)
        return _Memory(
            bodies=known_fetches(con),
            validators={
                url: Validators(etag=etag, last_modified=modified)
                for url, (etag, modified) in validators.items()
            },
            settled=settled | fetched_captures(con),
            titles={source.slug: known_titles(con, source, now=now) for source in sources},
            unfetched={source.slug: unfetched(con, source) for source in sources},
            feeds={source.slug: known_feeds(con, source, now=now) for source in sources},
        )


async def _acquire(
    settings: Settings,
    sources: Sequence[Source],
    given: Sequence[PageRef],
    fetch_settings: FetchSettings,
    run_label: str,
    progress: Progress,
    now: datetime,
) -> tuple[AcquireReport, dict[str, _Found]]:
    memory = _recall(settings, sources, now)
    by_slug = {source.slug: source for source in sources}
    async with Fetcher(fetch_settings.sharing(settings.data)) as fetcher:
        with RawArchive(settings.archive_dir).writer(run_label) as writer:
            recorder = Recorder(settings, writer, memory.bodies)
            found = await _discover_all(sources, fetcher, recorder, memory, progress, now)
            seen = [page for one in found.values() for page in one.pages]
            recorder.report.copies = sum(page.copy_of is not None for page in seen)
            refs = [*given, *(page.ref for page in seen if page.copy_of is None)]
            # The first mention of an address counts; hosts are asked in the order of discovery.
            wanted = {ref.url: ref for ref in reversed(refs) if ref.url not in memory.settled}
            recorder.report.found = len(wanted)
            results = fetcher.fetch_all(
                reversed(wanted.values()), sources=by_slug, validators=memory.validators
            )
            await _record_all(results, recorder, by_slug, len(wanted), progress)
            recorder.flush()
    return recorder.report, found


async def _discover_all(
    sources: Sequence[Source],
    fetcher: Fetcher,
    recorder: Recorder,
    memory: _Memory,
    progress: Progress,
    now: datetime,
) -> dict[str, _Found]:
    done = 0

    async def one(source: Source) -> _Found:
        nonlocal done
        discovery = await discover(source, fetcher, known=memory.feeds[source.slug])
        for rejected in discovery.rejected:
            recorder.reject(rejected)
        done += 1
        progress("discover", done, len(sources))
        pages = remember(
            discovery.refs,
            memory.titles[source.slug],
            now=now,
            duplicate_days=source.duplicate_days,
            unfetched=memory.unfetched[source.slug],
        )
        return _Found(discovery=discovery, pages=pages)

    found = await asyncio.gather(*(one(source) for source in sources))
    return {source.slug: one for source, one in zip(sources, found, strict=True)}


def _next_polls(
    asked: Sequence[Source],
    polls: Mapping[str, Poll],
    found: Mapping[str, _Found],
    new: Mapping[str, int],
    now: datetime,
) -> list[Poll]:
    return [
        next_poll(
            source,
            polls.get(source.slug),
            found=len(found[source.slug].pages),
            new=new.get(source.slug, 0),
            failed=found[source.slug].discovery.failed,
            now=now,
        )
        for source in asked
    ]


async def _record_all(
    results: AsyncIterator[tuple[PageRef, Outcome]],
    recorder: Recorder,
    sources: Mapping[str, Source],
    total: int,
    progress: Progress,
) -> None:
    hosts = {slug: capture_hosts(source) for slug, source in sources.items()}
    done = 0
    async for ref, outcome in results:
        if isinstance(outcome, RawPage):
            recorder.page(unwrap(outcome, hosts=hosts.get(ref.source, frozenset())))
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
