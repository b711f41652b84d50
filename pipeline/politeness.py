"""How long to wait: turns of a host, pauses after trouble, back-off. Opens no connection.

The numbers follow the politeness model of public news crawlers: one request at a time and at
least 5 s apart for a host, 30 s after a 429 or what Retry-After says, a host that is down is left
alone for 10 minutes, and only 408, 429, 5xx and lost connections are tried again.
"""

import asyncio
import math
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from models.errors import FetchError
from models.vocabulary import RejectionReason
from pipeline.fetch_settings import FetchSettings
from pipeline.host_state import HostMemory, HostState

RETRYABLE_STATUSES = frozenset({408, 425, 429})

# Two units a failed connection, one a timeout: a slow page is not yet a slow host.
_FAILURE_UNITS = {RejectionReason.UNREACHABLE: 2, RejectionReason.TIMEOUT: 1}
_NOT_AGAIN_AT_ONCE = frozenset({RejectionReason.ROBOTS_DISALLOWED, RejectionReason.TIMEOUT})

PUT_OFF = "put off to a later run"
"""What the rejection of a request says that was not made because its host wants few."""

# A page that nobody asks for any more must not keep its turn from the others.
_PROMISE_RUNS = 2


def is_retryable_status(status: int) -> bool:
    """Return whether the same request may succeed later: 408, 425, 429 and 5xx but not 501, 505."""
    return status in RETRYABLE_STATUSES or (500 <= status < 600 and status not in {501, 505})


def parse_retry_after(value: str | None, *, now: datetime) -> float | None:
    """Return the wait in seconds that a Retry-After header asks for; None when unreadable.

    Both forms of RFC 9110 (10.2.3): whole seconds, or a date (a past date is 0 seconds).
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:10]), 10**9))
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
    """One host: its requests wait for each other, for the delay, and for a pause it asked for.

    Args:
        host: The host's name.
        folder: Where processes share what they know of hosts; None knows of this process only.
        crawl_wait_s: How long this run waits for the host because of its crawl-delay.
    """

    def __init__(
        self, host: str, folder: Path | None = None, *, crawl_wait_s: float = math.inf
    ) -> None:
        self.host = host
        self._memory = HostMemory(host, folder)
        self._crawl_wait_s = crawl_wait_s
        self._had_turn: set[str] = set()
        self._knows_promise = False

    @asynccontextmanager
    async def turn(
        self, delay_s: float, *, crawl_delay_s: float = 0.0, wanted: str = ""
    ) -> AsyncIterator[HostState]:
        """Hold the host for one request, `delay_s` after the one before ended.

        No other task and no other process has a turn of the host meanwhile. Robots.txt and
        redirects are requests like any other.

        Args:
            delay_s: The least time between two requests that we keep by ourselves.
            crawl_delay_s: What the host asks for. When it is more, and the run has waited for the
                host long enough, the request is put off instead, and the first one that was has
                the next turn: neither feeds nor pages can take all of them.
            wanted: The address that the turn is for, as it was asked for first.

        Yields:
            The host's state, for `note_answer` and `note_trouble`.

        Raises:
            FetchError: The host is closed, or the request is put off (`is_put_off`); retryable.
        """
        async with self._memory.held() as state:
            self._raise_if_closed(state)
            if crawl_delay_s > delay_s:
                self._take_turn(state, crawl_delay_s, wanted)
            earliest = max(state.held_until, state.last_at + max(delay_s, crawl_delay_s))
            while (wait_s := earliest - time.time()) > 0:
                await asyncio.sleep(wait_s)
            state.is_busy, state.last_at = True, time.time()
            self._memory.save(state)
            try:
                yield state
            finally:
                state.is_busy, state.last_at = False, time.time()

    def _take_turn(self, state: HostState, crawl_delay_s: float, wanted: str) -> None:
        """Take the next turn of a host that wants long delays, or put the request off."""
        wait_s = max(0.0, state.last_at + crawl_delay_s - time.time())
        promised_to = self._promised(state)
        # Before the one that was promised the next turn only what leaves time for it.
        needed_s = wait_s + (crawl_delay_s if promised_to not in {"", wanted} else 0.0)
        if needed_s <= self._crawl_wait_s:
            self._crawl_wait_s -= wait_s
            self._had_turn.add(wanted)
            state.promised_to = "" if promised_to == wanted else promised_to
            return
        if not promised_to and wanted not in self._had_turn:
            state.promised_to, state.promise_runs, self._knows_promise = wanted, 0, True
        message = (
            f"{wanted}: {PUT_OFF}: robots.txt of {self.host} asks for "
            f"{crawl_delay_s:g} s between requests"
        )
        raise FetchError(
            message,
            reason=RejectionReason.ROBOTS_DISALLOWED,
            retryable=True,
            retry_after_s=max(wait_s, crawl_delay_s),
        )

    def _promised(self, state: HostState) -> str:
        """Return whose turn is next, "" for anybody's; a promise is void after some runs."""
        if state.promised_to and not self._knows_promise:
            self._knows_promise = True
            state.promise_runs += 1
            if state.promise_runs > _PROMISE_RUNS:
                state.promised_to = ""
        return state.promised_to

    def _raise_if_closed(self, state: HostState) -> None:
        left_s = state.closed_until - time.time()
        if left_s <= 0 or state.why_reason is None:
            return
        message = f"{self.host}: left alone for {left_s:.0f} s more after: {state.why}"
        raise FetchError(
            message,
            reason=RejectionReason(state.why_reason),
            retryable=True,
            status=state.why_status,
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


def is_put_off(error: FetchError) -> bool:
    """Return whether a request was not made because the host wants few: it is as good as new."""
    return error.reason is RejectionReason.ROBOTS_DISALLOWED and error.retry_after_s is not None


def note_answer(state: HostState) -> None:
    """The host answered: earlier failures are forgiven."""
    state.failures = 0


def note_trouble(state: HostState, error: FetchError, settings: FetchSettings) -> None:
    """Give a host the pause that it asked for, or needs because it cannot be reached."""
    pause_s = error.retry_after_s
    if pause_s is None and error.status == 429:
        pause_s = settings.too_many_pause_s
    if pause_s is None:
        state.failures += _FAILURE_UNITS.get(error.reason, 0)
        if state.failures >= 2 * settings.max_attempts:
            _close(state, settings.host_pause_s, error)
    elif pause_s > settings.retry_after_cap_s:
        _close(state, pause_s, error)
    else:
        state.held_until = max(state.held_until, time.time() + pause_s)


def _close(state: HostState, pause_s: float, error: FetchError) -> None:
    """Leave the host alone for some seconds; requests until then fail at once."""
    state.closed_until = time.time() + pause_s
    state.why_reason, state.why_status = error.reason.value, error.status
    state.why = str(error)[:300]


def wait_before_retry_s(error: FetchError, attempt: int, settings: FetchSettings) -> float | None:
    """Return the seconds to wait after a failed attempt (1, 2, …), None when it was the last.

    A page that used up its deadline would do so again: it is left to the next run.
    """
    if not error.retryable or error.reason in _NOT_AGAIN_AT_ONCE:
        return None
    asked_s = error.retry_after_s or 0.0
    if attempt >= settings.max_attempts or asked_s > settings.retry_after_cap_s:
        return None
    return backoff_wait_s(attempt, base_s=settings.backoff_s, cap_s=settings.backoff_cap_s)
