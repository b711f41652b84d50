"""Pages for the tests of the raw archive."""

from dataclasses import replace
from datetime import UTC, datetime

from models.pages import RawPage
from models.vocabulary import FetchMethod
from pipeline.answers import ServedPage, with_exchange
from pipeline.contents import make_raw_page

BODY = "<p>稀土 notice</p>".encode() * 200
HEAD = b"HTTP/1.1 200 Fine\r\nDate: x\r\nSet-Cookie: a=1\r\nX-Odd:   two  spaces \r\n"


def make_page(number=1, *, body=None, **changes) -> RawPage:
    body = f"<p>Notice {number}</p>".encode() * 50 if body is None else body
    page = make_raw_page(
        "gazette",
        f"https://gazette.example/notices/{number}",
        body,
        fetched_at=datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC),
        method=FetchMethod.HTTP,
        headers=(("content-type", "text/html"), ("x-office", "caf\u00e9  nord"), ("x-office", "")),
        final_url=f"https://www.gazette.example/notices/{number}?lang=en",
    )
    return replace(page, **changes)


def write_pages(archive, count, label="run-1"):
    with archive.writer(label) as writer:
        return [writer.write(make_page(number)) for number in range(count)]


def serve(payload, *lines, body=None, number=1) -> ServedPage:
    """Return a page with the bytes of its exchange."""
    page = make_page(number, body=payload if body is None else body, headers=(("date", "x"),))
    head = HEAD + b"".join(line + b"\r\n" for line in lines) + b"\r\n"
    request = b"GET / HTTP/1.1\r\nHost: gazette.example\r\n\r\n"
    return with_exchange(page, request=request, response=head + payload)
