"""JSON-LD of the newsroom's article pages: what a site tells machines about an article.

Only for the pages that the newsroom serves; reading JSON-LD of real pages is another job.
"""

from typing import Any

from pipeline.newsroom.outlets import Outlet
from pipeline.newsroom.views import ArticleView

# Any: JSON-LD is free-form JSON, and it goes straight into one template and nowhere else.
JsonLd = dict[str, Any]


def news_article(view: ArticleView, outlet: Outlet) -> JsonLd:
    """Return schema.org NewsArticle data; an undated page gets no date, a stub says so."""
    data: JsonLd = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": view.title,
        "description": view.card.summary,
        "articleSection": view.article.section,
        "mainEntityOfPage": {"@type": "WebPage", "@id": view.card.url},
        "publisher": {"@type": "Organization", "name": outlet.name},
        "isAccessibleForFree": not view.is_paywalled,
    }
    if view.card.byline:
        data["author"] = [{"@type": "Person", "name": view.card.byline}]
    if view.card.published and view.card.modified:
        data["datePublished"] = view.card.published.isoformat()
        data["dateModified"] = view.card.modified.isoformat()
    if view.is_paywalled:
        data["hasPart"] = {
            "@type": "WebPageElement",
            "isAccessibleForFree": False,
            "cssSelector": ".subscribe-wall",
        }
    return data


def graph(view: ArticleView, outlet: Outlet) -> JsonLd:
    """Return the same data inside an `@graph`, as popular blog software writes it."""
    article = news_article(view, outlet)
    context = article.pop("@context")
    site = {"@type": "WebSite", "@id": outlet.absolute("/#website"), "name": outlet.name}
    return {"@context": context, "@graph": [site, article]}
