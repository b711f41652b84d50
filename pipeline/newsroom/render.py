"""Turns the newsroom's records into pages: which paths exist, and the bytes of each.

Bytes depend on the records alone, never on the clock, and are made once. Sockets and HTTP
conditions are in `server.py`, mark-up in `templates/`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from importlib import resources
from typing import NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined

from models.errors import InputError
from models.ids import sha256_hex
from pipeline.newsroom.content import NewsArticle, Variant
from pipeline.newsroom.metadata import graph, news_article
from pipeline.newsroom.outlets import Outlet
from pipeline.newsroom.views import Card, article_path, make_card, make_view, modified_at, slugify

HTML = "text/html; charset=utf-8"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# What Last-Modified and an empty feed say when no article has a date to show.
_FOUNDED_AT = datetime(2025, 1, 1, tzinfo=UTC)
_FRONT_PAGE_CARDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer. `etag` is quoted; `modified` is aware UTC without fractions of a second."""

    status: int
    content_type: str
    body: bytes = field(repr=False)
    etag: str
    modified: datetime


class NavLink(NamedTuple):
    """A section of an outlet."""

    name: str
    path: str


class FeedLink(NamedTuple):
    """A feed that the head of an index page names."""

    path: str
    mime: str


class DirectoryRow(NamedTuple):
    """One outlet in the list of all outlets."""

    outlet: Outlet
    href: str
    article_count: int


# From host and path to the href of a link: it differs between crawler and browser.
_Links = Callable[[str, str], str]
_Route = Callable[[_Links], Page]


class Site:
    """Every page of every outlet.

    Args:
        outlets: The outlets to publish.
        articles: Their articles; each outlet of an article must be among `outlets`.

    Raises:
        InputError: Two articles of one outlet would have the same path.
    """

    def __init__(self, *, outlets: Sequence[Outlet], articles: Sequence[NewsArticle]) -> None:
        self.outlets = tuple(outlets)
        self.articles = tuple(articles)
        self.hosts = tuple(outlet.host for outlet in self.outlets)
        self._templates = _environment()
        self._cards = {o.slug: _cards_of(o, self.articles) for o in self.outlets}
        self._routes = {outlet.host: self._routes_of(outlet) for outlet in self.outlets}
        self._cache: dict[tuple[str, str, bool], Page] = {}

    def page(self, host: str, path: str, *, browsing: bool = False) -> Page:
        """Return the page at a path, with status 404 and an HTML body when there is none.

        Args:
            host: One of `hosts`.
            path: Decoded path without query. It is only looked up, never opened.
            browsing: True makes links of the form `/~HOST/path`, for a browser without the hosts.
        """
        key = (host, path, browsing)
        if key in self._cache:
            return self._cache[key]
        links = _browser_link if browsing else partial(_site_link, host)
        route = self._routes[host].get(path)
        if route is None:
            # Not cached: the addresses of missing pages are endless.
            outlet = next(outlet for outlet in self.outlets if outlet.host == host)
            return self._listing(outlet, "/404", "Page not found", "not_found.html", (), links, 404)
        self._cache[key] = page = route(links)
        return page

    def has(self, host: str, path: str) -> bool:
        """Return whether a page exists, without making it."""
        return path in self._routes[host]

    def directory(self, *, missing: bool = False) -> Page:
        """Return the list of outlets; with status 404 when it stands for a missing page."""
        rows = [
            DirectoryRow(outlet, _browser_link(outlet.host, "/"), len(self._cards[outlet.slug]))
            for outlet in self.outlets
        ]
        text = self._templates.get_template("directory.html").render(rows=rows, missing=missing)
        return _make_page(text.encode(), HTML, _FOUNDED_AT, status=404 if missing else 200)

    def _routes_of(self, outlet: Outlet) -> dict[str, _Route]:
        cards, list_name = self._cards[outlet.slug], outlet.list_template
        routes: dict[str, _Route] = {
            "/robots.txt": partial(_robots, outlet),
            "/static/picture.svg": partial(self._xml, outlet, "picture.svg", "image/svg+xml", ()),
        }

        def add_list(path: str, heading: str, shown: Sequence[Card], name: str = list_name) -> None:
            routes[path] = partial(self._listing, outlet, path, heading, name, shown)

        add_list("/", outlet.name, cards[:_FRONT_PAGE_CARDS])
        add_list("/about/", f"About {outlet.name}", (), "about.html")
        add_list(outlet.tag_path, outlet.tag_name, cards)
        if outlet.listing_path is not None:
            add_list(outlet.listing_path, "All announcements", cards)
        for link in self._sections(outlet):
            own = [card for card in cards if slugify(card.section) == slugify(link.name)]
            add_list(link.path, link.name, own)
        routes |= self._feed_routes(outlet)
        for article in self._articles_of(outlet):
            path = article_path(article, outlet)
            if path in routes:
                raise InputError(f"{article.key}: path {path} of {outlet.host} is taken")
            routes[path] = partial(self._article, outlet, article)
        return routes

    def _feed_routes(self, outlet: Outlet) -> dict[str, _Route]:
        cards = self._cards[outlet.slug]
        table = (
            (outlet.rss_path, "rss.xml", "application/rss+xml"),
            (outlet.atom_path, "atom.xml", "application/atom+xml"),
            (outlet.news_sitemap_path, "news_sitemap.xml", "application/xml"),
            (outlet.pages_sitemap_path, "pages_sitemap.xml", "application/xml"),
            (outlet.sitemap_index_path, "sitemap_index.xml", "text/xml"),
        )
        return {
            path: partial(self._xml, outlet, template, mime, cards, path=path)
            for path, template, mime in table
            if path is not None
        }

    def _articles_of(self, outlet: Outlet) -> list[NewsArticle]:
        return [article for article in self.articles if article.outlet == outlet.slug]

    def _sections(self, outlet: Outlet) -> list[NavLink]:
        names = sorted({card.section for card in self._cards[outlet.slug]})
        by_path = {outlet.section_path.format(section=slugify(name)): name for name in names}
        return [NavLink(name, path) for path, name in by_path.items()]

    def _article(self, outlet: Outlet, article: NewsArticle, links: _Links) -> Page:
        view = make_view(article, outlets=self.outlets, articles=self.articles)
        is_windows = article.variant is Variant.WINDOWS1252
        # Half of the windows-1252 pages claim to be UTF-8, the others claim nothing.
        claims_charset = not is_windows or int(sha256_hex(article.slug.encode())[0], 16) % 2 == 0
        text = self._templates.get_template(outlet.article_template).render(
            view=view,
            outlet=outlet,
            sections=self._sections(outlet),
            to=links,
            dated=article.variant is not Variant.UNDATED,
            claims_charset=claims_charset,
            json_ld=news_article(view, outlet),
            json_graph=graph(view, outlet),
        )
        body = text.encode("cp1252" if is_windows else "utf-8", errors="xmlcharrefreplace")
        modified = view.card.modified or _FOUNDED_AT
        return _make_page(body, HTML if claims_charset else "text/html", modified)

    def _listing(
        self,
        outlet: Outlet,
        path: str,
        heading: str,
        template: str,
        cards: Sequence[Card],
        links: _Links,
        status: int = 200,
    ) -> Page:
        text = self._templates.get_template(template).render(
            outlet=outlet,
            path=path,
            heading=heading,
            cards=cards,
            sections=self._sections(outlet),
            feeds=_feeds(outlet),
            to=links,
        )
        return _make_page(text.encode(), HTML, self._updated(outlet), status=status)

    def _xml(
        self,
        outlet: Outlet,
        template: str,
        mime: str,
        cards: Sequence[Card],
        links: _Links,
        *,
        path: str = "",
    ) -> Page:
        del links  # feeds hold canonical addresses only
        children = [p for p in (outlet.news_sitemap_path, outlet.pages_sitemap_path) if p]
        updated = self._updated(outlet)
        text = self._templates.get_template(template).render(
            outlet=outlet, cards=cards, path=path, updated=updated, children=children
        )
        return _make_page(text.encode(), f"{mime}; charset=utf-8", updated)

    def _updated(self, outlet: Outlet) -> datetime:
        dates = [card.modified for card in self._cards[outlet.slug] if card.modified]
        return max(dates, default=_FOUNDED_AT)


def _cards_of(outlet: Outlet, articles: Sequence[NewsArticle]) -> tuple[Card, ...]:
    own = [article for article in articles if article.outlet == outlet.slug]
    own.sort(key=modified_at, reverse=True)
    return tuple(make_card(article, outlet) for article in own)


def _feeds(outlet: Outlet) -> list[FeedLink]:
    table = (
        (outlet.rss_path, "application/rss+xml"),
        (outlet.atom_path, "application/atom+xml"),
    )
    return [FeedLink(path, mime) for path, mime in table if path is not None]


def _robots(outlet: Outlet, links: _Links) -> Page:
    del links  # robots.txt holds canonical addresses only
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in outlet.disallow)]
    lines.append(f"Crawl-delay: {outlet.crawl_delay_s:g}")
    sitemap = outlet.sitemap_index_path or outlet.news_sitemap_path
    if sitemap is not None:
        lines += ["", f"Sitemap: {outlet.absolute(sitemap)}"]
    body = ("\n".join(lines) + "\n").encode()
    return _make_page(body, "text/plain; charset=utf-8", _FOUNDED_AT)


def _make_page(body: bytes, content_type: str, modified: datetime, *, status: int = 200) -> Page:
    return Page(
        status=status,
        content_type=content_type,
        body=body,
        etag=f'"{sha256_hex(body)[:24]}"',
        modified=modified.astimezone(UTC).replace(microsecond=0),
    )


def _site_link(own_host: str, host: str, path: str) -> str:
    return path if host == own_host else f"http://{host}{path}"


def _browser_link(host: str, path: str) -> str:
    return f"/~{host}{path}"


def _environment() -> Environment:
    folder = resources.files("pipeline.newsroom").joinpath("templates")
    environment = Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text(encoding="utf-8")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["long_date"] = lambda at: f"{_MONTHS[at.month - 1]} {at.day}, {at.year}"
    environment.filters["day_first"] = lambda at: f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
    environment.filters["slash_date"] = lambda at: f"{at:%Y/%m/%d}"
    environment.filters["clock"] = lambda at: f"{at:%H:%M} {at.tzname()}"
    environment.filters["rfc822"] = format_datetime
    return environment
