"""`python tests/bench/backfill.py`: a backfill over a synthetic archive, end to end.

Prints documents a second and memory for each tenth, then what the same command costs when
everything is up to date. `--documents 100000` is the size of the promise; the default is small.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import psutil

from models.ids import article_id, version_id
from models.pages import Rejected
from pipeline import process
from pipeline.acquire import import_pages
from pipeline.backfill import backfill
from pipeline.newsroom.synthetic import synthetic_pages
from pipeline.page_reader import PageJob, ReadArticle
from pipeline.partitions import BackfillRequest, Only, RunStage
from pipeline.plan import plan_backfill
from pipeline.settings import Settings

_FIRST_DAY = date(2020, 1, 1)
_MEGABYTE = 1024 * 1024
_TENTHS = 10
_COPIED = 60


def fill(settings: Settings, documents: int, days: int) -> None:
    """Put a synthetic archive into the data folder."""
    started = time.perf_counter()
    pages = synthetic_pages(documents, first_day=_FIRST_DAY, days=days)
    report = import_pages(settings, pages, run_label="synthetic")
    elapsed_s = time.perf_counter() - started
    print(f"archive: {report.fetched} pages over {days} days, {elapsed_s:.1f} s")


class Meter:
    """Prints a line each time another tenth of the partitions is done."""

    def __init__(self, documents: int) -> None:
        self._documents = documents
        self._tenth = 0
        self._started = self._last = time.perf_counter()
        self._cpu_s = cpu_s()
        print(f"{'done':>6}{'docs/s':>10}{'docs/CPU s':>12}{'loader MB':>11}{'readers MB':>12}")

    def __call__(self, _step: str, done: int, total: int | None) -> None:
        tenth = _TENTHS * done // (total or 1)
        if tenth <= self._tenth:
            return
        share = self._documents * (tenth - self._tenth) / _TENTHS
        now, used_s = time.perf_counter(), cpu_s()
        own, readers = resident_mb()
        speed, per_cpu = share / (now - self._last), share / max(0.001, used_s - self._cpu_s)
        print(
            f"{tenth * _TENTHS:5d}%{speed:10.1f}{per_cpu:12.1f}{own:11.0f}{readers:12.0f}",
            flush=True,
        )
        self._tenth, self._last, self._cpu_s = tenth, now, used_s


def _family() -> list[psutil.Process]:
    own = psutil.Process()
    return [own, *own.children(recursive=True)]


def cpu_s() -> float:
    """Return the processor seconds of this process and its readers so far."""
    used = [process.cpu_times() for process in _family()]
    return sum(times.user + times.system for times in used)


def resident_mb() -> tuple[float, float]:
    """Return the memory of this process, and of its readers together."""
    own, *readers = (process.memory_info().rss / _MEGABYTE for process in _family())
    return own, sum(readers)


class Copier:
    """Stands for the readers: pages after the first ones get the facts of one of those."""

    def __init__(self) -> None:
        self._read = process.read_pages
        self._known: list[ReadArticle] = []

    def __call__(self, jobs: Sequence[PageJob]) -> list[ReadArticle | Rejected]:
        if len(self._known) < _COPIED:
            outcomes = self._read(jobs)
            self._known += [outcome for outcome in outcomes if isinstance(outcome, ReadArticle)]
            return outcomes
        return [self._copy(job, self._known[hash(job.entry.url) % _COPIED]) for job in jobs]

    def _copy(self, job: PageJob, of: ReadArticle) -> ReadArticle:
        key = article_id(job.entry.url)
        text = f"{of.article.text} {job.entry.url}"
        day = job.entry.fetched_at - timedelta(hours=1)
        article = replace(
            of.article, article_id=key, version_id=version_id(key, text), url=job.entry.url,
            source=job.source, text=text, published=day, fetched_at=job.entry.fetched_at,
            body_sha256=job.entry.body_sha256,
        )  # fmt: skip
        return replace(of, article=article)


def timed(name: str, work: Callable[[], object]) -> object:
    """Run and print how long it took."""
    started = time.perf_counter()
    result = work()
    print(f"{name}: {time.perf_counter() - started:.2f} s")
    return result


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--days", type=int, default=0, help="default: 40 documents a day")
    parser.add_argument("--max-active", type=int, default=32)
    parser.add_argument(
        "--store-only",
        action="store_true",
        help="read 60 pages and give their facts to all others: what ledger and loader cost alone",
    )
    given = parser.parse_args()
    days = given.days or max(1, given.documents // 40)
    folder = Path(tempfile.mkdtemp(prefix="reeline-bench-"))
    settings = Settings(data=folder)
    settings.prepare()
    request = BackfillRequest(
        first_day=_FIRST_DAY - timedelta(days=2),
        last_day=_FIRST_DAY + timedelta(days=days + 2),
        stage=RunStage.ARTICLE,
        only=Only.MISSING,
        max_active=given.max_active,
    )
    if given.store_only:
        process.read_pages = Copier()
    try:
        fill(settings, given.documents, days)
        timed("plan", lambda: plan_backfill(settings, request))
        started = time.perf_counter()
        report = backfill(settings, request, progress=Meter(given.documents))
        elapsed_s = time.perf_counter() - started
        size = settings.store_file.stat().st_size / _MEGABYTE
        print(
            f"whole: {report.done} partitions, {report.processed.pages} documents, "
            f"{report.failed} failed, {elapsed_s:.1f} s, "
            f"{report.processed.pages / elapsed_s:.1f} documents/s, store {size:.0f} MB"
        )
        again = request.model_copy(update={"only": Only.STALE})
        timed(
            "stale only, all up to date",
            lambda: print(f"  documents read: {backfill(settings, again).processed.pages}"),
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
