"""One process that reads pages, and the watch on the page that it has in hand.

The pool of them is in `pipeline/page_workers.py`, their own side in `pipeline/page_reader.py`.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe

import psutil

from models.errors import ReelineError
from models.vocabulary import RejectionReason, Stage
from pipeline.page_reader import WALL_FACTOR, Answer, PageJob, PageLimits, Said, allowance_s

_START_S = 120.0
_STOP_S = 5.0
# How often a page that is being read is looked at; an answer is taken at once.
_POLL_S = 0.4
_MEGABYTE = 1024 * 1024
_CODE = "from pipeline.page_reader import main; main()"


class ReaderDiedError(ReelineError, RuntimeError):
    """A reader ended by itself; `code` is its exit code, negative for a signal."""

    def __init__(self, code: int | None) -> None:
        super().__init__(_cause(code))
        self.code = code


class LimitPassed(Exception):  # noqa: N818  # not an error: how a watched page ends
    """A page passed a limit: why, and what to say of it."""

    def __init__(self, reason: RejectionReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def _cause(code: int | None) -> str:
    if code is None or code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


@dataclass(slots=True)
class _Watch:
    """The page that a reader has in hand, and what it had used when it began."""

    cpu_s: float
    rss: int
    begun: float
    chars: int = 0


class PageReader:
    """One process that reads pages. Started when made; `close` ends it."""

    def __init__(self, limits: PageLimits) -> None:
        self._limits = limits
        self._watch = _Watch(cpu_s=0.0, rss=0, begun=0.0)
        self._channel, theirs = Pipe()
        # Our modules must be found as they are here, wherever the child is started from.
        path = os.pathsep.join(entry or "." for entry in sys.path)
        own = (theirs.fileno(), os.getpid(), limits.cpu_s, limits.memory_mb)
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [sys.executable, "-c", _CODE, *map(str, own)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path},
        )
        theirs.close()
        try:
            self._await_ready()
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def _await_ready(self) -> None:
        if not self._channel.poll(_START_S):
            raise ReelineError(f"a page reader is not ready after {_START_S:.0f} s")
        answer = self._receive()
        if answer.problem is not None:
            raise ReelineError(f"pages cannot be read: {answer.problem}")
        self._seen = psutil.Process(self.pid)

    def send(self, job: PageJob) -> None:
        """Hand a page over.

        Raises:
            ReaderDiedError: The process has ended.
        """
        try:
            self._channel.send(job)
        except OSError as error:
            raise ReaderDiedError(self._end()) from error

    def begin(self) -> None:
        """Start the clock for the page that is read next."""
        try:
            with self._seen.oneshot():
                cpu = self._seen.cpu_times()
                rss = self._seen.memory_info().rss
        except psutil.Error as error:
            raise ReaderDiedError(self._end()) from error
        self._watch = _Watch(cpu_s=cpu.user + cpu.system, rss=rss, begun=time.monotonic())

    def take(self, *, hear: Callable[[Said], None]) -> Answer:
        """Return what the page that is being read gave.

        Args:
            hear: Called with what is logged about it meanwhile.

        Raises:
            ReaderDiedError: The process ended by itself.
        """
        while True:
            while not self._channel.poll(_POLL_S):
                self._check()
            answer = self._receive()
            if answer.said is not None:
                hear(answer.said)
            elif answer.chars is not None:
                self._watch.chars = answer.chars
            else:
                self._watch.chars = 0  # those of the next page are to come
                return answer

    def _receive(self) -> Answer:
        try:
            answer = self._channel.recv()
        except (EOFError, OSError) as error:
            raise ReaderDiedError(self._end()) from error
        if not isinstance(answer, Answer):
            raise ReaderDiedError(None)
        return answer

    def _check(self) -> None:
        """Raise when the page in hand passed a limit."""
        watch, limits = self._watch, self._limits
        try:
            with self._seen.oneshot():
                cpu = self._seen.cpu_times()
                grown = self._seen.memory_info().rss - watch.rss
        except psutil.Error as error:
            raise ReaderDiedError(self._end()) from error
        if grown > limits.memory_mb * _MEGABYTE:
            detail = f"more than {limits.memory_mb} MB of memory"
            raise LimitPassed(RejectionReason.OUT_OF_MEMORY, detail)
        allowed = allowance_s(limits, watch.chars)
        used, waited = cpu.user + cpu.system - watch.cpu_s, time.monotonic() - watch.begun
        if used > allowed or waited > allowed * WALL_FACTOR:
            step = f"{watch.chars} characters of text" if watch.chars else "its mark-up"
            detail = f"{step} took more than {allowed:g} s"
            raise LimitPassed(RejectionReason.TOO_SLOW, detail)

    @property
    def stage(self) -> Stage:
        """The stage of the page in hand."""
        return Stage.EXTRACT if self._watch.chars else Stage.ARTICLE

    def _end(self) -> int | None:
        """Return how the process ended, once it has."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(_STOP_S)
        return None

    def close(self) -> None:
        """End the process: by closing the channel, which it follows, or by force."""
        self._channel.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(0.5 if self._watch.begun else _STOP_S)
        self.kill()

    def kill(self) -> None:
        """End the process at once."""
        self._channel.close()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
