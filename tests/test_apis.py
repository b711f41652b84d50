"""The interfaces: what their answers give, how they are asked on, and what hostile answers do."""

import asyncio
import gzip
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library import Library, make_source

from models.errors import InputError
from models.pages import ApiKind, ApiQuery
from models.vocabulary import FetchMethod
from pipeline.api_page import MAX_API_BYTES
from pipeline.contents import make_raw_page
from pipeline.discover import discover
from pipeline.federal_register import first_url as register_url
from pipeline.federal_register import parse_documents
from pipeline.gdelt import MAX_RECORDS, parse_articles
from pipeline.gdelt import first_url as gdelt_url
from pipeline.wayback import (
    backfill_source,
    capture_hosts,
    original_of,
    parse_captures,
    unwrap,
)
from pipeline.wayback import first_url as wayback_url

REGISTER = ApiQuery(
    kind=ApiKind.FEDERAL_REGISTER, term='"rare earth"', agencies=("some-bureau",), max_pages=3
)
GDELT = ApiQuery(kind=ApiKind.GDELT, term="rare earth", since=date(2026, 1, 1), max_pages=3)
WAYBACK = ApiQuery(
    kind=ApiKind.WAYBACK,
    term="harborpost.example/news/*",
    since=date(2024, 1, 1),
    until=date(2024, 6, 30),
    max_pages=3,
)
FR = "https://www.federalregister.gov"


def documents(*numbers, total=1, **extra):
    results = [
        {
            "title": f"Export licenses, part {n}",
            "html_url": f"{FR}/documents/2026/03/0{n}/2026-0{n}/export-licenses",
            "publication_date": f"2026-03-0{n}",
        }
        for n in numbers
    ]
    return json.dumps(
        {"count": len(results), "total_pages": total, "results": results, **extra}
    ).encode()


def test_register_query_is_written_out():
    url = register_url(replace(REGISTER, since=date(2026, 1, 2)))
    assert url.startswith(f"{FR}/api/v1/documents.json?")
    for part in (
        "conditions%5Bterm%5D=%22rare+earth%22",
        "agencies%5D%5B%5D=some-bureau",
        "gte%5D=2026-01-02",
        "page=1",
    ):
        assert part in url


def test_register_documents_and_the_next_page():
    found = parse_documents(documents(1, 2, total=2), register_url(REGISTER), REGISTER)
    assert [(e.title, e.published) for e in found.entries] == [
        ("Export licenses, part 1", datetime(2026, 3, 1, tzinfo=UTC)),
        ("Export licenses, part 2", datetime(2026, 3, 2, tzinfo=UTC)),
    ]
    assert "page=2" in found.next_url
    assert parse_documents(documents(3, total=2), found.next_url, REGISTER).next_url is None


def test_register_answer_cannot_send_us_elsewhere():
    body = documents(1, total=5, next_page_url="https://evil.example/?page=2")
    body = body.replace(
        b"https://www.federalregister.gov/documents", b"https://evil.example/documents"
    )
    found = parse_documents(body, register_url(REGISTER), REGISTER)
    assert found.entries == ()
    assert found.next_url.startswith(f"{FR}/api/v1/documents.json?")


def articles(*stamps):
    rows = [
        {
            "url": f"https://paper{n}.example/a?utm_source=x",
            "title": "China ' s curbs , a week on",
            "seendate": stamp,
        }
        for n, stamp in enumerate(stamps)
    ]
    return json.dumps({"articles": rows}).encode()


def test_gdelt_articles_have_no_publication_and_a_readable_title():
    (entry,) = parse_articles(articles("20260312T101500Z"), gdelt_url(GDELT), GDELT).entries
    assert (entry.url, entry.title, entry.published) == (
        "https://paper0.example/a",
        "China's curbs, a week on",
        None,
    )


def test_gdelt_goes_back_in_time_and_never_stands_still():
    full = ["20260312T101500Z"] * (MAX_RECORDS - 1) + ["20260311T000000Z"]
    first = parse_articles(articles(*full), gdelt_url(GDELT), GDELT)
    assert "enddatetime=20260311000000" in first.next_url
    again = parse_articles(articles(*["20260311T000000Z"] * MAX_RECORDS), first.next_url, GDELT)
    assert "enddatetime=20260310235959" in again.next_url
    assert parse_articles(articles("20260310T000000Z"), again.next_url, GDELT).next_url is None
    assert parse_articles(b"{}", again.next_url, GDELT).entries == ()


def test_gdelt_title_with_a_raw_control_character_is_read():
    body = articles("20260312T101500Z").replace(b"a week", b"a\tweek")
    assert (
        parse_articles(body, gdelt_url(GDELT), GDELT).entries[0].title == "China's curbs, a week on"
    )


CDX = [
    ["timestamp", "original"],
    ["20240312101500", "http://harborpost.example:80/news/one?b=2&a=1"],
    ["20240313000000", "https://harborpost.example/news/two#top"],
    ["20241399000000", "https://harborpost.example/news/bad-date"],
    ["20240314000000", "javascript:alert(1)"],
    ["20240314000000"],
]


def test_captures_are_addressed_as_they_were_served():
    found = parse_captures(json.dumps(CDX).encode(), wayback_url(WAYBACK), WAYBACK)
    assert [entry.url for entry in found.entries] == [
        "https://web.archive.org/web/20240312101500id_/http://harborpost.example:80/news/one?b=2&a=1",
        "https://web.archive.org/web/20240313000000id_/https://harborpost.example/news/two",
    ]
    assert found.next_url is None
    assert original_of(found.entries[0].url) == "http://harborpost.example/news/one?a=1&b=2"


def test_resume_key_leads_on():
    url = wayback_url(WAYBACK)
    assert "from=20240101" in url
    assert "to=20240630" in url
    rows = [*CDX[:2], [], ["example,harborpost)/news/three 2024&x=1"]]
    found = parse_captures(json.dumps(rows).encode(), url, WAYBACK)
    assert len(found.entries) == 1
    assert "resumeKey=example%2Charborpost%29%2Fnews%2Fthree+2024%26x%3D1" in found.next_url
    assert parse_captures(b"[]", url, WAYBACK).next_url is None


PARSERS = [
    (parse_documents, register_url(REGISTER), REGISTER),
    (parse_articles, gdelt_url(GDELT), GDELT),
    (parse_captures, wayback_url(WAYBACK), WAYBACK),
]


@pytest.mark.parametrize(("parse", "url", "query"), PARSERS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Your query was too short or too long.",
        b"<html>Sign in</html>",
        b"3",
        b'"x"',
        b"[" * 200_000,
        b'{"errors": {"conditions": "bad"}}',
        b"[1, 2]",
        b'[["a"], ["b"]]',
        b"9" * 10_000,
        b" " * (MAX_API_BYTES + 1),
        gzip.compress(b"{}" + b" " * 60_000_000),
        b"\xff\xfe{\x00}\x00",
    ],
    ids=range(13),
)
def test_what_is_no_answer_is_refused(parse, url, query, body):
    with pytest.raises(InputError):
        parse(body, url, query)


@pytest.mark.parametrize(("parse", "url", "query"), PARSERS[:2])
@pytest.mark.parametrize(
    "body",
    [
        b'{"results": 7, "articles": 7}',
        b'{"results": [1, null, {"html_url": 5}], "articles": [1, null, {"url": 5}], "total_pages": "x"}',
        b'{"results": [{"html_url": "javascript:x"}], "articles": [{"url": "file:///etc/passwd"}]}',
        b'{"results": [{"html_url": "http://a@b/"}], "articles": [{"url": "http://a:b@c/", "seendate": 7}]}',
    ],
)
def test_odd_values_give_nothing(parse, url, query, body):
    found = parse(body, url, query)
    assert (found.entries, found.next_url) == ((), None)


def capture(url, final_url, **headers):
    return make_raw_page(
        "harborpost",
        url,
        b"<p>x",
        fetched_at=datetime(2026, 5, 1, tzinfo=UTC),
        method=FetchMethod.HTTP,
        headers=headers.items(),
        final_url=final_url,
    )


ASKED = "https://web.archive.org/web/20240312101500id_/http://harborpost.example:80/news/one"
GIVEN = "https://web.archive.org/web/20240313080000id_/http://harborpost.example/news/one"


def test_a_capture_becomes_the_page_at_its_time():
    headers = {"content-type": "text/html", "x-archive-orig-etag": '"7"', "server": "archive"}
    page = unwrap(capture(ASKED, GIVEN, **headers), hosts={"web.archive.org"})
    assert page.url == "http://harborpost.example/news/one"
    assert page.final_url == GIVEN
    assert page.fetched_at == datetime(2024, 3, 13, 8, tzinfo=UTC)
    assert dict(page.headers) == {"content-type": "text/html", "etag": '"7"'}


@pytest.mark.parametrize(
    ("asked", "given", "hosts"),
    [
        (ASKED, GIVEN, frozenset()),
        (ASKED.replace("web.archive.org", "evil.example"), GIVEN, {"web.archive.org"}),
        (ASKED, GIVEN.replace("web.archive.org", "evil.example"), {"web.archive.org"}),
        ("https://web.archive.org/about", GIVEN, {"web.archive.org"}),
    ],
)
def test_nobody_else_can_pass_pages_off_as_captures(asked, given, hosts):
    page = capture(asked, given)
    assert unwrap(page, hosts=hosts) is page


def test_only_a_source_that_asks_the_archive_believes_it():
    source = make_source(feeds=("https://harborpost.example/feed",))
    assert capture_hosts(source) == frozenset()
    past = backfill_source(source, since=date(2024, 1, 1), max_pages=2)
    assert capture_hosts(past) == {"web.archive.org"}
    assert past.feeds == ()
    assert past.apis[0].term == "www.harborpost.example/*"


def test_discovery_asks_on_until_the_last_page_or_the_limit():
    pages = [register_url(REGISTER).replace("&page=1", f"&page={n}") for n in (1, 2, 3, 4)]
    library = Library({url: documents(n, total=9) for n, url in enumerate(pages, 1)})
    found = asyncio.run(discover(make_source(apis=(REGISTER,)), library))
    assert library.asked == pages[:3]
    assert len(found.refs) == 3


def test_captures_count_only_when_they_are_articles():
    source = replace(make_source(apis=(WAYBACK,)), article_pattern=r"/news/o")
    library = Library({wayback_url(WAYBACK): json.dumps(CDX).encode()})
    found = asyncio.run(discover(source, library))
    assert [original_of(ref.url) for ref in found.refs] == [
        "http://harborpost.example/news/one?a=1&b=2"
    ]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["results", "articles", "html_url", "url", "title", "seendate", "total_pages"]),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(value=_VALUES)
@settings(max_examples=80, deadline=None)
@pytest.mark.parametrize(("parse", "url", "query"), PARSERS)
def test_any_json_is_an_answer_or_refused(parse, url, query, value):
    try:
        found = parse(json.dumps(value).encode(), url, query)
    except InputError:
        return
    assert all(entry.url.startswith("http") for entry in found.entries)
