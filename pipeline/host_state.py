"""What is remembered of a host between requests: its last visit, its pauses, its failures.

With a folder it is shared by every process that uses the folder, and outlives them: a lock file
and a small state file a host. Opens no connection; `pipeline/politeness.py` decides with it.
"""

import asyncio
import json
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from models.errors import SettingsError
from models.ids import sha256_hex

MAX_REMEMBERED_S = 24 * 3600.0
"""No pause lasts longer; a clock that was set back cannot shut a host for years."""

_FIRST_POLL_S = 0.005
_LAST_POLL_S = 0.25
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9.-]")


@dataclass(slots=True, kw_only=True)
class HostState:
    """One host. Instants are seconds since 1970 by the wall clock, which processes share.

    Attributes:
        last_at: When the newest request ended; when it began, while it runs.
        is_busy: A request runs; found with the lock free, its process was killed meanwhile.
        held_until: Requests wait until then (Retry-After, 429).
        closed_until: Requests fail until then (the host is down, or asked for a long pause).
        failures: Units of trouble since the last answer.
        why_reason: Reason of the trouble that closed the host.
        why: Message of that trouble.
        why_status: Its HTTP status, None without an answer.
        promised_to: The address that was put off and has the next turn, "" for none.
        promise_runs: How many runs have found that promise.
    """

    last_at: float = 0.0
    is_busy: bool = False
    held_until: float = 0.0
    closed_until: float = 0.0
    failures: int = 0
    why_reason: str | None = None
    why: str = ""
    why_status: int | None = None
    promised_to: str = ""
    promise_runs: int = 0


_FIELDS = tuple(field.name for field in fields(HostState))


class HostMemory:
    """Where the state of one host is kept: in this process, or in a folder for all of them.

    Args:
        host: The host's name.
        folder: The shared folder; None keeps the state in this process.
    """

    def __init__(self, host: str, folder: Path | None) -> None:
        self._state = HostState()
        self._lock = asyncio.Lock()
        self._file: Path | None = None
        self._file_lock: FileLock | None = None
        if folder is not None:
            name = _file_name(host)
            self._file = folder / f"{name}.json"
            self._file_lock = FileLock(folder / f"{name}.lock", thread_local=False)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[HostState]:
        """Yield the state while no other task or process can have it; keep what it became.

        A killed process frees the host at once: the system drops its lock.
        """
        async with self._lock:
            if self._file is None or self._file_lock is None:
                yield self._state
                return
            await _acquire(self._file_lock)
            try:
                state = _read(self._file)
                try:
                    yield state
                finally:
                    self.save(state)
            finally:
                self._file_lock.release()

    def save(self, state: HostState) -> None:
        """Write the state down; only while it is held."""
        if self._file is not None:
            _write(self._file, state)


def prepare_folder(folder: Path) -> None:
    """Make the shared folder.

    Raises:
        SettingsError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"{folder}: expected a folder for the state of hosts, found: {error}"
        raise SettingsError(message) from error


def _file_name(host: str) -> str:
    """Return a file name for a host; the digest keeps hosts apart whose letters are replaced."""
    # ASCII alone: 80 letters of other scripts can be more bytes than a file name may have.
    plain = _NOT_PLAIN.sub("_", host[:80])
    return f"{plain}-{sha256_hex(host.encode())[:8]}"


async def _acquire(lock: FileLock) -> None:
    """Wait for a lock without holding up the other hosts: there is no asynchronous flock."""
    poll_s = _FIRST_POLL_S
    while True:
        try:
            lock.acquire(blocking=False)
        except Timeout:
            await asyncio.sleep(poll_s)
            poll_s = min(_LAST_POLL_S, poll_s * 1.5)
        else:
            return


def _read(file: Path) -> HostState:
    """Return the state in a file; one that cannot be read counts as a visit just now."""
    now = time.time()
    try:
        found: dict[str, Any] = json.loads(file.read_bytes())
        state = HostState(**{name: found[name] for name in _FIELDS})
        ends = (state.last_at, state.held_until, state.closed_until)
        last_at, held_until, closed_until = (
            min(float(end), now + MAX_REMEMBERED_S) for end in ends
        )
    except FileNotFoundError:
        return HostState()
    except (OSError, ValueError, KeyError, TypeError):
        return HostState(last_at=now)
    # Of a killed request only the start is known; the site may have seen it at any moment since.
    last_at = now if state.is_busy else min(last_at, now)
    return replace(
        state, last_at=last_at, held_until=held_until, closed_until=closed_until, is_busy=False
    )


def _write(file: Path, state: HostState) -> None:
    """Overwrite the file in one call, so that a kill leaves the old or the new state.

    Not synced: after a loss of power the file may be old or empty, and the next run waits once.
    """
    data = json.dumps({f: getattr(state, f) for f in _FIELDS}).encode()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        # Padded, never shorter than before: cutting a file would be a second call.
        os.pwrite(descriptor, data.ljust(max(1024, os.fstat(descriptor).st_size)), 0)
    finally:
        os.close(descriptor)
