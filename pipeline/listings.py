"""Listing pages (section fronts, archives) read into links to articles. Pure."""

import re
from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html

from models.errors import InputError
from pipeline.feeds import inner_text, plain_title
from pipeline.urls import clean_url, is_same_site

MAX_LINKS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingLink:
    """One link to an article; `title` is the longest text that links to it on the page."""

    url: str
    title: str | None


def parse_listing(body: bytes, url: str, *, pattern: str) -> list[ListingLink]:
    """Return the links of a page that look like articles, in the order of the page, each once.

    Args:
        body: The page as served.
        url: Where it came from; only links to the same registrable domain count.
        pattern: A regular expression that is searched in the clean address.

    Raises:
        InputError: It is no HTML.
    """
    try:
        parser = lxml_html.HTMLParser(huge_tree=False, no_network=True)
        root = lxml_html.document_fromstring(body, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        message = f"{url}: expected an HTML page of links, found: {error}"[:300]
        raise InputError(message) from error
    declared = root.find(".//base")
    base_link = declared.get("href") if declared is not None else None
    base = clean_url(base_link or url, url) or url
    wanted = re.compile(pattern)
    titles: dict[str, str | None] = {}
    for anchor in root.iter("a"):
        link = clean_url(anchor.get("href") or "", base)
        if link is None or not wanted.search(link) or not is_same_site(link, url):
            continue
        title = plain_title(inner_text(anchor))
        if len(title or "") >= len(titles.get(link) or ""):
            titles[link] = title
        if len(titles) >= MAX_LINKS:
            break
    return [ListingLink(url=link, title=title) for link, title in titles.items()]
