"""An archive of any size from the newsroom's articles and templates: for benchmarks and tests.

Every page is a whole page of an outlet with a text of its own and a day of its own; no server and
no fetching are involved. The pages go into the archive by `pipeline.acquire.import_pages`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import zip_longest

from models.pages import RawPage
from models.vocabulary import FetchMethod
from pipeline.contents import make_raw_page
from pipeline.newsroom.content import Block, BlockKind, NewsArticle, Variant, load_articles
from pipeline.newsroom.outlets import Outlet, load_outlets
from pipeline.newsroom.render import Site
from pipeline.newsroom.views import article_path

# Pages that are rendered at a time: a site holds cards of all its articles.
_BLOCK = 100


def synthetic_pages(documents: int, *, first_day: date, days: int) -> Iterator[RawPage]:
    """Yield article pages, spread evenly over days, oldest first, outlets in turn.

    Args:
        documents: How many.
        first_day: Day of publication of the first.
        days: Number of days; at least 1.
    """
    outlets = load_outlets()
    plain = _in_turn([one for one in load_articles() if one.variant is Variant.PLAIN])
    for start in range(0, documents, _BLOCK):
        numbers = range(start, min(start + _BLOCK, documents))
        articles = [
            _variant(plain[i % len(plain)], i, first_day + timedelta(days=i * days // documents))
            for i in numbers
        ]
        yield from _pages(outlets, articles)


def _in_turn(articles: Sequence[NewsArticle]) -> list[NewsArticle]:
    """Return the articles so that one outlet follows another."""
    by_outlet: dict[str, list[NewsArticle]] = {}
    for article in articles:
        by_outlet.setdefault(article.outlet, []).append(article)
    rounds = zip_longest(*by_outlet.values())
    return [article for group in rounds for article in group if article is not None]


def _variant(article: NewsArticle, number: int, day: date) -> NewsArticle:
    """Return an article with another day, address and text."""
    note = Block(
        kind=BlockKind.PARAGRAPH, text=f"This report is number {number} of the newsroom's archive."
    )
    hour = time(6 + number % 12, number % 60, tzinfo=UTC)
    return replace(
        article,
        slug=f"{article.slug}-{number}",
        published=datetime.combine(day, hour),
        blocks=(*article.blocks, note),
    )


def _pages(outlets: Sequence[Outlet], articles: Sequence[NewsArticle]) -> Iterator[RawPage]:
    by_slug = {outlet.slug: outlet for outlet in outlets}
    site = Site(outlets=outlets, articles=articles)
    for article in articles:
        outlet = by_slug[article.outlet]
        path = article_path(article, outlet)
        page = site.page(outlet.host, path)
        url = outlet.absolute(path)
        yield make_raw_page(
            outlet.slug.replace("-", "_"),
            url,
            page.body,
            fetched_at=article.published + timedelta(hours=1),
            status=page.status,
            headers=(("content-type", page.content_type),),
            method=FetchMethod.FILE,
        )
