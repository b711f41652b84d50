"""The raw archive keeps what was served, byte for byte, and each payload once."""

import gzip
import json
import subprocess
import sys
import zlib
from dataclasses import replace

import brotli
import pytest
from archived import BODY, make_page, serve
from fastwarc.warc import ArchiveIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from pipeline.archive import RawArchive
from pipeline.archive_records import ParsedRecord


def chunked(data) -> bytes:
    half = len(data) // 2
    parts = (b"%x;note=1\r\n%s\r\n" % (len(part), part) for part in (data[:half], data[half:]))
    return b"".join(parts) + b"0\r\nX-Trailer: t\r\n\r\n"


RAW_DEFLATE = zlib.compress(BODY)[2:-4]


SERVED = {
    "plain": (BODY, ()),
    "gzip": (gzip.compress(BODY, mtime=0), (b"Content-Encoding: gzip",)),
    "brotli": (brotli.compress(BODY), (b"content-encoding: br",)),
    "deflate": (zlib.compress(BODY), (b"Content-Encoding: deflate",)),
    "raw deflate": (RAW_DEFLATE, (b"Content-Encoding: deflate",)),
    "twice": (gzip.compress(zlib.compress(BODY)), (b"Content-Encoding: deflate, gzip",)),
    "chunks": (chunked(BODY), (b"Transfer-Encoding: chunked",)),
    "packed chunks": (
        chunked(gzip.compress(BODY)),
        (b"Transfer-Encoding: chunked", b"Content-Encoding: gzip"),
    ),
}


@pytest.mark.parametrize("name", SERVED)
def test_what_was_served_is_stored_byte_for_byte(tmp_path, name):
    payload, lines = SERVED[name]
    page = serve(payload, *lines, body=BODY)
    archive = RawArchive(tmp_path)
    with archive.writer("r") as writer:
        entry = writer.write(page)
    assert archive.read_response(entry) == page.response
    expected = (("date", "x"), ("x-odd", "two  spaces"))
    for found in (archive.read(entry), *(page for _, page in archive.pages(entry.warc_file))):
        assert (found.body, found.headers, found.status) == (BODY, expected, 200)
    assert archive.verify() == ()


def test_bytes_that_do_not_give_the_body_are_not_kept_as_served(tmp_path):
    page = serve(b"not packed", b"Content-Encoding: gzip", body=BODY)
    archive = RawArchive(tmp_path)
    with archive.writer("r") as writer:
        entry = writer.write(page)
    assert archive.read(entry).body == BODY


def test_same_payload_is_stored_once_in_a_run_and_after_it(tmp_path):
    archive = RawArchive(tmp_path)
    noise = bytes(range(256)) * 200
    pages = [serve(noise, number=number) for number in range(6)]
    with archive.writer("one") as writer:
        entries = [writer.write(page) for page in pages[:3]]
        assert writer.revisit_count == 2
    with archive.writer("two") as writer:
        entries += [writer.write(page) for page in pages[3:5]]
        packed = serve(gzip.compress(noise), b"Content-Encoding: gzip", body=noise, number=5)
        entries.append(writer.write(packed))
        assert writer.revisit_count == 2
    assert sum(entry.length for entry in entries[1:5]) < 4 * 1200
    for entry, page in zip(entries[:5], pages, strict=False):
        found = archive.read(entry)
        assert (found.url, found.body) == (page.url, noise)
        assert archive.read_response(entry) == page.response
    assert archive.read_response(entries[5]) == packed.response
    assert archive.verify() == ()
    assert [report.revisits for report in archive.check_files()] == [2, 2]
    listed = [entry for name in archive.files() for entry in archive.entries(name)]
    assert listed == entries


def test_revisit_refers_only_to_what_is_synced_or_in_its_own_file(tmp_path):
    pages = [replace(make_page(1), final_url=f"https://h{n}.example{n}/") for n in range(9)]
    archive = RawArchive(tmp_path)
    with archive.writer("r") as writer:
        files = [writer.write(page).warc_file for page in pages]
        assert writer.revisit_count == len(files) - len(set(files))
        writer.flush()
        writer.write(replace(pages[0], url="https://other.example/"))
        assert writer.revisit_count == len(files) - len(set(files)) + 1
    assert 1 < len(set(files)) <= 8


def test_warcio_and_fastwarc_read_every_record(tmp_path):
    payload, lines = SERVED["gzip"]
    archive = RawArchive(tmp_path)
    with archive.writer("r") as writer:
        for number in range(2):
            entry = writer.write(serve(payload, *lines, body=BODY, number=number))
        writer.write(make_page(3))
    path = tmp_path / entry.warc_file
    with path.open("rb") as file:
        records = [
            (r.rec_type, r.rec_headers, r.content_stream().read())
            for r in WarcioIterator(file, check_digests="raise")
        ]
    kinds = [kind for kind, _, _ in records]
    assert kinds == ["warcinfo", "response", "request", "revisit", "request", "response"]
    assert [body for kind, _, body in records if kind == "response"] == [BODY, make_page(3).body]
    headers, revisit = records[1][1], records[3][1]
    assert revisit["WARC-Refers-To"] == headers["WARC-Record-ID"]
    assert revisit["WARC-Refers-To-Target-URI"] == headers["WARC-Target-URI"]
    assert revisit["WARC-Refers-To-Date"] == headers["WARC-Date"]
    assert revisit["WARC-Payload-Digest"] == headers["WARC-Payload-Digest"]
    assert revisit["WARC-Profile"].endswith("/warc/1.1/revisit/identical-payload-digest")
    assert records[2][1]["WARC-Concurrent-To"] == headers["WARC-Record-ID"]
    with path.open("rb") as file:
        found = list(ArchiveIterator(file, parse_http=False))
        assert len(found) == 6
    with path.open("rb") as file:
        assert all(r.verify_block_digest() for r in ArchiveIterator(file, parse_http=False))
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout
    index = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "index", "-f", "offset,warc-type", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    offsets = [int(json.loads(line)["offset"]) for line in index.stdout.splitlines()]
    assert entry.offset in offsets


@pytest.mark.parametrize(
    "place", ["f.warc.gz ² 5", "f.warc.gz 1 " + "9" * 15, "f.warc.gz " + "9" * 5000 + " 1", "1 2"]
)
def test_place_that_no_file_can_have_is_none(place):
    record = ParsedRecord(fields={"warc-type": "revisit", "reeline-refers-to": place}, block=b"")
    assert record.origin() is None
    near = replace(record, fields={**record.fields, "reeline-refers-to": "f.warc.gz 1 2"})
    assert near.origin() == ("f.warc.gz", 1, 2)
