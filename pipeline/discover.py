"""Discovery: what a source's feeds, sitemaps and listings say there is to fetch.

Input and output only; the reading is in `feeds.py`, `sitemaps.py` and `listings.py`. What cannot be
read is a rejection and the rest goes on.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from models.errors import FetchError, InputError
from models.pages import PageRef, RawPage, Rejected, Source
from models.vocabulary import RejectionReason, Stage
from pipeline.feeds import FeedEntry, parse_feed
from pipeline.fetch_settings import NotModified, Validators
from pipeline.listings import ListingLink, parse_listing
from pipeline.sitemaps import Sitemap, SitemapEntry, parse_sitemap
from pipeline.urls import is_same_site

MAX_REFS = 5000
MAX_SITEMAP_FILES = 20
MAX_SITEMAP_DEPTH = 2

log = logging.getLogger(__name__)

_Parsed = TypeVar("_Parsed")
_Entry = FeedEntry | SitemapEntry | ListingLink


class PageGetter(Protocol):
    """The part of `pipeline.fetch.Fetcher` that discovery needs."""

    async def get(
        self, url: str, *, source: Source | str, validators: Validators | None = None
    ) -> RawPage | NotModified:
        """Return the page or raise FetchError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What a source offers, each address once, and what of it could not be read."""

    refs: tuple[PageRef, ...]
    rejected: tuple[Rejected, ...]


async def discover(source: Source, fetcher: PageGetter) -> Discovery:
    """Return what a source's feeds, sitemaps and listings offer, in that order.

    An address keeps its first place; a later mention adds a title or a date that was missing.
    Sitemap pages count when they match `article_pattern` (all, without one) and lie on the site;
    feed entries count wherever they lead, because aggregators link elsewhere. Undated entries stay.
    At most `MAX_REFS` addresses; the number left out is a rejection.
    """
    finding = _Finding(source, fetcher)
    for url in source.feeds:
        finding.add(await finding.read(url, parse_feed) or [], url)
    await finding.read_sitemaps()
    for url in source.listings:
        finding.add(await finding.read(url, finding.parse_links) or [], url)
    return finding.result()


class _Finding:
    """The state of one discovery."""

    def __init__(self, source: Source, fetcher: PageGetter) -> None:
        self._source = source
        self._fetcher = fetcher
        self._refs: dict[str, PageRef] = {}
        self._rejected: list[Rejected] = []
        self._left_out = 0

    async def read(self, url: str, parse: Callable[[bytes, str], _Parsed]) -> _Parsed | None:
        """Return what the parser makes of a document; None, and a rejection, when it fails."""
        try:
            page = await self._fetcher.get(url, source=self._source)
            if isinstance(page, NotModified):
                return None
            # In a thread: a large document must not hold up the other sources.
            return await asyncio.to_thread(parse, page.body, page.final_url)
        except FetchError as error:
            self._reject(error.reason, str(error), url)
        except InputError as error:
            self._reject(RejectionReason.BAD_FEED, str(error), url)
        return None

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

    def parse_links(self, body: bytes, url: str) -> list[ListingLink]:
        """Return the article links of a listing page."""
        return parse_listing(body, url, pattern=self._source.article_pattern or "")

    def add(self, entries: Iterable[_Entry], found_in: str) -> None:
        """Take entries over, merging what is known of one address."""
        for entry in entries:
            published = None if isinstance(entry, ListingLink) else entry.published
            known = self._refs.get(entry.url)
            if known is None and len(self._refs) >= MAX_REFS:
                self._left_out += 1
                continue
            self._refs[entry.url] = PageRef(
                source=self._source.slug,
                url=entry.url,
                title=(known and known.title) or entry.title,
                published=(known and known.published) or published,
                found_in=known.found_in if known else found_in,
            )

    def result(self) -> Discovery:
        """Return everything found so far."""
        if self._left_out:
            detail = f"{self._left_out} mentions of further addresses left out after {MAX_REFS}"
            self._reject(RejectionReason.TOO_LARGE, detail, self._source.homepage)
        log.info("discovered", extra={"source": self._source.slug, "refs": len(self._refs)})
        return Discovery(refs=tuple(self._refs.values()), rejected=tuple(self._rejected))

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
