"""The GDELT DOC 2.0 interface: which articles of the world's press hold a phrase. Pure.

One answer holds at most 250 articles; further pages are asked for by moving the end of the period
back to the oldest article seen. The interface wants at least 5 s between requests, and says what
is wrong with a query in plain text with status 200.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from models.pages import ApiQuery
from pipeline.api_page import ApiPage, list_of_objects, read_json, require_object
from pipeline.feeds import FeedEntry, plain_title
from pipeline.urls import clean_url

ADDRESS = "https://api.gdeltproject.org/api/v2/doc/doc"
MAX_RECORDS = 250
_STAMP = "%Y%m%d%H%M%S"
# Titles come tokenized: "China ' s curbs , a week on".
_LOOSE_MARK = re.compile(r"\s+([,.;:!?%)\u2019])|([($\u2018])\s+")
_LOOSE_APOSTROPHE = re.compile(r"(?<=\w) ' (?=(?:s|t|re|ll|ve|d|m)\b)")


def first_url(query: ApiQuery) -> str:
    """Return where the newest articles of a query are asked for (GDELT keeps three months)."""
    return _url(query, _end_of(query))


def parse_articles(body: bytes, url: str, query: ApiQuery) -> ApiPage:
    """Return the articles of one answer, newest first.

    `published` stays None: the interface says when it saw an article, not when it appeared.

    Args:
        body: The answer.
        url: Where it came from.
        query: What was asked.

    Raises:
        InputError: It is no answer of this interface; what it said instead is quoted.
    """
    # An empty object is the answer for "nothing found".
    answer = require_object(read_json(body, url), url)
    items = list_of_objects(answer.get("articles"))[:MAX_RECORDS]
    entries = (_entry(item) for item in items)
    return ApiPage(
        entries=tuple(entry for entry in entries if entry is not None),
        next_url=_next_url(items, url, query),
    )


def _next_url(items: Sequence[object], url: str, query: ApiQuery) -> str | None:
    stamps = [seen for item in items if (seen := _seen_at(item)) is not None]
    if len(items) < MAX_RECORDS or not stamps:
        return None
    oldest = min(stamps)
    asked_to = _moment(parse_qs(urlsplit(url).query).get("enddatetime", [""])[0], _STAMP)
    if asked_to is not None and oldest >= asked_to:
        # A second with more articles than one answer holds would be asked for again for ever.
        oldest = asked_to - timedelta(seconds=1)
    return _url(query, oldest)


def _url(query: ApiQuery, end: datetime | None) -> str:
    parameters = [
        ("query", query.term),
        ("mode", "ArtList"),
        ("format", "json"),
        ("sort", "DateDesc"),
        ("maxrecords", str(MAX_RECORDS)),
    ]
    if query.since is not None:
        start = datetime.combine(query.since, time.min)
        parameters.append(("startdatetime", start.strftime(_STAMP)))
    if end is not None:
        parameters.append(("enddatetime", end.strftime(_STAMP)))
    return f"{query.address or ADDRESS}?{urlencode(parameters)}"


def _end_of(query: ApiQuery) -> datetime | None:
    return datetime.combine(query.until, time(23, 59, 59), UTC) if query.until else None


def _seen_at(item: object) -> datetime | None:
    stamp = item.get("seendate") if isinstance(item, dict) else None
    return _moment(str(stamp), "%Y%m%dT%H%M%SZ")


def _moment(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None


def _entry(item: object) -> FeedEntry | None:
    fields = item if isinstance(item, dict) else {}
    link = fields.get("url")
    url = clean_url(link) if isinstance(link, str) else None
    if url is None:
        return None
    title = plain_title(fields.get("title"))
    return FeedEntry(url=url, title=_join_marks(title) if title else None, published=None)


def _join_marks(title: str) -> str:
    """Undo the spaces that GDELT puts around punctuation."""
    joined = _LOOSE_MARK.sub(lambda found: found[1] or found[2], title)
    return _LOOSE_APOSTROPHE.sub("'", joined)
