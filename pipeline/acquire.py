"""From sources, addresses or files to archived pages with their index rows.

Decides what is asked for: which sources are due, which addresses are new. How it is kept is in
`pipeline/recording.py`; what a killed run archived without a row is adopted by the next one.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from models.pages import PageRef, Source
from pipeline.catalog import ADHOC_SOURCE
from pipeline.crawl import Crawl, crawling
from pipeline.fetch import FetchSettings
from pipeline.findings import Discovery, KnownDocument
from pipeline.memory import SeenPage, SeenTitle, remember
from pipeline.polling import Poll, Polling, is_due, next_poll
from pipeline.progress import Progress, no_progress
from pipeline.recording import AcquireReport, import_pages, load_rows
from pipeline.recovery import recover
from pipeline.revisits import REVISITED_FOR, due_again
from pipeline.rows import source_row
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_acquisition import (
    FetchedPage,
    fetched_before,
    fetched_elsewhere,
    fetched_pages,
    known_documents,
    known_titles,
    pending,
    save_documents,
    save_seen,
    unfetched,
)
from pipeline.store_polls import load_polls, save_plans, save_polls
from pipeline.store_read import known_fetches
from pipeline.urls import clean_url

__all__ = [
    "AcquireReport",
    "acquire_sources",
    "acquire_urls",
    "import_pages",
    "load_rows",
    "recover",
    "register_sources",
]

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


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
    again: bool = False,
) -> AcquireReport:
    """Discover and fetch what the sources publish.

    A source or page that fails becomes a rejection; the others go on. An address with a title
    that the source used for another one within its `duplicate_days` is noted, not fetched. One that
    was asked for before is asked for again as `pipeline/revisits.py` has it.

    Args:
        settings: The data folder.
        sources: Whom to ask.
        fetch_settings: Limits and manners.
        run_label: Names the archive files.
        progress: Called with (step, done, total).
        polling: Whether only sources that are due are asked, and whether intervals adapt.
        again: Ask for every address, also those that are not due for it.
    """
    now = datetime.now(UTC)
    with Store(settings) as store:
        polls = load_polls(store.con) if polling is not Polling.OFF else {}
    asked = [
        source
        for source in sources
        if polling is not Polling.DUE or is_due(source, polls.get(source.slug), now=now)
    ]
    job = _Job(settings, asked, (), fetch_settings, run_label, progress, now, again)
    report, found, new = asyncio.run(_acquire(job))
    report.not_due = len(sources) - len(asked)
    with Store(settings) as store:
        # Asked for in full, documents offer again what was put off.
        served = [source for source in asked if not report.put_off[source.slug]]
        save_documents(
            store, ((source, found[source.slug].discovery.validators) for source in served)
        )
        if polling is not Polling.OFF:
            # A source of which something was put off stays due.
            served = [source for source in served if not found[source.slug].discovery.put_off]
            save_polls(store, _next_polls(served, polls, found, new, now))
    return report


def acquire_urls(
    settings: Settings,
    urls: Iterable[str],
    fetch_settings: FetchSettings,
    *,
    run_label: str,
    progress: Progress = no_progress,
    again: bool = False,
) -> AcquireReport:
    """Fetch given addresses, robots.txt and limits included; known ones as `again` says."""
    refs = [
        PageRef(source=ADHOC_SOURCE, url=url, title=None, published=None, found_in="given")
        # Without what only tracks the visitor; what is no address stays, to be refused by name.
        for url in dict.fromkeys(clean_url(given) or given for given in urls)
    ]
    now = datetime.now(UTC)
    job = _Job(settings, (), refs, fetch_settings, run_label, progress, now, again)
    report, _, _ = asyncio.run(_acquire(job))
    return report


@dataclass(frozen=True, slots=True)
class _Job:
    """What one run was asked to do."""

    settings: Settings
    sources: Sequence[Source]
    given: Sequence[PageRef]
    fetch_settings: FetchSettings
    run_label: str
    progress: Progress
    now: datetime
    again: bool

    @property
    def slugs(self) -> set[str]:
        """Whose pages are asked for."""
        return {source.slug for source in self.sources} | {ref.source for ref in self.given}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Memory:
    """What is known before a run asks anybody."""

    bodies: set[str]
    pages: Mapping[str, FetchedPage]
    settled: set[str]
    titles: Mapping[str, Mapping[str, SeenTitle]]
    unfetched: Mapping[str, set[str]]
    pending: Mapping[str, tuple[PageRef, ...]]
    documents: Mapping[str, Mapping[str, KnownDocument]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a source offered in this run."""

    discovery: Discovery
    pages: list[SeenPage]


def _recall(job: _Job) -> _Memory:
    sources, now = job.sources, job.now
    # Asked for on demand, an old page is asked for conditionally like any other.
    since = _EVER if job.again else now - REVISITED_FOR
    with Store(job.settings) as store:
        con = store.con
        return _Memory(
            bodies=known_fetches(con),
            pages=fetched_pages(con, since),
            settled=fetched_before(con, since) | fetched_elsewhere(con),
            titles={source.slug: known_titles(con, source, now=now) for source in sources},
            unfetched={source.slug: unfetched(con, source) for source in sources},
            pending={source.slug: pending(con, source, now=now) for source in sources},
            documents={source.slug: known_documents(con, source, now=now) for source in sources},
        )


async def _acquire(job: _Job) -> tuple[AcquireReport, dict[str, _Found], dict[str, int]]:
    """Return what was done, what each source offered, and how much of it was never seen before."""
    memory = _recall(job)
    async with crawling(
        job.settings,
        job.fetch_settings,
        job.slugs,
        run_label=job.run_label,
        bodies=memory.bodies,
        now=job.now,
    ) as crawl:
        found = await _discover_all(job, crawl, memory)
        seen = [page for one in found.values() for page in one.pages]
        new = _save_seen(job.settings, seen)
        report = crawl.recorder.report
        report.copies = sum(page.copy_of is not None for page in seen)
        refs = [*job.given, *(page.ref for page in seen if page.copy_of is None)]
        wanted, report.recent = _wanted(refs, job, memory, crawl)
        await crawl.fetch(
            wanted.values(),
            sources=job.sources,
            progress=job.progress,
            validators={url: page.validators for url, page in memory.pages.items()},
        )
    return report, found, new


def _save_seen(settings: Settings, seen: Sequence[SeenPage]) -> dict[str, int]:
    """Note the addresses before their pages are fetched: a killed run must not lose them."""
    if not seen:
        return {}
    with Store(settings) as store:
        return save_seen(store, seen)


def _wanted(
    refs: Iterable[PageRef], job: _Job, memory: _Memory, crawl: Crawl
) -> tuple[dict[str, PageRef], int]:
    """Return the addresses to ask for, in order, and how many were asked for too short ago."""
    offered: dict[str, PageRef] = {}
    for ref in refs:  # the first mention of an address counts
        if ref.url not in memory.settled:
            offered.setdefault(ref.url, ref)
    if job.again:
        return offered, 0
    known = crawl.visits.visits(offered)
    for url in offered.keys() & memory.pages.keys():
        visit = memory.pages[url].visit
        known[url] = visit.joined(known[url]) if url in known else visit
    wanted = due_again(offered, known, now=job.now, interrupted=crawl.interrupted)
    return wanted, len(offered) - len(wanted)


async def _discover_all(job: _Job, crawl: Crawl, memory: _Memory) -> dict[str, _Found]:
    done = 0

    async def one(source: Source) -> _Found:
        nonlocal done
        slug = source.slug
        discovery = await crawl.discover(
            source, known=memory.documents[slug], pending=memory.pending[slug]
        )
        done += 1
        job.progress("discover", done, len(job.sources))
        pages = remember(
            discovery.refs,
            memory.titles[slug],
            now=job.now,
            duplicate_days=source.duplicate_days,
            unfetched=memory.unfetched[slug],
        )
        return _Found(discovery=discovery, pages=pages)

    found = await asyncio.gather(*(one(source) for source in job.sources))
    return {source.slug: one for source, one in zip(job.sources, found, strict=True)}


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
