"""Sitemaps read into addresses: the sitemaps.org protocol and its news extension. Pure.

Plain-text sitemaps (one address a line) are read too. Following an index is discovery's business.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from lxml import etree

from models.errors import InputError
from pipeline.feeds import parse_moment, plain_title
from pipeline.urls import clean_url
from pipeline.xml_guard import require_harmless, unpack

MAX_URLS = 50_000
"""The limit of the protocol for one file."""
# 20 for each address; the 7 million that 50 MB can hold take half a minute and 800 MB.
_MAX_TAGS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapEntry:
    """One page. `published` comes from the news extension alone: lastmod is no publication."""

    url: str
    title: str | None
    published: datetime | None
    modified: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What one file holds: pages, or for an index other sitemaps (`published` is None there)."""

    pages: tuple[SitemapEntry, ...]
    children: tuple[SitemapEntry, ...]


def parse_sitemap(body: bytes, url: str) -> Sitemap:
    """Return the pages and child sitemaps of a file in its order, at most `MAX_URLS`.

    A file that ends early gives what it held up to there.

    Args:
        body: The file as served, gzip too.
        url: Where it came from.

    Raises:
        InputError: It is no sitemap, or declares entities or nests too deeply.
    """
    plain = unpack(body, where=url)
    if not plain.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return Sitemap(pages=tuple(_read_lines(plain, url)), children=())
    require_harmless(plain, where=url, max_tags=_MAX_TAGS)
    return _read_xml(plain, url)


def _read_xml(body: bytes, url: str) -> Sitemap:
    pages: list[SitemapEntry] = []
    children: list[SitemapEntry] = []
    is_sitemap = False
    try:
        for element in _elements(body):
            name = _local_name(element)
            is_sitemap = is_sitemap or name in {"urlset", "sitemapindex"}
            if name not in {"url", "sitemap"}:
                continue
            entry = _entry(element, url)
            element.clear()
            if entry is not None:
                (pages if name == "url" else children).append(entry)
            if len(pages) + len(children) >= MAX_URLS:
                break
    except etree.XMLSyntaxError as error:
        if not (pages or children):
            message = f"{url}: expected a sitemap, found: {error}"[:300]
            raise InputError(message) from error
    if not (pages or children or is_sitemap):
        message = f"{url}: expected a sitemap, found XML of another kind"
        raise InputError(message)
    return Sitemap(pages=tuple(pages), children=tuple(children))


def _elements(body: bytes) -> Iterator[etree._Element]:
    """Yield elements as they end. Neither entities, files nor network; reads on behind a bare &."""
    events = etree.iterparse(
        BytesIO(body),
        events=("end",),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
    )
    for _, element in events:
        yield element


def _read_lines(body: bytes, url: str) -> list[SitemapEntry]:
    lines = body.decode("utf-8-sig", errors="replace").split()
    if not lines or not lines[0].startswith(("http://", "https://")):
        message = f"{url}: expected a sitemap, found neither XML nor a list of addresses"
        raise InputError(message)
    found = (clean_url(line) for line in lines[:MAX_URLS])
    return [
        SitemapEntry(url=clean, title=None, published=None, modified=None)
        for clean in found
        if clean is not None
    ]


def _entry(element: etree._Element, base: str) -> SitemapEntry | None:
    """Return the entry of a `url` or `sitemap` element, whatever prefixes it uses."""
    values: dict[str, str] = {}
    for child in element.iter():
        name = _local_name(child)
        # The first of each: image and video extensions repeat loc and title further down.
        if name is not None and child.text and name not in values:
            values[name] = child.text.strip()
    url = clean_url(values.get("loc", ""), base)
    if url is None:
        return None
    published = parse_moment(values.get("publication_date"))
    return SitemapEntry(
        url=url,
        title=plain_title(values.get("title")) if published else None,
        published=published,
        modified=parse_moment(values.get("lastmod")),
    )


def _local_name(element: etree._Element) -> str | None:
    tag = element.tag
    return etree.QName(tag).localname.lower() if isinstance(tag, str) else None
