"""The line of writers on one machine: a lock file, and a note that says who holds it."""

import logging
import os
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from models.errors import StoreBusyError, StoreError
from pipeline.settings import Settings

log = logging.getLogger(__name__)

# Who waits says so more often than that, in seconds.
_WANTED_S = 1.0


class WriterLock:
    """The writers' lock of a data folder; `acquire` waits in line, `release` always works."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # Not of one thread: a file that was left open is closed by another.
        self._lock = FileLock(f"{settings.store_file}.lock", thread_local=False)
        self._holder = Path(f"{settings.store_file}.holder")
        self._waiting = Path(f"{settings.store_file}.waiting")

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            StoreBusyError: Another process held it for longer than `lock_wait_s`.
            StoreError: The lock file cannot be made.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            log.warning("waiting for the store", extra={"holder": self._holder_name()})
            self._wait()
        except OSError as error:
            raise StoreError(f"{self._lock.lock_file} cannot be locked: {error}") from error
        with suppress(OSError):  # only a courtesy to those who wait
            self._holder.write_text(f"{this_process()} since {_now()}", encoding="utf-8")

    def _wait(self) -> None:
        """Wait in line, and say so again and again: who was killed wants nothing any more."""
        until = time.monotonic() + self._settings.lock_wait_s
        try:
            while not self._lock.is_locked:
                if time.monotonic() >= until:
                    raise StoreBusyError(
                        f"{self._settings.store_file} is still held by {self._holder_name()} after "
                        f"{self._settings.lock_wait_s:.0f} s; nothing was lost: run this again"
                    )
                with suppress(OSError):
                    self._waiting.touch()
                left_s = max(0.0, until - time.monotonic())
                with suppress(Timeout):
                    self._lock.acquire(timeout=min(left_s, _WANTED_S / 4))
        finally:
            self._waiting.unlink(missing_ok=True)

    def release(self) -> None:
        """Let the next writer in."""
        self._holder.unlink(missing_ok=True)
        self._lock.release()

    @property
    def is_wanted(self) -> bool:
        """Whether another writer waits for it now."""
        try:
            return time.time() - self._waiting.stat().st_mtime < _WANTED_S
        except OSError:
            return False

    def _holder_name(self) -> str:
        try:
            return self._holder.read_text(encoding="utf-8") or "another process"
        except OSError:
            return "another process"


def this_process() -> str:
    """Return what other writers call this process, also on other machines."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
