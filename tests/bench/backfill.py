"""`python tests/bench/backfill.py`: a backfill over a synthetic archive, end to end.

Prints speed and memory for each tenth, what the last tenth costs against the first one with warm
readers, and what plan, grid and the same command cost when everything is up to date. The promise
is `--documents 100000`; the default is small.
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
from pipeline.store_read import query

_FIRST_DAY = date(2020, 1, 1)
_MEGABYTE = 1024 * 1024
_COPIED = 60


def fill(settings: Settings, documents: int, days: int) -> None:
    """Put a synthetic archive into the data folder."""
    started = time.perf_counter()
    pages = synthetic_pages(documents, first_day=_FIRST_DAY, days=days)
    report = import_pages(settings, pages, run_label="synthetic")
    elapsed_s = time.perf_counter() - started
    print(f"archive: {report.fetched} pages over {days} days, {elapsed_s:.1f} s")


class Meter:
    """Prints a line each time another tenth (see `lines`) of the documents is done.

    Processor seconds are those of the loader and of all readers, ended ones too.
    """

    def __init__(self, documents: int, *, lines: int = 10, seconds: float = 1e9) -> None:
        self._documents = documents
        self._step = documents / lines
        self._until = time.monotonic() + seconds
        self._last, self._cpu_s, self._done = time.perf_counter(), cpu_s(), 0
        self._cost_s: list[float] = []
        print(
            f"{'documents':>10}{'docs/s':>10}{'docs/CPU s':>12}{'loader CPU s':>14}"
            f"{'loader MB':>11}{'readers MB':>12}"
        )
        self._own_s = time.process_time()

    def is_over(self) -> bool:
        """Tell whether the time that was given is over."""
        return time.monotonic() > self._until

    def __call__(self, _step: str, done: int, total: int | None) -> None:
        documents = self._documents * done // (total or 1)
        share = documents - self._done
        if share < self._step and done != total:
            return
        now, used_s, own_s = time.perf_counter(), cpu_s(), time.process_time()
        own, readers = resident_mb()
        used = max(0.001, used_s - self._cpu_s)
        print(
            f"{documents:10d}{share / (now - self._last):10.1f}{share / used:12.1f}"
            f"{own_s - self._own_s:14.1f}{own:11.0f}{readers:12.0f}",
            flush=True,
        )
        self._done, self._last, self._cpu_s, self._own_s = documents, now, used_s, own_s
        self._cost_s.append(used / max(1, share))

    def conclude(self) -> None:
        """Print how the cost of a document grew."""
        if len(self._cost_s) > 2:
            growth = self._cost_s[-1] / self._cost_s[1]
            print(f"cost of the last tenth / first warm tenth: {growth:.2f}", flush=True)


def _family() -> list[psutil.Process]:
    own = psutil.Process()
    return [own, *own.children(recursive=True)]


def cpu_s() -> float:
    """Return the processor seconds of this process and its readers so far."""
    used = [process.cpu_times() for process in _family()]
    ended = psutil.Process().cpu_times()
    return (
        sum(times.user + times.system for times in used)
        + ended.children_user
        + ended.children_system
    )


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


def parse() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--days", type=int, default=0, help="default: 40 documents a day")
    parser.add_argument("--max-active", type=int, default=32)
    parser.add_argument(
        "--store-only",
        action="store_true",
        help="read 60 pages and give their facts to all others: what ledger and loader cost alone",
    )
    parser.add_argument("--lines", type=int, default=10, help="lines of the table, when finished")
    parser.add_argument(
        "--minutes", type=float, default=1e6, help="stop after that long; the rest is left"
    )
    parser.add_argument(
        "--data", type=Path, help="use and keep this folder; filled only when it is new"
    )
    return parser.parse_args()


def run(settings: Settings, request: BackfillRequest, given: argparse.Namespace) -> None:
    """Run and measure the backfill and what comes after it."""
    timed("plan", lambda: plan_backfill(settings, request))
    meter = Meter(given.documents, lines=given.lines, seconds=60 * given.minutes)
    started = time.perf_counter()
    report = backfill(settings, request, progress=meter, should_stop=meter.is_over)
    elapsed_s = time.perf_counter() - started
    meter.conclude()
    size = settings.store_file.stat().st_size / _MEGABYTE
    print(
        f"read: {report.done} partitions, {report.processed.pages} documents, "
        f"{report.failed} failed, {report.left} left, {report.elapsed_s:.1f} s; with timeline and "
        f"publishing {elapsed_s:.1f} s, store {size:.0f} MB; {report.timeline}"
    )
    timed("status grid", lambda: query(settings, "FROM status_grid"))
    timed("plan, all up to date", lambda: plan_backfill(settings, request))
    again = request.model_copy(update={"only": Only.STALE})
    timed(
        "stale only, all up to date",
        lambda: print(f"  documents read: {backfill(settings, again).processed.pages}"),
    )


def main() -> None:
    """Run the benchmark."""
    given = parse()
    days = given.days or max(1, given.documents // 40)
    folder = given.data or Path(tempfile.mkdtemp(prefix="reeline-bench-"))
    settings = Settings(data=folder)
    is_new = not settings.store_file.exists()
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
        if is_new:
            fill(settings, given.documents, days)
        run(settings, request, given)
    finally:
        if not given.data:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
