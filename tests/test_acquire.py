"""Acquiring from a site on loopback: copies, exceptions, polls that adapt, captures of the past."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from library import LoopbackSite, make_source, pass_hours

from models.pages import ApiKind, ApiQuery, SourceAssertions
from pipeline.acquire import acquire_sources, register_sources
from pipeline.backfill_fetch import fetch_days
from pipeline.fetch import FetchSettings
from pipeline.polling import Poll, Polling
from pipeline.source_finder import find_site
from pipeline.source_probe import probe_all
from pipeline.store import Store
from pipeline.store_acquisition import pending
from pipeline.store_polls import load_polls, save_polls
from pipeline.store_read import query
from pipeline.wayback import backfill_source, first_url

HOST = "harborpost.example"
NOW = datetime.now(UTC)
ARTICLE = "<html><head><title>T</title></head><body><p>The port opened its gate.</p></body></html>"
TITLE = "Harbor office widens its licensing of magnets"


def feed(*items):
    rows = "".join(
        f"<item><title>{title}</title><link>http://{HOST}{path}</link></item>"
        for path, title in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{rows}</channel></rss>'


@pytest.fixture
def site():
    documents = {
        "/feed": feed(
            ("/a", TITLE), ("/b", f"{TITLE}!"), ("/c", "Quota"), ("/sport/d", "Cup final")
        ),
        **dict.fromkeys(("/a", "/b", "/c", "/sport/d"), ARTICLE),
    }
    with LoopbackSite(documents) as made:
        yield made


SOURCE = replace(
    make_source(feeds=(f"http://{HOST}/feed",), except_urls=("/sport/",)),
    slug="harbor_post",
    homepage=f"http://{HOST}/",
)


def run(settings, site, source=SOURCE, *, crawl_wait_s=900.0, **options):
    fetch_settings = FetchSettings(
        connect_to=dict.fromkeys((HOST, "web.archive.org"), site.address),
        default_delay_s=0.0,
        max_attempts=1,
        crawl_wait_s=crawl_wait_s,
    )
    return acquire_sources(settings, [source], fetch_settings, run_label="run-1", **options)


def test_a_copy_is_noted_and_not_fetched(settings, site):
    report = run(settings, site)
    assert (report.found, report.fetched, report.copies) == (2, 2, 1)
    assert (site.hits["/b"], site.hits["/sport/d"]) == (0, 0)
    seen = query(settings, "SELECT url, copy_of, title FROM seen_page ORDER BY url").values.tolist()
    assert [row[0].rpartition("/")[2] for row in seen] == ["a", "b", "c"]
    assert [row[1] for row in seen] == [None, f"http://{HOST}/a", None]
    before = query(settings, "FROM seen_page ORDER BY url")
    assert run(settings, site).fetched == 0
    assert query(settings, "FROM seen_page ORDER BY url").equals(before)


def test_the_copy_is_fetched_when_its_original_never_came(settings, site):
    del site.documents["/a"]
    assert run(settings, site).fetched == 1
    run(settings, site)
    assert site.hits["/b"] == 1


def test_a_page_that_failed_is_fetched_though_its_feed_has_dropped_it(settings, site):
    page = site.documents.pop("/c")
    assert run(settings, site).fetched == 1
    site.documents["/feed"] = feed(("/e", "The register of the harbor was opened today"))
    site.documents |= {"/c": page, "/e": ARTICLE}
    pass_hours(settings, 2)
    assert run(settings, site).fetched == 2
    assert site.hits["/c"] == 2
    site.documents["/feed"] = feed(("/f", "Some words of an article that never came"))
    assert run(settings, site).fetched == 0
    site.documents["/f"] = ARTICLE
    pass_hours(settings, 2)
    unwanted = replace(SOURCE, except_urls=("/f$",))
    assert run(settings, site, unwanted).fetched == 0, "exceptions hold for these too"


def test_a_source_that_knows_no_copies_fetches_all(settings, site):
    report = run(settings, site, replace(SOURCE, duplicate_days=0))
    assert (report.fetched, report.copies) == (3, 0)


def test_an_unchanged_feed_is_not_sent_again_and_offers_what_is_missing(settings, site):
    page = site.documents.pop("/c")
    assert run(settings, site).fetched == 1
    site.documents["/c"] = page
    pass_hours(settings, 2)  # what is missing is asked for once an hour at most
    assert run(settings, site).fetched == 1
    assert site.unchanged["/feed"] == 1
    site.documents["/feed"] = feed(("/e", "Another article of this morning"))
    site.documents["/e"] = ARTICLE
    assert run(settings, site).fetched == 1


MAPPED = replace(
    SOURCE, feeds=(), sitemaps=(f"http://{HOST}/map.xml",), article_pattern="/a", except_urls=()
)


def sitemap(*paths):
    return f"<urlset>{''.join(f'<url><loc>http://{HOST}{p}</loc></url>' for p in paths)}</urlset>"


def test_an_unchanged_sitemap_is_read_again_when_the_source_file_wants_more_of_it(settings, site):
    site.documents["/map.xml"] = sitemap("/a", "/b", "/c")
    assert run(settings, site, MAPPED).fetched == 1
    assert run(settings, site, replace(MAPPED, delay_s=0.01)).found == 0
    assert site.unchanged["/map.xml"] == 1
    assert run(settings, site, replace(MAPPED, article_pattern="/[ab]")).fetched == 1
    assert site.unchanged["/map.xml"] == 1


def test_an_unchanged_sitemap_offers_for_a_month_what_never_came(settings, site):
    site.documents["/map.xml"] = sitemap("/a", "/away")
    assert run(settings, site, MAPPED).fetched == 1
    for days, hits in ((8, 2), (40, 2)):
        pass_hours(settings, 24 * days)
        with Store(settings) as store:
            store.con.execute(
                "UPDATE seen_page SET first_seen_at = first_seen_at - to_days(?)", [days]
            )
        run(settings, site, MAPPED)
        assert (site.hits["/a"], site.hits["/away"]) == (1, hits)
    assert site.unchanged["/map.xml"] == 2


def last_poll(settings):
    with Store(settings) as store:
        return load_polls(store.con).get("harbor_post")


def test_polls_are_remembered_only_on_demand(settings, site):
    run(settings, site)
    assert last_poll(settings) is None


def test_a_source_is_passed_over_until_it_is_due(settings, site):
    assert run(settings, site, polling=Polling.DUE).not_due == 0
    first = last_poll(settings)
    assert (first.found, first.new, first.failures) == (3, 3, 0)
    report = run(settings, site, polling=Polling.DUE)
    assert (report.not_due, report.found) == (1, 0)
    assert site.hits["/feed"] == 1
    assert last_poll(settings) == first
    assert run(settings, site, polling=Polling.FORCED).not_due == 0
    forced = last_poll(settings)
    assert (forced.found, forced.new) == (3, 0)
    assert forced.interval_s == pytest.approx(first.interval_s * 1.5)
    assert forced.due_at > first.due_at


def test_a_dead_source_is_asked_less(settings, site):
    then = NOW - timedelta(days=9)
    with Store(settings) as store:
        known = Poll(
            source="harbor_post", polled_at=then, interval_s=7200.0, found=1, new=1, failures=2
        )
        save_polls(store, [known])
    del site.documents["/feed"]
    run(settings, site, polling=Polling.DUE)
    poll = last_poll(settings)
    assert (poll.interval_s, poll.failures) == (14_400.0, 3)


def test_captures_are_stored_as_pages_of_their_time(settings, site):
    past = backfill_source(SOURCE, since=date(2024, 1, 1), max_pages=2)
    listing = first_url(past.apis[0]).partition("web.archive.org")[2]
    rows = [["timestamp", "original"], ["20240312101500", f"http://{HOST}/old?x=1"]]
    # The demo site speaks plain HTTP only.
    past = replace(
        past, apis=(replace(past.apis[0], address="http://web.archive.org/cdx/search/cdx"),)
    )
    site.documents[listing] = json.dumps(rows)
    site.documents[f"/web/20240312101500id_/http://{HOST}/old?x=1"] = ARTICLE
    assert run(settings, site, past).fetched == 1
    (row,) = query(
        settings, "SELECT url, final_url, fetched_at, source FROM page_fetch"
    ).values.tolist()
    assert row[0] == f"http://{HOST}/old?x=1"
    assert row[1] == f"http://web.archive.org/web/20240312101500id_/http://{HOST}/old?x=1"
    assert row[2] == datetime(2024, 3, 12, 10, 15, tzinfo=UTC)
    assert row[3] == "harbor_post"
    assert run(settings, site, past).found == 0, "a capture is fetched once"


def test_plans_are_kept_and_assertions_judged(settings, site):
    plan = SourceAssertions(min_articles_a_week=5, required_fields=("title",))
    register_sources(settings, [replace(SOURCE, assertions=plan, confirmed="here", group="press")])
    run(settings, site)
    (row,) = query(settings, "FROM source_plan").to_dict("records")
    assert (row["group_name"], row["min_articles_a_week"], row["confirmed"]) == ("press", 5, "here")
    (verdict,) = query(settings, "FROM source_assertions").to_dict("records")
    assert verdict["verdict"] == "too few articles"
    register_sources(settings, [SOURCE])
    assert query(settings, "SELECT count(*) AS n FROM source_plan")["n"].tolist() == [1]


def pass_minutes_for_host(settings, minutes):
    (state_file,) = (settings.data / "hosts").glob(f"{HOST}-*.json")
    state = json.loads(state_file.read_bytes())
    state_file.write_text(json.dumps({**state, "last_at": state["last_at"] - 60 * minutes}))


def test_host_that_wants_ten_minutes_is_asked_once_in_ten_minutes_until_all_came(settings, site):
    site.documents["/robots.txt"] = "User-agent: *\nCrawl-delay: 600\n"
    paths = ("/feed", "/a", "/c")
    asked = []
    for number in range(5):
        before = dict(site.hits)
        report = run(settings, site, crawl_wait_s=0.0, polling=Polling.DUE)
        assert report.not_due == 0, "a source of which something was put off stays due"
        asked.append([path for path in paths if site.hits[path] != before.get(path, 0)])
        if number == 0:
            files = {"/robots.txt", "/.well-known/tdmrep.json", "/ai.txt"}
            assert set(site.hits) == files, "these begin the delay"
        pass_minutes_for_host(settings, 10)
    assert asked == [[], ["/feed"], ["/a"], ["/c"], ["/feed"]]
    assert site.hits["/b"] == 0, "a copy of what is only put off"
    assert site.unchanged["/feed"] == 0, "until all came it is asked for in full"
    assert run(settings, site, crawl_wait_s=0.0).put_off.total() == 0
    assert site.unchanged["/feed"] == 1
    assert last_poll(settings).failures == 0
    rows = query(settings, "SELECT url, stage, reason, detail FROM rejection ORDER BY 1, 2")
    assert [(url.rpartition("/")[2], *row) for url, *row in rows.values.tolist()] == [
        (name, stage, "robots_disallowed", f"http://{HOST}/{name}: put off to a later run: "
         f"robots.txt of {HOST} asks for 600 s between requests")
        for name, stage in (("a", "fetch"), ("c", "fetch"), ("feed", "discover"))
    ]  # fmt: skip


def test_short_crawl_delay_is_waited_for_and_puts_nothing_off(settings, site):
    site.documents["/robots.txt"] = "User-agent: *\nCrawl-delay: 0.05\n"
    report = run(settings, site, crawl_wait_s=5.0, polling=Polling.DUE)
    assert (report.fetched, report.put_off.total(), report.rejected.total()) == (2, 0, 0)
    assert last_poll(settings).found == 3
    assert run(settings, site, polling=Polling.DUE).not_due == 1


def test_what_was_put_off_is_waited_for_longer_than_what_failed(settings, site):
    site.documents["/robots.txt"] = "User-agent: *\nCrawl-delay: 600\n"
    run(settings, site, crawl_wait_s=0.0)
    pass_minutes_for_host(settings, 10)
    assert run(settings, site, crawl_wait_s=0.0).put_off == {"harbor_post": 2}
    with Store(settings) as store:
        store.con.execute(
            "INSERT INTO seen_page BY NAME SELECT * REPLACE (url || 'gone' AS url) FROM seen_page"
        )
        store.con.execute(
            "INSERT INTO rejection SELECT url, 'fetch', 'http_error', '404', source, url, now() "
            "FROM seen_page WHERE url LIKE '%gone'"
        )
        for days, count in ((0, 4), (8, 2), (31, 0)):
            found = pending(store.con, SOURCE, now=datetime.now(UTC) + timedelta(days=days))
            assert len(found) == count
            assert days == 0 or not [ref for ref in found if ref.url.endswith("gone")]


def test_backfill_that_was_put_off_says_that_it_goes_on(settings, site):
    site.documents |= {
        "/robots.txt": "User-agent: *\nCrawl-delay: 600\n",
        "/a": ARTICLE,
    }
    fetch_settings = FetchSettings(
        connect_to={HOST: site.address}, default_delay_s=0.0, crawl_wait_s=0.0
    )
    day = [NOW.date()]
    problems = []
    for _ in range(2):
        settings.prepare()
        fetched = fetch_days(settings, SOURCE, day, fetch_settings, run_label="back")
        problems.append(fetched.problem)
        pass_minutes_for_host(settings, 10)
    assert problems == [
        "1 requests put off, because a host wants few: running it again goes on",
        None,
    ]


def probe(site, *sources):
    async def ask():
        from pipeline.fetch import Fetcher

        settings = FetchSettings(connect_to={HOST: site.address}, max_attempts=1)
        async with Fetcher(settings) as fetcher:
            return await probe_all(sources, fetcher)

    return asyncio.run(ask())


def test_probe_tells_entries_robots_and_trouble(site):
    site.documents["/robots.txt"] = "User-agent: *\nDisallow: /private"
    address = f"http://{HOST}"
    listing = replace(SOURCE, feeds=(), listings=(f"{address}/list",), article_pattern="/x")
    good, shut, missing, bare, empty, api = probe(
        site,
        SOURCE,
        replace(SOURCE, feeds=(f"{address}/private/feed",)),
        replace(SOURCE, feeds=(f"{address}/nowhere",)),
        replace(SOURCE, feeds=(f"{address}/a",)),
        listing,
        replace(
            SOURCE,
            feeds=(),
            apis=(ApiQuery(kind=ApiKind.GDELT, term="x", address=f"{address}/api"),),
        ),
    )
    assert (good.answer, good.entries, good.robots, good.what) == ("ok", 4, True, "feed")
    assert (shut.answer, shut.robots, shut.entries) == ("robots_disallowed", False, None)
    assert (missing.answer, missing.robots) == ("http_error", True)
    assert (bare.answer, bare.entries) == ("bad_feed", None)
    assert (empty.answer, empty.what) == ("http_error", "listing")
    assert (api.answer, api.what) == ("http_error", "gdelt")
    assert site.hits["/feed"] == 1


def find(site, url=f"http://{HOST}/"):
    async def look():
        from pipeline.fetch import Fetcher

        settings = FetchSettings(
            connect_to={HOST: site.address}, default_delay_s=0.0, max_attempts=1
        )
        async with Fetcher(settings) as fetcher:
            return await find_site(url, fetcher)

    return asyncio.run(look())


SITEMAP = f"<urlset><url><loc>http://{HOST}/a</loc></url></urlset>"
FRONT = """<html lang="no-NO"><head><title>Harbor \x0b Post</title>
<link rel="alternate" type="application/rss+xml" href="/feed">
<link rel="alternate" type="application/rss+xml" href="/comments/feed">
<link rel="alternate" type="text/html" href="/en"></head><body>x</body></html>"""


def test_finder_reads_links_and_robots(site):
    site.documents |= {
        "/": FRONT,
        "/robots.txt": f"Sitemap: http://{HOST}/map.xml\nSitemap: http://elsewhere.example/x.xml",
        "/map.xml": SITEMAP,
    }
    found = find(site)
    assert found.feeds == [f"http://{HOST}/feed"]
    assert found.sitemaps == [f"http://{HOST}/map.xml"]
    assert (found.name, found.language) == ("Harbor Post", "no")
    assert site.hits["/rss.xml"] == site.hits["/sitemap.xml"] == 0


def test_finder_tries_the_usual_places(site):
    site.documents |= {
        "/": "<html><title>H</title><p>x</html>",
        "/rss.xml": feed(("/a", "A")),
        "/sitemap.xml": SITEMAP,
    }
    found = find(site)
    assert found.feeds == [f"http://{HOST}/rss.xml"]
    assert found.sitemaps == [f"http://{HOST}/sitemap.xml"]
    assert any(tried.entries is None for tried in found.tried)
    assert sum(site.hits.values()) <= 20


def test_finder_takes_the_address_of_a_feed(site):
    found = find(site, f"http://{HOST}/feed")
    assert found.feeds == [f"http://{HOST}/feed"]
    assert found.homepage == f"http://{HOST}/"


def test_finder_of_a_hostile_page_is_bounded(site):
    links = "".join(
        f'<link rel=alternate type=application/rss+xml href="/f{n}">' for n in range(500)
    )
    robots = "".join(f"Sitemap: http://{HOST}/s{n}.xml\n" for n in range(500))
    site.documents |= {
        "/": f"<html><head>{links}</head><body>x</body></html>",
        "/robots.txt": robots,
    }
    assert find(site).feeds == []
    assert sum(site.hits.values()) <= 20
