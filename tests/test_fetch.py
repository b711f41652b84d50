"""The fetcher against a real server on this machine: good pages, and everything that goes wrong."""

import asyncio
import gzip
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

from models.errors import FetchError, SettingsError
from models.pages import PageRef, RawPage, Source
from models.vocabulary import RejectionReason, SourceKind
from pipeline.addresses import forbidden_reason
from pipeline.discover import discover
from pipeline.fetch import Fetcher, FetchSettings, NotModified, Validators
from pipeline.politeness import backoff_wait_s, parse_retry_after

HOST = "gazette.example"
PAGE = b"<html><body><p>The ministry opened its window.</p></body></html>"
CHUNK = b"x" * 65536


class Newsstand(BaseHTTPRequestHandler):
    """One path a behaviour; `hits` counts requests by path for the tests."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.server.hits.append((self.headers["Host"], self.path, time.monotonic()))
        self.server.seen_headers = dict(self.headers)
        name = self.path.strip("/").split("/")[0].split("?")[0].replace(".", "_").replace("-", "_")
        try:
            getattr(self, f"serve_{name}", self.serve_missing)()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def answer(self, status=200, body=PAGE, **headers):
        self.send_response(status)
        headers = {"Content_Type": "text/html; charset=utf-8", **headers}
        for key, value in headers.items():
            if value is not None:
                self.send_header(key.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def serve_missing(self):
        self.answer(404, b"no such page")

    def serve_robots_txt(self):
        status, body = self.server.robots
        self.answer(status, body, Content_Type="text/plain")

    def serve_page(self):
        self.answer(Set_Cookie="id=7", X_Office="caf\u00e9")

    def serve_claims(self):
        self.answer(body=b"", Content_Length=str(2 * 1024**3))

    def serve_streams(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.close_connection = True
        for _ in range(32768):  # 2 GB, if anyone reads on
            self.wfile.write(CHUNK)
            self.server.sent += len(CHUNK)

    def serve_drip(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(50):
            self.wfile.write(b".")
            self.wfile.flush()
            time.sleep(0.1)

    def serve_slow(self):
        time.sleep(0.4)
        self.answer()

    def serve_gzipped(self):
        self.answer(body=gzip.compress(PAGE), Content_Encoding="gzip")

    def serve_bomb(self):
        self.answer(body=gzip.compress(b"\0" * 60_000_000), Content_Encoding="gzip")

    def serve_picture(self):
        self.answer(body=b"\x89PNG\r\n", Content_Type="image/png")

    def serve_disguised(self):
        self.answer(body=b"%PDF-1.7 and so on")

    def serve_sitemap_xml_gz(self):
        self.answer(body=gzip.compress(b"<urlset/>"), Content_Type="application/xml")

    def serve_untyped(self):
        self.answer(Content_Type=None)

    def serve_untyped_binary(self):
        self.answer(body=b"%PDF-1.7 \x00\x01", Content_Type=None)

    def serve_odd_coding(self):
        self.answer(Content_Encoding="snappy")

    def serve_inside(self):
        self.answer(302, b"", Location="http://10.0.0.8/admin")

    def serve_to_loopback_name(self):
        self.answer(302, b"", Location=f"http://localhost:{self.server.server_port}/page")

    def serve_to_dead(self):
        self.answer(302, b"", Location="http://dead.example/page")

    def serve_to_file(self):
        self.answer(302, b"", Location="file:///etc/hosts")

    def serve_moved(self):
        self.answer(301, b"", Location="/page")

    def serve_circle(self):
        self.answer(302, b"", Location="/circle")

    def serve_to_forbidden(self):
        self.answer(302, b"", Location="/private/x")

    def serve_private(self):
        self.answer()

    def serve_tagged(self):
        if self.headers.get("If-None-Match") == '"v1"':
            self.answer(304, b"")
        else:
            self.answer(ETag='"v1"')

    def serve_flaky(self):
        self.server.flaky -= 1
        self.answer(503 if self.server.flaky >= 0 else 200)

    def serve_feed(self):
        self.answer(
            body=b"<rss version='2.0'><channel><item><link>/page?n=1</link></item>"
            b"<item><link>/slow</link></item></channel></rss>",
            Content_Type="application/rss+xml",
        )

    def serve_front(self):
        self.answer(body=b"<a href='/page?n=2'>Second notice</a><a href='/about'>About</a>")

    def serve_busy(self):
        self.answer(429, b"", Retry_After="3600")


class Stand(ThreadingHTTPServer):
    request_queue_size = 256  # the standard five are too few for sixty hosts at once


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    stand = Stand(("127.0.0.1", 0), Newsstand)
    stand.daemon_threads = True
    stand.hits, stand.sent, stand.flaky = [], 0, 0
    stand.robots = (404, b"")
    thread = threading.Thread(target=stand.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield stand
    stand.shutdown()
    thread.join()
    stand.server_close()


def settings(server, *hosts, **options) -> FetchSettings:
    port = server.server_port
    defaults = {"default_delay_s": 0.0, "backoff_s": 0.01, "deadline_s": 5.0, "max_attempts": 1}
    hosts = hosts or (HOST,)
    connect_to = dict.fromkeys(hosts, ("127.0.0.1", port))
    return FetchSettings(connect_to=connect_to, **{**defaults, **options})


def fetch(config, path, *, validators=None, lookup=None):
    url = path if "://" in path else f"http://{HOST}{path}"

    async def run():
        async with Fetcher(config, lookup=lookup) as fetcher:
            return await fetcher.get(url, source="gazette", validators=validators)

    return asyncio.run(run())


def test_page_comes_as_served(server):
    page = fetch(settings(server), "/page?a=1")
    assert isinstance(page, RawPage)
    assert (page.status, page.body, page.source) == (200, PAGE, "gazette")
    headers = dict(page.headers)
    assert headers["x-office"] == "café"
    assert not {"set-cookie", "content-length"} & set(headers)
    assert page.fetched_at.tzinfo is not None
    assert "reeline/" in server.seen_headers["user-agent"]


def test_gzip_is_undone_and_not_claimed(server):
    page = fetch(settings(server), "/gzipped")
    assert page.body == PAGE
    assert "content-encoding" not in dict(page.headers)


def test_redirect_gives_the_final_address(server):
    page = fetch(settings(server), "/moved")
    assert page.url.endswith("/moved")
    assert page.final_url == f"http://{HOST}/page"


@pytest.mark.parametrize(
    ("path", "reason", "retryable"),
    [
        ("/nothing-here", RejectionReason.HTTP_ERROR, False),
        ("/flaky", RejectionReason.HTTP_ERROR, True),
        ("/claims", RejectionReason.TOO_LARGE, False),
        ("/streams", RejectionReason.TOO_LARGE, False),
        ("/bomb", RejectionReason.TOO_LARGE, False),
        ("/picture", RejectionReason.WRONG_CONTENT_TYPE, False),
        ("/untyped-binary", RejectionReason.WRONG_CONTENT_TYPE, False),
        ("/disguised", RejectionReason.WRONG_CONTENT_TYPE, False),
        ("/odd-coding", RejectionReason.WRONG_CONTENT_TYPE, False),
        ("/inside", RejectionReason.ADDRESS_FORBIDDEN, False),
        ("/to-loopback-name", RejectionReason.ADDRESS_FORBIDDEN, False),
        ("/to-file", RejectionReason.BAD_URL, False),
        ("/circle", RejectionReason.TOO_MANY_REDIRECTS, False),
        ("http://localhost/page", RejectionReason.ADDRESS_FORBIDDEN, False),
        ("http://127.0.0.1/page", RejectionReason.ADDRESS_FORBIDDEN, False),
        ("http://[::ffff:127.0.0.1]/page", RejectionReason.ADDRESS_FORBIDDEN, False),
        ("http://2130706433/page", RejectionReason.ADDRESS_FORBIDDEN, False),
        ("http://169.254.169.254/latest", RejectionReason.ADDRESS_FORBIDDEN, False),
        ("http://ann:secret@gazette.example/page", RejectionReason.BAD_URL, False),
        ("ftp://gazette.example/page", RejectionReason.BAD_URL, False),
    ],
)
def test_refusal_has_its_reason(server, path, reason, retryable):
    server.flaky = 9
    with pytest.raises(FetchError) as caught:
        fetch(settings(server), path)
    assert (caught.value.reason, caught.value.retryable) == (reason, retryable)
    assert "secret" not in str(caught.value)
    assert server.sent < 40_000_000


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


def test_host_that_only_times_out_is_left_alone_and_one_slow_page_is_not(server):
    config = settings(server, deadline_s=0.15, max_attempts=1)

    async def run(*paths):
        async with Fetcher(config) as fetcher:
            wanted = refs(*(f"http://{HOST}/{path}" for path in paths))
            return [outcome async for _, outcome in fetcher.fetch_all(wanted)]

    assert isinstance(asyncio.run(run("slow", "page", "slow?2", "page?2"))[3], RawPage)
    outcomes = asyncio.run(run("slow", "slow?2", "page"))
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


def test_packed_sitemap_is_fetched_as_it_is(server):
    assert fetch(settings(server), "/sitemap.xml.gz").body.startswith(b"\x1f\x8b")


def test_drip_ends_at_the_deadline(server):
    start = time.monotonic()
    with pytest.raises(FetchError) as caught:
        fetch(settings(server, deadline_s=0.5), "/drip")
    assert caught.value.reason is RejectionReason.TIMEOUT
    assert caught.value.retryable
    assert time.monotonic() - start < 2.0


def test_name_that_changes_to_a_private_address_is_refused(server):
    answers = iter([("93.184.216.34", "127.0.0.1")])

    async def lookup(host, port):
        return next(answers)

    with pytest.raises(FetchError) as caught:
        fetch(settings(server), "http://rebind.example/page", lookup=lookup)
    assert caught.value.reason is RejectionReason.ADDRESS_FORBIDDEN


def test_robots_is_asked_first_and_obeyed(server):
    server.robots = (200, b"User-agent: reeline\nDisallow: /private/\n")
    config = settings(server)
    with pytest.raises(FetchError) as caught:
        fetch(config, "/private/x")
    assert caught.value.reason is RejectionReason.ROBOTS_DISALLOWED
    assert not caught.value.retryable
    assert [path for _, path, _ in server.hits] == ["/robots.txt"]
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


def test_conditional_request_gives_not_modified(server):
    config = settings(server)
    page = fetch(config, "/tagged")
    known = Validators(etag=dict(page.headers)["etag"])
    assert fetch(config, "/tagged", validators=known) == NotModified(
        url=f"http://{HOST}/tagged", validators=known
    )
    assert isinstance(fetch(config, "/tagged", validators=Validators(etag='"v0"')), RawPage)


def test_passing_error_is_tried_again(server):
    server.flaky = 2
    assert fetch(settings(server, max_attempts=3), "/flaky").status == 200
    assert sum(path == "/flaky" for _, path, _ in server.hits) == 3


def test_long_retry_after_is_not_waited_for(server):
    start = time.monotonic()
    with pytest.raises(FetchError) as caught:
        fetch(settings(server, max_attempts=3), "/busy")
    assert caught.value.retry_after_s == 3600
    assert time.monotonic() - start < 2.0


def refs(*urls):
    return [PageRef(source="s", url=u, title=None, published=None, found_in="t") for u in urls]


def test_slow_hosts_do_not_wait_for_each_other(server):
    hosts = [f"h{n}.example" for n in range(60)]
    config = settings(server, *hosts, max_concurrency=64)

    async def run():
        async with Fetcher(config) as fetcher:
            wanted = refs(*(f"http://{host}/slow" for host in hosts))
            return [outcome async for _, outcome in fetcher.fetch_all(wanted)]

    start = time.monotonic()
    outcomes = asyncio.run(run())
    assert [o for o in outcomes if not isinstance(o, RawPage)] == []
    assert len(outcomes) == 60
    assert time.monotonic() - start < 8.0  # 24 s when one after the other


def test_one_host_gets_one_request_at_a_time_with_its_delay(server):
    config = settings(server, default_delay_s=0.2)

    async def run():
        async with Fetcher(config) as fetcher:
            wanted = refs(*(f"http://{HOST}/{name}" for name in ("page", "gone", "page?n=2")))
            return [(ref.url, outcome) async for ref, outcome in fetcher.fetch_all(wanted)]

    results = asyncio.run(run())
    assert [type(outcome) for _, outcome in results] == [RawPage, FetchError, RawPage]
    times = [moment for _, path, moment in server.hits if path != "/robots.txt"]
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(times))


def test_leaving_fetch_all_early_stops_its_work(server):
    hosts = [f"h{n}.example" for n in range(20)]

    async def run():
        async with Fetcher(settings(server, *hosts)) as fetcher:
            results = fetcher.fetch_all(refs(*(f"http://{host}/page" for host in hosts)))
            _, outcome = await anext(results)
            await results.aclose()
            return outcome, len(asyncio.all_tasks())

    outcome, task_count = asyncio.run(run())
    assert outcome.status == 200
    assert task_count == 1


def test_discovery_and_pages_through_the_fetcher(server):
    source = Source(
        slug="gazette",
        name="Gazette",
        homepage=f"http://{HOST}/",
        kind=SourceKind.REGULATOR,
        country=None,
        languages=("en",),
        owner_group=None,
        feeds=(f"http://{HOST}/feed", f"http://{HOST}/picture"),
        sitemaps=(f"http://{HOST}/no-map.xml",),
        listings=(f"http://{HOST}/front",),
        article_pattern="/page",
        delay_s=0.01,
        relevance_terms=(),
        enabled=True,
    )

    async def run():
        async with Fetcher(settings(server)) as fetcher:
            found = await discover(source, fetcher)
            results = fetcher.fetch_all(found.refs, sources={source.slug: source})
            return found, [(ref.url, outcome.status) async for ref, outcome in results]

    found, pages = asyncio.run(run())
    wanted = [f"http://{HOST}/page?n=1", f"http://{HOST}/slow", f"http://{HOST}/page?n=2"]
    assert pages == [(url, 200) for url in wanted]
    assert [item.reason for item in found.rejected] == [
        RejectionReason.WRONG_CONTENT_TYPE,
        RejectionReason.HTTP_ERROR,
    ]


@pytest.mark.parametrize("address", ["10.0.0.1", "93.184.216.34", "::2", "printer.local"])
def test_connect_to_must_be_loopback(address):
    with pytest.raises(SettingsError):
        FetchSettings(connect_to={HOST: (address, 80)})


@pytest.mark.parametrize(
    ("address", "is_refused"),
    [
        ("93.184.216.34", False),
        ("2606:2800:220:1::1", False),
        ("127.8.8.8", True),
        ("10.1.2.3", True),
        ("172.31.255.1", True),
        ("172.32.0.1", False),
        ("192.168.1.1", True),
        ("100.64.0.1", True),
        ("169.254.169.254", True),
        ("224.0.0.251", True),
        ("0.0.0.0", True),
        ("255.255.255.255", True),
        ("::1", True),
        ("::", True),
        ("fe80::1%eth0", True),
        ("fc00::1", True),
        ("ff02::1", True),
        ("::ffff:93.184.216.34", True),
        ("::93.184.216.34", True),
        ("64:ff9b::7f00:1", True),
        ("2002:7f00:1::", True),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", True),
        ("gazette.example", True),
    ],
)
def test_forbidden_addresses(address, is_refused):
    assert (forbidden_reason(address) is not None) is is_refused


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        ("Mon, 05 Jan 2026 10:00:30 GMT", 30.0),
        ("Mon, 05 Jan 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_forms(value, expected):
    assert parse_retry_after(value, now=datetime(2026, 1, 5, 10, tzinfo=UTC)) == expected


def test_backoff_doubles_up_to_its_cap():
    waits = [backoff_wait_s(n, base_s=1.0, cap_s=4.0) for n in (1, 2, 3, 9)]
    for wait_s, longest in zip(waits, (1.0, 2.0, 4.0, 4.0), strict=True):
        assert longest / 2 <= wait_s <= longest
