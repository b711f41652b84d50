"""What a page says about itself: canonical address, title, byline, site, tags.

Pages are hostile and careless: every value is bounded, and an address is believed only when it
stays on the site it came from. Dates: `extractors/page_dates.py`. Text: `extractors/page_text.py`.
"""

import re
import unicodedata
from itertools import islice
from urllib.parse import urljoin, urlsplit

from courlan import clean_url, extract_domain
from lxml.html import HtmlElement

from extractors.json_ld import Node, find_article_node, names_of, string_of
from extractors.page_text import normalize_text
from models.pages import RawPage
from models.vocabulary import FetchMethod

_MAX_TITLE_CHARS = 300
_MAX_BYLINE_CHARS = 200
_MAX_TAGS = 20
_MAX_TAG_CHARS = 60
_MAX_URL_CHARS = 2_000
_MAX_HEADINGS = 30
_MIN_TITLE_LETTERS = 3
_TAG_META = ("article:tag", "news_keywords", "keywords", "parsely-tags")
_AUTHOR_META = ("author", "article:author", "parsely-author", "dc.creator", "sailthru.author")
_DESCRIPTION_META = ("description", "og:description", "twitter:description", "dc.description")
_SITE_META = ("og:site_name", "application-name", "publisher", "dc.publisher", "sitename")
_BYLINE_PREFIX = re.compile(r"^(?:by|von|par|por|di|av|written by)\s+(?=\w)", re.I)
_NOT_A_NAME = re.compile(r"https?://|www\.|@|^\W*$")
_SITE_SUFFIX = re.compile(r"\s+[|\-–—•·:]\s+[^|\-–—•·:]{2,40}$")


def read_meta(tree: HtmlElement) -> dict[str, str]:
    """Return the meta elements of a page by lower-case name or property; the first one wins.

    Repeated `article:tag` values are joined by commas.
    """
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = (element.get("content") or "").strip()
        if not name or not content:
            continue
        key = name.strip().lower()
        if key not in meta:
            meta[key] = content
        elif key == "article:tag" and len(meta[key]) < _MAX_TAGS * _MAX_TAG_CHARS:
            meta[key] = f"{meta[key]},{content}"
    return meta


def _is_same_site(url: str, other: str) -> bool:
    host, other_host = urlsplit(url).hostname, urlsplit(other).hostname
    if host is None or other_host is None:
        return False
    if host == other_host:
        return True
    domain = extract_domain(url)
    return domain is not None and domain == extract_domain(other)


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def _web_address(url: str) -> str | None:
    """Return a clean absolute http(s) address without fragment, None when it is not one."""
    try:
        parts = urlsplit(url)
        valid = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        )
    except ValueError:
        return None
    if not valid or len(url) > _MAX_URL_CHARS:
        return None
    return (clean_url(url) or url).partition("#")[0]


def _stated_addresses(tree: HtmlElement, meta: dict[str, str]) -> list[str]:
    links = [
        link.get("href", "")
        for link in tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    return [address.strip() for address in [*links, meta.get("og:url", "")] if address.strip()]


def find_url(page: RawPage, tree: HtmlElement, meta: dict[str, str]) -> str:
    """Return the address that identifies the article of a page.

    The stated canonical address (link, then og:url) counts when it lies on the host or the
    registered domain the page was fetched from, so that no site can overwrite another's
    articles; a page read from a file has no host, so any web address counts. A canonical address
    that is the site's front page is a template's mistake and would merge all its articles.
    """
    fetched = page.final_url or page.url
    for stated in _stated_addresses(tree, meta):
        try:
            address = _web_address(urljoin(fetched, stated))
        except ValueError:
            continue
        if address is None or (_is_home(address) and not _is_home(fetched)):
            continue
        if page.method is FetchMethod.FILE or _is_same_site(address, fetched):
            return address
    return _web_address(fetched) or fetched


def _fold(text: str) -> str:
    """Return the letters and digits of a text, for comparing titles."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _one_line(text: str) -> str:
    return normalize_text(text).replace("\n", " ")


def find_title(tree: HtmlElement, *, nodes: tuple[Node, ...], meta: dict[str, str]) -> str | None:
    """Return the headline: the h1 contained in title or og:title, else the stated headline.

    Measured on news pages: .81 right against .69 for the page title cut at its separator.
    """
    page_title = next((t.text_content() for t in tree.iter("title")), "")
    shown = meta.get("og:title", "")
    titles = [_fold(page_title), _fold(shown)]
    site = _fold(find_site(nodes=nodes, meta=meta, url="") or "")
    for heading in islice(tree.iter("h1"), _MAX_HEADINGS):
        text = _one_line(heading.text_content())
        folded = _fold(text)
        if len(folded) > _MIN_TITLE_LETTERS and folded != site and any(folded in t for t in titles):
            # og:title often holds the h1 after a kicker ("Trade: ..."), which is part of it.
            return _one_line(shown if titles[1].endswith(folded) else text)[:_MAX_TITLE_CHARS]
    stated = string_of(find_article_node(nodes).get("headline")) or meta.get("og:title")
    # "ArticleTitle": the element that Chinese government sites are required to have.
    stated = stated or meta.get("articletitle")
    first_heading = next((h.text_content() for h in tree.iter("h1")), "")
    # One line and cut first: the pattern takes squared time on a run of spaces.
    shown_title = _one_line(page_title)[: _MAX_TITLE_CHARS * 2]
    title = stated or _SITE_SUFFIX.sub("", shown_title) or first_heading
    return _one_line(title)[:_MAX_TITLE_CHARS] or None


def find_headlines(
    tree: HtmlElement, *, nodes: tuple[Node, ...], meta: dict[str, str]
) -> tuple[str, ...]:
    """Return all that the page shows as its headline: h1, title, og:title, stated headline."""
    found = [
        *(heading.text_content() for heading in islice(tree.iter("h1"), 3)),
        next((title.text_content() for title in tree.iter("title")), ""),
        meta.get("og:title", ""),
        string_of(find_article_node(nodes).get("headline")) or "",
    ]
    return tuple(dict.fromkeys(_one_line(text[: _MAX_TITLE_CHARS * 2]) for text in found if text))


def _clean_names(names: list[str]) -> list[str]:
    cleaned = []
    for name in names:
        text = _BYLINE_PREFIX.sub("", _one_line(name).strip(" ,;"))
        if text and _NOT_A_NAME.search(text) is None and text not in cleaned:
            cleaned.append(text)
    return cleaned


def find_byline(
    *, nodes: tuple[Node, ...], meta: dict[str, str], fallback: str | None
) -> str | None:
    """Return who wrote the article, several names joined by "; ", None when nobody is named.

    Args:
        nodes: JSON-LD nodes of the page.
        meta: Meta elements of the page.
        fallback: What the text extractor read from the mark-up, names joined by ";".
    """
    stated = names_of(find_article_node(nodes).get("author"), nodes=nodes)
    for names in (
        list(stated),
        [meta[name] for name in _AUTHOR_META if name in meta][:1],
        (fallback or "").split(";"),
    ):
        cleaned = _clean_names(names)
        if cleaned:
            return "; ".join(cleaned)[:_MAX_BYLINE_CHARS]
    return None


def find_site(*, nodes: tuple[Node, ...], meta: dict[str, str], url: str) -> str | None:
    """Return the name of the publication, its host without "www." when it gives none."""
    stated = next((meta[name] for name in _SITE_META if name in meta), None)
    if stated is None:
        publisher = names_of(find_article_node(nodes).get("publisher"), nodes=nodes)
        stated = publisher[0] if publisher else None
    host = urlsplit(url).hostname if url.startswith("http") else None
    name = _one_line(stated or "") or (host or "").removeprefix("www.")
    return name[:_MAX_TITLE_CHARS] or None


def find_descriptions(*, nodes: tuple[Node, ...], meta: dict[str, str]) -> tuple[str, ...]:
    """Return what the page gives as its description, in meta elements and JSON-LD."""
    node = find_article_node(nodes)
    values = [
        *(meta.get(name) for name in _DESCRIPTION_META),
        string_of(node.get("description")),
        string_of(node.get("alternativeHeadline")),
    ]
    return tuple(dict.fromkeys(_one_line(value[:_MAX_URL_CHARS]) for value in values if value))


def find_page_tags(*, nodes: tuple[Node, ...], meta: dict[str, str]) -> tuple[str, ...]:
    """Return section and keywords of the page in its own words: at most 20 of 60 characters."""
    node = find_article_node(nodes)
    values: list[object] = [meta.get("article:section"), node.get("articleSection")]
    values += [node.get("keywords"), *(meta.get(name) for name in _TAG_META)]
    tags: dict[str, str] = {}
    for value in values:
        for item in value[:_MAX_TAGS] if isinstance(value, list) else [value]:
            for part in item[:_MAX_URL_CHARS].split(",") if isinstance(item, str) else ():
                tag = _one_line(part).strip(" ;#")
                if 1 < len(tag) <= _MAX_TAG_CHARS and not tag.startswith("http"):
                    tags.setdefault(tag.casefold(), tag)
    return tuple(tags.values())[:_MAX_TAGS]
