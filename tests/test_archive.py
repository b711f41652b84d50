"""The raw archive: what goes in comes out, and torn or altered files are told apart."""

import gzip
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ArchiveError
from models.ids import sha256_hex
from models.pages import RawPage
from models.vocabulary import FetchMethod
from pipeline.archive import RawArchive
from pipeline.archive_records import page_of, page_record


def make_page(number=1, *, body=None, **changes) -> RawPage:
    body = f"<p>Notice {number}</p>".encode() * 50 if body is None else body
    page = RawPage(
        source="gazette",
        url=f"https://gazette.example/notices/{number}",
        final_url=f"https://www.gazette.example/notices/{number}?lang=en",
        fetched_at=datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC),
        status=200,
        headers=(("content-type", "text/html"), ("x-office", "caf\u00e9  nord"), ("x-office", "")),
        body=body,
        body_sha256=sha256_hex(body),
        method=FetchMethod.HTTP,
    )
    return replace(page, **changes)


def write_pages(archive, count, label="run-1"):
    with archive.writer(label) as writer:
        return [writer.write(make_page(number)) for number in range(count)]


def test_pages_round_trip_by_their_entries(tmp_path):
    archive = RawArchive(tmp_path)
    entries = write_pages(archive, 5)
    assert [archive.read(entry) for entry in entries] == [make_page(n) for n in range(5)]
    assert list(archive.entries(entries[0].warc_file)) == entries
    assert archive.verify() == ()
    assert [path.name for path in tmp_path.iterdir()] == [entries[0].warc_file]


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


def test_error_inside_a_run_keeps_what_was_written(tmp_path):
    archive = RawArchive(tmp_path)
    entries = []

    def run():
        with archive.writer("r") as writer:
            entries.append(writer.write(make_page()))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        run()
    assert archive.read(entries[0]) == make_page()


def test_empty_run_leaves_no_file(tmp_path):
    with RawArchive(tmp_path).writer("r"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_runs_with_one_label_have_their_own_files(tmp_path):
    archive = RawArchive(tmp_path)
    first, second = (write_pages(archive, 1, "same")[0] for _ in range(2))
    assert first.warc_file != second.warc_file


@pytest.mark.parametrize("keep", [0.3, 0.5, 0.9, 0.999])
def test_torn_file_is_cut_behind_its_last_whole_record(tmp_path, keep):
    archive = RawArchive(tmp_path)
    entries = write_pages(archive, 20)
    path = tmp_path / entries[0].warc_file
    data = path.read_bytes()
    size = int(len(data) * keep)
    path.unlink()
    path.with_name(path.name + ".open").write_bytes(data[:size])
    whole = [entry for entry in entries if entry.offset + entry.length <= size]

    assert "left open" in archive.verify()[0].message
    (found,) = archive.recover_open_files()
    assert found.record_count == len(whole)
    assert found.lost_bytes == size - (whole[-1].offset + whole[-1].length)
    assert list(archive.entries(found.warc_file)) == whole
    assert archive.verify() == ()


def test_killed_run_loses_nothing_that_was_flushed(tmp_path):
    code = """if True:
        import os, sys
        from pathlib import Path
        sys.path.insert(0, sys.argv[2])
        from test_archive import make_page
        from pipeline.archive import RawArchive
        writer = RawArchive(Path(sys.argv[1])).writer("killed")
        for number in range(10):
            writer.write(make_page(number))
        writer.flush()
        for number in range(10, 13):
            writer.write(make_page(number))
        os._exit(9)
    """
    root = Path(__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(root / "tests")], cwd=root, check=False
    )
    assert run.returncode == 9
    archive = RawArchive(tmp_path)
    (found,) = archive.recover_open_files()
    assert found.record_count >= 10
    pages = [archive.read(entry) for entry in archive.entries(found.warc_file)]
    assert pages[:10] == [make_page(number) for number in range(10)]
    assert archive.verify() == ()


def test_closed_file_that_is_torn_is_a_problem_with_its_offset(tmp_path):
    archive = RawArchive(tmp_path)
    entries = write_pages(archive, 3)
    path = tmp_path / entries[0].warc_file
    path.write_bytes(path.read_bytes()[:-10])
    (problem,) = archive.verify()
    assert (problem.warc_file, problem.offset) == (path.name, entries[2].offset)
    assert archive.read(entries[1]) == make_page(1)
    with pytest.raises(ArchiveError, match=f"{path.name} at {entries[2].offset}"):
        archive.read(entries[2])


def test_altered_body_is_found_by_its_digest(tmp_path):
    archive = RawArchive(tmp_path)
    entry = write_pages(archive, 1)[0]
    path = tmp_path / entry.warc_file
    data = path.read_bytes()
    record = gzip.decompress(data[entry.offset :]).replace(b"Notice 0", b"Notice 9", 1)
    altered = gzip.compress(record)
    path.write_bytes(data[: entry.offset] + altered)
    (problem,) = archive.verify()
    assert problem.offset == entry.offset
    with pytest.raises(ArchiveError, match="digest"):
        archive.read(replace(entry, length=len(altered)))


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


def test_garbage_is_no_record():
    with pytest.raises(ArchiveError, match="here"):
        page_of(b"neither header nor body", where="here")
    assert page_record(make_page()).length > len(make_page().body)
