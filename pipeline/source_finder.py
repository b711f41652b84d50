"""The feeds and sitemaps of a site: from its page, its robots.txt and the usual places.

Every address is asked for once and kept only when it can be read. At most `MAX_REQUESTS` requests,
one after another under the delay of the host.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from lxml import html as lxml_html

from models.errors import FetchError, InputError
from models.pages import RawPage
from pipeline.catalog import ADHOC_SOURCE
from pipeline.discover import PageGetter
from pipeline.feeds import inner_text, parse_feed
from pipeline.listings import base_of, parse_html
from pipeline.robots import MAX_ROBOTS_BYTES, robots_url
from pipeline.sitemaps import parse_sitemap
from pipeline.source_writer import plain_name
from pipeline.urls import clean_url, host_of, is_same_site

MAX_REQUESTS = 16
_MAX_CANDIDATES = 6
_FEED_TYPES = ("rss", "atom", "feed+json", "rdf")
_FEED_PLACES = ("/feed/", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/index.xml", "/feed.json")
_SITEMAP_PLACES = ("/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml", "/sitemap-news.xml")
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?=$|[-_])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One address that was asked for. `entries` is None when it could not be read."""

    address: str
    origin: str
    entries: int | None
    detail: str


@dataclass(slots=True)
class Site:
    """What was found out about a site."""

    homepage: str
    name: str = ""
    language: str = "en"
    feeds: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)


async def find_site(url: str, fetcher: PageGetter) -> Site:
    """Return the readable feeds and sitemaps of a site.

    The usual places are tried only for what neither its page nor its robots.txt names.

    Args:
        url: The front page, a section, or a feed.
        fetcher: Asks politely.

    Raises:
        FetchError: The page itself cannot be had.
        InputError: The address is none, or the page neither HTML nor a feed.
    """
    clean = clean_url(url if "://" in url else f"https://{url}")
    if clean is None:
        message = f"{url}: expected the http address of a site"
        raise InputError(message)
    page = await fetcher.get(clean, source=ADHOC_SOURCE)
    finding = _Finding(Site(homepage=clean), fetcher)
    if isinstance(page, RawPage):
        finding.site.homepage = clean_url(page.final_url) or clean
        await finding.search(page)
    return finding.site


class _Finding:
    def __init__(self, site: Site, fetcher: PageGetter) -> None:
        self.site = site
        self._fetcher = fetcher
        self._asked: set[str] = set()

    async def search(self, page: RawPage) -> None:
        base = self.site.homepage
        if self._keep_feed(base, page.body, "the address given"):
            self.site.homepage = urljoin(base, "/")
            self.site.name = host_of(base)
            return
        root = parse_html(page.body, base)
        self.site.name = plain_name(_name_of(root)) or host_of(base)
        self.site.language = _language_of(root)
        await self._try_feeds(_linked_feeds(root, base), "link rel=alternate")
        robots = await self._fetch(robots_url(base), "robots.txt")
        text = robots.body[:MAX_ROBOTS_BYTES].decode("utf-8", "replace") if robots else ""
        named = _SITEMAP_LINE.findall(text)
        await self._try_sitemaps(named, "robots.txt")
        await self._try_feeds(_FEED_PLACES, "a usual place", stop_at_first=True)
        if not self.site.sitemaps:
            await self._try_sitemaps(_SITEMAP_PLACES, "a usual place", stop_at_first=True)

    async def _try_feeds(
        self, places: Iterable[str], origin: str, *, stop_at_first: bool = False
    ) -> None:
        for url in self._candidates(places):
            if stop_at_first and self.site.feeds:
                return
            page = await self._fetch(url, origin)
            if page is not None:
                self._keep_feed(url, page.body, origin)

    async def _try_sitemaps(
        self, places: Iterable[str], origin: str, *, stop_at_first: bool = False
    ) -> None:
        for url in self._candidates(places):
            if stop_at_first and self.site.sitemaps:
                return
            if not is_same_site(url, self.site.homepage):
                continue
            page = await self._fetch(url, origin)
            if page is not None:
                self._keep_sitemap(url, page, origin)

    def _candidates(self, places: Iterable[str]) -> list[str]:
        urls = (clean_url(place, self.site.homepage) for place in places)
        return list(dict.fromkeys(url for url in urls if url is not None))[:_MAX_CANDIDATES]

    async def _fetch(self, url: str, origin: str) -> RawPage | None:
        if url in self._asked or len(self._asked) >= MAX_REQUESTS:
            return None
        self._asked.add(url)
        try:
            page = await self._fetcher.get(url, source=ADHOC_SOURCE)
        except FetchError as error:
            self._note(url, origin, None, str(error))
            return None
        return page if isinstance(page, RawPage) else None

    def _keep_feed(self, url: str, body: bytes, origin: str) -> bool:
        try:
            entries = parse_feed(body, url)
        except InputError as error:
            if origin != "the address given":
                self._note(url, origin, None, str(error))
            return False
        self._note(url, origin, len(entries), "feed")
        self.site.feeds.append(url)
        return True

    def _keep_sitemap(self, url: str, page: RawPage, origin: str) -> None:
        try:
            found = parse_sitemap(page.body, page.final_url)
        except InputError as error:
            self._note(url, origin, None, str(error))
            return
        count = len(found.pages) + len(found.children)
        self._note(url, origin, count, "sitemap")
        self.site.sitemaps.append(url)

    def _note(self, url: str, origin: str, entries: int | None, detail: str) -> None:
        self.site.tried.append(
            Tried(address=url, origin=origin, entries=entries, detail=detail[:200])
        )


def _linked_feeds(root: lxml_html.HtmlElement, url: str) -> Iterator[str]:
    base = base_of(root, url)
    for link in root.iter("link"):
        relation = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").lower()
        if "alternate" in relation and any(name in kind for name in _FEED_TYPES):
            address = clean_url(link.get("href") or "", base)
            if address is not None and "comments" not in address:
                yield address


def _name_of(root: lxml_html.HtmlElement) -> str:
    for meta in root.iter("meta"):
        if (meta.get("property") or "").lower() == "og:site_name" and meta.get("content"):
            return str(meta.get("content"))
    title = root.find(".//title")
    return inner_text(title) if title is not None else ""


def _language_of(root: lxml_html.HtmlElement) -> str:
    found = _LANGUAGE.match(root.get("lang") or "")
    return found[0].lower() if found else "en"
