"""One backfill on two machines: who did what, how fast, one killed; nothing lost or doubled.

`python tests/bench/scale.py [--documents 5000] [--variants one two killed]`. PostgreSQL, Prefect
server, lake and process workers are real, on loopback; then the lake is compared with a file store.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from same_rows import differing, rows
from scale_field import FIRST_DAY, Field, Work, fill, two_machines

from pipeline.backfill import backfill
from pipeline.partitions import BackfillRequest
from pipeline.settings import Settings

_A_DAY = 40
_LOOK_S = 3.0
_ENDS = {"Completed", "Crashed", "Failed"}


def in_peace(settings: Settings, documents: int) -> None:
    """Read the archive in one process on a file store, without Prefect."""
    fill(settings, documents, a_day=_A_DAY)
    request = BackfillRequest.model_validate({"first_day": FIRST_DAY, "last_day": "2029-12-31"})
    begun = time.perf_counter()
    report = backfill(settings, request)
    elapsed_s = time.perf_counter() - begun
    print(
        f"plain: {report.processed.pages} documents, {elapsed_s:.0f} s, "
        f"{report.processed.pages / elapsed_s:.1f} documents/s, {report.failed} failed",
        flush=True,
    )


class Watch:
    """Who did what, seen while it went on: a process that has ended is of no worker any more."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.on: dict[int, str] = {}
        self.work: list[Work] = []

    def look(self) -> None:
        self.work = self.field.work()
        for one in self.work:
            name = self.field.worker_of(one.pid)
            if name is not None:
                self.on[one.pid] = name

    def documents(self) -> Counter[str]:
        """Return the documents that each worker has read."""
        by_worker: Counter[str] = Counter()
        for one in self.work:
            by_worker[self.on.get(one.pid, "unknown")] += one.documents
        return by_worker


def run(folder: Path, documents: int, variant: str) -> Settings:
    """Run one variant, print its figures, and return the lake's settings."""
    workers = 1 if variant == "one" else 2
    with two_machines(folder, documents=documents, lease_s=30.0, a_day=_A_DAY) as field:
        for name in ("one", "two")[:workers]:
            field.start_worker(name)
        begun = time.perf_counter()
        field.backfill(shares=workers)
        watch = Watch(field)
        killed: str | None = None
        while not set(field.states().values()) <= _ENDS:
            watch.look()
            done = watch.documents()
            if variant == "killed" and killed is None and done.total() >= documents * 2 // 5:
                killed = next(n for n in field.workers if done[n] == max(done.values()))
                field.kill(killed)
                print(
                    f"  worker {killed} killed at {time.perf_counter() - begun:.0f} s", flush=True
                )
            time.sleep(_LOOK_S)
        watch.look()
        _tell(variant, watch, time.perf_counter() - begun, field)
        return _copy(field.settings, folder)


def _tell(variant: str, watch: Watch, elapsed_s: float, field: Field) -> None:
    done, work = watch.documents(), watch.work
    by_state = Counter[str]()
    for one in work:
        by_state[one.state] += one.partitions
    print(
        f"{variant}: {done.total()} documents, {elapsed_s:.0f} s, "
        f"{done.total() / elapsed_s:.1f} documents/s; by worker {dict(done)}; partitions "
        f"{dict(by_state)}, at most {max(one.attempts for one in work)} tries; "
        f"runs {dict(Counter(field.states().values()))}",
        flush=True,
    )
    for problem in field.problems():
        print(f"  failed: {problem}")
    print(
        f"  first claim to last end: {field.span_s():.0f} s, "
        f"{done.total() / field.span_s():.1f} documents/s"
    )


def _copy(settings: Settings, folder: Path) -> Settings:
    """Return where the lake's rows can still be read when its PostgreSQL is gone."""
    rows(settings)  # brings the snapshot up to the lake
    return Settings(data=folder / "shared")


def main() -> int:
    """Run the variants, then compare each with the plain run; return 1 when anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=300)
    names = ["one", "two", "killed"]
    parser.add_argument("--variants", nargs="*", choices=names, default=names)
    given = parser.parse_args()
    os.environ["REELINE_PAGE_WORKERS"] = "1"
    is_same = True
    with tempfile.TemporaryDirectory(prefix="reeline-scale-") as folder:
        peace = Settings(data=Path(folder) / "peace")
        in_peace(peace, given.documents)
        for variant in given.variants:
            own = Path(folder) / variant
            own.mkdir(mode=0o755)
            lake = run(own, given.documents, variant)
            found = differing(lake, peace)
            is_same = is_same and not found
            print(f"  tables that differ from the plain run: {found or 'none'}", flush=True)
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())
