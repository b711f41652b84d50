"""Feeds read into entries: RSS 0.9 to 2.0, RDF, Atom and JSON Feed. Pure, no input or output.

feedparser reads the XML kinds (it takes broken feeds, which are common), fastfeedparser JSON Feed.
"""

import io
import json
import time
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any

import fastfeedparser
import feedparser
from lxml import etree
from lxml import html as lxml_html

from models.errors import InputError
from pipeline.urls import clean_url
from pipeline.xml_guard import require_harmless, unpack

MAX_ENTRIES = 2000
MAX_FEED_BYTES = 5_000_000
MAX_TITLE_CHARS = 500
# 100 for each entry that is read; feedparser takes 20 s for the 700,000 that 5 MB can hold.
_MAX_TAGS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry with an address. `published` is aware UTC, None when the feed does not say."""

    url: str
    title: str | None
    published: datetime | None


def parse_feed(body: bytes, url: str) -> list[FeedEntry]:
    """Return the entries of a feed in its order; entries without an http address are left out.

    Args:
        body: The feed as served, gzip too.
        url: Where it came from; relative links are relative to it.

    Raises:
        InputError: It is no feed, or one that no parser should be given (`pipeline/xml_guard.py`).
    """
    plain = unpack(body, where=url)
    if len(plain) > MAX_FEED_BYTES:
        message = (
            f"{url}: expected a feed of at most {MAX_FEED_BYTES:,} bytes, found {len(plain):,}"
        )
        raise InputError(message)
    if plain.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        found = _read_json(plain, url)
    else:
        require_harmless(plain, where=url, max_tags=_MAX_TAGS)
        found = _read_xml(plain, url)
    entries = (_entry(item, url) for item in found[:MAX_ENTRIES])
    return [entry for entry in entries if entry is not None]


def plain_title(value: object) -> str | None:
    """Return a title as plain text of at most `MAX_TITLE_CHARS`: no tags, one space for a gap."""
    if not isinstance(value, str) or not value.strip():
        return None
    text = unescape(value)
    if "<" in text:
        try:
            text = inner_text(lxml_html.fromstring(f"<div>{text[:20_000]}</div>"))
        except (ValueError, etree.ParserError):
            text = value
    return " ".join(text.split())[:MAX_TITLE_CHARS] or None


def inner_text(element: etree._Element) -> str:
    """Return the text of an element and all below it."""
    return "".join(str(part) for part in element.itertext())


def parse_moment(value: object) -> datetime | None:
    """Return an ISO 8601 moment as aware UTC, a day as its midnight; None when it is none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _read_xml(body: bytes, url: str) -> list[Mapping[str, Any]]:
    try:
        found = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-location": url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        # The lenient parser was written for any input and raises many kinds; all mean the same.
        message = f"{url}: expected a feed, found: {error!r}"[:300]
        raise InputError(message) from error
    if not found.get("version") and not found.entries:
        why = found.get("bozo_exception")
        # It is told no content type on purpose: that is not what is wrong with the document.
        if why is None or isinstance(why, feedparser.NonXMLContentType):
            why = "a document of another kind, or without one entry"
        message = f"{url}: expected RSS, RDF or Atom, found: {why}"[:300]
        raise InputError(message)
    # Plain mappings: feedparser's own falls back from one date to another, with a warning.
    return [dict(entry) for entry in found.entries]


def _read_json(body: bytes, url: str) -> list[Mapping[str, Any]]:
    try:
        version = json.loads(body).get("version")
        is_feed = isinstance(version, str) and "jsonfeed.org" in version
        found = fastfeedparser.parse(body, include_content=False, include_media=False)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        message = f"{url}: expected JSON Feed, found: {error!r}"[:300]
        raise InputError(message) from error
    if not is_feed:
        message = f"{url}: expected JSON Feed, found version {version!r}"[:300]
        raise InputError(message)
    return list(found["entries"])


def _entry(item: Mapping[str, Any], base: str) -> FeedEntry | None:
    link = item.get("link")
    url = clean_url(link, base) if isinstance(link, str) and link.strip() else None
    if url is None:
        return None
    published = _moment(item, "published") or _moment(item, "updated")
    return FeedEntry(url=url, title=plain_title(item.get("title")), published=published)


def _moment(item: Mapping[str, Any], name: str) -> datetime | None:
    parsed = item.get(f"{name}_parsed")
    if isinstance(parsed, time.struct_time):
        try:
            return datetime.fromtimestamp(timegm(parsed), tz=UTC)
        except (ValueError, OverflowError, OSError):
            return None
    return parse_moment(item.get(name))
