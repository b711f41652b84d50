"""One variant of `tests/bench/orchestration.py`, in a process of its own.

`python tests/bench/orchestration_run.py plain|prefect DATA_FOLDER`: what a backfill of all pages
costs. CPU seconds up to the first page are counted apart: imports of the one and of the other.
"""

import json
import resource
import sys
import time
from pathlib import Path

# Also what is imported here is counted: `plain` must not import Prefect.
from pipeline.partitions import BackfillRequest

_REQUEST = {"first_day": "2000-01-01", "last_day": "2030-12-31", "stage": "article", "only": "all"}


def _cpu_s(whose: int) -> float:
    used = resource.getrusage(whose)
    return used.ru_utime + used.ru_stime


def _plain(data: str) -> int:
    from pipeline.backfill import backfill
    from pipeline.catalog import load_sources
    from pipeline.settings import load_settings

    _begin()
    settings, request = load_settings(Path(data)), BackfillRequest.model_validate(_REQUEST)
    return backfill(settings, request, sources=load_sources()).documents


def _prefect(data: str) -> int:
    from flows.backfill import backfill

    _begin()
    return backfill(request=BackfillRequest.model_validate(_REQUEST), data=data)["documents"]


_started: list[float] = []


def _begin() -> None:
    _started[:] = [time.monotonic(), _cpu_s(resource.RUSAGE_SELF)]


def main() -> None:
    """Run the variant of the command line."""
    variant, data = sys.argv[1:]
    documents = {"plain": _plain, "prefect": _prefect}[variant](data)
    elapsed_s = time.monotonic() - _started[0]
    # Children are counted once they have ended: the page readers, and Prefect's own if any.
    from pipeline.page_workers import shared_readers

    shared_readers().close()
    figures = {
        "documents": documents,
        "elapsed_s": elapsed_s,
        "start_s": _started[1],
        "own_s": _cpu_s(resource.RUSAGE_SELF) - _started[1],
        "readers_s": _cpu_s(resource.RUSAGE_CHILDREN),
    }
    sys.stdout.write(f"\n{json.dumps(figures)}\n")


if __name__ == "__main__":
    main()
