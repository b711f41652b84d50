"""Backfills: planned and shown, stopped and resumed, killed and resumed, two at a time."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from ledger_rows import at_noon, execute, pin_version, reject_all
from typer.testing import CliRunner

from models.errors import InputError
from pipeline.acquire import import_pages
from pipeline.backfill import backfill, run_chunk
from pipeline.backfill_sources import refusal_of, warning_of
from pipeline.cli.app import app
from pipeline.fetch import FetchSettings
from pipeline.ingest import ingest, unread_batches
from pipeline.newsroom.synthetic import synthetic_pages
from pipeline.newsroom.views import article_path
from pipeline.partitions import BackfillRequest, Only, RunStage
from pipeline.plan import plan_backfill
from pipeline.recording import AcquireReport
from pipeline.store import Store

FIRST = date(2025, 3, 1)
DAYS = 4
DOCUMENTS = 12


def request(**given):
    days = {"first_day": FIRST, "last_day": FIRST + timedelta(days=DAYS - 1)}
    return BackfillRequest(**days | {"stage": RunStage.ARTICLE} | given)


@pytest.fixture
def archived(settings, monkeypatch):
    """A data folder with pages that nobody has read; reading them finds nothing."""
    pages = synthetic_pages(DOCUMENTS, first_day=FIRST, days=DAYS)
    import_pages(settings, pages, run_label="synthetic")
    monkeypatch.setattr("pipeline.process.read_pages", reject_all)
    pin_version(monkeypatch, "v1")
    return settings


def readings(settings):
    """Return how many outcomes each page has, and how many pages have none."""
    rows = execute(
        settings,
        "SELECT count(o.fetch_id) FROM page_fetch LEFT JOIN page_outcome AS o USING (fetch_id) "
        "GROUP BY fetch_id",
    )
    return Counter(row[0] for row in rows)


def states(settings):
    rows = execute(settings, "SELECT state, count(*) FROM partition_run WHERE stage = 'article' GROUP BY 1")  # fmt: skip
    return dict(rows)


def never(_jobs):
    pytest.fail("a page was read")


def test_a_dry_run_shows_the_plan_and_changes_nothing(archived):
    before = archived.store_file.read_bytes()
    plan = plan_backfill(archived, request(dry_run=True))
    assert plan.documents == DOCUMENTS
    assert {planned.why for planned in plan.partitions} <= {
        f"documents never read: {number}" for number in range(1, 9)
    }
    assert plan.estimate_s is None
    days = [planned.partition.day for planned in plan.partitions]
    assert days == sorted(days)
    assert backfill(archived, request(dry_run=True)).partitions == 0
    assert archived.store_file.read_bytes() == before
    backfill(archived, request(last_day=FIRST))
    again = plan_backfill(archived, request(dry_run=True, newest_first=True))
    assert again.documents == DOCUMENTS - 3
    assert again.estimate_s is not None
    assert again.partitions[0].partition.day == FIRST + timedelta(days=DAYS - 1)


def test_what_is_done_is_not_read_again_and_what_is_stale_is(archived, monkeypatch):
    report = backfill(archived, request(), run_id="first")
    assert (report.failed, report.taken) == (0, 0)
    assert report.processed.pages == DOCUMENTS
    assert readings(archived) == {1: DOCUMENTS}
    monkeypatch.setattr("pipeline.process.read_pages", never)
    for only in (Only.MISSING, Only.STALE, Only.FAILED):
        assert backfill(archived, request(only=only)).partitions == 0
    pin_version(monkeypatch, "v2")
    monkeypatch.setattr("pipeline.process.read_pages", reject_all)
    assert backfill(archived, request(only=Only.MISSING)).partitions == 0
    portion = backfill(archived, request(only=Only.STALE, max_documents=5, newest_first=True))
    assert 5 <= portion.processed.pages < DOCUMENTS
    rest = backfill(archived, request(only=Only.STALE))
    assert portion.processed.pages + rest.processed.pages == DOCUMENTS
    measured = execute(
        archived, "SELECT value FROM run_metric WHERE run_id = 'first' AND name = 'documents_read'"
    )
    assert measured == [(DOCUMENTS,)]


def test_a_partition_that_fails_does_not_fail_the_others(archived, monkeypatch):
    def break_one(jobs):
        if any(job.source == "strata" for job in jobs):
            raise RuntimeError("the reader cannot start")
        return reject_all(jobs)

    monkeypatch.setattr("pipeline.process.read_pages", break_one)
    report = backfill(archived, request())
    broken = [name for name in report.errors if name.startswith("strata ")]
    assert broken
    assert report.failed == len(broken) == len(report.errors)
    assert "the reader cannot start" in report.errors[broken[0]]
    monkeypatch.setattr("pipeline.process.read_pages", reject_all)
    assert backfill(archived, request(only=Only.MISSING)).partitions == 0
    assert backfill(archived, request(only=Only.FAILED)).done == len(broken)
    assert readings(archived) == {1: DOCUMENTS}
    assert set(states(archived)) == {"done"}


def test_a_stop_leaves_the_rest_for_the_next_run(archived):
    asked = []
    report = backfill(
        archived,
        request(max_active=2),
        should_stop=lambda: len(asked) > 2 or asked.append(1),
    )
    assert report.is_stopped
    assert report.done == 6
    assert report.left > 0
    assert "running" not in states(archived)
    again = backfill(archived, request())
    assert again.partitions == report.left
    assert readings(archived) == {1: DOCUMENTS}


def test_scheduled_runs_leave_what_is_stale_to_backfills(archived, monkeypatch):
    assert sum(map(len, unread_batches(archived))) == DOCUMENTS
    backfill(archived, request(last_day=FIRST))
    pin_version(monkeypatch, "v2")
    report = ingest(archived, lambda **_: AcquireReport(), run_id="hourly", with_stale=False)
    assert report.processed.pages == DOCUMENTS - 3
    assert unread_batches(archived) == []
    rows = execute(
        archived, "SELECT value FROM run_metric WHERE run_id = 'hourly' AND name = 'documents_read'"
    )
    assert rows == [(DOCUMENTS - 3,)]
    found = execute(
        archived,
        "SELECT status, sum(documents) FROM partition_status('v2') WHERE stage = 'article' GROUP BY 1 ORDER BY 1",
    )
    assert found == [("done", DOCUMENTS - 3), ("stale", 3)]


def test_a_chunk_is_left_alone_when_another_run_ended_it(archived, monkeypatch):
    first, *_ = plan_backfill(archived, request()).chunks()
    assert run_chunk(archived, first).done == len(first.partitions)
    monkeypatch.setattr("pipeline.process.read_pages", never)
    assert run_chunk(archived, first).taken == len(first.partitions)
    pin_version(monkeypatch, "v2")
    with pytest.raises(InputError, match="plan again"):
        run_chunk(archived, first)


_RUN = """
import os, sys, time
from datetime import date
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from ledger_rows import reject_all
import pipeline.process
from pipeline import backfill, ledger, page_reader, plan, process
from pipeline.partitions import BackfillRequest
from pipeline.settings import Settings
for module in (backfill, ledger, page_reader, plan, process):
    module.extractor_version = lambda: "v1"
log = Path(sys.argv[2]) / "read.log"

def read(jobs):
    for job in jobs:
        with log.open("a") as file:
            print(os.getpid(), job.entry.url, file=file)
        time.sleep(float(sys.argv[4]))
    return reject_all(jobs)

pipeline.process.read_pages = read
settings = Settings(data=Path(sys.argv[2]), lock_wait_s=60)
print("ready", flush=True)
sys.stdin.readline()
request = BackfillRequest(
    first_day=date(2025, 3, 1), last_day=date(2025, 3, 4), stage="article", max_active=1)
report = backfill.backfill(settings, request, lease_s=float(sys.argv[3]))
print(report.done, report.taken, report.failed)
"""


def start(tmp_path, settings, *, lease_s, page_s):
    script = tmp_path / "backfill_child.py"
    script.write_text(_RUN)
    words = [str(Path(__file__).parent), str(settings.data), str(lease_s), str(page_s)]
    return subprocess.Popen(
        [sys.executable, str(script), *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_two_backfills_share_the_work_and_one_is_killed(archived, tmp_path):
    children = [start(tmp_path, archived, lease_s=3, page_s=0.2) for _ in range(2)]
    log = archived.data / "read.log"
    try:
        for child in children:
            assert child.stdout.readline() == "ready\n"
        for child in children:
            child.stdin.write("go\n")
            child.stdin.flush()
        wait_until(lambda: min(Counter(who for who, _ in read_by(log, children)).values()) > 2)
        children[0].send_signal(signal.SIGKILL)
        children[0].wait(timeout=10)
        said, errors = children[1].communicate(timeout=120)
    finally:
        for child in children:
            child.kill()
            child.communicate()
    done, taken, failed = map(int, said.split())
    assert failed == 0, errors
    assert done > 0
    assert taken > 0, "the other one had some of the partitions"
    # What the killed one had in hand is free when its lease ends; the same command finishes it.
    wait_until(lambda: backfill(archived, request()) and not states(archived).get("running"))
    assert readings(archived) == {1: DOCUMENTS}
    assert set(states(archived)) == {"done"}
    pages = Counter(url for _, url in read_by(log, children) if url)
    # Only the one page that the killed one had in hand may have been read twice.
    assert sum(pages.values()) - len(pages) <= 1


def read_by(log, children):
    """Return (process, address) of each page that was read, and a line without one of each."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [(str(child.pid), "") for child in children] + [tuple(line.split()) for line in lines]


def wait_until(is_so):
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def test_re_extraction_replaces_facts_and_keeps_the_timeline(settings, monkeypatch):
    monkeypatch.setenv("REELINE_PAGE_WORKERS", "0")
    pages = synthetic_pages(6, first_day=FIRST, days=1)
    import_pages(settings, pages, run_label="synthetic")
    pin_version(monkeypatch, "v1")
    first = backfill(settings, request())
    assert first.processed.articles > 0
    assert first.timeline.events > 0
    tables = ("tonnage", "date_mention", "company_mention", "license_event", "timeline_event")

    def counts():
        return {t: execute(settings, f"SELECT count(*) FROM {t}")[0][0] for t in tables}

    before = counts()
    pin_version(monkeypatch, "v2")
    again = backfill(settings, request(stage=RunStage.EXTRACT, only=Only.STALE))
    assert again.processed.articles == first.processed.articles
    assert counts() == before
    for table in ("date_mention", "article_version"):
        made_by = execute(settings, f"SELECT DISTINCT extractor_version FROM {table}")
        assert made_by == [("v2",)]
    assert again.timeline.closed == again.timeline.revised == 0
    refreshed = backfill(settings, request(stage=RunStage.TIMELINE, only=Only.ALL))
    assert (refreshed.done, refreshed.timeline.closed) == (1, 0)
    # Back to a version that has read these pages before: its batches are not taken for loaded.
    pin_version(monkeypatch, "v1")
    backfill(settings, request(stage=RunStage.EXTRACT, only=Only.STALE))
    assert execute(settings, "SELECT DISTINCT extractor_version FROM date_mention") == [("v1",)]
    assert plan_backfill(settings, request(stage=RunStage.EXTRACT, only=Only.STALE)).documents == 0


def test_past_days_are_fetched_from_sitemaps(chain, settings):
    sources = [source for source in chain.sources if source.slug == "meridian"]
    asked = BackfillRequest(
        first_day=date(2025, 11, 1), last_day=date(2025, 11, 30), sources=("meridian",),
        stage=RunStage.FETCH,
    )  # fmt: skip
    fetching = {
        "sources": sources,
        "fetch_settings": FetchSettings(connect_to=chain.site.connect_to),
    }
    report = backfill(settings, asked, **fetching)
    assert (report.done, report.failed) == (30, 0)
    days = execute(
        settings,
        "SELECT DISTINCT CAST(s.published_at AS DATE) FROM page_fetch JOIN seen_page AS s USING (url)",
    )
    assert days
    assert all(date(2025, 11, 1) <= day <= date(2025, 11, 30) for (day,) in days)
    assert report.acquired.fetched == execute(settings, "SELECT count(*) FROM page_fetch")[0][0]
    assert plan_backfill(settings, asked, sources).partitions == ()
    # An address that an earlier discovery gave this month and that never came is tried again.
    later = next(
        a for a in chain.site.site.articles if a.outlet == "meridian" and a.published.month == 12
    )
    outlet = next(outlet for outlet in chain.site.site.outlets if outlet.slug == "meridian")
    url = outlet.absolute(article_path(later, outlet))
    with Store(settings) as store:
        store.con.execute(
            "INSERT INTO seen_page VALUES ('meridian', ?, NULL, NULL, ?, 'feed', ?, NULL)",
            [url, at_noon(date(2025, 11, 3)), at_noon(date(2025, 11, 3))],
        )
    again = backfill(settings, asked, **fetching)
    assert (again.partitions, again.acquired.fetched) == (1, 1)


def test_a_source_without_dates_is_said_to_be_no_use(chain, settings):
    by_slug = {source.slug: source for source in chain.sources}
    listed = by_slug["mofcom_notices"]
    assert refusal_of(listed) is None or "listings" in refusal_of(listed)
    bare = [_without(listed, "feeds", "sitemaps", "apis")]
    assert "--wayback" in refusal_of(bare[0])
    assert refusal_of(bare[0], wayback=True) is None
    assert "newest items" in warning_of(_without(by_slug["meridian"], "sitemaps", "apis"))
    assert warning_of(by_slug["meridian"]) is None
    with Store(settings):
        pass
    asked = request(stage=RunStage.FETCH, sources=(listed.slug,), dry_run=True)
    plan = plan_backfill(settings, asked, bare)
    assert plan.partitions == ()
    assert "cannot be asked for past days" in plan.notes[0]


def _without(source, *fields):
    return replace(source, **dict.fromkeys(fields, ()))


def run_cli(settings, *words):
    days = ["--from", "2025-03-01", "--to", "2025-03-04", "--data", str(settings.data)]
    return CliRunner().invoke(app, ["backfill", *days, *words])


def test_the_command_plans_runs_and_stops_on_ctrl_c(archived, monkeypatch):
    planned = run_cli(archived, "--stage", "article", "--dry-run", "--json")
    assert planned.exit_code == 0, planned.output
    rows = json.loads(planned.stdout)
    assert sum(row["to_do"] for row in rows) == DOCUMENTS
    assert f"{DOCUMENTS} documents" in planned.stderr

    def interrupted(jobs):
        os.kill(os.getpid(), signal.SIGINT)
        return reject_all(jobs)

    monkeypatch.setattr("pipeline.process.read_pages", interrupted)
    stopped = run_cli(archived, "--stage", "article", "--max-active", "2", "--yes", "--json")
    assert stopped.exit_code == 130
    assert json.loads(stopped.stdout)[0]["done"] == 2
    monkeypatch.setattr("pipeline.process.read_pages", reject_all)
    ended = run_cli(archived, "--stage", "article", "--yes")
    assert ended.exit_code == 0, ended.output
    nothing = run_cli(archived, "--stage", "article", "--yes")
    assert "nothing to do" in nothing.stderr
    shown = CliRunner().invoke(app, ["runs", "--grid", "--data", str(archived.data)])
    assert "strata" in shown.stdout
    assert "█" in shown.stdout


def test_a_bad_range_is_one_clear_line(settings):
    words = ["backfill", "--from", "2025-03-02", "--to", "2025-03-01", "--data", str(settings.data)]
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, InputError)
    assert "the range ends before it begins" in str(result.exception)
