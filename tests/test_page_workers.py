"""Readers of pages: limits, deaths, order, and that nobody is left behind."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from models.errors import SettingsError
from models.ids import sha256_hex
from models.pages import ArchiveEntry, RawPage, Rejected
from models.vocabulary import FetchMethod, RejectionReason, Stage
from pipeline import page_process
from pipeline.archive import RawArchive
from pipeline.page_reader import PageJob, PageLimits, ReadArticle, allowance_s, read_page
from pipeline.page_workers import PageReaders, worker_count
from pipeline.rows import fetch_id

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
LIMITS = PageLimits(cpu_s=0.4, memory_mb=100)


def make_job(name, folder):
    entry = ArchiveEntry(
        url=f"https://farm.example/{name}",
        warc_file="none.warc.gz",
        offset=0,
        length=0,
        body_sha256="0" * 64,
        fetched_at=NOW,
    )
    return PageJob(archive_dir=folder, entry=entry, source="farm", known=None)


@pytest.fixture
def hostile(monkeypatch):
    monkeypatch.setattr(page_process, "_CODE", "from hostile_reader import main; main()")


@pytest.fixture
def readers(hostile):
    with PageReaders(limits=LIMITS) as made:
        yield made


def reasons(outcomes):
    return [outcome.reason.value for outcome in outcomes]


@pytest.mark.parametrize(
    ("act", "reason", "said"),
    [
        ("spin", RejectionReason.TOO_SLOW, "more than 0.4 s"),
        ("hold", RejectionReason.TOO_SLOW, "more than 0.4 s"),
        ("wait", RejectionReason.TOO_SLOW, "more than 0.4 s"),
        ("grow", RejectionReason.OUT_OF_MEMORY, "100 MB"),
        ("leap", RejectionReason.OUT_OF_MEMORY, "100 MB"),
        ("crash", RejectionReason.READER_KILLED, "SIGSEGV"),
        ("end", RejectionReason.READER_KILLED, "exit code 3"),
    ],
)
def test_page_that_passes_a_limit_is_rejected_and_the_others_go_on(
    readers, tmp_path, act, reason, said
):
    jobs = [make_job(name, tmp_path) for name in ("a", act, "b", "c", "d", "e")]
    outcomes = readers.read(jobs)
    assert [outcome.url for outcome in outcomes] == [job.entry.url for job in jobs]
    assert outcomes[1].reason is reason
    assert outcomes[1].stage is Stage.ARTICLE
    assert said in outcomes[1].detail
    assert reasons(outcomes[:1] + outcomes[2:]) == ["irrelevant"] * 5


@pytest.mark.parametrize("step", ["begin", "send"])
def test_answers_on_their_way_when_the_reader_ends_are_heard(readers, tmp_path, monkeypatch, step):
    """A parent that is slow finds the reader ended by a page further on."""
    real = getattr(page_process.PageReader, step)
    late = iter([0.0] * 3 if step == "begin" else [0.0] * 4)

    def slowly(self, *given):
        time.sleep(next(late, 0.4))
        return real(self, *given)

    monkeypatch.setattr(page_process.PageReader, step, slowly)
    names = ("a", "b", "c", "d", "end", "e", "f")
    outcomes = readers.read([make_job(name, tmp_path) for name in names])
    assert reasons(outcomes) == ["irrelevant"] * 4 + ["reader_killed"] + ["irrelevant"] * 2


def test_page_that_kills_its_reader_once_is_read_at_the_second_try(readers, tmp_path):
    outcomes = readers.read([make_job(name, tmp_path) for name in ("a", "once", "b")])
    assert reasons(outcomes) == ["irrelevant"] * 3


def test_what_a_reader_says_of_a_page_is_logged_here_with_its_ids(readers, tmp_path, caplog):
    jobs = [make_job(name, tmp_path) for name in ("a", "say", "b")]
    assert reasons(readers.read(jobs)) == ["irrelevant"] * 3
    lines = [record for record in caplog.records if record.message == "page said"]
    assert len(lines) == 20  # of 25
    entry = jobs[1].entry
    for number, line in enumerate(lines):
        assert (line.levelname, line.by, line.url) == ("WARNING", "a.library", entry.url)
        assert line.fetch_id == fetch_id(entry.url, entry.body_sha256)
        assert line.said == f"line {number} of the page"


def test_reader_lives_on_between_batches_and_is_replaced_after_a_death(readers, tmp_path):
    readers.read([make_job("a", tmp_path)])
    first = readers.pids
    readers.read([make_job("b", tmp_path)] * 3)
    assert readers.pids == first
    readers.read([make_job("end", tmp_path), make_job("c", tmp_path)])
    assert readers.pids != first


def test_several_readers_give_the_same_in_the_same_order(hostile, tmp_path):
    names = [f"p{n}" for n in range(40)]
    names[7], names[21] = "end", "crash"
    jobs = [make_job(name, tmp_path) for name in names]
    with PageReaders(limits=LIMITS) as one, PageReaders(workers=3, limits=LIMITS) as three:
        assert one.read(jobs) == three.read(jobs)


def test_no_pages_start_no_reader(readers):
    assert readers.read([]) == []
    assert readers.pids == ()


def test_closing_ends_the_readers(hostile, tmp_path):
    with PageReaders(workers=2, limits=LIMITS) as readers:
        readers.read([make_job(f"p{n}", tmp_path) for n in range(4)])
        pids = readers.pids
    assert pids
    assert not any(psutil.pid_exists(pid) for pid in pids)


_PARENT = """
import hostile_reader  # before the rest: what it stands in for is slow to import
import sys
from datetime import UTC, datetime
from pathlib import Path
from pipeline import page_process, page_workers
from pipeline.page_reader import PageLimits
from test_page_workers import make_job
page_process._CODE = "from hostile_reader import main; main()"
readers = page_workers.PageReaders(limits=PageLimits(cpu_s=0.3))
readers.read([make_job("a", Path("."))])
print(*readers.pids, flush=True)
if sys.argv[1] != "idle":
    readers.limits = readers._slots[0]._limits = PageLimits(cpu_s=600)
    readers.read([make_job(sys.argv[1], Path("."))])
sys.stdin.read()
"""


@pytest.mark.parametrize("act", ["idle", "spin", "hold"])
def test_killing_the_parent_leaves_no_reader(act):
    # "hold" keeps the interpreter lock: only the kernel's alarm can end that child.
    path = os.pathsep.join([*sys.path, str(Path(__file__).parent)])
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, act],
        env=os.environ | {"PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        pid = int(parent.stdout.readline())
        child = psutil.Process(pid)
        time.sleep(0.3)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.communicate()
    _, alive = psutil.wait_procs([child], timeout=12)
    for process in alive:
        process.kill()
    assert not alive


@pytest.mark.parametrize(("given", "count"), [("0", 0), ("3", 3), ("64", 64), (" 2 ", 2)])
def test_number_of_readers_is_a_setting(monkeypatch, given, count):
    monkeypatch.setenv("REELINE_PAGE_WORKERS", given)
    assert worker_count() == count


@pytest.mark.parametrize("given", ["-1", "65", "many", "1.5"])
def test_wrong_number_of_readers_is_refused(monkeypatch, given):
    monkeypatch.setenv("REELINE_PAGE_WORKERS", given)
    with pytest.raises(SettingsError, match="REELINE_PAGE_WORKERS"):
        worker_count()


@pytest.mark.parametrize(("cores", "count"), [(1, 1), (2, 1), (4, 2), (8, 4), (64, 4)])
def test_readers_follow_the_processors(monkeypatch, cores, count):
    monkeypatch.delenv("REELINE_PAGE_WORKERS", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert worker_count() == count


def test_long_texts_may_take_longer():
    assert allowance_s(PageLimits(), 40_000) == 10
    assert allowance_s(PageLimits(), 250_000) == 30


_PAGE = """<html lang="en"><head><title>Beijing adds terbium to its list</title>
<meta property="og:type" content="article"></head><body><article><h1>Beijing adds terbium to its
list</h1><p>China's commerce ministry imposed export controls on terbium and dysprosium on 3
December 2025, according to Announcement No. 91 of 2025.</p><p>Rare earth exports fell 12% to 3,800
tonnes in November from October, customs data showed.</p></article></body></html>"""


def test_real_reader_gives_what_reading_here_gives(tmp_path):
    archive = RawArchive(tmp_path)
    jobs = []
    with archive.writer("run") as writer:
        for number in range(3):
            body = _PAGE.replace("12%", f"1{number}%").encode()
            page = RawPage(
                source="farm",
                url=f"https://farm.example/{number}",
                final_url=f"https://farm.example/{number}",
                fetched_at=NOW,
                status=200,
                headers=(("content-type", "text/html"),),
                body=body,
                body_sha256=sha256_hex(body),
                method=FetchMethod.HTTP,
            )
            entry = writer.write(page)
            jobs.append(PageJob(archive_dir=tmp_path, entry=entry, source="farm", known=None))
    jobs.append(make_job("missing", tmp_path))
    with PageReaders() as readers:
        outcomes = readers.read(jobs)
    here = [read_page(job) for job in jobs]
    assert [type(outcome) for outcome in outcomes] == [ReadArticle] * 3 + [Rejected]
    assert outcomes[0].facts.percentages
    for found, expected in zip(outcomes, here, strict=True):
        if isinstance(found, ReadArticle):
            assert found.article == expected.article
            assert found.facts == expected.facts
        else:
            assert found == expected
