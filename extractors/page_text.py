"""The article text of a parsed page, by trafilatura, without what surrounds the article.

Also the one normalization of text: every offset of every fact counts in what it returns.
"""

import logging
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lxml import html as lxml_html
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from extractors.page_repair import (
    complete_body,
    count_prose,
    drop_cards,
    drop_teasers,
    read_paragraphs,
)

# What the libraries warn about becomes a rejection with a reason; without a handler of the caller
# their warnings would go to the terminal.
for _library in ("trafilatura", "htmldate"):
    logging.getLogger(_library).addHandler(logging.NullHandler())

# Boxes that trafilatura keeps on some pages: matched as whole words of class or id.
_BOX_WORDS = re.compile(
    r"(?:^|[\s_-])(?:newsletter(?:-?(?:box|signup|form))?|related(?:-?(?:articles?|posts?|stories|"
    r"news|content|links))?|teasers?|recommend(?:ed|ations)|read-?(?:more|next|also)|most-?read|"
    r"you-?may-?like|cookie(?:-?(?:banner|consent|notice))?|consent|paywall-?offer|promo(?:box)?|"
    r"advert(?:isement)?|sponsored|share(?:-?(?:bar|buttons))?)(?:$|[\s_-])",
    re.I,
)
# Words of a picture's caption or credit, as whole words of a class.
_CAPTION_NAME = re.compile(
    r"(?:^|[\s_-])(?:(?:wp-)?captions?(?:-text)?|(?:image|photo|picture)-?(?:credits?|description|"
    r"caption|widget|source)|credits?)(?:$|[\s_-])",
    re.I,
)
_BOX_TAGS = ("aside", "section", "div", "ul", "ol", "nav", "form", "table")
_MAX_NAME_CHARS = 500
# A box with more than this part of the page's paragraphs is the article itself, badly named.
_BOX_MAX_SHARE = 0.3
# A short article under a heading "Related articles" may have as many words of teasers below.
_END_MAX_SHARE = 0.6
# Where precision leaves less than this part of the paragraphs, a body split over several
# containers was probably lost: then the balanced settings are tried too.
_RESCUE_SHARE = 0.6
_RESCUE_MIN_WORDS = 150
# A heading that ends the article: what follows inside the same container are other articles.
_END_HEADING = re.compile(
    r"(?:(?:related|other) (?:articles?|stories|news|posts?|content|coverage|reading|texts?|"
    r"releases)|more (?:stories|news|on this (?:topic|story))"
    r"|you (?:may|might) (?:also )?(?:like|be interested in)"
    r"|recommended (?:for you|reading|articles|stories)"
    r"|(?:most read|popular|latest|trending) (?:news|stories|articles)|further reading)\s*[:.]?"
    # With a colon it introduces what follows ("More from the minister:").
    r"|more from [^:]{2,40}",
    re.I,
)
_PARAGRAPH_MIN_WORDS = 8
_MAX_HEADING_CHARS = 80
_UNSEEN = frozenset({"script", "style", "noscript", "template"})
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_END_LINE_MIN_POSITION = 0.3

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BREAKS = re.compile(r" ?\n[ \n]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedText:
    """Text of a page, empty when there is none, and what trafilatura read from the mark-up."""

    text: str = field(repr=False)
    authors: str | None
    date: str | None


def normalize_text(text: str) -> str:
    """Return the text in NFC, lines trimmed, without empty lines or invisible characters.

    Removed: zero-width and bidirectional controls (they hide or reorder what a reader sees),
    soft hyphens, C0 and C1 controls, lone surrogates. Spaces of all widths become one space.
    """
    visible = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    return _BREAKS.sub("\n", _SPACES.sub(" ", unicodedata.normalize("NFC", visible))).strip()


def parse_html(html: str) -> HtmlElement | None:
    """Return the tree of a page, None when the parser finds no element in it."""
    # Bytes and a fixed encoding: lxml refuses strings that declare another one.
    parser = lxml_html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False
    )
    clean = html.replace("\x00", "").encode("utf-8", "replace")
    if not clean.strip():
        return None
    tree = lxml_html.document_fromstring(clean, parser=parser, ensure_head_body=True)
    return tree if len(tree) else None


def _count_paragraph_words(tree: HtmlElement) -> dict[HtmlElement, int]:
    """Count the words of paragraphs under each element, in one pass: prose, not menus."""
    counts: dict[HtmlElement, int] = {}
    for element in reversed(list(tree.iter())):
        count = counts.get(element, 0)
        if element.tag == "p":
            own = count_prose(element.text_content())
            own -= sum(count_prose(link.text_content()) for link in element.iter("a"))
            count += own if own >= _PARAGRAPH_MIN_WORDS else 0
        counts[element] = count
        parent = element.getparent()
        if parent is not None and count:
            counts[parent] = counts.get(parent, 0) + count
    return counts


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _drop_boxes(tree: HtmlElement, *, words: dict[HtmlElement, int]) -> None:
    limit = words[tree] * _BOX_MAX_SHARE
    for element in list(tree.iter(*_BOX_TAGS)):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if len(names) > _MAX_NAME_CHARS or _BOX_WORDS.search(names) is None:
            continue
        if words[element] <= limit:
            _drop(element)
    for caption in list(tree.iter("figcaption")):
        _drop(caption)
    for element in list(tree.iter("p", "span", "div")):
        name = element.get("class") or ""
        if len(name) <= _MAX_NAME_CHARS and _CAPTION_NAME.search(name) and words[element] <= limit:
            _drop(element)


def _drop_after_end_heading(tree: HtmlElement, *, words: dict[HtmlElement, int]) -> None:
    """Drop the headings that announce other articles with their following siblings."""
    limit = words[tree] * _END_MAX_SHARE
    for heading in list(tree.iter(*_HEADINGS)):
        text = normalize_text(heading.text_content()[:_MAX_HEADING_CHARS])
        if heading.getparent() is None or not _END_HEADING.fullmatch(text):
            continue
        following = list(heading.itersiblings())
        if sum(words[sibling] for sibling in following) <= limit:
            for sibling in [heading, *following]:
                _drop(sibling)


def cut_end_matter(text: str) -> str:
    """Return the text up to a line that announces other articles, if it stands past a third.

    Example: of the lines "... said Monday.", "Related stories", "Mine reopens" the first stays.
    """
    position = 0
    for line in text.split("\n"):
        if position > len(text) * _END_LINE_MIN_POSITION and _END_HEADING.fullmatch(line.strip()):
            return text[:position].rstrip()
        position += len(line) + 1
    return text


def _run(
    tree: HtmlElement, *, url: str | None, fetched_at: datetime, precise: bool, metadata: bool
) -> Any:
    return bare_extraction(
        tree,
        url=url,
        favor_precision=precise,
        include_comments=False,
        include_tables=True,
        with_metadata=metadata,
        date_extraction_params={
            "original_date": True,
            "extensive_search": False,
            "max_date": (fetched_at + timedelta(days=1)).strftime("%Y-%m-%d"),
        },
    )


def _clean(document: Any) -> str:
    return "" if document is None else cut_end_matter(normalize_text(document.text or ""))


def read_wider(html: str, *, fetched_at: datetime) -> str:
    """Return the text of a whole page by the balanced settings, "" when there is none."""
    tree = parse_html(html)
    if tree is None:
        return ""
    _drop_json_ld(tree)
    return _clean(_run(tree, url=None, fetched_at=fetched_at, precise=False, metadata=False))


def read_shown(tree: HtmlElement) -> str:
    """Return all text of a tree but that of scripts and styles."""
    parts: list[str] = []
    for element in tree.iter():
        if element.tag not in _UNSEEN and element.text:
            parts.append(element.text)
        if element.tail:
            parts.append(element.tail)
    return "".join(parts)


def write_html(tree: HtmlElement) -> str:
    """Return a tree as HTML in which every element is closed where it ends."""
    return str(lxml_html.tostring(tree, encoding="unicode"))


def _drop_json_ld(tree: HtmlElement) -> None:
    for script in list(tree.iter("script")):
        if "ld+json" in (script.get("type") or ""):
            _drop(script)


def extract_text(
    tree: HtmlElement, *, url: str | None, fetched_at: datetime, metadata: bool
) -> ExtractedText:
    """Return the article text of a parsed page. The tree is changed: read its metadata first.

    Args:
        tree: The parsed page.
        url: Its address, which may hold a date.
        fetched_at: Dates later than this plus a day are not taken.
        metadata: Whether author and date are looked for too. It doubles the time, so only for
            pages whose JSON-LD and meta elements lack one of them.

    Precision settings are level with the best extractor known on 518 news pages (pooled shingle
    F1 .952), but lose bodies split over sibling containers: the balanced settings replace them
    when they keep much less than the page has paragraphs. The wide date search is off: it
    guesses from any number of the page.
    """
    # Read already by our own reader, whose time is bounded on broken JSON.
    _drop_json_ld(tree)
    words = _count_paragraph_words(tree)
    _drop_boxes(tree, words=words)
    drop_teasers(tree)
    drop_cards(tree, most_words=words[tree] * _BOX_MAX_SHARE)
    _drop_after_end_heading(tree, words=words)
    paragraphs = read_paragraphs(tree)
    document = _run(tree, url=url, fetched_at=fetched_at, precise=True, metadata=metadata)
    text = _clean(document)
    left = _count_paragraph_words(tree)[tree] * _RESCUE_SHARE
    if left > _RESCUE_MIN_WORDS and count_prose(text) < left:
        other = _run(tree, url=url, fetched_at=fetched_at, precise=False, metadata=False)
        wider = _clean(other)
        text = wider if count_prose(text) < count_prose(wider) * _RESCUE_SHARE else text
    return ExtractedText(
        text=normalize_text(complete_body(text, paragraphs)),
        authors=getattr(document, "author", None),
        date=getattr(document, "date", None),
    )
