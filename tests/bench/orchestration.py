"""What orchestration costs: archived documents read again, with Prefect and without, in one run.

`python tests/bench/orchestration.py [--documents 2000] [--processes 1 2]`. The same partitions and chunks
in both; CPU seconds of this process, its children and, with Prefect, of the server.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import psutil

from flows.server import client_settings, private_server
from pipeline.acquire import import_pages
from pipeline.newsroom.synthetic import synthetic_pages
from pipeline.settings import Settings

# Runs one variant in a process of its own, so that imports and children are counted alike.
_CHILD = """
import json, sys, time
from pathlib import Path
from pipeline.partitions import BackfillRequest
given = json.loads(sys.argv[1])
request = {"first_day": "2000-01-01", "last_day": "2030-12-31", "stage": "article", "only": "all"}
def cpu():
    import os
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system
if given["prefect"]:
    import logging
    logging.disable(logging.INFO)  # as little as the other variant prints
    from flows.backfill import backfill
    begun, used = time.monotonic(), cpu()
    done = backfill(request=BackfillRequest(**request), data=given["data"])["documents"]
else:
    from pipeline.backfill import backfill
    from pipeline.catalog import load_sources
    from pipeline.settings import load_settings
    begun, used = time.monotonic(), cpu()
    report = backfill(load_settings(Path(given["data"])), BackfillRequest(**request),
                      sources=load_sources())
    done = report.documents
from pipeline.page_workers import shared_readers
shared_readers().close()
print(json.dumps({"documents": done, "elapsed_s": time.monotonic() - begun, "cpu_s": cpu() - used}))
"""


def measure(
    settings: Settings, *, prefect: bool, readers: int, server: dict[str, str]
) -> dict[str, float]:
    """Return documents, wall and CPU seconds of one variant."""
    environment = os.environ | server | {"REELINE_PAGE_WORKERS": str(readers)}
    given = json.dumps({"prefect": prefect, "data": str(settings.data)})
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, given],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def server_cpu_s() -> float:
    """Return the CPU seconds of the children of this process: the server."""
    used = [child.cpu_times() for child in psutil.Process().children()]
    return sum(times.user + times.system for times in used)


def main() -> None:
    """Fill an archive, read it in each variant, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--processes", type=int, nargs="*", default=[1, 2])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data")
        settings.prepare()
        pages = synthetic_pages(given.documents, first_day=date(2020, 1, 1), days=60)
        import_pages(settings, pages, run_label="synthetic")
        with private_server(Path(folder) / "prefect") as api_url:
            server = client_settings(Path(folder) / "prefect", api_url)
            print(f"{'readers':>8}{'variant':>10}{'docs':>7}{'wall s':>9}{'CPU s':>9}{'server':>8}")
            for readers in given.processes:
                _pair(settings, readers, server)


def _pair(settings: Settings, readers: int, server: dict[str, str]) -> None:
    used: dict[bool, float] = {}
    # The one that comes first also loads new rows: it is read once before, unmeasured.
    for is_measured, prefect in ((False, False), (True, False), (True, True)):
        before_s = server_cpu_s()
        got = measure(settings, prefect=prefect, readers=readers, server=server)
        time.sleep(2.0)  # the server writes what it was told
        served_s = server_cpu_s() - before_s if prefect else 0.0
        if is_measured:
            used[prefect] = got["cpu_s"] + served_s
            print(
                f"{readers:8d}{'prefect' if prefect else 'plain':>10}{got['documents']:7.0f}"
                f"{got['elapsed_s']:9.1f}{got['cpu_s']:9.1f}{served_s:8.1f}",
                flush=True,
            )
    more = 100.0 * (used[True] - used[False]) / used[False]
    print(f"{readers:8d} readers: orchestration costs {more:+.1f}% of the CPU", flush=True)


if __name__ == "__main__":
    main()
