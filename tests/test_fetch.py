"""The fetcher against a real server on this machine: good pages, and everything that goes wrong."""

import asyncio

import pytest
from newsstand import HOST, PAGE, fetch, open_stand, refs, settings

from models.errors import FetchError
from models.pages import RawPage, Source
from models.vocabulary import RejectionReason, SourceKind
from pipeline.discover import discover
from pipeline.fetch import Fetcher, NotModified, Validators


@pytest.fixture
def server():
    with open_stand() as stand:
        yield stand


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
        ("/to-brackets", RejectionReason.BAD_URL, False),
        ("/to-lookalike", RejectionReason.BAD_URL, False),
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


def test_every_dialed_address_is_told(server):
    async def run():
        async with Fetcher(settings(server)) as fetcher:
            await fetcher.get(f"http://{HOST}/page", source="gazette")
            with pytest.raises(FetchError):
                await fetcher.get("http://127.0.0.1/", source="gazette")
            return dict(fetcher.dialed)

    assert set(asyncio.run(run())) == {(HOST, "127.0.0.1", server.server_port)}


def test_page_carries_the_bytes_of_its_exchange(server):
    page = fetch(settings(server), "/gzipped")
    assert page.request.startswith(b"GET /gzipped HTTP/1.1\r\n")
    assert page.response.startswith(b"HTTP/1.1 200 ")
    assert page.response.endswith(b"\r\n\r\n" + server.packed)


def test_packed_sitemap_is_fetched_as_it_is(server):
    assert fetch(settings(server), "/sitemap.xml.gz").body.startswith(b"\x1f\x8b")


def test_drip_ends_at_the_deadline(server):
    with pytest.raises(FetchError) as caught:
        fetch(settings(server, deadline_s=0.5), "/drip")
    assert caught.value.reason is RejectionReason.TIMEOUT
    assert caught.value.retryable
    assert server.sent < 50  # of the bytes that would have come


def test_name_that_changes_to_a_private_address_is_refused(server):
    answers = iter([("93.184.216.34", "127.0.0.1")])

    async def lookup(host, port):
        return next(answers)

    config = settings(server, contact="robot@gazette.example")
    with pytest.raises(FetchError) as caught:
        fetch(config, "http://rebind.example/page", lookup=lookup)
    assert caught.value.reason is RejectionReason.ADDRESS_FORBIDDEN


def test_conditional_request_gives_not_modified(server):
    config = settings(server)
    page = fetch(config, "/tagged")
    known = Validators(etag=dict(page.headers)["etag"])
    assert fetch(config, "/tagged", validators=known) == NotModified(
        url=f"http://{HOST}/tagged", validators=known
    )
    assert isinstance(fetch(config, "/tagged", validators=Validators(etag='"v0"')), RawPage)


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
