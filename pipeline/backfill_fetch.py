"""The stage fetch of a backfill: the pages of past days of one source, archived.

What a source can be asked for is decided in `pipeline/backfill_sources.py`; this asks, fetches and
keeps, with the manners of every run.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from models.pages import PageRef, Source
from pipeline.backfill_sources import bounded, of_days
from pipeline.crawl import crawling
from pipeline.fetch import FetchSettings
from pipeline.findings import Discovery
from pipeline.memory import remember
from pipeline.progress import Progress, no_progress
from pipeline.recording import AcquireReport
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_acquisition import fetched_before, fetched_elsewhere, save_seen
from pipeline.store_read import known_fetches
from pipeline.store_runs import seen_but_unfetched
from pipeline.wayback import capture_hosts


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedDays:
    """What fetching past days gave: counts, pages by day, and why nothing could be read."""

    report: AcquireReport
    by_day: Mapping[date, int]
    problem: str | None = None


def fetch_days(
    settings: Settings,
    source: Source,
    days: Sequence[date],
    fetch_settings: FetchSettings,
    *,
    run_label: str,
    wayback: bool = False,
    progress: Progress = no_progress,
) -> FetchedDays:
    """Ask a source for some days and archive the pages that are not known yet.

    Addresses that discovery saw earlier on these days and that have no page are tried again.

    Args:
        settings: The data folder.
        source: Whom to ask.
        days: Which days, by the date that discovery gives an address (UTC).
        fetch_settings: Limits and manners.
        run_label: Names the archive file.
        wayback: Ask the Wayback Machine for captures of these days instead.
        progress: Called with (step, done, total).
    """
    asked = bounded(source, min(days), max(days), wayback=wayback)
    return asyncio.run(_fetch(settings, asked, days, fetch_settings, run_label, progress))


async def _fetch(
    settings: Settings,
    source: Source,
    days: Sequence[date],
    fetch_settings: FetchSettings,
    run_label: str,
    progress: Progress,
) -> FetchedDays:
    now = datetime.now(UTC)
    with Store(settings) as store:
        bodies = known_fetches(store.con)
        known = fetched_before(store.con, now) | fetched_elsewhere(store.con)
        earlier = seen_but_unfetched(store.con, source.slug, min(days), max(days))
    again = [
        PageRef(source=source.slug, url=url, title=title, published=published, found_in="seen")
        for url, title, published, day in earlier
        if day in set(days)
    ]
    run = f"{source.slug} backfill from {min(days)}"
    async with crawling(
        settings, fetch_settings, [run], run_label=run_label, bodies=bodies, now=now
    ) as crawl:
        found = await crawl.discover(source)
        fresh = of_days(found.refs, source, days)
        wanted = {ref.url: ref for ref in (*again, *fresh) if ref.url not in known}
        # What an interrupted run was refused for good is not asked for once more.
        for url in crawl.visits.asked_since(wanted, crawl.interrupted.get(run)):
            del wanted[url]
        by_day = await crawl.fetch(wanted.values(), sources=[source], progress=progress)
    _remember(settings, source, fresh, now)
    report = crawl.recorder.report
    return FetchedDays(report=report, by_day=by_day, problem=_problem(source, found, report))


def _remember(settings: Settings, source: Source, refs: Sequence[PageRef], now: datetime) -> None:
    """Note the addresses, so that the ledger knows the day of each; captures go by their page."""
    archives = capture_hosts(source)
    own = [ref for ref in refs if not archives or ref.found_in in {*source.feeds, *source.sitemaps}]
    with Store(settings) as store:
        save_seen(store, remember(own, {}, now=now, duplicate_days=0))


def _problem(source: Source, found: Discovery, report: AcquireReport) -> str | None:
    """Return why the days are not done: nothing could be read, or some of it was put off."""
    if found.failed:
        first = found.rejected[0]
        return f"nothing of the source could be read: {first.reason.value}: {first.detail}"
    waiting = found.put_off + report.put_off[source.slug]
    if waiting:
        return f"{waiting} requests put off, because a host wants few: running it again goes on"
    return None
