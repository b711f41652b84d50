"""When a page says it was published, and where it says so.

Order of trust: JSON-LD datePublished, article:published_time, what is shown beside the headline,
what htmldate finds in the mark-up, a date near the top of the text. Never the fetch date.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice

from lxml.html import HtmlElement

from extractors.json_ld import Node, find_article_node, string_of
from extractors.page_repair import elements_after
from models.vocabulary import DateBasis

_META_NAMES = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "date",
)
# A clock that runs fast or a time zone left out may put a date up to a day after the fetch.
_FUTURE_TOLERANCE = timedelta(days=1)
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_MAX_DATE_CHARS = 60
# The part of the text in which a printed date is the article's own rather than one it tells about.
_TOP_CHARS = 300
_MAX_NEAR_ELEMENTS = 40
_MAX_NEAR_CHARS = 120
_PROSE_MIN_WORDS = 12
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_PRINTED = (
    re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<number>\d\d)-(?P<day>\d\d)(?!\d)"),
    re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>20\d\d)\b", re.I),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?P<year>20\d\d)\b", re.I),
    # Only where one of the two numbers can be no month: 23 in first or second place.
    re.compile(r"\b(?P<number>0?[1-9]|1[0-2])/(?P<day>1[3-9]|2\d|3[01])/(?P<year>20\d\d)\b"),
    re.compile(r"\b(?P<day>1[3-9]|2\d|3[01])[/.](?P<number>0?[1-9]|1[0-2])[/.](?P<year>20\d\d)\b"),
    re.compile(r"(?P<year>20\d\d)\s*年\s*(?P<number>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日"),
)
_LOOSE_ISO = re.compile(
    r"^(\d{4}-\d\d-\d\d)[T ]+(\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*"
    r"(?:([+-]\d\d):?(\d\d)|(Z|GMT|UTC))?$",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedAt:
    """A publication time. A day without a time is its midnight UTC, and so is a missing zone."""

    when: datetime
    basis: DateBasis


def parse_timestamp(value: str) -> datetime | None:
    """Return an aware datetime from ISO 8601, its usual misspellings, or RFC 2822; else None.

    The zone of the value is kept; without one it is read as UTC.
    """
    value = value.strip()[:_MAX_DATE_CHARS]
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        loose = _parse_loose(value)
        if loose is None:
            return None
        when = loose
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def _parse_loose(value: str) -> datetime | None:
    match = _LOOSE_ISO.match(value)
    try:
        if match:
            day, time, hours, minutes, _ = match.groups()
            zone = f"{hours}:{minutes}" if hours else "+00:00"
            return datetime.fromisoformat(f"{day}T{time}{zone}")
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def is_plausible(when: datetime, *, fetched_at: datetime) -> bool:
    """Tell whether a time can be a publication: on the web, and not after the fetch plus a day."""
    try:
        return _EARLIEST <= when <= fetched_at + _FUTURE_TOLERANCE
    except OverflowError:
        return False


def find_printed_date(text: str) -> datetime | None:
    """Return the first day printed in full in a text, as midnight UTC, else None.

    Numeric dates such as 3/4/2026 are not read: their order of day and month is unknown.
    """
    best: tuple[int, datetime] | None = None
    for pattern in _PRINTED:
        match = pattern.search(text)
        if match is None or (best is not None and match.start() >= best[0]):
            continue
        parts = match.groupdict()
        month = parts.get("number") or _MONTHS.index(parts["month"].lower()) + 1
        try:
            when = datetime(int(parts["year"]), int(month), int(parts["day"]), tzinfo=UTC)
        except ValueError:
            continue
        best = (match.start(), when)
    return best[1] if best else None


def _from_meta(meta: dict[str, str]) -> list[datetime]:
    values = (parse_timestamp(meta[name]) for name in _META_NAMES if name in meta)
    return [when for when in values if when is not None]


def find_stated(
    *, nodes: tuple[Node, ...], meta: dict[str, str], fetched_at: datetime
) -> PublishedAt | None:
    """Return the publication time stated in JSON-LD, else in meta elements, if plausible."""
    value = string_of(find_article_node(nodes).get("datePublished"))
    when = parse_timestamp(value) if value else None
    if when is not None and is_plausible(when, fetched_at=fetched_at):
        return PublishedAt(when=when, basis=DateBasis.JSON_LD)
    for when in _from_meta(meta):
        if is_plausible(when, fetched_at=fetched_at):
            return PublishedAt(when=when, basis=DateBasis.META)
    return None


def find_published(
    *,
    nodes: tuple[Node, ...],
    meta: dict[str, str],
    text: str,
    near_headline: str,
    guessed: str | None,
    fetched_at: datetime,
) -> PublishedAt | None:
    """Return when the page was published, None when no plausible time is given.

    Args:
        nodes: JSON-LD nodes of the page.
        meta: Its meta elements, names in lower case.
        text: Its article text, searched near the top when the mark-up says nothing.
        near_headline: What the page shows around its headline (`read_near_headline`).
        guessed: What htmldate found in mark-up and address, as an ISO date.
        fetched_at: Later times than this plus a day are refused.
    """
    stated = find_stated(nodes=nodes, meta=meta, fetched_at=fetched_at)
    if stated is not None:
        return stated
    shown = find_printed_date(near_headline)
    if shown is not None and is_plausible(shown, fetched_at=fetched_at):
        return PublishedAt(when=shown, basis=DateBasis.TEXT)
    from_markup = parse_timestamp(guessed) if guessed else None
    if from_markup is not None and is_plausible(from_markup, fetched_at=fetched_at):
        return PublishedAt(when=from_markup, basis=DateBasis.HTMLDATE)
    # A date inside a sentence is news ("on June 5, 2026, the ministry"), one on a line of its own
    # is the page's.
    lines = (line for line in text[:_TOP_CHARS].split("\n") if len(line.split()) < _PROSE_MIN_WORDS)
    printed = find_printed_date("\n".join(lines))
    if printed is not None and is_plausible(printed, fetched_at=fetched_at):
        return PublishedAt(when=printed, basis=DateBasis.TEXT)
    return None


def read_near_headline(tree: HtmlElement) -> str:
    """Return the short texts around the h1, up to the first paragraph of prose after it.

    There a page shows its date; `datetime` attributes of time elements stand in for their text.
    Empty when the page has no h1 or several, none of which can be told to be the article's.
    """
    headings = list(islice(tree.iter("h1"), 2))
    if len(headings) != 1:
        return ""
    parts: list[str] = []
    for element in islice(headings[0].itersiblings(preceding=True), 2):
        parts.insert(0, _short_text(element))
    for element in islice(elements_after(headings[0]), _MAX_NEAR_ELEMENTS):
        text = element.text_content() if element.tag == "p" else ""
        if len(text.split()) >= _PROSE_MIN_WORDS:
            break
        parts.append(_short_text(element))
    return "\n".join(part for part in parts if part)


def _short_text(element: HtmlElement) -> str:
    if element.tag == "time" and element.get("datetime"):
        return str(element.get("datetime"))[:_MAX_DATE_CHARS]
    return (element.text or "").strip()[:_MAX_NEAR_CHARS]
