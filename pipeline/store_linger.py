"""The opened file stays open from one step of a long run to the next, until others want it.

Each opening reads the log again, each closing may write it into the file: with several a chunk,
their cost would grow with the store.
"""

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from models.errors import StoreError
from pipeline.store_file import FileStore
from pipeline.store_lock import WriterLock

log = logging.getLogger(__name__)

LINGER_S = 30.0
"""Seconds from the last use of a file until it is closed, also when no writer waits for it."""

_POLL_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenFile:
    """An open file with the writers' lock under which it was opened."""

    lock: WriterLock
    place: FileStore
    con: duckdb.DuckDBPyConnection

    def close(self) -> None:
        """Close the file and let the next writer in; its log stays unless it is long.

        Raises:
            StoreError: A long log cannot be written into the file.
        """
        try:
            self.place.close(self.con, is_due=False)
        finally:
            self.lock.release()


class Lingering:
    """The open files of this process that nobody uses. Safe to call from any thread."""

    def __init__(self) -> None:
        self._files: dict[tuple[int, Path], tuple[OpenFile, threading.Event]] = {}
        self._guard = threading.Lock()

    def leave(self, path: Path, file: OpenFile) -> None:
        """Keep a file open until it is taken, another writer waits, or `LINGER_S` are over."""
        taken = threading.Event()
        with self._guard:
            self._files[os.getpid(), path] = file, taken
        threading.Thread(target=self._watch, args=(path, file, taken), daemon=True).start()

    def take(self, path: Path) -> OpenFile | None:
        """Return a file that was left open; the caller closes it or leaves it again."""
        with self._guard:
            found = self._files.pop((os.getpid(), path), None)
        if found is None:
            return None
        found[1].set()
        return found[0]

    def close_all(self) -> None:
        """Close every file of this process at once."""
        for process, path in list(self._files):
            if process == os.getpid() and (file := self.take(path)) is not None:
                _try(file.close)

    def _watch(self, path: Path, file: OpenFile, taken: threading.Event) -> None:
        key, until = (os.getpid(), path), time.monotonic() + LINGER_S
        while not file.lock.is_wanted and time.monotonic() < until:
            if taken.wait(_POLL_S):
                return
        # Who opens the same file meanwhile waits here rather than for the lock.
        with self._guard:
            if self._files.get(key, (None,))[0] is file:
                del self._files[key]
                _try(file.close)


def _try(close: Callable[[], None]) -> None:
    """Close a file; what was committed is in its log, whatever happens."""
    try:
        close()
    except (StoreError, OSError) as error:
        log.warning("the log of the store stays", extra={"error": str(error)})


lingering = Lingering()
atexit.register(lingering.close_all)
