"""Listing pages (section fronts, archives) read into links to articles. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree
from lxml import html as lxml_html

from models.errors import InputError
from pipeline.feeds import inner_text, plain_title
from pipeline.urls import clean_url, is_same_site

MAX_LINKS = 2000
# A page of 10 MB can hold 800,000 anchors, which would take 20 s.
_MAX_ANCHORS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingLink:
    """One link to an article; `title` is the longest text that links to it on the page."""

    url: str
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The links of one page, and the page that it calls the next one; None when it names none."""

    links: tuple[ListingLink, ...]
    next_url: str | None


def read_listing(body: bytes, url: str, *, pattern: str) -> Listing:
    """Return the links that look like articles, in the order of the page, and its `rel=next`.

    Args:
        body: The page as served.
        url: Where it came from; only links to the same registrable domain count.
        pattern: A regular expression that is searched in the clean address.

    Raises:
        InputError: It is no HTML.
    """
    root = parse_html(body, url)
    base = base_of(root, url)
    wanted = re.compile(pattern)
    titles: dict[str, str | None] = {}
    for anchor in islice(root.iter("a"), _MAX_ANCHORS):
        link = clean_url(anchor.get("href") or "", base)
        if link is None or not wanted.search(link) or not is_same_site(link, url):
            continue
        title = plain_title(inner_text(anchor))
        if len(title or "") >= len(titles.get(link) or ""):
            titles[link] = title
        if len(titles) >= MAX_LINKS:
            break
    links = tuple(ListingLink(url=link, title=title) for link, title in titles.items())
    return Listing(links=links, next_url=next(_next_pages(root, base, url), None))


def page_url(pattern: str, listing: str, number: int) -> str | None:
    """Return the address of a numbered page of a listing; None when it leads off the site.

    Args:
        pattern: An address with `{page}`, absolute or relative to the listing.
        listing: The first page.
        number: Which page; the first one that is asked for this way is 2.
    """
    url = clean_url(pattern.replace("{page}", str(number)), listing)
    return url if url is not None and is_same_site(url, listing) else None


def parse_html(body: bytes, url: str) -> lxml_html.HtmlElement:
    """Return the tree of a page; neither huge trees nor the network.

    Raises:
        InputError: It is no HTML.
    """
    try:
        # What is valid UTF-8 is UTF-8; without a meta tag the parser would take it for Latin-1.
        encoding = "utf-8" if _is_utf8(body) else None
        parser = lxml_html.HTMLParser(huge_tree=False, no_network=True, encoding=encoding)
        return lxml_html.document_fromstring(body, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        message = f"{url}: expected an HTML page of links, found: {error}"[:300]
        raise InputError(message) from error


def base_of(root: lxml_html.HtmlElement, url: str) -> str:
    """Return what the links of a page are relative to."""
    declared = root.find(".//base")
    base_link = declared.get("href") if declared is not None else None
    return clean_url(base_link or url, url) or url


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _next_pages(root: lxml_html.HtmlElement, base: str, url: str) -> Iterator[str]:
    for element in root.iter("link", "a"):
        if "next" in (element.get("rel") or "").lower().split():
            link = clean_url(element.get("href") or "", base)
            if link is not None and link != clean_url(url) and is_same_site(link, url):
                yield link
