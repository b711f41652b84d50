"""The Wayback Machine: which captures of an address pattern exist, and captures as pages. Pure.

The CDX server lists captures (github.com/internetarchive/wayback, wayback-cdx-server/README.md);
the `id_` form of a capture is the body as it was served then. A capture becomes a page of its
original address at the capture's own time, so that a backfill looks like having been there.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import quote, urlencode, urlsplit

from models.errors import InputError
from models.pages import ApiKind, ApiQuery, RawPage, Source
from pipeline.api_page import ApiPage, read_json
from pipeline.feeds import FeedEntry
from pipeline.urls import clean_url, host_of

ADDRESS = "https://web.archive.org/cdx/search/cdx"
PER_PAGE = 500
_MAX_KEY_CHARS = 1500
_FIELDS = ("timestamp", "original")
_STAMP = re.compile(r"[12]\d{13}")
_CAPTURE = re.compile(r"https?://[^/]+/web/([12]\d{13})id_/(.+)", re.DOTALL)
_ORIGINAL_HEADER = "x-archive-orig-"
# What the archive says of itself is not what the publisher said.
_KEPT_HEADERS = frozenset({"content-type"})


def first_url(query: ApiQuery) -> str:
    """Return where the captures of a query are listed, the first of each address."""
    return _url(query, resume_key=None)


def parse_captures(body: bytes, url: str, query: ApiQuery) -> ApiPage:
    """Return the captures of one answer; each entry's address is the capture's `id_` form.

    Args:
        body: The answer: a JSON list of rows, the first one their header. A resume key stands in
            the last row, after an empty one.
        url: Where it came from: captures are fetched from the same host.
        query: What was asked.

    Raises:
        InputError: It is no such list.
    """
    rows = read_json(body, url)
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        message = f"{url}: expected a JSON list of captures, found another value"
        raise InputError(message)
    if not rows:
        return ApiPage(entries=(), next_url=None)
    columns = [str(name) for name in rows[0]]
    if not set(_FIELDS) <= set(columns):
        message = f"{url}: expected the columns {_FIELDS}, found {columns}"
        raise InputError(message[:300])
    places = tuple(columns.index(name) for name in _FIELDS)
    entries = (_entry(row, places, url) for row in rows[1 : PER_PAGE + 1])
    return ApiPage(
        entries=tuple(entry for entry in entries if entry is not None),
        next_url=_next_url(rows, query),
    )


def backfill_source(
    source: Source, *, since: date | None = None, until: date | None = None, max_pages: int = 10
) -> Source:
    """Return a source that is read from the archive instead of its own site.

    Args:
        source: Whose years before are wanted.
        since: First day of the captures.
        until: Last day of the captures.
        max_pages: Answers of 500 captures each that are read at most.
    """
    query = ApiQuery(
        kind=ApiKind.WAYBACK,
        term=f"{host_of(source.homepage)}/*",
        since=since,
        until=until,
        max_pages=max_pages,
    )
    return replace(source, feeds=(), sitemaps=(), listings=(), apis=(query,))


def original_of(url: str) -> str | None:
    """Return the clean original address of a capture; None when the address is no capture."""
    found = _CAPTURE.fullmatch(url)
    return clean_url(found[2]) if found else None


def capture_hosts(source: Source) -> frozenset[str]:
    """Return the hosts whose captures a source may turn into pages of others; mostly none."""
    queries = (query for query in source.apis if query.kind is ApiKind.WAYBACK)
    return frozenset(host_of(query.address or ADDRESS) for query in queries)


def unwrap(page: RawPage, *, hosts: Collection[str]) -> RawPage:
    """Return a capture as the page that was captured; any other page as it is.

    `url` becomes the original address, `fetched_at` the time of the capture that was really given
    (the archive redirects to the nearest one), the headers those of the original answer.
    `final_url` keeps the capture: it says where the bytes come from.

    Args:
        page: As fetched.
        hosts: The archives that are believed. Any site can serve an address that looks like a
            capture of another publisher's page.
    """
    if not {host_of(page.url), host_of(page.final_url)} <= set(hosts):
        return page
    asked = original_of(page.url)
    given = _CAPTURE.fullmatch(page.final_url)
    if asked is None or given is None:
        return page
    original = clean_url(given[2])
    moment = _moment(given[1])
    if original is None or moment is None:
        return page
    own = [(n.lower(), v) for n, v in page.headers]
    kept = {name: value for name, value in own if name in _KEPT_HEADERS}
    kept |= {
        name.removeprefix(_ORIGINAL_HEADER): value
        for name, value in own
        if name.startswith(_ORIGINAL_HEADER)
    }
    return replace(page, url=original, fetched_at=moment, headers=tuple(sorted(kept.items())))


def _url(query: ApiQuery, *, resume_key: str | None) -> str:
    parameters = [
        ("url", query.term),
        ("output", "json"),
        ("fl", ",".join(_FIELDS)),
        ("filter", "statuscode:200"),
        ("filter", "mimetype:text/html"),
        ("collapse", "urlkey"),
        ("limit", str(PER_PAGE)),
        ("showResumeKey", "true"),
    ]
    if query.since:
        parameters.append(("from", query.since.strftime("%Y%m%d")))
    if query.until:
        parameters.append(("to", query.until.strftime("%Y%m%d")))
    if resume_key is not None:
        parameters.append(("resumeKey", resume_key))
    return f"{query.address or ADDRESS}?{urlencode(parameters)}"


def _next_url(rows: list[list[object]], query: ApiQuery) -> str | None:
    has_key = len(rows) >= 3 and not rows[-2] and len(rows[-1]) == 1
    key = rows[-1][0] if has_key else None
    if not isinstance(key, str) or len(key) > _MAX_KEY_CHARS:
        return None
    return _url(query, resume_key=key)


def _entry(row: list[object], places: tuple[int, ...], base: str) -> FeedEntry | None:
    if len(row) <= max(places):
        return None
    stamp, original = str(row[places[0]]), str(row[places[1]])
    # `clean_url` decides whether it is an address; what is asked for is what was captured.
    if not _STAMP.fullmatch(stamp) or _moment(stamp) is None or clean_url(original) is None:
        return None
    parts = urlsplit(base)
    path = quote(original.partition("#")[0], safe="%/:=&?~+!$,;'@()*[]-._")
    url = f"{parts.scheme}://{parts.netloc}/web/{stamp}id_/{path}"
    # Neither title nor publication is known: the time of a capture is when somebody came by.
    return FeedEntry(url=url, title=None, published=None) if host_of(url) else None


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
