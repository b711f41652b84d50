"""Processes that read pages, watched from outside: none may take the run, or the machine, down.

A page that takes too long, too much memory, or the process itself becomes a rejection; its reader
is replaced and the other pages go on, in order. The child's side: `pipeline/page_reader.py`.
"""

import atexit
import logging
import os
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Self

from models.errors import SettingsError
from models.pages import Rejected
from models.vocabulary import RejectionReason, Stage
from pipeline.page_process import LimitPassed, PageReader, ReaderDiedError
from pipeline.page_reader import PageJob, PageLimits, ReadArticle, Said, reject_page
from pipeline.rows import fetch_id

log = logging.getLogger(__name__)

Outcome = ReadArticle | Rejected
# Jobs that a reader has at hand beside the one it reads, so that it never waits for the parent.
_AHEAD = 3
_MAX_DEFAULT_WORKERS = 4


def worker_count() -> int:
    """Return how many readers to run: `REELINE_PAGE_WORKERS`, else one for two processors.

    0 reads pages in the calling process, without limits: for debugging.

    Raises:
        SettingsError: The variable is not a number from 0 to 64.
    """
    given = os.environ.get("REELINE_PAGE_WORKERS", "").strip()
    if not given:
        return max(1, min(_MAX_DEFAULT_WORKERS, (os.cpu_count() or 1) // 2))
    if not given.isdecimal() or int(given) > 64:
        raise SettingsError(f"REELINE_PAGE_WORKERS: expected a number from 0 to 64, got {given!r}")
    return int(given)


def _ids(job: PageJob) -> dict[str, str]:
    """Return what every line of the log about a page names."""
    entry = job.entry
    return {"fetch_id": fetch_id(entry.url, entry.body_sha256), "url": entry.url}


def _log_said(job: PageJob, said: Said) -> None:
    """Log what a reader said of a page as if it had been said here, where the run is known."""
    log.log(said.level, "page said", extra=_ids(job) | {"by": said.logger, "said": said.text})


@dataclass(slots=True)
class _Queue:
    """Pages of one call, taken by any reader, and their outcomes by number."""

    jobs: Sequence[PageJob]
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    deaths: dict[int, int] = field(default_factory=dict)
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> int | None:
        """Return the number of a page that nobody has taken, None when there is none."""
        with self._lock:
            number = self._next
            self._next += 1
        return number if number < len(self.jobs) else None


class PageReaders:
    """Readers that live on from batch to batch. Safe to call from any thread."""

    def __init__(self, *, workers: int = 1, limits: PageLimits | None = None) -> None:
        self.limits = limits or PageLimits()
        self._slots: list[PageReader | None] = [None] * workers
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """Ids of the processes that are running."""
        return tuple(reader.pid for reader in self._slots if reader is not None)

    def read(self, jobs: Sequence[PageJob]) -> list[Outcome]:
        """Return what each page gave, in the order of the pages, however many readers there are.

        Raises:
            ReelineError: A reader cannot be started.
        """
        with self._lock:
            queue = _Queue(jobs=jobs)
            slots = range(min(len(self._slots), len(jobs)))
            if len(slots) == 1:
                self._drain(0, queue)
            elif slots:
                with ThreadPoolExecutor(len(slots)) as threads:
                    list(threads.map(lambda slot: self._drain(slot, queue), slots))
            return [queue.outcomes[number] for number in range(len(jobs))]

    def _drain(self, slot: int, queue: _Queue) -> None:
        """Read pages with the reader of a slot until none is left."""
        held: deque[int] = deque()
        try:
            while self._fill(held, queue):
                self._round(slot, held, queue)
        except BaseException:
            self._drop(slot)  # it may hold pages of this call
            raise

    def _fill(self, held: deque[int], queue: _Queue) -> bool:
        while len(held) <= _AHEAD and (number := queue.next()) is not None:
            held.append(number)
        return bool(held)

    def _round(self, slot: int, held: deque[int], queue: _Queue) -> None:
        """Let one reader read all that is held and more, until it ends or nothing is left."""
        reader = self._slots[slot] or PageReader(self.limits)
        self._slots[slot] = reader
        sent = 0
        try:
            while held:
                while sent < len(held):
                    reader.send(queue.jobs[held[sent]])
                    sent += 1
                reader.begin()
                answer = reader.take(hear=partial(_log_said, queue.jobs[held[0]]))
                if answer.outcome is not None:
                    queue.outcomes[held.popleft()] = answer.outcome
                    sent -= 1
                if answer.is_spent:
                    self._drop(slot)
                    return
                self._fill(held, queue)
        except LimitPassed as passed:
            number = held.popleft()
            job = queue.jobs[number]
            queue.outcomes[number] = reject_page(job, reader.stage, passed.reason, passed.detail)
            log.warning("page stopped", extra=_ids(job) | {"reason": passed.reason.value})
            self._drop(slot)
        except ReaderDiedError as death:
            _hear_out(reader, held, queue)
            self._bury(slot, held, queue, death)

    def _bury(self, slot: int, held: deque[int], queue: _Queue, death: ReaderDiedError) -> None:
        """Count a death for the page that was read; after the last try the page is left out."""
        reader = self._slots[slot]
        stage = reader.stage if reader else Stage.ARTICLE
        self._drop(slot)
        if not held:
            return  # it ended after its last answer
        number = held[0]
        job, deaths = queue.jobs[number], queue.deaths.get(number, 0) + 1
        queue.deaths[number] = deaths
        log.warning("page reader ended", extra=_ids(job) | {"cause": str(death)})
        if deaths >= self.limits.tries:
            held.popleft()
            detail = f"ended the process that read it {deaths} times: {death}"
            queue.outcomes[number] = reject_page(job, stage, RejectionReason.READER_KILLED, detail)

    def _drop(self, slot: int) -> None:
        reader, self._slots[slot] = self._slots[slot], None
        if reader is not None:
            reader.kill()

    def close(self) -> None:
        """End all readers; those that wait for a page end by themselves."""
        with self._lock:
            readers = [reader for reader in self._slots if reader is not None]
            self._slots = [None] * len(self._slots)
        for reader in readers:
            reader.close()


def _hear_out(reader: PageReader, held: deque[int], queue: _Queue) -> None:
    """Take over what a reader that ended had answered before: those pages did not end it."""
    with suppress(ReaderDiedError, LimitPassed):
        while held:
            answer = reader.take(hear=partial(_log_said, queue.jobs[held[0]]))
            if answer.outcome is not None:
                queue.outcomes[held.popleft()] = answer.outcome


_shared: dict[int, PageReaders] = {}
_shared_lock = threading.Lock()


def shared_readers() -> PageReaders:
    """Return the readers of this process, which start at their first page and live as long as it.

    A process that was forked gets its own.
    """
    with _shared_lock:
        found = _shared.get(os.getpid())
        if found is None:
            found = _shared[os.getpid()] = PageReaders(workers=worker_count())
            atexit.register(found.close)
        return found
