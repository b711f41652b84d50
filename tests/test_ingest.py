"""The chain end to end, over HTTP, on the newsroom: what comes out, and that twice is once."""

import gzip
import os
import random
import signal
import subprocess
import sys
import time
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from models.errors import SettingsError
from pipeline.acquire import acquire_sources, acquire_urls, import_pages
from pipeline.fetch import FetchSettings
from pipeline.imports import iter_html, iter_warc
from pipeline.ingest import ingest
from pipeline.newsroom.content import load_articles
from pipeline.settings import Settings
from pipeline.store_read import query, reading

NEWS = Path(__file__).resolve().parents[2] / "shared" / "pages" / "news" / "html"
# Instants and the places of bytes differ between runs; everything else may not.
_RUN_COLUMNS = {
    "created_at", "fetched_at", "first_seen_at", "seen_at", "loaded_at", "known_from", "known_to",
    "warc_file", "warc_offset", "warc_length", "started_at", "finished_at", "heartbeat_at",
    "lease_s", "elapsed_s", "attempts", "processed", "owner",
}  # fmt: skip
_LOGS = {"load_log", "schema_version", "derived_state"}


def contents(settings, *, with_instants=False):
    """Return every row of every table, as sorted text."""
    found = {}
    with reading(settings) as con:
        for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            if table in _LOGS and not with_instants:
                continue
            columns = [
                row[0]
                for row in con.execute(
                    "SELECT column_name FROM duckdb_columns() WHERE table_name = ?", [table]
                ).fetchall()
                if with_instants or row[0] not in _RUN_COLUMNS
            ]
            listed = ", ".join(f'"{column}"' for column in columns)
            found[table] = con.execute(f"SELECT {listed} FROM {table} ORDER BY ALL").fetchall()
    return found


def test_every_page_ends_as_an_article_or_a_rejection(demo):
    outcomes = query(
        demo,
        "SELECT count(*) AS pages, count(version_id) AS articles, count(rejection_id) AS rejected "
        "FROM page_fetch LEFT JOIN page_outcome USING (fetch_id)",
    ).iloc[0]
    assert outcomes["pages"] >= 50
    assert outcomes["articles"] + outcomes["rejected"] == outcomes["pages"]


def test_rejections_name_their_reasons(demo):
    reasons = set(query(demo, "SELECT reason FROM rejection")["reason"])
    assert {"paywall", "index_page", "irrelevant", "robots_disallowed"} <= reasons


def test_no_teaser_or_caption_reaches_a_text(demo):
    texts = "\n".join(query(demo, "SELECT text FROM article_text")["text"])
    for article in load_articles():
        for teaser in article.teasers:
            assert teaser.text not in texts
        assert not article.caption or article.caption not in texts


def test_the_december_grant_has_its_licensees_and_its_sentence(demo):
    events = query(
        demo,
        "SELECT * FROM timeline WHERE kind = 'license_granted' "
        "AND list_contains(licensees, 'Ningbo Yunsheng Co., Ltd.')",
    )
    assert len(events) >= 1
    licensees = set(events.iloc[0]["licensees"])
    assert {"JL MAG Rare-Earth Co., Ltd.", "Ningbo Yunsheng Co., Ltd."} <= licensees
    assert "Yunsheng" in events.iloc[0]["evidence"]


def test_all_checks_pass(demo):
    with reading(demo) as con:
        names = con.execute(
            "SELECT view_name FROM duckdb_views() WHERE NOT internal AND view_name LIKE 'check%'"
        ).fetchall()
        assert len(names) >= 6
        for (name,) in names:
            assert con.execute(f"FROM {name}").fetchall() == [], name


def test_a_second_run_changes_no_row(chain, demo):
    before = contents(demo, with_instants=True)
    chain.site.forget_requests()
    report = chain.run(demo)
    assert contents(demo, with_instants=True) == before
    assert report.acquired.fetched == 0
    assert report.processed.pages == 0
    known = set(query(demo, "SELECT url FROM page_fetch")["url"])
    asked = {f"http://{seen.host}{seen.path}" for seen in chain.site.requests}
    assert not asked & known, "no page is asked for twice within the hour"
    chain.site.forget_requests()
    manners = FetchSettings(connect_to=chain.site.connect_to)
    acquire_sources(demo, chain.sources, manners, run_label="again", again=True)
    unchanged = [seen for seen in chain.site.requests if seen.status == 304]
    assert len(unchanged) >= 50, "known pages are asked for conditionally"
    assert contents(demo, with_instants=True) == before


_RUN = """
import sys
from functools import partial
from pathlib import Path
from pipeline.acquire import acquire_sources
from pipeline.catalog import load_sources
from pipeline.fetch import FetchSettings
from pipeline.ingest import ingest
from pipeline.settings import Settings
settings = Settings(data=Path(sys.argv[1]), lock_wait_s=60)
sources = load_sources(Path(sys.argv[2]))
hosts = {pair.split("=")[0]: ("127.0.0.1", int(pair.split("=")[1])) for pair in sys.argv[3:]}
print("ready", flush=True)
ingest(settings, partial(acquire_sources, settings, sources, FetchSettings(connect_to=hosts)),
    sources=sources)
"""


def test_kills_at_random_moments_leave_the_same_rows(chain, demo, tmp_path):
    script = tmp_path / "run.py"
    script.write_text(_RUN)
    data = tmp_path / "data"
    hosts = [f"{host}={port}" for host, (_, port) in chain.site.connect_to.items()]
    seconds = random.Random(20260101)
    with as_file(files("pipeline") / "newsroom" / "sources") as folder:
        command = [sys.executable, str(script), str(data), str(folder), *hosts]
        for _ in range(5):
            process = subprocess.Popen(command, stdout=subprocess.PIPE)
            process.stdout.readline()
            time.sleep(seconds.uniform(0.1, 6.0))
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
        subprocess.run(command, check=True, capture_output=True)
    expected, found = contents(demo), contents(Settings(data=data))
    assert found.keys() == expected.keys()
    for table in expected:
        assert found[table] == expected[table], table


def fetch(settings, site, *paths):
    urls = [f"http://hazards.example{path}" for path in paths]
    fetch_settings = FetchSettings(
        connect_to=site.connect_to, default_delay_s=0.0, deadline_s=3.0, max_attempts=1
    )
    return ingest(settings, partial(acquire_urls, settings, urls, fetch_settings))


def test_bad_pages_become_rejections_and_the_rest_goes_on(chain, settings):
    report = fetch(
        settings, chain.site, "/huge", "/nested", "/loop", "/redirect-private", "/binary",
        "/pdf-as-html", "/gzip-bomb", "/error500", "/notfound", "/slow", "/article",
    )  # fmt: skip
    rows = query(settings, "SELECT url, reason FROM rejection").values.tolist()
    reasons = {url.rpartition("/")[2]: reason for url, reason in rows}
    assert reasons["huge"] == "too_large"
    assert reasons["gzip-bomb"] == "too_large"
    assert reasons["nested"] in {"too_deep", "too_large"}
    assert reasons["loop"] == "too_many_redirects"
    assert reasons["redirect-private"] == "address_forbidden"
    assert reasons["binary"] == "wrong_content_type"
    assert reasons["pdf-as-html"] in {"not_html", "wrong_content_type"}
    assert reasons["error500"] == "http_error"
    assert reasons["notfound"] == "http_error"
    assert reasons["slow"] == "timeout"
    assert "article" not in reasons
    assert report.processed.articles == 1


def test_an_unreachable_site_is_a_rejection(settings):
    # A port that was just free: nothing listens there.
    fetch_settings = FetchSettings(
        connect_to={"down.example": ("127.0.0.1", 1)}, default_delay_s=0.0, max_attempts=1
    )
    acquire = partial(acquire_urls, settings, ["http://down.example/news"], fetch_settings)
    ingest(settings, acquire)
    assert query(settings, "SELECT reason FROM rejection")["reason"].tolist() == ["unreachable"]


def test_loopback_is_refused_without_the_switch(chain, settings):
    url = f"http://127.0.0.1:{chain.site.port}/"
    ingest(settings, partial(acquire_urls, settings, [url], FetchSettings(max_attempts=1)))
    assert query(settings, "SELECT reason FROM rejection")["reason"].tolist() == [
        "address_forbidden"
    ]


def test_files_that_are_not_pages_are_rejected(settings, tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(4000))
    (folder / "empty.html").write_bytes(b"")
    (folder / "torn.html.gz").write_bytes(gzip.compress(b"<html><p>text</p></html>" * 900)[:60])
    ingest(settings, partial(import_pages, settings, iter_html(folder)))
    rows = query(settings, "SELECT reason, count(*) AS n FROM rejection GROUP BY 1")
    assert rows["n"].sum() == 3


def test_a_warc_cut_in_half_gives_what_was_saved(chain, demo, settings, tmp_path):
    whole = max(demo.archive_dir.glob("*.warc.gz"), key=lambda path: path.stat().st_size)
    half = tmp_path / "half.warc.gz"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    report = ingest(settings, partial(import_pages, settings, iter_warc(half)))
    assert report.acquired.fetched > 5
    assert report.acquired.rejected["bad_archive"] == 1


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    blocked = Settings(data=tmp_path / "file" / "data")
    with pytest.raises(SettingsError, match="file/data"):
        ingest(blocked, partial(import_pages, blocked, iter(())))


@pytest.mark.skipif(not NEWS.is_dir(), reason="../shared/pages is not beside the project")
def test_real_pages_each_end_as_an_article_or_a_rejection(settings, tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    chosen = sorted(NEWS.glob("*.html.gz"))[::4]
    for page in chosen:
        (folder / page.name).write_bytes(page.read_bytes())
    ingest(settings, partial(import_pages, settings, iter_html(folder)))
    row = query(
        settings,
        "SELECT count(*) AS n, count(version_id) + count(rejection_id) AS done FROM page_outcome",
    ).iloc[0]
    assert row["n"] == row["done"] == len(chosen)
