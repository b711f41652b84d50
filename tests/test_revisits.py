"""What was asked for before is asked for again by a rhythm, and never by a run that makes up."""

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from library import LoopbackSite, make_source, pass_hours
from newsstand import HOST as STAND
from newsstand import open_stand
from newsstand import settings as stand_settings
from typer.testing import CliRunner

from models.pages import PageRef
from pipeline.acquire import acquire_sources, acquire_urls, recover
from pipeline.backfill_fetch import fetch_days
from pipeline.cli.app import app
from pipeline.fetch import FetchSettings
from pipeline.ingest import IngestReport
from pipeline.progress import no_progress
from pipeline.revisits import FILE_NAME, Visit, VisitMemory, due_again, is_due_again
from pipeline.settings import Settings
from pipeline.source_writer import source_toml
from pipeline.store_read import query
from pipeline.store_timeline import RefreshReport

HOST = "tidewater.example"
RESPONSES = WarcRecordType.response | WarcRecordType.revisit
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
PAGE = "<html><body><p>The pier was closed at noon.</p></body></html>"


def hours(number):
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("asked_h", "first_h", "has_failed", "due"),
    [
        (0.9, 0.9, False, False),  # not within an hour
        (1.0, 1.0, False, True),
        (1.0, 2.5, False, False),  # a gap as long as the age then
        (2.0, 4.0, False, True),
        (30.0, 70.0, False, False),
        (36.0, 72.0, False, True),
        (40.0, 72.1, False, False),  # settled after three days
        (0.5, 0.5, True, False),
        (1.0, 1.0, True, True),
        (90.0, 200.0, True, False),
        (110.0, 200.0, True, True),  # what failed is asked for, ever more rarely
    ],
)
def test_rhythm(asked_h, first_h, has_failed, due):
    known = Visit(
        first_at=NOW - hours(first_h), last_at=NOW - hours(asked_h), has_failed=has_failed
    )
    assert is_due_again(known, now=NOW) is due
    assert is_due_again(known, now=NOW, interrupted_at=known.last_at - hours(1)) is False
    assert is_due_again(known, now=NOW, interrupted_at=known.last_at + hours(0.1)) is due


@pytest.mark.parametrize(("has_failed", "requests"), [(False, 7), (True, 10)])
def test_hourly_runs_ask_few_times(has_failed, requests):
    known = Visit(first_at=NOW, last_at=NOW, has_failed=has_failed)
    asked = 0
    for hour in range(1, 24 * 30):
        now = NOW + hours(hour)
        if is_due_again(known, now=now):
            asked += 1
            known = Visit(first_at=NOW, last_at=now, has_failed=has_failed)
    assert asked == requests


def test_only_what_is_due_is_chosen_in_order():
    refs = {
        url: PageRef(source=source, url=url, title=None, published=None, found_in="t")
        for url, source in {"d": "one", "b": "one", "c": "two", "a": "one"}.items()
    }
    old = Visit(first_at=NOW - hours(5), last_at=NOW - hours(4))
    known = {"b": old, "c": old}
    chosen = due_again(refs, known, now=NOW, interrupted={"two": NOW - hours(6)})
    assert list(chosen) == ["d", "b", "a"]


def test_two_memories_of_an_address_are_one():
    early = Visit(first_at=NOW, last_at=NOW + hours(1), has_failed=True)
    late = Visit(first_at=NOW + hours(2), last_at=NOW + hours(2))
    for joined in (early.joined(late), late.joined(early)):
        assert joined == Visit(first_at=NOW, last_at=NOW + hours(2), has_failed=False)


def test_memory_outlives_its_process_and_runs_are_made_up_for(tmp_path):
    with VisitMemory(tmp_path / "hosts") as visits:
        assert visits.begin({"one", "two"}, now=NOW) == {}
        visits.note("u", has_failed=True)
        visits.note("v", has_failed=False)
    with VisitMemory(tmp_path / "hosts") as visits:
        found = visits.visits(["u", "v", "w"])
        assert {url: visit.has_failed for url, visit in found.items()} == {"u": True, "v": False}
        # The first of two interrupted runs counts; other sources have nothing to make up for.
        assert visits.begin({"two", "three"}, now=NOW + hours(1)) == {"two": NOW}
        assert visits.begin({"two"}, now=NOW + hours(2)) == {"two": NOW}
        visits.end({"two", "three"})
        assert visits.begin({"one", "two"}, now=NOW + hours(3)) == {"one": NOW}
        assert visits.begin({"one"}, now=NOW + hours(80)) == {}, "by then everything is settled"


@pytest.mark.parametrize("content", [b"not a database", b"SQLite format 3\0" + b"\xff" * 600])
def test_damaged_memory_costs_requests_and_nothing_else(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    with VisitMemory(tmp_path) as visits:
        visits.begin({"one"}, now=NOW)
        visits.note("u", has_failed=True)
        assert visits.visits(["u"]) == {}
    with VisitMemory(tmp_path) as visits:
        visits.note("u", has_failed=True)
        assert list(visits.visits(["u"])) == ["u"]


def test_folder_that_cannot_be_made_costs_nothing_else(tmp_path):
    (tmp_path / "file").write_text("")
    with VisitMemory(tmp_path / "file") as visits:
        visits.note("u", has_failed=True)
        assert visits.visits(["u"]) == {}


@pytest.fixture
def site():
    item = f"<item><link>http://{HOST}/p%d</link><pubDate>{formatdate()}</pubDate></item>"
    links = "".join(item % number for number in range(6))
    documents = {"/feed": f"<rss version='2.0'><channel>{links}</channel></rss>"}
    with LoopbackSite(documents | {f"/p{n}": f"{PAGE} {n}" for n in range(5)}) as made:
        yield made


SOURCE = make_source(feeds=(f"http://{HOST}/feed",))


def manners(site, **options):
    return FetchSettings(
        connect_to={HOST: site.address}, default_delay_s=0.0, max_attempts=1, **options
    )


def run(settings, site, **options):
    return acquire_sources(settings, [SOURCE], manners(site), run_label="r", **options)


def asked(site):
    return {path: count for path, count in site.hits.items() if path.startswith("/p")}


def test_young_pages_are_asked_again_and_give_versions(settings, site):
    report = run(settings, site)
    assert (report.fetched, report.rejected.total()) == (5, 1)
    everything = dict.fromkeys((f"/p{n}" for n in range(6)), 1)
    assert asked(site) == everything
    report = run(settings, site)
    assert (report.found, report.recent) == (0, 6)
    assert asked(site) == everything, "not within the hour, the missing one included"

    pass_hours(settings, 1.5)
    site.documents["/p1"] = PAGE + " corrected"
    report = run(settings, site)
    assert (report.found, report.fetched, report.unchanged, report.recent) == (6, 1, 4, 0)
    assert sum(site.unchanged[path] for path in everything) == 4, "conditionally"
    versions = query(settings, "SELECT url, count(*) FROM page_fetch GROUP BY url").values.tolist()
    assert {url.rpartition("/")[2]: n for url, n in versions}["p1"] == 2
    assert run(settings, site).found == 0, "an unchanged answer counts as a request"

    pass_hours(settings, 80)
    report = run(settings, site)
    assert (report.found, report.recent) == (1, 0), "settled, but for the one that never came"
    report = run(settings, site, again=True)
    assert (report.found, report.unchanged) == (6, 5)


def test_given_addresses_have_the_same_rhythm_and_a_way_round_it(settings, site):
    def ask(**options):
        urls = [f"http://{HOST}/p1"]
        return acquire_urls(settings, urls, manners(site), run_label="r", **options)

    assert ask().fetched == 1
    assert (ask().found, asked(site)) == (0, {"/p1": 1})
    assert (ask(again=True).unchanged, asked(site)) == (1, {"/p1": 2})


def test_page_behind_a_redirect_does_not_come_twice(settings):
    with open_stand() as stand:
        manners = stand_settings(stand, default_delay_s=0.0)
        for path in ("moved", "page?utm_source=mail", "page"):
            urls = [f"http://{STAND}/{path}"]
            acquire_urls(settings, urls, manners, run_label="r")
        assert [path for _, path, _ in stand.hits if path in {"/moved", "/page"}] == [
            "/moved",
            "/page",
        ]


CRAWL = """
import sys
from pathlib import Path
from pipeline import acquire, recording
from pipeline.fetch import FetchSettings
from pipeline.settings import Settings
from newsstand import HOST as STAND
from newsstand import open_stand
from newsstand import settings as stand_settings
from library import make_source

data, port, kill_at = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
real, done = recording.Recorder.outcome, 0

def outcome(self, *given, **named):
    global done
    done += 1
    if done > kill_at:
        import os, signal
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, *given, **named)

recording.Recorder.outcome = outcome
settings = Settings(data=data)
settings.prepare()
source = make_source(feeds=("http://tidewater.example/feed",))
fetch_settings = FetchSettings(
    connect_to={"tidewater.example": ("127.0.0.1", port)}, default_delay_s=0.0, max_attempts=1
)
acquire.acquire_sources(settings, [source], fetch_settings, run_label="r")
"""


def crawl_and_kill(settings, site, kill_at):
    words = [str(settings.data), str(site.address[1]), str(kill_at)]
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent)])
    ended = subprocess.run(
        [sys.executable, "-c", CRAWL, *words],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def test_rerun_after_a_kill_asks_for_nothing_that_was_answered(settings, site):
    run(settings, site)
    pass_hours(settings, 2)  # a revisit is killed: 304s and a 404 leave no page behind
    del site.documents["/p0"]
    crawl_and_kill(settings, site, kill_at=4)
    answered = dict(asked(site))
    in_flight = {path for path, count in answered.items() if count == 2}
    assert {"/p0", "/p1", "/p2", "/p3"} <= in_flight
    pass_hours(settings, 20)  # the run to make up for may have begun long ago
    recover(settings)
    report = run(settings, site)
    twice = {path for path, count in asked(site).items() if count > 2}
    assert not twice & {"/p0", "/p1", "/p2", "/p3"}
    assert report.found == 2, "what had no outcome"
    pass_hours(settings, 3)
    assert run(settings, site).found >= 4, "a whole run ends what has to be made up for"


def test_rerun_of_a_killed_first_run_asks_for_the_rest_only(settings, site, tmp_path):
    crawl_and_kill(settings, site, kill_at=3)
    before = dict(asked(site))
    torn = Settings(data=tmp_path / "torn", lock_wait_s=20.0)
    shutil.copytree(settings.data, torn.data)

    pass_hours(settings, 5)
    assert recover(settings).adopted == 3
    whole = site.documents["/feed"]
    site.documents["/feed"] = "<rss version='2.0'><channel><title>T</title></channel></rss>"
    run(settings, site)  # the feed has dropped what the killed run did not come to
    site.documents["/feed"] = whole
    again = {path for path, count in asked(site).items() if count > before.get(path, 0)}
    assert again.isdisjoint({"/p0", "/p1", "/p2"})
    assert query(settings, "SELECT count(DISTINCT url) AS n FROM page_fetch")["n"][0] == 5

    # The same with a torn tail: it is cut, counted, and its page alone is asked for once more.
    before = dict(asked(site))
    (left_open,) = torn.archive_dir.glob("*.open")
    with left_open.open("rb") as file:
        offsets = [r.stream_pos for r in ArchiveIterator(file, record_types=RESPONSES)]
    os.truncate(left_open, offsets[-1] + 100)
    report = recover(torn)
    assert (report.adopted, report.rejected) == (2, {"bad_archive": 1})
    (detail,) = query(torn, "SELECT detail FROM rejection WHERE stage = 'archive'")["detail"]
    assert "100 bytes were cut off" in detail
    run(torn, site)
    again = {path for path, count in asked(site).items() if count > before.get(path, 0)}
    assert "/p2" in again
    assert again.isdisjoint({"/p0", "/p1"})


def test_rerun_of_a_killed_backfill_leaves_refusals_alone(settings, site):
    days = [datetime.now(UTC).date()]
    with VisitMemory(settings.data / "hosts") as visits:
        visits.begin([f"{SOURCE.slug} backfill from {days[0]}"], now=datetime.now(UTC))
        visits.note(f"http://{HOST}/p5", has_failed=True)
    fetched = fetch_days(settings, SOURCE, days, manners(site), run_label="b")
    assert (fetched.report.fetched, asked(site).get("/p5", 0)) == (5, 0)
    fetch_days(settings, SOURCE, days, manners(site), run_label="b")
    assert asked(site)["/p5"] == 1, "asked for on purpose, by a run with nothing to make up for"


def test_what_the_cli_says_of_it(settings, site, tmp_path, monkeypatch):
    def acquire_only(settings, acquire, **_):
        settings.prepare()
        acquired = acquire(run_label="r", progress=no_progress)
        return IngestReport(
            acquired=acquired, timeline=RefreshReport(events=0, opened=0, revised=0, closed=0)
        )

    monkeypatch.setattr("pipeline.cli.ingest.ingest", acquire_only)
    folder = tmp_path / "sources"
    folder.mkdir()
    text = {"name": "T", "homepage": f"http://{HOST}/", "feeds": [f"http://{HOST}/feed"]}
    text |= {"kind": "news", "languages": ["en"], "delay_s": 0.01, "enabled": True}
    text |= {"relevance_terms": ["pier"]}
    (folder / "tide.toml").write_text(source_toml(text, slug="tide", note="test"))

    def acquired(*more):
        words = ["ingest", "--sources-dir", str(folder), "--json", *more]
        words += ["--connect-to", f"{HOST}=127.0.0.1:{site.address[1]}"]
        ended = CliRunner().invoke(app, words, env={"REELINE_DATA": str(settings.data)})
        assert ended.exit_code == 0, ended.output
        return json.loads(ended.stdout)["acquired"]

    first, second = acquired(), acquired()
    assert (first["fetched"], first["rejected"]) == (5, {"http_error": 1})
    assert (second["found"], second["recent"]) == (0, 6)
    assert acquired("--again")["unchanged"] == 5
    assert set(asked(site).values()) == {2}
    wrong = CliRunner().invoke(app, ["ingest", "--html", ".", "--again"])
    assert wrong.exit_code == 2
