"""Discovery: what a source's feeds, sitemaps, listings and interfaces say there is to fetch.

Input and output only; the reading is in `feeds.py`, `sitemaps.py`, `listings.py` and `apis.py`.
What cannot be read is a rejection and the rest goes on.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from models.errors import FetchError, InputError
from models.pages import ApiKind, ApiQuery, PageRef, RawPage, Rejected, Source
from models.vocabulary import RejectionReason, Stage
from pipeline.api_page import ApiPage
from pipeline.apis import APIS
from pipeline.feeds import FeedEntry, parse_feed
from pipeline.fetch_settings import NotModified, Validators
from pipeline.listings import Listing, ListingLink, page_url, read_listing
from pipeline.sitemaps import Sitemap, SitemapEntry, parse_sitemap
from pipeline.urls import clean_url, is_same_site
from pipeline.wayback import original_of

MAX_REFS = 5000
MAX_SITEMAP_FILES = 20
MAX_SITEMAP_DEPTH = 2

log = logging.getLogger(__name__)

_Parsed = TypeVar("_Parsed")
_Entry = FeedEntry | SitemapEntry | ListingLink | PageRef


class PageGetter(Protocol):
    """The part of `pipeline.fetch.Fetcher` that discovery needs."""

    async def get(
        self, url: str, *, source: Source | str, validators: Validators | None = None
    ) -> RawPage | NotModified:
        """Return the page or raise FetchError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFeed:
    """A feed as it was read last, and the addresses that it named of late: what a 304 means."""

    validators: Validators
    refs: tuple[PageRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What a source offers, each address once, and what of it could not be read.

    `documents` counts the feeds, sitemaps, listings and answers that could be read, `excepted` the
    addresses that the source's exceptions leave out. `validators` are those of the feeds.
    """

    refs: tuple[PageRef, ...]
    rejected: tuple[Rejected, ...]
    documents: int = 0
    excepted: int = 0
    validators: Mapping[str, Validators] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether nothing of the source could be read."""
        return self.documents == 0 and bool(self.rejected)


async def discover(
    source: Source,
    fetcher: PageGetter,
    *,
    known: Mapping[str, KnownFeed] | None = None,
    pending: Iterable[PageRef] = (),
) -> Discovery:
    """Return what a source's feeds, sitemaps, listings and interfaces offer, in that order.

    An address keeps its first place; a later mention adds a title or a date that was missing.
    Sitemap pages count when they match `article_pattern` (all, without one) and lie on the site;
    feed entries count wherever they lead, because aggregators link elsewhere. Undated entries stay.
    At most `MAX_REFS` addresses; the number left out is a rejection.

    Args:
        source: Whose pages are wanted.
        fetcher: Asks politely.
        known: Feeds by address that were read before: they are asked for conditionally, and an
            unchanged one offers again what it named then.
        pending: What the source named earlier and nobody has fetched; offered again at the end.
    """
    finding = _Finding(source, fetcher)
    for url in source.feeds:
        await finding.read_feed(url, (known or {}).get(url))
    await finding.read_sitemaps()
    for url in source.listings:
        await finding.read_listing(url)
    for query in source.apis:
        await finding.read_api(query)
    for ref in pending:
        finding.add([ref], ref.found_in)
    return finding.result()


class _Finding:
    """The state of one discovery."""

    def __init__(self, source: Source, fetcher: PageGetter) -> None:
        self._source = source
        self._fetcher = fetcher
        self._refs: dict[str, PageRef] = {}
        self._rejected: list[Rejected] = []
        self._left_out = 0
        self._documents = 0
        self._excepted: set[str] = set()
        self._validators: dict[str, Validators] = {}
        self._except_urls = [re.compile(pattern) for pattern in source.except_urls]
        self._except_titles = [re.compile(pattern) for pattern in source.except_titles]

    async def read(self, url: str, parse: Callable[[bytes, str], _Parsed]) -> _Parsed | None:
        """Return what the parser makes of a document; None, and a rejection, when it fails."""
        page = await self._fetch(url)
        return await self._parse(page, url, parse) if isinstance(page, RawPage) else None

    async def read_feed(self, url: str, known: KnownFeed | None) -> None:
        """Read a feed, or take what it named before when it has not changed since."""
        page = await self._fetch(url, known.validators if known else None)
        if isinstance(page, NotModified) and known is not None:
            self._documents += 1
            self._validators[url] = known.validators
            self.add(known.refs, url)
        elif isinstance(page, RawPage):
            entries = await self._parse(page, url, parse_feed)
            if entries is not None:
                headers = dict(page.headers)
                self._validators[url] = Validators(
                    etag=headers.get("etag"), last_modified=headers.get("last-modified")
                )
            self.add(entries or [], url)

    async def _fetch(
        self, url: str, validators: Validators | None = None
    ) -> RawPage | NotModified | None:
        try:
            return await self._fetcher.get(url, source=self._source, validators=validators)
        except FetchError as error:
            self._reject(error.reason, str(error), url)
            return None

    async def _parse(
        self, page: RawPage, url: str, parse: Callable[[bytes, str], _Parsed]
    ) -> _Parsed | None:
        try:
            # In a thread: a large document must not hold up the other sources.
            parsed = await asyncio.to_thread(parse, page.body, page.final_url)
        except InputError as error:
            self._reject(RejectionReason.BAD_FEED, str(error), url)
            return None
        self._documents += 1
        return parsed

    async def read_listing(self, url: str) -> None:
        """Read a listing and the pages that continue it, until nothing new comes.

        Never more than the source's `listing_pages`, and no page twice: calendars have no end.
        """
        asked: set[str] = set()
        current: str | None = url
        for number in range(1, self._source.listing_pages + 1):
            if current is None or clean_url(current) in asked:
                return
            asked.add(clean_url(current) or current)
            found: Listing | None = await self.read(current, self._parse_listing)
            if found is None or not self.add(found.links, url):
                return
            pattern = self._source.page_pattern
            current = page_url(pattern, url, number + 1) if pattern else found.next_url

    async def read_api(self, query: ApiQuery) -> None:
        """Ask an interface, page after page, at most `max_pages` times."""
        api = APIS[query.kind]
        current: str | None = api.first_url(query)

        def parse(body: bytes, url: str) -> ApiPage:
            return api.parse(body, url, query)

        for _ in range(query.max_pages):
            if current is None:
                return
            found: ApiPage | None = await self.read(current, parse)
            if found is None:
                return
            entries: Iterable[_Entry] = found.entries
            if query.kind is ApiKind.WAYBACK:
                entries = (entry for entry in entries if self._is_wanted_capture(entry))
            self.add(entries, current)
            current = found.next_url

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
                self._reject(RejectionReason.TOO_LARGE, detail, url)
                return
            found: Sitemap | None = await self.read(url, parse_sitemap)
            if found is None:
                continue
            self.add([page for page in found.pages if self._is_article(page)], url)
            children = [c.url for c in sorted(found.children, key=_newest_first)]
            new = [child for child in children if child not in seen]
            if new and depth >= MAX_SITEMAP_DEPTH:
                detail = f"{len(new)} sitemaps deeper than {MAX_SITEMAP_DEPTH} levels left out"
                self._reject(RejectionReason.TOO_DEEP, detail, url)
                continue
            seen.update(new)
            level.extend((child, depth + 1) for child in new)

    def _parse_listing(self, body: bytes, url: str) -> Listing:
        return read_listing(body, url, pattern=self._source.article_pattern or "")

    def add(self, entries: Iterable[_Entry], found_in: str) -> int:
        """Take entries over, merging what is known of one address; return how many are new."""
        new = 0
        for entry in entries:
            if self._is_excepted(entry):
                self._excepted.add(entry.url)
                continue
            published = None if isinstance(entry, ListingLink) else entry.published
            known = self._refs.get(entry.url)
            if known is None and len(self._refs) >= MAX_REFS:
                self._left_out += 1
                continue
            new += known is None
            self._refs[entry.url] = PageRef(
                source=self._source.slug,
                url=entry.url,
                title=(known and known.title) or entry.title,
                published=(known and known.published) or published,
                found_in=known.found_in if known else found_in,
            )
        return new

    def _is_wanted_capture(self, entry: _Entry) -> bool:
        pattern = self._source.article_pattern
        return pattern is None or re.search(pattern, original_of(entry.url) or "") is not None

    def _is_excepted(self, entry: _Entry) -> bool:
        return any(pattern.search(entry.url) for pattern in self._except_urls) or any(
            pattern.search(entry.title or "") for pattern in self._except_titles
        )

    def result(self) -> Discovery:
        """Return everything found so far."""
        if self._left_out:
            detail = f"{self._left_out} mentions of further addresses left out after {MAX_REFS}"
            self._reject(RejectionReason.TOO_LARGE, detail, self._source.homepage)
        log.info("discovered", extra={"source": self._source.slug, "refs": len(self._refs)})
        # An exception by title holds for the address, whichever mention of it had the title.
        refs = tuple(ref for ref in self._refs.values() if ref.url not in self._excepted)
        return Discovery(
            refs=refs,
            rejected=tuple(self._rejected),
            documents=self._documents,
            excepted=len(self._excepted),
            validators=self._validators,
        )

    def _is_article(self, entry: SitemapEntry) -> bool:
        if not is_same_site(entry.url, self._source.homepage):
            return False
        pattern = self._source.article_pattern
        return pattern is None or re.search(pattern, entry.url) is not None

    def _reject(self, reason: RejectionReason, detail: str, url: str) -> None:
        self._rejected.append(
            Rejected(
                stage=Stage.DISCOVER,
                reason=reason,
                detail=detail[:500],
                source=self._source.slug,
                url=url,
                seen_at=datetime.now(UTC),
            )
        )


def _newest_first(entry: SitemapEntry) -> float:
    return -entry.modified.timestamp() if entry.modified else 0.0
