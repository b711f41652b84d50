"""How long to wait: turns of a host, pauses after trouble, back-off. Opens no connection.

The numbers follow the politeness model of public news crawlers: one request at a time and at
least 5 s apart for a host, 30 s after a 429 or what Retry-After says, a host that is down is left
alone for 10 minutes, and only 408, 429 and 5xx are tried again.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from models.errors import FetchError
from models.vocabulary import RejectionReason
from pipeline.fetch_settings import FetchSettings

RETRYABLE_STATUSES = frozenset({408, 425, 429})


def is_retryable_status(status: int) -> bool:
    """Return whether the same request may succeed later: 408, 425, 429 and 5xx but not 501, 505."""
    return status in RETRYABLE_STATUSES or (500 <= status < 600 and status not in {501, 505})


def parse_retry_after(value: str | None, *, now: datetime) -> float | None:
    """Return the wait in seconds that a Retry-After header asks for; None when unreadable.

    Both forms of RFC 9110 (10.2.3): whole seconds, or a date (a past date is 0 seconds).
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text), 10**9))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def backoff_wait_s(attempt: int, *, base_s: float, cap_s: float) -> float:
    """Return the wait after the given failed attempt (1, 2, …): doubled each time, with jitter.

    Full jitter over the upper half, so that hosts that failed together do not return together.
    """
    longest = min(cap_s, base_s * 2.0 ** (attempt - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 (spreads load, guards nothing)


class HostTurns:
    """One host: its requests wait for each other, for the delay, and for a pause it asked for."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._lock = asyncio.Lock()
        self._last_end = float("-inf")
        self._held_until = 0.0
        self._closed_until = 0.0
        self._why: FetchError | None = None
        self._failures = 0

    @asynccontextmanager
    async def turn(self, *, delay_s: float, is_visit: bool = True) -> AsyncIterator[None]:
        """Hold the host for one request, `delay_s` after the one before ended.

        Args:
            delay_s: Seconds from the end of the last visit.
            is_visit: False for robots.txt, which with the page behind it counts as one visit.

        Raises:
            FetchError: The host is closed; retryable.
        """
        async with self._lock:
            self._raise_if_closed()
            earliest = max(self._held_until, self._last_end + delay_s if is_visit else 0.0)
            if (wait_s := earliest - time.monotonic()) > 0:
                await asyncio.sleep(wait_s)
            try:
                yield
            finally:
                if is_visit:
                    self._last_end = time.monotonic()

    def hold_for(self, pause_s: float) -> None:
        """Make every request to the host wait for some seconds (a 429, or Retry-After)."""
        self._held_until = max(self._held_until, time.monotonic() + pause_s)

    def close_for(self, pause_s: float, error: FetchError) -> None:
        """Leave the host alone for some seconds; requests until then fail at once."""
        until = time.monotonic() + pause_s
        # A refusal while closed comes back here; it must not prolong the pause or hide its cause.
        if until > self._closed_until + 1.0:
            self._closed_until = until
            self._why = error

    def note_answer(self) -> None:
        """The host answered: earlier failures are forgiven."""
        self._failures = 0

    def note_failure(self, units: int) -> int:
        """Count a failure to reach the host; return the units since its last answer."""
        self._failures += units
        return self._failures

    def _raise_if_closed(self) -> None:
        left_s = self._closed_until - time.monotonic()
        if left_s <= 0 or self._why is None:
            return
        message = f"{self.host}: left alone for {left_s:.0f} s more after: {self._why}"
        raise FetchError(
            message,
            reason=self._why.reason,
            retryable=True,
            status=self._why.status,
            retry_after_s=left_s,
        )


def status_error(url: str, status: int, *, retry_after_s: float | None = None) -> FetchError:
    """Return the error for an answer that is neither a page nor a redirect."""
    return FetchError(
        f"{url}: expected a page (200), found HTTP status {status}",
        reason=RejectionReason.HTTP_ERROR,
        retryable=is_retryable_status(status),
        status=status,
        retry_after_s=retry_after_s,
    )


def note_trouble(turns: HostTurns, error: FetchError, settings: FetchSettings) -> None:
    """Give a host the pause that it asked for, or needs because it cannot be reached."""
    pause_s = error.retry_after_s
    if pause_s is None and error.status == 429:
        pause_s = settings.too_many_pause_s
    if pause_s is None:
        # Two units a failed connection, one a timeout: a slow page is not yet a slow host.
        units = {RejectionReason.UNREACHABLE: 2, RejectionReason.TIMEOUT: 1}
        failures = turns.note_failure(units.get(error.reason, 0))
        if failures >= 2 * settings.max_attempts:
            turns.close_for(settings.host_pause_s, error)
    elif pause_s > settings.retry_after_cap_s:
        turns.close_for(pause_s, error)
    else:
        turns.hold_for(pause_s)


def wait_before_retry_s(error: FetchError, attempt: int, settings: FetchSettings) -> float | None:
    """Return the seconds to wait after a failed attempt (1, 2, …), None when it was the last."""
    if not error.retryable or error.reason is RejectionReason.ROBOTS_DISALLOWED:
        return None
    asked_s = error.retry_after_s or 0.0
    if attempt >= settings.max_attempts or asked_s > settings.retry_after_cap_s:
        return None
    return backoff_wait_s(attempt, base_s=settings.backoff_s, cap_s=settings.backoff_cap_s)
