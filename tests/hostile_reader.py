"""The child of `pipeline/page_workers.py` with pages that misbehave, for its tests.

What a page does is the last part of its address; the language model is not loaded.
"""

import ctypes
import logging
import os
import re
import signal
import sys
import time
import types
from pathlib import Path

from models.facts import Facts
from models.vocabulary import RejectionReason, Stage


def _stand_in(name, **members):
    module = types.ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module


# The extractors take seconds to import and nothing here reads a page.
_stand_in("extractors.article", read_article=None, READING_ERRORS=())
_stand_in("extractors.extract", extract=lambda given: Facts(), extractor_version=lambda: "1")
_stand_in("extractors.texts", TextInput=dict)
_stand_in("pipeline.archive", RawArchive=None)
_stand_in("pipeline.relevance", judge=None)

from pipeline import page_reader  # noqa: E402


def _spin(job):
    while True:
        pass


def _hold(job):
    # One call into C that keeps the interpreter lock and never returns.
    re.match(r"(a+)+$", "a" * 60 + "b")


def _wait(job):
    time.sleep(3600)


def _grow(job):
    kept = []
    while True:
        kept.append(b"x" * 10_000_000)
        time.sleep(0.01)


def _leap(job):
    return bytearray(3_000_000_000)


def _crash(job):
    ctypes.string_at(0)


def _end(job):
    os._exit(3)


def _once(job):
    marker = Path(job.archive_dir) / "died"
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def _say(job):
    for number in range(25):
        logging.getLogger("a.library").warning("line %d of the page", number)
    logging.getLogger("a.library").info("this is of no interest")


def _deep(job):
    def down(n):
        return down(n + 1)

    return down(0)


_ACTS = {
    name: globals()[f"_{name}"]
    for name in ("spin", "hold", "wait", "grow", "leap", "crash", "end", "once", "say", "deep")
}


def read_page(job, *, on_article=lambda _: None):
    act = _ACTS.get(job.entry.url.rsplit("/", 1)[-1])
    if act is not None:
        act(job)
    return page_reader.reject_page(job, Stage.RELEVANCE, RejectionReason.IRRELEVANT, job.entry.url)


def main():
    page_reader.read_page = read_page
    page_reader.main()


if __name__ == "__main__":
    sys.exit(main())
