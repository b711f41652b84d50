"""Pages from WARC files and HTML folders: good ones come out, damaged ones are told."""

import base64
import gzip
import hashlib
import uuid
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from library import make_source

from models.pages import RawPage, Rejected
from models.vocabulary import FetchMethod, RejectionReason
from pipeline.archive import RawArchive
from pipeline.cc_news import iter_cc_news
from pipeline.imports import iter_html, iter_warc

SHARED = Path(__file__).parents[2] / "shared" / "pages" / "warc"
PAGE = b"<html><body><p>The office at Lindholm issued notice 12.</p></body></html>"


def warc_record(kind, url, block, content_type):
    digest = base64.b32encode(hashlib.sha1(block).digest()).decode()
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: 2026-03-04T05:06:07Z\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\n"
        f"WARC-Block-Digest: sha1:{digest}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def make_warc(
    path, *, count=3, body=PAGE, packed=True, content_type="text/html", status="200 OK", **http
):
    fields = {"Content-Type": content_type, **http}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    block = "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body
    records = [
        warc_record("warcinfo", "urn:info", b"software: other\r\n", "application/warc-fields")
    ]
    records += [
        warc_record(
            "response",
            f"http://Lindholm.example:80/n/{number}?utm_source=x",
            block,
            "application/http; msgtype=response",
        )
        for number in range(count)
    ]
    path.write_bytes(b"".join(gzip.compress(r) if packed else r for r in records))
    return path


def split(found):
    found = list(found)
    pages = [item for item in found if isinstance(item, RawPage)]
    return pages, [item for item in found if isinstance(item, Rejected)]


@pytest.mark.parametrize("packed", [True, False])
def test_warc_gives_its_pages(tmp_path, packed):
    pages, rejected = split(iter_warc(make_warc(tmp_path / "a.warc", packed=packed), source="s"))
    assert rejected == []
    assert [page.url for page in pages] == [f"http://lindholm.example/n/{n}" for n in range(3)]
    assert {(page.body, page.method, page.source) for page in pages} == {
        (PAGE, FetchMethod.WARC, "s")
    }
    assert pages[0].fetched_at.tzinfo is not None
    assert dict(pages[0].headers)["content-type"] == "text/html"


def test_packed_payload_is_undone(tmp_path):
    path = make_warc(tmp_path / "a.warc.gz", body=gzip.compress(PAGE), Content_Encoding="gzip")
    pages, _ = split(iter_warc(path))
    assert pages[0].body == PAGE
    assert "content-encoding" not in dict(pages[0].headers)


@pytest.mark.parametrize(
    "options",
    [{"status": "404 Not Found"}, {"content_type": "image/jpeg"}, {"status": "302 Found"}],
)
def test_errors_and_pictures_are_no_pages(tmp_path, options):
    assert list(iter_warc(make_warc(tmp_path / "a.warc.gz", **options))) == []


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("keep", [0.45, 0.7, 0.98])
def test_torn_warc_gives_its_good_records_and_one_rejection(tmp_path, packed, keep):
    path = make_warc(tmp_path / "a.warc", count=10, packed=packed)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    pages, rejected = split(iter_warc(path))
    assert 0 < len(pages) < 10
    assert {page.body for page in pages} == {PAGE}
    assert [item.reason for item in rejected] == [RejectionReason.BAD_ARCHIVE]
    assert f"{len(pages)} pages saved" in rejected[0].detail


def test_tear_in_the_last_bytes_is_seen(tmp_path):
    path = make_warc(tmp_path / "a.warc.gz")
    path.write_bytes(path.read_bytes()[:-3])
    pages, rejected = split(iter_warc(path))
    assert len(pages) == 3
    assert "ends inside a record" in rejected[0].detail


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PAGE,
        b"\x1f\x8b\x08\x00nothing",
        gzip.compress(b"plain text " * 99, mtime=0),
        b"\0" * 999,
    ],
)
def test_what_is_no_warc_is_one_rejection(tmp_path, data):
    path = tmp_path / "b.warc.gz"
    path.write_bytes(data)
    (rejected,) = iter_warc(path)
    assert rejected.reason is RejectionReason.BAD_ARCHIVE
    assert rejected.url == "b.warc.gz"


def test_warc_packed_as_one_member_is_read(tmp_path):
    path = make_warc(tmp_path / "a.warc.gz", packed=False)
    path.write_bytes(gzip.compress(path.read_bytes()))
    pages, rejected = split(iter_warc(path))
    assert (len(pages), rejected) == (3, [])


def test_every_tear_is_told_and_never_a_whole_file(tmp_path):
    data = make_warc(tmp_path / "a.warc.gz", count=2).read_bytes()
    starts = [n for n in range(len(data)) if data[n : n + 3] == b"\x1f\x8b\x08"]
    for size in range(1, len(data), 7):
        (tmp_path / "b.warc.gz").write_bytes(data[:size])
        _, rejected = split(iter_warc(tmp_path / "b.warc.gz"))
        assert len(rejected) == (size not in starts), size


def test_archive_of_imported_files_can_be_read_again(tmp_path):
    (tmp_path / "a b.html").write_bytes(PAGE)
    with RawArchive(tmp_path / "archive").writer("run") as writer:
        entries = [writer.write(page) for page in iter_html(tmp_path)]
    (page,) = iter_warc(tmp_path / "archive" / entries[0].warc_file)
    assert (page.url, page.body) == ("file:///a%20b.html", PAGE)


def test_missing_warc_is_one_rejection(tmp_path):
    (rejected,) = iter_warc(tmp_path / "none.warc")
    assert rejected.reason is RejectionReason.BAD_ARCHIVE


def test_altered_record_is_rejected_and_the_next_is_read(tmp_path):
    path = make_warc(tmp_path / "a.warc", packed=False)
    path.write_bytes(path.read_bytes().replace(b"notice 12", b"notice 21", 1))
    pages, (rejected,) = split(iter_warc(path))
    assert len(pages) == 2
    assert "digest" in rejected.detail


def test_bomb_in_a_warc_is_rejected(tmp_path):
    bomb = gzip.compress(b"<p>" + b" " * 11_000_000)
    path = make_warc(tmp_path / "a.warc.gz", count=1, body=bomb, Content_Encoding="gzip")
    (rejected,) = iter_warc(path)
    assert rejected.reason is RejectionReason.TOO_LARGE


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared WARC samples are not here")
def test_real_archives_never_raise():
    counts = Counter()
    for path in sorted(SHARED.rglob("*.warc*")):
        pages, rejected = split(iter_warc(path))
        counts.update(pages=len(pages), rejected=len(rejected), files=1)
    assert counts["pages"] >= 60
    assert counts["rejected"] >= 3


def test_folder_gives_pages_sorted_with_placeholder_addresses(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "b c.html").write_bytes(PAGE)
    (tmp_path / "sub" / "a.html.gz").write_bytes(gzip.compress(PAGE))
    (tmp_path / "A.HTM").write_bytes(PAGE)
    (tmp_path / "notes.txt").write_bytes(PAGE)
    pages, rejected = split(iter_html(tmp_path, source="s"))
    assert rejected == []
    assert [page.url for page in pages] == [
        "file:///A.HTM",
        "file:///b%20c.html",
        "file:///sub/a.html.gz",
    ]
    assert {(page.body, page.method, page.source) for page in pages} == {
        (PAGE, FetchMethod.FILE, "s")
    }


def test_single_file_is_read(tmp_path):
    (tmp_path / "one.html").write_bytes(PAGE)
    (page,) = iter_html(tmp_path / "one.html")
    assert page.url == "file:///one.html"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("large.html", b"<p>" + b"x" * 10_000_000),
        ("bomb.html.gz", gzip.compress(b" " * 30_000_000, mtime=0)),
        ("torn.html.gz", gzip.compress(PAGE * 50, mtime=0)[:-20]),
        ("plain.html.gz", PAGE),
        ("picture.html", b"\x89PNG\r\n\x1a\n\0\0\0"),
        ("film.html", b"\0\0\0\x18ftypmp42" + b"\0\1\2\3" * 50),
        ("empty.html", b""),
    ],
)
def test_file_that_is_no_html_is_rejected(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    (rejected,) = iter_html(tmp_path)
    assert rejected.reason is RejectionReason.NOT_HTML
    assert rejected.url == f"file:///{name}"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "gb18030"])
def test_text_in_other_encodings_is_html(tmp_path, encoding):
    (tmp_path / "a.html").write_bytes(
        ("<html><p>Announcement 7" + " of the day" * 9).encode(encoding)
    )
    (page,) = iter_html(tmp_path)
    assert isinstance(page, RawPage)


def test_links_out_of_the_folder_are_refused(tmp_path):
    (tmp_path / "secret.html").write_bytes(PAGE)
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "in.html").write_bytes(PAGE)
    (folder / "inner.html").symlink_to(folder / "in.html")
    (folder / "out.html").symlink_to(tmp_path / "secret.html")
    (folder / "gone.html").symlink_to(tmp_path / "nowhere.html")
    (folder / "up").symlink_to(tmp_path)
    pages, rejected = split(iter_html(folder))
    assert [page.url for page in pages] == ["file:///in.html", "file:///inner.html"]
    assert [item.url for item in rejected] == ["file:///gone.html", "file:///out.html"]


def test_missing_file_is_rejected(tmp_path):
    (rejected,) = iter_html(tmp_path / "none.html")
    assert rejected.reason is RejectionReason.NOT_HTML


def source_of(slug, homepage, **options):
    return replace(make_source(**options), slug=slug, homepage=homepage)


def test_cc_news_gives_the_pages_of_our_sources_only(tmp_path):
    path = make_warc(tmp_path / "CC-NEWS.warc.gz", count=4)
    sources = [
        source_of("other", "https://other.example/"),
        source_of(
            "lindholm",
            "https://www.lindholm.example/",
            article_pattern=r"/n/[0-2]",
            except_urls=("/n/1",),
        ),
    ]
    pages, rejected = split(iter_cc_news(path, sources))
    assert [(page.source, page.url[-2:]) for page in pages] == [
        ("lindholm", "/0"),
        ("lindholm", "/2"),
    ]
    assert rejected == []
    assert split(iter_cc_news(path, sources[:1])) == ([], [])


def test_cc_news_reports_a_torn_file(tmp_path):
    whole = make_warc(tmp_path / "a.warc.gz").read_bytes()
    (tmp_path / "torn.warc.gz").write_bytes(whole[:-40])
    sources = [source_of("lindholm", "http://lindholm.example/")]
    pages, rejected = split(iter_cc_news(tmp_path / "torn.warc.gz", sources))
    assert len(pages) == 2
    assert [item.reason for item in rejected] == [RejectionReason.BAD_ARCHIVE]


@pytest.mark.parametrize("packed", [True, False])
def test_an_arc_file_is_named_as_such(tmp_path, packed):
    body = b"filedesc://old.arc 0.0.0.0 20010203040506 text/plain 20\n1 0 Somebody\n"
    path = tmp_path / "old.arc"
    path.write_bytes(gzip.compress(body) if packed else body)
    _, (rejected,) = split(iter_warc(path))
    assert "ARC file" in rejected.detail
