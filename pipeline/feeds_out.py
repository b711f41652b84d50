"""The timeline as an Atom feed, for readers of news: an entry an event, the last revised first.

The same events give the same bytes: nothing here reads a clock. Feeds that reeline reads are
`feeds`; the calendar is `calendar_out`.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]

from pipeline.settings import Settings
from pipeline.store_read import query

_EVENTS = """
WITH born AS (
  SELECT event_id, min(known_from) AS first_known_at FROM timeline_event GROUP BY event_id
)
SELECT t.event_id, t.revision, t.kind, t.summary, t.authority, t.material, t.date_start, t.date_end,
  t.date_precision, t.effective_start, t.suspended_until, t.modality, t.first_reported_on,
  t.source_count, t.article_count, t.confidence, t.evidence, t.evidence_url, t.evidence_source,
  t.known_from AS revised_at, b.first_known_at
FROM timeline_as_of(TIMESTAMPTZ 'infinity') AS t
JOIN born AS b USING (event_id)
ORDER BY t.known_from DESC, t.event_id
"""
_EPOCH = datetime.fromtimestamp(0, UTC)
_NAMESPACE = uuid5(NAMESPACE_URL, "reeline:timeline-event")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutEvent:
    """One event of the timeline as others get it. Text is free of control characters.

    `url` is an http(s) address or None; `revised_at` is when reeline began to say so.
    """

    event_id: str
    revision: int
    kind: str
    summary: str
    authority: str | None
    material: str | None
    date_start: date | None
    date_end: date | None
    date_precision: str | None
    effective_start: date | None
    suspended_until: date | None
    modality: str
    first_reported_on: date | None
    source_count: int
    article_count: int
    confidence: float
    evidence: str | None
    url: str | None
    source: str | None
    revised_at: datetime
    first_known_at: datetime

    @property
    def urn(self) -> str:
        """A name that stays the event's for good."""
        return f"urn:uuid:{uuid5(_NAMESPACE, self.event_id)}"


def out_events(settings: Settings) -> tuple[OutEvent, ...]:
    """Return the current events, the last revised first.

    Raises:
        StoreError: There is no snapshot.
    """
    records = query(settings, _EVENTS).to_dict(orient="records")
    return tuple(_event({str(key): value for key, value in row.items()}) for row in records)


def _event(row: dict[str, Any]) -> OutEvent:
    texts = ("summary", "authority", "material", "evidence")
    row |= {name: clean_text(row[name]) for name in texts if row[name] is not None}
    row["url"] = http_only(row.pop("evidence_url"))
    row["source"] = row.pop("evidence_source")
    for name in ("revised_at", "first_known_at"):
        row[name] = row[name].astimezone(UTC)
    return OutEvent(**row)


def clean_text(text: str) -> str:
    """Return text that XML and iCalendar can hold: one line, without control characters."""
    kept = (" " if char.isspace() else char for char in text if _can_stand(char))
    return " ".join("".join(kept).split())


def _can_stand(char: str) -> bool:
    # Cc: controls but for white space; Cs: halves of a pair; U+FFFE and U+FFFF are no characters.
    return char.isspace() or not (
        unicodedata.category(char) in {"Cc", "Cs"} or (ord(char) & 0xFFFE) == 0xFFFE
    )


def http_only(url: str | None) -> str | None:
    """Return an address that a reader may follow, None for any other scheme."""
    if url is None or clean_text(url) != url or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def standing(event: OutEvent) -> str:
    """Return one line on how sure an event is and what it rests on."""
    parts = [f"kind: {event.kind}", f"certainty: {event.modality}"]
    parts.append(f"confidence {event.confidence:.2f}")
    parts.append(_counted(event.source_count, "independent source"))
    parts.append(_counted(event.article_count, "article"))
    return "; ".join(parts)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def day_text(event: OutEvent) -> str:
    """Return the day of an event as precisely as it is known."""
    if event.date_start is None:
        return f"by {event.first_reported_on or 'an unknown day'} (first report)"
    day = event.date_start.isoformat()
    if event.date_precision in {"day", "time"}:
        return day
    cut = {"month": 7, "year": 4}.get(event.date_precision or "")
    return f"{day[:cut]} ({event.date_precision})" if cut else f"about {day}"


def atom_feed(events: Iterable[OutEvent], *, most: int = 500) -> bytes:
    """Return an Atom feed of the last revised events.

    `updated` is the time of the revision, `published` that of the first one; the feed's own
    `updated` is the latest of them, the epoch without events.

    Args:
        events: In any order.
        most: At most so many entries.
    """
    ordered = sorted(events, key=lambda event: (event.revised_at, event.event_id), reverse=True)
    feed = FeedGenerator()
    feed.id(f"urn:uuid:{_NAMESPACE}")
    feed.title("Rare-earth policy timeline")
    feed.subtitle("Export controls and licenses, each with the sentence that says so")
    feed.author(name="reeline")
    feed.generator("reeline")
    feed.language("en")
    feed.updated(ordered[0].revised_at if ordered else _EPOCH)
    for event in ordered[:most]:
        _add_entry(feed, event)
    body: bytes = feed.atom_str(pretty=True)
    return body


def _add_entry(feed: Any, event: OutEvent) -> None:
    entry = feed.add_entry(order="append")
    entry.id(event.urn)
    entry.title(event.summary)
    entry.updated(event.revised_at)
    entry.published(event.first_known_at)
    entry.category(term=event.kind)
    lines = [f"{day_text(event)}: {event.summary}."]
    if event.evidence:
        lines.append(f"“{event.evidence}” ({event.source})")
    lines.append(standing(event))
    entry.content("\n".join(lines), type="text")
    if event.url:
        entry.link(href=event.url, rel="alternate")
