"""One polite request to a source, and what came of it: is it there, does it still give entries?

An unreachable source is an answer, not an error. Finding the addresses of a new site is
`pipeline/source_finder.py`.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.errors import FetchError, InputError
from models.pages import Source
from models.vocabulary import RejectionReason
from pipeline.apis import APIS
from pipeline.discover import PageGetter
from pipeline.feeds import parse_feed
from pipeline.fetch_settings import NotModified
from pipeline.listings import read_listing
from pipeline.progress import Progress, no_progress
from pipeline.sitemaps import parse_sitemap

_MAX_DETAIL_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What one request to a source gave.

    `answer` is `ok`, `empty` (readable, no entry) or the reason why not: unreachable, timeout,
    http_error, robots_disallowed, bad_feed ... `robots` is None where robots.txt could not be had.
    `newest` is the newest publication among the entries; None where none is dated.
    """

    source: str
    what: str
    address: str
    answer: str
    robots: bool | None
    entries: int | None
    newest: datetime | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    what: str
    address: str
    read: Callable[[bytes, str], list[datetime | None]]


async def probe_all(
    sources: Sequence[Source], fetcher: PageGetter, *, progress: Progress = no_progress
) -> list[Probe]:
    """Return what each source answers, in order; hosts are asked side by side."""
    done = 0

    async def one(source: Source) -> Probe:
        nonlocal done
        found = await probe(source, fetcher)
        done += 1
        progress("check", done, len(sources))
        return found

    return list(await asyncio.gather(*(one(source) for source in sources)))


async def probe(source: Source, fetcher: PageGetter) -> Probe:
    """Ask the first address of a source once: feed, else sitemap, listing, interface, homepage."""
    target = _target(source)
    dates: list[datetime | None] | None = None
    detail = ""
    robots: bool | None = True
    try:
        page = await fetcher.get(target.address, source=source)
        if isinstance(page, NotModified):  # nothing was asked conditionally
            dates = []
        else:
            dates = await asyncio.to_thread(target.read, page.body, page.final_url)
        answer = "ok" if dates else "empty"
    except FetchError as error:
        answer, detail, robots = error.reason.value, str(error), _robots(error)
    except InputError as error:
        answer, detail = RejectionReason.BAD_FEED.value, str(error)
    return Probe(
        source=source.slug,
        what=target.what,
        address=target.address,
        answer=answer,
        robots=robots,
        entries=None if dates is None else len(dates),
        newest=max((date for date in dates or () if date is not None), default=None),
        detail=detail[:_MAX_DETAIL_CHARS],
    )


def _target(source: Source) -> _Target:
    if source.feeds:
        return _Target(what="feed", address=source.feeds[0], read=_read_feed)
    if source.sitemaps:
        return _Target(what="sitemap", address=source.sitemaps[0], read=_read_sitemap)
    if source.listings:

        def read_links(body: bytes, url: str) -> list[datetime | None]:
            found = read_listing(body, url, pattern=source.article_pattern or "")
            return [None] * len(found.links)

        return _Target(what="listing", address=source.listings[0], read=read_links)
    if source.apis:
        query = source.apis[0]
        api = APIS[query.kind]

        def read_answer(body: bytes, url: str) -> list[datetime | None]:
            return [entry.published for entry in api.parse(body, url, query).entries]

        return _Target(what=query.kind.value, address=api.first_url(query), read=read_answer)
    return _Target(
        what="homepage", address=source.homepage, read=lambda body, _: [None] * bool(body)
    )


def _read_feed(body: bytes, url: str) -> list[datetime | None]:
    return [entry.published for entry in parse_feed(body, url)]


def _read_sitemap(body: bytes, url: str) -> list[datetime | None]:
    found = parse_sitemap(body, url)
    return [entry.published for entry in (*found.pages, *found.children)]


def _robots(error: FetchError) -> bool | None:
    """Return what a failed request says of robots.txt: it is asked first, so mostly nothing."""
    if error.reason is RejectionReason.ROBOTS_DISALLOWED:
        return None if error.retryable else False
    return True if error.status is not None else None
