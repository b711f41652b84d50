"""How often a source is asked: an interval that follows what it gives, between its bounds. Pure.

A quiet source is asked less and less, a busy one so often that a poll brings a few new pages; one
that only gives new pages may have lost some between two polls and is asked twice as often.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.pages import Source

TARGET_NEW = 4.0
"""New addresses that a poll should bring: fewer waste requests, more risk a feed running over."""

_FULL_FEED = 10
_SLOWER = 1.5
_AFTER_FAILURE = 2.0


class Polling(StrEnum):
    """Which sources a run asks.

    OFF: all, and nothing is remembered (demo, tests). DUE: those that are due. FORCED: all, and
    their intervals adapt.
    """

    OFF = "off"
    DUE = "due"
    FORCED = "forced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The last poll of a source and the interval that follows from it."""

    source: str
    polled_at: datetime
    interval_s: float
    found: int
    new: int
    failures: int

    @property
    def due_at(self) -> datetime:
        """When the source is due again."""
        return self.polled_at + timedelta(seconds=self.interval_s)


def is_due(source: Source, last: Poll | None, *, now: datetime) -> bool:
    """Return whether a source should be asked; bounds that were changed since hold at once."""
    if last is None:
        return True
    interval_s = _clamp(last.interval_s, source)
    return now >= last.polled_at + timedelta(seconds=interval_s)


def next_poll(
    source: Source, last: Poll | None, *, found: int, new: int, failed: bool, now: datetime
) -> Poll:
    """Return the state after a poll.

    Args:
        source: Whose bounds hold.
        last: The state before; None for the first poll.
        found: Addresses that it found.
        new: Those of them that were never seen before.
        failed: Whether nothing could be read.
        now: When it was made.
    """
    before_s = last.interval_s if last else math.sqrt(source.poll_min_s * source.poll_max_s)
    if failed:
        interval_s = before_s * _AFTER_FAILURE
    elif last is None:
        interval_s = before_s  # everything is new to the first poll: that says nothing
    else:
        elapsed_s = max(1.0, (now - last.polled_at).total_seconds())
        interval_s = _adapted_s(before_s, elapsed_s, found=found, new=new)
    return Poll(
        source=source.slug,
        polled_at=now,
        interval_s=_clamp(interval_s, source),
        found=found,
        new=new,
        failures=(last.failures if last else 0) + 1 if failed else 0,
    )


def _adapted_s(before_s: float, elapsed_s: float, *, found: int, new: int) -> float:
    if new == 0:
        return before_s * _SLOWER
    if new == found and found >= _FULL_FEED:
        return before_s / 2.0
    # Half way to the interval that would have brought the target: one odd day moves it little.
    wanted_s = elapsed_s * TARGET_NEW / new
    return min(max((before_s + wanted_s) / 2.0, before_s / 3.0), before_s * _SLOWER)


def _clamp(interval_s: float, source: Source) -> float:
    return min(max(interval_s, source.poll_min_s), source.poll_max_s)
