"""The timeline as an iCalendar file: all-day entries for events, days of effect, ends to come.

The same events give the same bytes: times are those of the revisions, never of a clock. An end
is the day after, in iCalendar as here.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from icalendar import Calendar, Event

from pipeline.feeds_out import OutEvent, day_text, standing

_DAY = timedelta(days=1)
# What a text only plans, supposes or denies is no appointment.
_FIRM = frozenset({"asserted", "reported"})


def calendar(events: Iterable[OutEvent]) -> bytes:
    """Return an iCalendar file with every event, in order of its first day.

    A month-precise event spans its month and says so in its title; an event whose day no source
    states stands on the day of its first report, marked with ≤. Both leave the days free
    (`TRANSP`), as all entries do. `X-REELINE-DATE-PRECISION` holds the precision.

    Args:
        events: In any order.
    """
    made = Calendar()
    made.add("prodid", "-//reeline//rare-earth policy timeline//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "Rare-earth policy timeline")
    entries = [entry for event in events for entry in _entries(event)]
    for _, _, entry in sorted(entries, key=lambda entry: entry[:2]):
        made.add_component(entry)
    body: bytes = made.to_ical()
    return body


def _entries(event: OutEvent) -> Iterator[tuple[date, str, Event]]:
    start = event.date_start or event.first_reported_on
    if start is not None:
        yield _entry(event, "", start, _end(event, start), _title(event))
    if event.effective_start and event.effective_start != event.date_start:
        day = event.effective_start
        yield _entry(event, "-effect", day, day + _DAY, f"Takes effect: {event.summary}")
    if event.suspended_until:
        day = event.suspended_until
        yield _entry(event, "-end", day, day + _DAY, f"Suspension ends: {event.summary}")


def _end(event: OutEvent, start: date) -> date:
    """Return the day after the event; a day at least."""
    if event.date_start is None or event.date_end is None:
        return start + _DAY
    return max(event.date_end, start + _DAY)


def _title(event: OutEvent) -> str:
    if event.date_start is None:
        return f"≤ {event.summary}"
    if event.date_precision in {"day", "time"}:
        return event.summary
    return f"[{day_text(event)}] {event.summary}"


def _entry(
    event: OutEvent, part: str, start: date, end: date, title: str
) -> tuple[date, str, Event]:
    entry, uid = Event(), f"{event.event_id}{part}@reeline"
    entry.add("uid", uid)
    entry.add("dtstamp", event.revised_at)
    entry.add("last-modified", event.revised_at)
    entry.add("created", event.first_known_at)
    entry.add("sequence", event.revision - 1)
    entry.add("dtstart", start)
    entry.add("dtend", end)
    entry.add("summary", title)
    entry.add("description", _description(event))
    entry.add("categories", [event.kind])
    entry.add("status", "CONFIRMED" if event.modality in _FIRM else "TENTATIVE")
    entry.add("transp", "TRANSPARENT")
    if event.url:
        entry.add("url", event.url)
    if not part:
        precision = event.date_precision if event.date_start else "reported"
        entry.add("x-reeline-date-precision", precision or "unknown")
    return start, uid, entry


def _description(event: OutEvent) -> str:
    lines = [f"Date: {day_text(event)}"]
    if event.evidence:
        lines.append(f"“{event.evidence}” ({event.source})")
    lines.append(standing(event))
    return "\n".join(lines)
