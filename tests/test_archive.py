"""The raw archive: what goes in comes out, whoever reads it."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from archived import make_page, write_pages
from fastwarc.warc import ArchiveIterator
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from models.errors import ArchiveError
from models.ids import sha256_hex
from pipeline.archive import RawArchive
from pipeline.archive_records import parse_record


def test_pages_round_trip_by_their_entries(tmp_path):
    archive = RawArchive(tmp_path)
    entries = write_pages(archive, 5)
    assert [archive.read(entry) for entry in entries] == [make_page(n) for n in range(5)]
    assert list(archive.entries(entries[0].warc_file)) == entries
    assert archive.verify() == ()
    assert [path.name for path in tmp_path.glob("*.warc*")] == [entries[0].warc_file]


@given_settings(deadline=None, max_examples=40)  # files are made: time says nothing here
@given(
    body=st.binary(max_size=300),
    status=st.sampled_from([200, 203, 299]),
    headers=st.lists(
        st.tuples(
            st.from_regex(r"x-[a-z]{1,8}", fullmatch=True),
            st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=20),
        ),
        max_size=3,
    ),
)
def test_any_bytes_round_trip(tmp_path_factory, body, status, headers):
    page = make_page(body=body, status=status, headers=tuple(headers))
    archive = RawArchive(tmp_path_factory.mktemp("archive"))
    with archive.writer("r") as writer:
        entry = writer.write(page)
    assert archive.read(entry) == page


def test_body_may_be_larger_than_one_read(tmp_path):
    archive = RawArchive(tmp_path)
    large = make_page(body=bytes(range(256)) * 20_000)
    noise = make_page(
        2,
        body=b"".join(bytes.fromhex(sha256_hex(bytes([n % 256, n // 256]))) for n in range(50_000)),
    )
    with archive.writer("r") as writer:
        entries = [writer.write(page) for page in (large, noise, make_page(3))]
    assert [archive.read(entry) for entry in entries] == [large, noise, make_page(3)]
    assert archive.verify() == ()


def test_headers_of_the_transport_are_left_out(tmp_path):
    archive = RawArchive(tmp_path)
    odd = make_page(headers=(("content-encoding", "gzip"), ("transfer-encoding", "chunked")))
    with archive.writer("r") as writer:
        entry = writer.write(odd)
    assert archive.read(entry) == replace(odd, headers=())


def test_other_readers_understand_the_file(tmp_path):
    archive = RawArchive(tmp_path)
    entry = write_pages(archive, 2)[1]
    with (tmp_path / entry.warc_file).open("rb") as file:
        records = [
            (record.headers["WARC-Type"], record.reader.read())
            for record in ArchiveIterator(file, parse_http=True, auto_decode="all")
        ]
    assert [kind for kind, _ in records] == ["warcinfo", "response", "response"]
    assert records[2][1] == make_page(1).body


def test_pages_can_be_read_before_the_file_is_closed(tmp_path):
    archive = RawArchive(tmp_path)
    with archive.writer("r") as writer:
        entry = writer.write(make_page())
        writer.flush()
        assert archive.read(entry) == make_page()
        assert archive.verify() == ()
        assert archive.recover_open_files() == ()
    assert archive.read(entry) == make_page()


def test_empty_run_leaves_no_file(tmp_path):
    with RawArchive(tmp_path).writer("r"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_runs_with_one_label_have_their_own_files(tmp_path):
    archive = RawArchive(tmp_path)
    first, second = (write_pages(archive, 1, "same")[0] for _ in range(2))
    assert first.warc_file != second.warc_file


def test_entry_with_another_digest_is_refused(tmp_path):
    archive = RawArchive(tmp_path)
    first, second = write_pages(archive, 2)
    with pytest.raises(ArchiveError, match="digest"):
        archive.read(replace(first, offset=second.offset, length=second.length))


@pytest.mark.parametrize("name", ["missing.warc.gz", "../outside.warc.gz"])
def test_missing_file_is_an_archive_error(tmp_path, name):
    archive = RawArchive(tmp_path)
    entry = write_pages(archive, 1)[0]
    with pytest.raises(ArchiveError):
        archive.read(replace(entry, warc_file=name))


@pytest.mark.parametrize("label", ["", "a/b", "../x", ".hidden", "x" * 101])
def test_run_label_must_be_a_file_name(tmp_path, label):
    with pytest.raises(ArchiveError):
        RawArchive(tmp_path).writer(label)


@pytest.mark.parametrize(
    "changes",
    [
        {"body_sha256": "0" * 64},
        {"headers": (("x-a", "b\r\nx-c: d"),)},
        {"url": "https://gazette.example/\nX: y"},
        {"fetched_at": datetime(2026, 2, 3, tzinfo=UTC).replace(tzinfo=None)},
    ],
)
def test_page_that_cannot_be_written_truly_is_refused(tmp_path, changes):
    with RawArchive(tmp_path).writer("r") as writer, pytest.raises(ArchiveError):
        writer.write(make_page(**changes))


def test_time_of_another_zone_is_kept_as_utc(tmp_path):
    zone = timezone(timedelta(hours=8))
    page = make_page(fetched_at=datetime(2026, 2, 3, 12, 5, 6, 789012, tzinfo=zone))
    archive = RawArchive(tmp_path)
    with archive.writer("r") as writer:
        entry = writer.write(page)
    assert archive.read(entry).fetched_at == datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)


def test_records_of_the_first_release_are_read(tmp_path):
    """Its response records had no block digest and no body digest, and no requests."""
    page = make_page()
    block = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n" + page.body
    head = (
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        f"WARC-Date: 2026-02-03T04:05:06.789012Z\r\nWARC-Target-URI: {page.url}\r\n"
        f"WARC-Payload-Digest: sha256:{page.body_sha256}\r\nReeline-Source: gazette\r\n"
        f"Reeline-Final-URL: {page.final_url}\r\nReeline-Method: http\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    record = gzip.compress(head.encode() + block + b"\r\n\r\n")
    (tmp_path / "old.warc.gz").write_bytes(record)
    ((entry, found),) = RawArchive(tmp_path).pages("old.warc.gz")
    assert found == replace(page, headers=(("content-type", "text/html"),))
    assert (entry.offset, entry.length) == (0, len(record))
    assert RawArchive(tmp_path).read(entry) == found


def test_garbage_is_no_record():
    with pytest.raises(ArchiveError, match="here"):
        parse_record(b"neither header nor body", where="here")
