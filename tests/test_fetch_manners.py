"""The fetcher's manners against a real server: who it says it is, robots, delays, troubled hosts."""

import asyncio
import json
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from newsstand import HOST, SIGNALS, fetch, open_stand, refs, settings

from models.errors import FetchError, SettingsError
from models.pages import RawPage
from models.vocabulary import RejectionReason
from pipeline.answers import Answer
from pipeline.fetch import Fetcher, FetchSettings
from pipeline.fetch_manners import SiteRulebook
from pipeline.politeness import is_put_off


@pytest.fixture
def server():
    with open_stand() as stand:
        yield stand


@pytest.mark.parametrize(
    "contact", ["", "nobody", "me@", "ftp://x.example", "a b@c.example", "x\ny@z.de"]
)
def test_contact_must_be_one(contact):
    with pytest.raises(SettingsError, match="REELINE_CONTACT"):
        FetchSettings(contact=contact)


@pytest.mark.parametrize("contact", ["robot@gazette.example", "https://gazette.example/robot"])
def test_contact_is_in_the_user_agent(server, contact, monkeypatch):
    monkeypatch.setenv("REELINE_CONTACT", contact)
    fetch(settings(server), "/page")
    assert f"(+{contact})" in server.seen_headers["user-agent"]


def test_without_contact_no_host_of_the_web_is_asked(server, monkeypatch):
    monkeypatch.delenv("REELINE_CONTACT", raising=False)

    async def lookup(host, port):
        raise AssertionError("no name may be looked up")

    for url in ("http://www.example.org/", "https://www.example.org/"):
        with pytest.raises(SettingsError, match="REELINE_CONTACT"):
            fetch(settings(server), url, lookup=lookup)
    with pytest.raises(FetchError, match="REELINE_CONTACT"):
        fetch(settings(server), "/to-the-web", lookup=lookup)

    async def run():
        async with Fetcher(settings(server)) as fetcher:
            wanted = refs(f"http://{HOST}/page", "http://www.example.org/")
            return [result async for result in fetcher.fetch_all(wanted)]

    with pytest.raises(SettingsError, match="REELINE_CONTACT"):
        asyncio.run(run())


def test_site_files_are_asked_for_once_a_day_by_all_runs(server, tmp_path):
    server.robots = (200, b"User-agent: *\nDisallow: /private/\n")
    config = settings(server, hosts_dir=tmp_path)
    for _ in range(2):
        assert fetch(config, "/page").status == 200
        with pytest.raises(FetchError, match="robots"):
            fetch(config, "/private/x")
    paths = [path for _, path, _ in server.hits]
    assert paths == ["/robots.txt", *SIGNALS, "/page", "/page"]
    (kept,) = tmp_path.glob("site-*.json")
    kept.write_text("{")
    assert fetch(config, "/page").status == 200
    assert [path for _, path, _ in server.hits].count("/robots.txt") == 2


def test_robots_are_asked_for_again_after_a_day(server, tmp_path):
    server.robots = (200, b"User-agent: *\nDisallow: /private/\n")
    config = settings(server, hosts_dir=tmp_path)
    fetch(config, "/page")
    server.robots = (200, b"User-agent: *\nDisallow: /\n")
    (kept,) = tmp_path.glob("site-*.json")
    files = json.loads(kept.read_bytes())
    ends = files["/robots.txt"]["expires_at"]
    assert ends - time.time() == pytest.approx(24 * 3600, abs=60)
    for age_s, is_allowed in ((ends - time.time() - 30, True), (60, False)):
        for file in files.values():
            file["expires_at"] -= age_s
        kept.write_text(json.dumps(files))
        if is_allowed:
            assert fetch(config, "/page").status == 200
        else:
            with pytest.raises(FetchError, match="robots"):
                fetch(config, "/page")


@pytest.mark.parametrize(
    ("retry_after", "kept_s"),
    [("3600", 3600), ("1", 600), ("soon", 600), ("9999999", 24 * 3600)],
)
def test_robots_that_say_when_to_come_again_are_left_alone_until_then(
    retry_after, kept_s, tmp_path
):
    async def ask(url):
        return Answer(503, (("Retry-After", retry_after),), b"")

    rulebook = SiteRulebook(FetchSettings(hosts_dir=tmp_path))
    rules = asyncio.run(rulebook.rules_for(f"http://{HOST}/page", ask))
    assert not rules.robots.is_reachable
    (kept,) = tmp_path.glob("site-*.json")
    expires_at = json.loads(kept.read_bytes())["/robots.txt"]["expires_at"]
    assert expires_at - time.time() == pytest.approx(kept_s, abs=30)


def test_failing_robots_is_asked_for_again_after_the_pause(server, tmp_path):
    server.robots = (503, b"")
    config = settings(server, hosts_dir=tmp_path, host_pause_s=60.0)
    with pytest.raises(FetchError, match="robots"):
        fetch(config, "/page")
    server.robots = (404, b"")
    with pytest.raises(FetchError, match="robots"):
        fetch(config, "/page")
    (kept,) = tmp_path.glob("site-*.json")
    files = json.loads(kept.read_bytes())
    files["/robots.txt"]["expires_at"] -= 60
    kept.write_text(json.dumps(files))
    assert fetch(config, "/page").status == 200


def test_robots_is_asked_first_and_obeyed(server):
    server.robots = (200, b"User-agent: reeline\nDisallow: /private/\n")
    config = settings(server)
    with pytest.raises(FetchError) as caught:
        fetch(config, "/private/x")
    assert caught.value.reason is RejectionReason.ROBOTS_DISALLOWED
    assert not caught.value.retryable
    assert [path for _, path, _ in server.hits] == ["/robots.txt", *SIGNALS]
    assert fetch(config, "/page").status == 200
    with pytest.raises(FetchError, match="robots"):
        fetch(config, "/to-forbidden")


@pytest.mark.parametrize("status", [500, 503, 429])
def test_robots_error_forbids_for_now(server, status):
    server.robots = (status, b"")
    with pytest.raises(FetchError) as caught:
        fetch(settings(server), "/page")
    assert caught.value.reason is RejectionReason.ROBOTS_DISALLOWED
    assert caught.value.retryable


@pytest.mark.parametrize("status", [403, 404, 410])
def test_missing_robots_forbids_nothing(server, status):
    server.robots = (status, b"User-agent: *\nDisallow: /\n")
    assert fetch(settings(server), "/page").status == 200


@pytest.fixture
def slow(server, tmp_path):
    """Return settings for a host that wants ten minutes and had its robots.txt read before."""
    server.robots = (200, b"User-agent: *\nCrawl-delay: 600\n")
    server.flaky = 9
    config = settings(server, hosts_dir=tmp_path, crawl_wait_s=0.0, max_attempts=3)
    with pytest.raises(FetchError, match="put off to a later run") as caught:
        fetch(config, "/page")
    assert is_put_off(caught.value)
    assert [path for _, path, _ in server.hits] == ["/robots.txt", *SIGNALS]
    (state_file,) = tmp_path.glob(f"{HOST}-*.json")
    state = json.loads(state_file.read_bytes())
    past = {"last_at": state["last_at"] - 600, "promised_to": ""}
    state_file.write_text(json.dumps({**state, **past}))
    return config


def test_redirect_within_a_host_completes_the_visit_that_it_waited_for(server, slow, monkeypatch):
    monkeypatch.setattr("pipeline.fetch._LONGEST_HOP_S", 0.1)
    assert fetch(slow, "/moved").final_url.endswith("/page")
    *_, (_, _, first_at), (_, _, second_at) = server.hits
    assert second_at - first_at >= 0.1
    with pytest.raises(FetchError, match="put off to a later run"):
        fetch(slow, "/page")


def test_page_that_failed_and_has_no_turn_for_another_try_keeps_its_reason(server, slow):
    with pytest.raises(FetchError, match="status 503") as caught:
        fetch(slow, "/flaky")
    assert not is_put_off(caught.value)
    assert [path for _, path, _ in server.hits].count("/flaky") == 1


def test_unreachable_host_is_retryable_and_then_left_alone(server):
    config = settings(server)
    closed = FetchSettings(
        connect_to={HOST: ("127.0.0.1", 1)}, max_attempts=2, backoff_s=0.01, default_delay_s=0.0
    )

    async def run():
        reasons = []
        async with Fetcher(closed) as fetcher:
            for _ in range(2):
                with pytest.raises(FetchError) as caught:
                    await fetcher.get(f"http://{HOST}/page", source="gazette")
                reasons.append(caught.value)
        return reasons

    first, second = asyncio.run(run())
    assert first.reason == second.reason == RejectionReason.UNREACHABLE
    assert first.retryable
    assert "left alone" in str(second)
    assert config.max_attempts == 1


@pytest.fixture
def hurried(server, tmp_path):
    """Return settings with a short deadline, for a host whose robots.txt is known."""
    config = settings(server, hosts_dir=tmp_path)
    fetch(config, "/page")
    server.hits.clear()
    return replace(config, deadline_s=0.4)


def test_host_that_only_times_out_is_left_alone_and_one_slow_page_is_not(hurried):

    async def run(*paths):
        async with Fetcher(hurried) as fetcher:
            wanted = refs(*(f"http://{HOST}/{path}" for path in paths))
            return [outcome async for _, outcome in fetcher.fetch_all(wanted)]

    assert isinstance(asyncio.run(run("drip", "page", "drip?2", "page?2"))[3], RawPage)
    outcomes = asyncio.run(run("drip", "drip?2", "page"))
    assert [outcome.reason for outcome in outcomes] == [RejectionReason.TIMEOUT] * 3
    assert "left alone" in str(outcomes[2])


def test_trouble_behind_a_redirect_does_not_close_the_first_host(server):
    port = server.server_port
    config = FetchSettings(
        connect_to={HOST: ("127.0.0.1", port), "dead.example": ("127.0.0.1", 1)},
        max_attempts=1,
        default_delay_s=0.0,
    )

    async def run():
        async with Fetcher(config) as fetcher:
            wanted = refs(f"http://{HOST}/to-dead", f"http://{HOST}/page")
            return [outcome async for _, outcome in fetcher.fetch_all(wanted)]

    first, second = asyncio.run(run())
    assert first.reason is RejectionReason.UNREACHABLE
    assert isinstance(second, RawPage)


def test_long_retry_after_holds_back_the_next_run_too(server, tmp_path):
    config = settings(server, hosts_dir=tmp_path)
    for expected in ("429", "left alone"):
        with pytest.raises(FetchError, match=expected):
            fetch(config, "/busy")
    assert [path for _, path, _ in server.hits].count("/busy") == 1


def test_long_retry_after_is_not_waited_for(server):
    with pytest.raises(FetchError) as caught:
        fetch(settings(server, max_attempts=3), "/busy")
    assert caught.value.retry_after_s == 3600
    assert [path for _, path, _ in server.hits].count("/busy") == 1


def test_page_that_uses_up_its_time_is_not_asked_for_again_at_once(server, hurried):
    with pytest.raises(FetchError) as caught:
        fetch(replace(hurried, max_attempts=3), "/drip")
    assert caught.value.reason is RejectionReason.TIMEOUT
    assert [path for _, path, _ in server.hits] == ["/drip"]


def test_passing_error_is_tried_again(server):
    server.flaky = 2
    assert fetch(settings(server, max_attempts=3), "/flaky").status == 200
    assert sum(path == "/flaky" for _, path, _ in server.hits) == 3


def test_slow_hosts_do_not_wait_for_each_other(server):
    hosts = [f"h{n}.example" for n in range(100)]
    config = settings(server, *hosts, max_concurrency=128)

    async def run():
        async with Fetcher(config) as fetcher:
            wanted = refs(*(f"http://{host}/slow" for host in hosts))
            return [outcome async for _, outcome in fetcher.fetch_all(wanted)]

    outcomes = asyncio.run(run())
    assert [o for o in outcomes if not isinstance(o, RawPage)] == []
    assert len(outcomes) == 100
    assert server.most_slow >= 10  # at once; one after the other it would be one


def test_one_host_gets_one_request_at_a_time_with_its_delay(server):
    config = settings(server, default_delay_s=0.2)

    async def run():
        async with Fetcher(config) as fetcher:
            wanted = refs(*(f"http://{HOST}/{name}" for name in ("page", "gone", "page?n=2")))
            return [(ref.url, outcome) async for ref, outcome in fetcher.fetch_all(wanted)]

    results = asyncio.run(run())
    assert [isinstance(outcome, RawPage) for _, outcome in results] == [True, False, True]
    times = [moment for _, _, moment in server.hits]  # robots.txt and the like too
    assert len(times) == 6
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(times))
