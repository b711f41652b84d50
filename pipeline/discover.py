"""Discovery: what a source's feeds, sitemaps, listings and interfaces say there is to fetch.

Input and output only; the reading is in `feeds.py`, `sitemaps.py`, `listings.py` and `apis.py`,
what is found is put together in `findings.py`. What cannot be read is a rejection and the rest
goes on.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeVar

from models.errors import FetchError, InputError
from models.pages import ApiKind, ApiQuery, PageRef, RawPage, Source
from models.vocabulary import RejectionReason
from pipeline.api_page import ApiPage
from pipeline.apis import APIS
from pipeline.feeds import parse_feed
from pipeline.fetch_settings import NotModified, Validators
from pipeline.findings import Discovery, Entry, Findings, KnownDocument
from pipeline.listings import Listing, page_url, read_listing
from pipeline.sitemaps import SitemapEntry, parse_sitemap
from pipeline.urls import clean_url, is_same_site
from pipeline.wayback import original_of

MAX_SITEMAP_FILES = 20
MAX_SITEMAP_DEPTH = 2

_Parsed = TypeVar("_Parsed")


class PageGetter(Protocol):
    """The part of `pipeline.fetch.Fetcher` that discovery needs."""

    async def get(
        self, url: str, *, source: Source | str, validators: Validators | None = None
    ) -> RawPage | NotModified:
        """Return the page or raise FetchError."""
        ...


async def discover(
    source: Source,
    fetcher: PageGetter,
    *,
    known: Mapping[str, KnownDocument] | None = None,
    pending: Iterable[PageRef] = (),
) -> Discovery:
    """Return what a source's feeds, sitemaps, listings and interfaces offer, in that order.

    An address keeps its first place; a later mention adds a title or a date that was missing.
    Sitemap pages count when they match `article_pattern` (all, without one) and lie on the site;
    feed entries count wherever they lead, because aggregators link elsewhere. Undated entries stay.
    At most `MAX_REFS` addresses; the number left out is a rejection.

    Feeds, sitemaps and the first page of each listing are asked for conditionally when they are
    known; an unchanged one offers again what it named then, and a listing is not followed further.
    Sitemap indexes are always asked for in full: their children may have changed though they have
    not, and which ones they named is not kept.

    Args:
        source: Whose pages are wanted.
        fetcher: Asks politely.
        known: Documents by address that were read before, for the same source file.
        pending: What the source named earlier and nobody has fetched; offered again at the end.
    """
    reader = _Reader(source, fetcher, known or {})
    for url in source.feeds:
        await reader.read_feed(url)
    await reader.read_sitemaps()
    for url in source.listings:
        await reader.read_listing(url)
    for query in source.apis:
        await reader.read_api(query)
    for ref in pending:
        reader.found.add([ref], ref.found_in)
    return reader.found.result()


class _Reader:
    """Asks for the documents of one source, one after the other, and reads them."""

    def __init__(
        self, source: Source, fetcher: PageGetter, known: Mapping[str, KnownDocument]
    ) -> None:
        self._source = source
        self._fetcher = fetcher
        self._known = known
        self.found = Findings(source)

    async def read_feed(self, url: str) -> None:
        """Read a feed."""
        unfinished = self.found.unfinished
        page = await self._fetch_changed(url)
        entries = await self._parse(page, parse_feed)
        if page is not None and entries is not None:
            self.found.add(entries, url)
            self._keep(page, unfinished)

    async def read_sitemaps(self) -> None:
        """Read the source's sitemaps and, breadth first, those that their indexes name.

        Newest children first, so that the limits cut off the past.
        """
        level = [(url, 0) for url in self._source.sitemaps]
        seen = set(self._source.sitemaps)
        for count, (url, depth) in enumerate(level):
            # `level` grows while it is read.
            if count >= MAX_SITEMAP_FILES:
                detail = f"{len(level) - count} further sitemaps left out after {count}"
                self.found.reject(RejectionReason.TOO_LARGE, detail, url)
                return
            new = [child for child in await self._read_sitemap(url) if child not in seen]
            if new and depth >= MAX_SITEMAP_DEPTH:
                detail = f"{len(new)} sitemaps deeper than {MAX_SITEMAP_DEPTH} levels left out"
                self.found.reject(RejectionReason.TOO_DEEP, detail, url)
                continue
            seen.update(new)
            level.extend((child, depth + 1) for child in new)

    async def _read_sitemap(self, url: str) -> list[str]:
        """Take over the pages of a sitemap and return the sitemaps that it names, newest first."""
        unfinished = self.found.unfinished
        page = await self._fetch_changed(url)
        sitemap = await self._parse(page, parse_sitemap)
        if page is None or sitemap is None:
            return []
        self.found.add([entry for entry in sitemap.pages if self._is_article(entry)], url)
        if not sitemap.children:
            self._keep(page, unfinished)
        return [child.url for child in sorted(sitemap.children, key=_newest_first)]

    async def read_listing(self, url: str) -> None:
        """Read a listing and the pages that continue it, until nothing new comes."""
        unfinished = self.found.unfinished
        first = await self._fetch_changed(url)
        listing = await self._parse(first, self._parse_listing)
        if first is not None and listing is not None:
            await self._follow(listing, url)
            self._keep(first, unfinished)

    async def _follow(self, first: Listing, url: str) -> None:
        """Take over a listing and what continues it.

        Never more than the source's `listing_pages`, and no page twice: calendars have no end.
        """
        listing: Listing | None = first
        pattern, number = self._source.page_pattern, 1
        asked = {clean_url(url)}
        while listing is not None and self.found.add(listing.links, url):
            number += 1
            following = page_url(pattern, url, number) if pattern else listing.next_url
            is_over = number > self._source.listing_pages
            if is_over or following is None or clean_url(following) in asked:
                return
            asked.add(clean_url(following))
            listing = await self._parse(await self._fetch(following), self._parse_listing)

    async def read_api(self, query: ApiQuery) -> None:
        """Ask an interface, page after page, at most `max_pages` times."""
        api = APIS[query.kind]
        current: str | None = api.first_url(query)

        def parse(body: bytes, url: str) -> ApiPage:
            return api.parse(body, url, query)

        for _ in range(query.max_pages):
            page = None if current is None else await self._fetch(current)
            found = await self._parse(page, parse)
            if page is None or found is None:
                return
            entries: Iterable[Entry] = found.entries
            if query.kind is ApiKind.WAYBACK:
                entries = (entry for entry in entries if self._is_wanted_capture(entry))
            self.found.add(entries, page.url)
            current = found.next_url

    async def _fetch(self, url: str) -> RawPage | None:
        """Return a document; None, and a rejection, when it does not come."""
        page = await self._ask(url, None)
        return page if isinstance(page, RawPage) else None

    async def _fetch_changed(self, url: str) -> RawPage | None:
        """Return a document that has changed since it was read.

        None when it does not come, and when it is as it was: then what it named is offered again.
        What another document named first is not among that; new pages change both of them.
        """
        known = self._known.get(url)
        page = await self._ask(url, known.validators if known else None)
        if isinstance(page, RawPage):
            return page
        if page is not None and known is not None:
            self.found.documents += 1
            self.found.validators[url] = known.validators
            self.found.add(known.refs, url)
        return None

    async def _ask(self, url: str, validators: Validators | None) -> RawPage | NotModified | None:
        try:
            return await self._fetcher.get(url, source=self._source, validators=validators)
        except FetchError as error:
            self.found.reject_answer(error, url)
            return None

    def _keep(self, page: RawPage, unfinished: int) -> None:
        """Keep the validators of a document unless more of it is to be had without a change."""
        if self.found.unfinished == unfinished:
            headers = dict(page.headers)
            self.found.validators[page.url] = Validators(
                etag=headers.get("etag"), last_modified=headers.get("last-modified")
            )

    async def _parse(
        self, page: RawPage | None, parse: Callable[[bytes, str], _Parsed]
    ) -> _Parsed | None:
        """Return what the parser makes of a document; None, and a rejection, when it fails."""
        if page is None:
            return None
        try:
            # In a thread: a large document must not hold up the other sources.
            parsed = await asyncio.to_thread(parse, page.body, page.final_url)
        except InputError as error:
            self.found.reject(RejectionReason.BAD_FEED, str(error), page.url)
            return None
        self.found.documents += 1
        return parsed

    def _parse_listing(self, body: bytes, url: str) -> Listing:
        return read_listing(body, url, pattern=self._source.article_pattern or "")

    def _is_wanted_capture(self, entry: Entry) -> bool:
        pattern = self._source.article_pattern
        return pattern is None or re.search(pattern, original_of(entry.url) or "") is not None

    def _is_article(self, entry: SitemapEntry) -> bool:
        if not is_same_site(entry.url, self._source.homepage):
            return False
        pattern = self._source.article_pattern
        return pattern is None or re.search(pattern, entry.url) is not None


def _newest_first(entry: SitemapEntry) -> float:
    return -entry.modified.timestamp() if entry.modified else 0.0
