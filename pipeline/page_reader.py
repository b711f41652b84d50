"""One archived page to its article and facts, and the process that reads pages one by one.

`serve` is the child's side: it holds the language model, reads what it is sent and answers, under
limits that it cannot pass even when the parent is gone. The parent: `pipeline/page_workers.py`.
"""

import logging
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from extractors.article import READING_ERRORS, read_article
from extractors.extract import extract, extractor_version
from extractors.texts import TextInput
from models.errors import ArchiveError, ReelineError
from models.facts import Facts
from models.pages import ArchiveEntry, Article, Rejected, Source
from models.vocabulary import RejectionReason, Stage
from pipeline.archive import RawArchive
from pipeline.relevance import judge

# Longer texts get the time limit once more for every further piece of this length: a regulation
# of 300,000 characters is slow and harmless.
CHARS_PER_LIMIT = 100_000
# The wall clock allows more than the processor time: a busy machine is not the page's fault.
WALL_FACTOR = 3
_GRACE_S = 2.0
_PARENT_POLL_S = 1.0
# A page that says more is said to have said enough.
_MAX_SAID = 20
_MAX_SAID_CHARS = 500
_WARM_UP = "The ministry suspended export controls on gallium. Exports rose 5% to 10 tonnes in May."


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLimits:
    """What one page may take: processor seconds, megabytes of growth, tries that kill a reader."""

    cpu_s: float = 10.0
    memory_mb: int = 500
    tries: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PageJob:
    """One archived page to read, and the source it came from when that is known."""

    archive_dir: Path
    entry: ArchiveEntry
    source: str
    known: Source | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArticle:
    """An article with its facts, as one version of the extractors read it."""

    article: Article
    facts: Facts
    extractor_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A line of the child's log: only the parent knows run and page."""

    level: int
    logger: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the child says.

    Attributes:
        outcome: What a page gave; None in the other answers.
        chars: Length of the text that is being read now, which decides the time it may take.
        said: What was logged about the page that is being read.
        is_spent: Whether the child ends after this answer and must be replaced.
        problem: Why it cannot read at all.
    """

    outcome: ReadArticle | Rejected | None = None
    chars: int | None = None
    said: Said | None = None
    is_spent: bool = False
    problem: str | None = None


def read_facts(article: Article) -> Facts:
    """Return the facts of an article."""
    return extract(
        TextInput(
            id=article.version_id,
            text=article.text,
            published=article.published.date() if article.published else None,
            url=article.url,
            title=article.title,
            site=article.site,
        )
    )


def reject_page(job: PageJob, stage: Stage, reason: RejectionReason, detail: str) -> Rejected:
    """Return the rejection of a page."""
    return Rejected(
        stage=stage,
        reason=reason,
        detail=detail,
        source=job.source,
        url=job.entry.url,
        seen_at=job.entry.fetched_at,
    )


def read_page(
    job: PageJob, *, on_article: Callable[[Article], None] = lambda _: None
) -> ReadArticle | Rejected:
    """Return the article of an archived page with its facts, or why there is none.

    Args:
        job: The page.
        on_article: Called with the article before its facts are read.
    """
    try:
        found = read_article(RawArchive(job.archive_dir).read(job.entry))
    except ArchiveError as error:
        return reject_page(job, Stage.ARCHIVE, RejectionReason.BAD_ARCHIVE, str(error))
    if isinstance(found, Rejected):
        return found
    refused = judge(found, job.known)
    if refused is not None:
        return refused
    on_article(found)
    try:
        facts = read_facts(found)
    except READING_ERRORS as error:
        detail = f"{type(error).__name__}: {error}"[:300]
        return reject_page(job, Stage.EXTRACT, RejectionReason.EXTRACTION_FAILED, detail)
    return ReadArticle(article=found, facts=facts, extractor_version=extractor_version())


def serve(channel: Connection, limits: PageLimits, *, parent: int) -> None:
    """Answer jobs until the parent, a process id, closes the channel or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    # The kernel ends this process at its alarm, also inside a library that never returns.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    threading.Thread(target=_follow_parent, args=(parent,), daemon=True).start()
    try:
        extract(TextInput(id="", text=_WARM_UP))
        extractor_version()
    except ReelineError as error:
        channel.send(Answer(problem=str(error)))
        return
    channel.send(Answer())
    line = _ToParent(channel)
    logging.getLogger().addHandler(line)
    while (job := _next_job(channel)) is not None:
        line.left = _MAX_SAID
        answer = _answer(job, channel, limits)
        channel.send(answer)
        if answer.is_spent:
            return


class _ToParent(logging.Handler):
    """Sends what libraries and extractors warn of to the parent, a few lines a page."""

    def __init__(self, channel: Connection) -> None:
        super().__init__(logging.WARNING)
        self._channel = channel
        self.left = 0

    def emit(self, record: logging.LogRecord) -> None:
        if self.left <= 0:
            return
        self.left -= 1
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # a library's own mistake
            text = str(record.msg)
        said = Said(level=record.levelno, logger=record.name, text=text[:_MAX_SAID_CHARS])
        with suppress(OSError):  # the parent is gone, which others see
            self._channel.send(Answer(said=said))


def _next_job(channel: Connection) -> PageJob | None:
    try:
        job = channel.recv()
    except (EOFError, ConnectionError):
        return None
    return job if isinstance(job, PageJob) else None


def _answer(job: PageJob, channel: Connection, limits: PageLimits) -> Answer:
    def tell(article: Article) -> None:
        _set_alarm(limits, len(article.text))
        channel.send(Answer(chars=len(article.text)))

    _set_alarm(limits, 0)
    _limit_memory(limits)
    try:
        outcome = read_page(job, on_article=tell)
    except MemoryError:
        detail = f"more than {limits.memory_mb} MB of memory"
        refused = reject_page(job, Stage.ARTICLE, RejectionReason.OUT_OF_MEMORY, detail)
        return Answer(outcome=refused, is_spent=True)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return Answer(outcome=outcome)


def allowance_s(limits: PageLimits, chars: int) -> float:
    """Return the processor seconds that a page with a text of this length may take."""
    return limits.cpu_s * (1 + chars // CHARS_PER_LIMIT)


def _set_alarm(limits: PageLimits, chars: int) -> None:
    # Later than the parent's own stop: only for when there is no parent any more.
    signal.setitimer(signal.ITIMER_REAL, allowance_s(limits, chars) * WALL_FACTOR + _GRACE_S)


def _limit_memory(limits: PageLimits) -> None:
    """Bound the address space: what grows faster than the parent can see fails here."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = _own_process().memory_info().vms + 2 * limits.memory_mb * 1024 * 1024
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


_OWN: list[Any] = []


def _own_process() -> Any:
    if not _OWN:
        _OWN.append(psutil.Process())
    return _OWN[0]


def _follow_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PARENT_POLL_S)
    os._exit(1)


def main() -> None:
    """Read pages for the process that started this one: `-c` with descriptor and limits."""
    number, parent, cpu_s, memory_mb = sys.argv[1:5]
    limits = PageLimits(cpu_s=float(cpu_s), memory_mb=int(memory_mb))
    # A parent that is gone while this one loads is no error of it.
    with Connection(int(number)) as channel, suppress(BrokenPipeError, ConnectionResetError):
        serve(channel, limits, parent=int(parent))
