"""The line of writers on one machine: a lock file, and a note that says who holds it."""

import logging
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from models.errors import StoreBusyError, StoreError
from pipeline.settings import Settings

log = logging.getLogger(__name__)


class WriterLock:
    """The writers' lock of a data folder; `acquire` waits in line, `release` always works."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = FileLock(f"{settings.store_file}.lock")
        self._holder = Path(f"{settings.store_file}.holder")

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
            try:
                self._lock.acquire(timeout=self._settings.lock_wait_s)
            except Timeout as error:
                raise StoreBusyError(
                    f"{self._settings.store_file} is still held by {self._holder_name()} after "
                    f"{self._settings.lock_wait_s:.0f} s; nothing was lost: run this again"
                ) from error
        except OSError as error:
            raise StoreError(f"{self._lock.lock_file} cannot be locked: {error}") from error
        with suppress(OSError):  # only a courtesy to those who wait
            self._holder.write_text(f"{this_process()} since {_now()}", encoding="utf-8")

    def release(self) -> None:
        """Let the next writer in."""
        self._holder.unlink(missing_ok=True)
        self._lock.release()

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
