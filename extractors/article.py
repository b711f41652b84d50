"""The article stage: the bytes of a page in, an `Article` or a `Rejected` out. Never an exception.

Order matters: cheap linear tests first (is it HTML, is it nested or linked beyond reason), then one
parse, the page's own metadata, the text, and last the tests that need the text.
"""

from dataclasses import dataclass, replace

from lxml import etree
from lxml.html import HtmlElement

from extractors import page_tests
from extractors.json_ld import Node, find_nodes
from extractors.language import detect_language
from extractors.page_agreement import PageView, check_text
from extractors.page_bylines import find_byline, publication_names, read_printed_names
from extractors.page_bytes import decode_body, html_problem, measure_markup
from extractors.page_dates import find_published, find_stated, read_near_headline
from extractors.page_metadata import (
    find_descriptions,
    find_headlines,
    find_page_tags,
    find_site,
    find_title,
    find_url,
    read_meta,
)
from extractors.page_repair import find_standfirst, with_standfirst, without_headline
from extractors.page_text import (
    ExtractedText,
    extract_text,
    normalize_text,
    parse_html,
    read_shown,
    read_wider,
    write_html,
)
from extractors.tags import find_regions, find_sectors
from models.ids import article_id, version_id
from models.pages import Article, RawPage, Rejected
from models.vocabulary import RejectionReason, Stage

# libxml2 drops what is nested deeper than 255 elements, silently; the deepest of 129 real news
# pages has 122. The largest has 2,500 elements; long tables of law texts have tens of thousands.
_MAX_DEPTH = 250
_MAX_ELEMENTS = 100_000
# The most linked real page has 544; trafilatura takes about a second for 10,000.
_MAX_LINKS = 10_000
# What spaCy reads in one piece; the longest of 129 news articles has 40,000 characters.
_MAX_TEXT_CHARS = 1_000_000
_MAX_DETAIL_CHARS = 300

READING_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,  # RecursionError among them
    TypeError,
    ValueError,
    etree.LxmlError,
)
"""What lxml, spaCy, trafilatura, courlan and htmldate are known to raise on hostile pages.

Programming errors of ours are among them, as a rejection that names them: one page must not stop a
run. Running out of memory is not: the process that reads ends then.
"""


class _Refusal(Exception):  # noqa: N818  # not an error: the way a test ends the reading
    def __init__(self, reason: RejectionReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parsed:
    """What is read from the tree before text extraction changes it."""

    url: str
    title: str | None
    nodes: tuple[Node, ...]
    meta: dict[str, str]
    declared_language: str | None
    paywall: str | None
    layout: page_tests.Layout
    near_headline: str
    headlines: tuple[str, ...]
    standfirst: str | None
    printed_names: tuple[str, ...]


def read_article(page: RawPage) -> Article | Rejected:
    """Return the article of a page, or why it has none.

    The text is NFC without invisible characters; all offsets of facts count in it. `published`
    keeps the zone the page gives; a day without a time is its midnight UTC, a time without a zone
    is read as UTC, and a time later than the fetch plus a day is refused.
    """
    try:
        return _read(page)
    except _Refusal as refusal:
        return _reject(page, refusal.reason, refusal.detail)
    except READING_ERRORS as error:
        # The one place where a library's failure on a page becomes data.
        return _reject(page, RejectionReason.EXTRACTION_FAILED, f"{type(error).__name__}: {error}")


def _reject(page: RawPage, reason: RejectionReason, detail: str) -> Rejected:
    return Rejected(
        stage=Stage.ARTICLE,
        reason=reason,
        detail=normalize_text(detail)[:_MAX_DETAIL_CHARS],
        source=page.source,
        url=page.final_url or page.url,
        seen_at=page.fetched_at,
    )


def _refuse_if(reason: RejectionReason, detail: str | None) -> None:
    if detail is not None:
        raise _Refusal(reason, detail)


def _read(page: RawPage) -> Article:
    tree = _parse(page)
    parsed = _read_metadata(page, tree)
    nodes, meta = parsed.nodes, parsed.meta
    stated = find_stated(nodes=nodes, meta=meta, fetched_at=page.fetched_at)
    html = write_html(tree)
    extracted = extract_text(
        tree,
        url=parsed.url,
        fetched_at=page.fetched_at,
        metadata=stated is None or _byline(parsed, None) is None,
    )
    view = PageView(
        html=html,
        read_wider=lambda: read_wider(html, fetched_at=page.fetched_at),
        read_kept=lambda: read_shown(tree),
    )
    checked = check_text(extracted.text, view, may_replace=parsed.paywall is None)
    extracted = replace(extracted, text=checked.text)
    _test_text(parsed, extracted.text)
    byline = _byline(parsed, extracted.authors)
    text = without_headline(extracted.text, parsed.headlines, byline=byline)
    text = with_standfirst(text, parsed.standfirst)
    extracted = replace(extracted, text=normalize_text(text))
    return replace(_build(page, parsed, extracted), text_agreement=checked.agreement)


def _parse(page: RawPage) -> HtmlElement:
    """Decode and parse, refusing what a parser should not be given."""
    content_type = next((value for name, value in page.headers if name == "content-type"), "")
    if not page.body.strip():
        raise _Refusal(RejectionReason.NO_TEXT, "the page is empty")
    html = decode_body(page.body, content_type=content_type)
    _refuse_if(RejectionReason.NOT_HTML, html_problem(page.body, html, content_type=content_type))
    size = measure_markup(html, max_depth=_MAX_DEPTH, max_elements=_MAX_ELEMENTS)
    if size.depth > _MAX_DEPTH or size.elements > _MAX_ELEMENTS:
        raise _Refusal(
            RejectionReason.TOO_DEEP,
            f"nested {size.depth} deep within {size.elements} elements; at most {_MAX_DEPTH} deep "
            f"and {_MAX_ELEMENTS} elements are read",
        )
    if size.links > _MAX_LINKS:
        raise _Refusal(
            RejectionReason.INDEX_PAGE, f"{size.links} links; at most {_MAX_LINKS} are read"
        )
    tree = parse_html(html)
    if tree is None:
        raise _Refusal(RejectionReason.NO_TEXT, "no element in the page")
    return tree


def _read_metadata(page: RawPage, tree: HtmlElement) -> _Parsed:
    nodes = find_nodes(tree)
    meta = read_meta(tree)
    url = find_url(page, tree, meta)
    _refuse_if(
        RejectionReason.INDEX_PAGE, page_tests.index_problem(nodes=nodes, meta=meta, url=url)
    )
    root = tree.getroottree().getroot()
    return _Parsed(
        url=url,
        title=find_title(tree, nodes=nodes, meta=meta),
        nodes=nodes,
        meta=meta,
        declared_language=root.get("lang")
        or root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        paywall=page_tests.find_paywall(tree, nodes=nodes, meta=meta),
        layout=page_tests.read_layout(tree),
        near_headline=read_near_headline(tree),
        headlines=find_headlines(tree, nodes=nodes, meta=meta),
        standfirst=find_standfirst(tree, descriptions=find_descriptions(nodes=nodes, meta=meta)),
        printed_names=read_printed_names(tree),
    )


def _byline(parsed: _Parsed, guessed: str | None) -> str | None:
    return find_byline(
        nodes=parsed.nodes,
        meta=parsed.meta,
        fallback=guessed,
        printed=parsed.printed_names,
        publication=publication_names(parsed.nodes, parsed.meta, parsed.url),
    )


def _test_text(parsed: _Parsed, text: str) -> None:
    """Refuse pages whose text is missing, a stub, an error message or a list of teasers."""
    _refuse_if(RejectionReason.NOT_ARTICLE, page_tests.error_problem(text, title=parsed.title))
    _refuse_if(RejectionReason.PAYWALL, page_tests.paywall_problem(text, paywall=parsed.paywall))
    evidence = page_tests.article_evidence(parsed.nodes, parsed.meta)
    _refuse_if(
        RejectionReason.NOT_ARTICLE, page_tests.service_problem(parsed.url, evidence=evidence)
    )
    _refuse_if(
        RejectionReason.INDEX_PAGE,
        page_tests.index_text_problem(text, layout=parsed.layout, evidence=evidence),
    )
    if len(text) > _MAX_TEXT_CHARS:
        raise _Refusal(
            RejectionReason.NOT_ARTICLE,
            f"{len(text)} characters of text; at most {_MAX_TEXT_CHARS} are read",
        )
    words = page_tests.count_words(text)
    if words < page_tests.MIN_WORDS:
        raise _Refusal(RejectionReason.NO_TEXT, f"{words} words of text")


def _build(page: RawPage, parsed: _Parsed, extracted: ExtractedText) -> Article:
    # On pages that are not built as articles htmldate takes dates from prose and side boxes.
    evidence = page_tests.article_evidence(parsed.nodes, parsed.meta)
    published = find_published(
        nodes=parsed.nodes,
        meta=parsed.meta,
        text=extracted.text,
        near_headline=parsed.near_headline,
        guessed=extracted.date if evidence else None,
        fetched_at=page.fetched_at,
    )
    text = extracted.text
    key = article_id(parsed.url)
    return Article(
        article_id=key,
        version_id=version_id(key, text),
        source=page.source,
        url=parsed.url,
        title=parsed.title,
        text=text,
        published=published.when if published else None,
        date_basis=published.basis if published else None,
        byline=_byline(parsed, extracted.authors),
        site=find_site(nodes=parsed.nodes, meta=parsed.meta, url=parsed.url),
        language=detect_language(text, declared=parsed.declared_language),
        tags=find_page_tags(nodes=parsed.nodes, meta=parsed.meta),
        regions=find_regions(parsed.title, text),
        sectors=find_sectors(parsed.title, text),
        fetched_at=page.fetched_at,
        body_sha256=page.body_sha256,
    )
