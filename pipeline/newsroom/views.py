"""What the templates of the newsroom are given: articles with their URLs, links and metadata.

Decides what a variant hides or adds (paywall, no dates, correction). Mark-up is in `templates/`,
the list of pages in `render.py`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.ids import stable_id
from pipeline.newsroom.content import Block, BlockKind, NewsArticle, Teaser, Variant
from pipeline.newsroom.outlets import Outlet

_SUMMARY_CHARS = 180
_RELATED = 3
_FREE_PARAGRAPHS = 2
_CORRECTED_AFTER = timedelta(hours=2, minutes=35)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An article as lists, feeds and boxes show it. `published` is None for an undated page."""

    host: str
    path: str
    url: str
    title: str
    summary: str
    section: str
    byline: str | None
    published: datetime | None
    modified: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Another article that a page names; `host` and `path` are None when it does not exist."""

    outlet_name: str
    title: str | None
    host: str | None
    path: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """One article page. `blocks` is what a reader without a subscription may see."""

    article: NewsArticle
    card: Card
    title: str
    blocks: tuple[Block, ...]
    caption: str | None
    teasers: tuple[Teaser, ...]
    related: tuple[Card, ...]
    is_paywalled: bool
    origin: Reference | None
    corrected: Reference | None


def slugify(text: str) -> str:
    """Return lower-case words joined by hyphens, at least one character."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "news"


def article_path(article: NewsArticle, outlet: Outlet) -> str:
    """Return the path of an article; that of an undated one holds no date."""
    fields = {
        "slug": article.slug,
        "section": slugify(article.section),
        "code": stable_id("newsroom", article.key, length=8),
    }
    if article.variant is Variant.DISALLOWED:
        return outlet.disallowed_path.format(**fields)
    if article.variant is Variant.UNDATED:
        return outlet.undated_path.format(**fields)
    day = article.published
    fields |= {"year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}"}
    return outlet.article_path.format(**fields)


def summary(article: NewsArticle) -> str:
    """Return the start of the first paragraph, cut at a word."""
    text = next(b.text for b in article.blocks if b.kind is BlockKind.PARAGRAPH)
    if len(text) <= _SUMMARY_CHARS:
        return text
    return text[:_SUMMARY_CHARS].rsplit(" ", 1)[0].rstrip(",;:") + " ..."


def make_card(article: NewsArticle, outlet: Outlet) -> Card:
    """Return the card of an article."""
    path = article_path(article, outlet)
    published = None if article.variant is Variant.UNDATED else article.published
    return Card(
        host=outlet.host,
        path=path,
        url=outlet.absolute(path),
        title=article.title,
        summary=summary(article),
        section=article.section,
        byline=article.byline,
        published=published,
        modified=published and modified_at(article),
    )


def modified_at(article: NewsArticle) -> datetime:
    """Return when an article last changed: later than published only for a correction."""
    if article.variant is Variant.CORRECTION:
        return article.published + _CORRECTED_AFTER
    return article.published


def make_view(
    article: NewsArticle,
    *,
    outlets: Iterable[Outlet],
    articles: Sequence[NewsArticle],
) -> ArticleView:
    """Return the page of an article.

    Args:
        article: The article; must be one of `articles`.
        outlets: Every outlet.
        articles: Every article of the newsroom, for links and related boxes.
    """
    by_slug = {outlet.slug: outlet for outlet in outlets}
    blocks, title, caption = article.blocks, article.title, article.caption
    if article.variant is Variant.PAYWALL:
        paragraphs = [block for block in blocks if block.kind is BlockKind.PARAGRAPH]
        blocks, caption = tuple(paragraphs[:_FREE_PARAGRAPHS]), None
    if article.variant is Variant.WINDOWS1252:
        blocks, title = tuple(map(_curly_block, blocks)), curly(title)
    return ArticleView(
        article=article,
        card=make_card(article, by_slug[article.outlet]),
        title=title,
        blocks=blocks,
        caption=caption,
        teasers=_teasers(article),
        related=_related(article, articles, by_slug),
        is_paywalled=article.variant is Variant.PAYWALL,
        origin=_reference(article.copy_of, articles, by_slug),
        corrected=_reference(article.corrects, articles, by_slug),
    )


def curly(text: str) -> str:
    """Return the text with typographic quotation marks, as a Windows word processor sets them."""
    text = re.sub(r'(?<![\w.,!?%’])"', "“", text)
    text = text.replace('"', "”")
    return re.sub(r"(?<!\w)'(?=\w)", "‘", text).replace("'", "’")


def _curly_block(block: Block) -> Block:
    rows = tuple(tuple(curly(cell) for cell in row) for row in block.rows)
    return Block(kind=block.kind, text=curly(block.text), rows=rows)


def _teasers(article: NewsArticle) -> tuple[Teaser, ...]:
    """Return the boxes of the front matter; an undated page shows no date of theirs either."""
    if article.variant is not Variant.UNDATED:
        return article.teasers
    return tuple(Teaser(title=t.title, date=None, text=t.text) for t in article.teasers)


def _related(
    article: NewsArticle, articles: Sequence[NewsArticle], by_slug: dict[str, Outlet]
) -> tuple[Card, ...]:
    """Return the next articles of the same outlet, going round, and one of another outlet.

    An undated page gets none: addresses of other articles would show their dates.
    """
    if article.variant is Variant.UNDATED:
        return ()
    siblings = [other for other in articles if other.outlet == article.outlet]
    at = siblings.index(article)
    ring = siblings[at + 1 :] + siblings[:at]
    strangers = [other for other in articles if other.outlet != article.outlet]
    picked = ring[:_RELATED]
    if strangers:
        picked.append(strangers[int(stable_id(article.key, length=6), 16) % len(strangers)])
    return tuple(make_card(other, by_slug[other.outlet]) for other in picked)


def _reference(
    key: str | None, articles: Iterable[NewsArticle], by_slug: dict[str, Outlet]
) -> Reference | None:
    if key is None:
        return None
    slug = key.partition("/")[0]
    outlet = by_slug.get(slug)
    target = next((article for article in articles if article.key == key), None)
    if outlet is None or target is None:
        name = outlet.name if outlet else slug
        return Reference(outlet_name=name, title=None, host=None, path=None)
    path = article_path(target, outlet)
    return Reference(outlet_name=outlet.name, title=target.title, host=outlet.host, path=path)
