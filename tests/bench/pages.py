"""What reading pages in watched processes costs, against reading them in this one.

`python tests/bench/pages.py [--pages N] [--workers 1 2] [--rounds N]`: made-up articles are
archived and read both ways in turn; prints pages a second and the overhead in processor time.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil

from models.pages import RawPage
from models.vocabulary import FetchMethod
from pipeline.archive import RawArchive
from pipeline.contents import make_raw_page
from pipeline.page_reader import PageJob, read_page
from pipeline.page_workers import Outcome, PageReaders

_PARAGRAPH = (
    "<p>China's commerce ministry imposed export controls on terbium on 3 December 2025, according "
    "to Announcement No. 91 of 2025. Rare earth exports fell {0}% to 3,8{1:02d} tonnes in November "
    "from October, customs data showed. Traders in Rotterdam spoke of a quiet week.</p>"
)
_PARAGRAPHS = 12


def make_page(number: int) -> RawPage:
    """Return an article of about 500 words."""
    text = "".join(_PARAGRAPH.format(n + 10, number % 100) for n in range(_PARAGRAPHS))
    body = (
        '<html><head><title>Beijing adds terbium</title><meta property="og:type" '
        f'content="article"></head><body><article><h1>Beijing adds terbium</h1>{text}</article>'
        "</body></html>"
    ).encode()
    return make_raw_page(
        "bench",
        f"https://bench.example/{number}",
        body,
        fetched_at=datetime(2026, 1, 5, tzinfo=UTC),
        method=FetchMethod.HTTP,
        headers=(("content-type", "text/html"),),
    )


def archive_pages(folder: Path, count: int) -> list[PageJob]:
    """Write the pages to an archive and return the jobs that read them."""
    with RawArchive(folder).writer("bench") as writer:
        entries = [writer.write(make_page(number)) for number in range(count)]
    return [
        PageJob(archive_dir=folder, entry=entry, source="bench", known=None) for entry in entries
    ]


def read_here(jobs: Sequence[PageJob]) -> list[Outcome]:
    """Read pages in this process."""
    return [read_page(job) for job in jobs]


def measure(
    read: Callable[[Sequence[PageJob]], list[Outcome]],
    jobs: Sequence[PageJob],
    pids: Sequence[int] = (),
) -> tuple[float, float]:
    """Return wall and processor seconds of reading, those of other processes added."""
    processes = [psutil.Process(), *map(psutil.Process, pids)]
    before = [process.cpu_times() for process in processes]
    start_s = time.perf_counter()
    read(jobs)
    wall_s = time.perf_counter() - start_s
    after = [process.cpu_times() for process in processes]
    used = (
        now.user + now.system - then.user - then.system
        for then, now in zip(before, after, strict=True)
    )
    return wall_s, sum(used)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--workers", type=int, nargs="*", default=[1])
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        jobs = archive_pages(Path(folder), options.pages)
        read_here(jobs[:2])
        for workers in options.workers:
            with PageReaders(workers=workers) as readers:
                readers.read(jobs[: 8 * workers])  # starts them all
                totals = [0.0, 0.0]
                for _ in range(options.rounds):
                    here_s, here_cpu_s = measure(read_here, jobs)
                    wall_s, cpu_s = measure(readers.read, jobs, readers.pids)
                    totals = [totals[0] + here_cpu_s, totals[1] + cpu_s]
                    print(
                        f"here         {len(jobs) / here_s:6.1f} pages/s  {here_cpu_s:6.2f} CPU s"
                    )
                    print(
                        f"{workers} watched    {len(jobs) / wall_s:6.1f} pages/s  {cpu_s:6.2f} CPU s"
                    )
                print(f"overhead of {workers}: {100 * (totals[1] / totals[0] - 1):.1f}% CPU")
    return 0


if __name__ == "__main__":
    sys.exit(main())
