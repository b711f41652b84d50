"""The child of `pipeline/page_workers.py`, with pages that kill it however often they are read.

Which page does what is the last part of its address; all others are read as they should be.
"""

import os
import signal
from typing import NoReturn

from pipeline import page_reader
from pipeline.page_reader import PageJob

_read = page_reader.read_page


def _swell() -> NoReturn:
    held = []
    while True:
        held.append(bytearray(4_000_000))


_ACTS = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "memory": _swell,
}


def read_page(job: PageJob, **options):
    act = _ACTS.get(job.entry.url.rsplit("/", 1)[-1])
    if act is not None:
        act()
    return _read(job, **options)


def main() -> None:
    page_reader.read_page = read_page
    page_reader.main()
