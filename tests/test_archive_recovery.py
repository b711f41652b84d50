"""The raw archive after kills, torn files, altered bytes and processes that meet."""

import gzip
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from archived import make_page, write_pages

from models.errors import ArchiveError
from pipeline import archive_recovery, archive_writer
from pipeline.archive import RawArchive
from pipeline.archive_writer import lock_file


def test_recovery_leaves_a_file_alone_that_its_writer_finishes_meanwhile(tmp_path, monkeypatch):
    archive = RawArchive(tmp_path)
    writer = archive.writer("r")
    entry = writer.write(make_page())

    def lock_after_the_end(file):
        writer.close()
        return lock_file(file)

    monkeypatch.setattr(archive_recovery, "lock_file", lock_after_the_end)
    assert archive.recover_open_files() == ()
    assert archive.verify() == ()
    assert archive.read(entry) == make_page()


def test_file_that_vanishes_before_it_is_looked_at_is_no_problem(tmp_path):
    assert archive_recovery.recover_file(tmp_path / "gone.warc.gz.open") is None
    assert archive_recovery.left_open_bytes(tmp_path / "gone.warc.gz.open") is None


@pytest.mark.parametrize("meddle", ["removes", "looks"])
def test_writer_makes_its_file_again_when_another_process_was_first(tmp_path, monkeypatch, meddle):
    archive = RawArchive(tmp_path)
    meddlers = []

    def lock_second(file):
        if not meddlers:  # another process takes the new file for that of a dead run
            meddlers.append(next(tmp_path.glob("*.open")).open("rb"))
            if meddle == "removes":
                archive.recover_open_files()
            else:
                assert lock_file(meddlers[0])
        return lock_file(file)

    monkeypatch.setattr(archive_writer, "lock_file", lock_second)
    with archive.writer("r") as writer:
        entry = writer.write(make_page())
        meddlers[0].close()
        assert archive.recover_open_files() == ()
    assert archive.read(entry) == make_page()
    assert archive.verify() == ()


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
        from archived import make_page
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


@pytest.mark.parametrize("content", [b"no database", b""])
def test_list_of_payloads_that_is_damaged_costs_nothing_but_space(tmp_path, content):
    archive = RawArchive(tmp_path)
    write_pages(archive, 1)
    (tmp_path / ".payloads.sqlite").write_bytes(content)
    with archive.writer("again") as writer:
        entry = writer.write(make_page(0))
    assert archive.read(entry) == make_page(0)
    assert archive.verify() == ()


def test_payload_whose_file_is_gone_is_stored_again(tmp_path):
    archive = RawArchive(tmp_path)
    (first,) = write_pages(archive, 1)
    (tmp_path / first.warc_file).unlink()
    with archive.writer("again") as writer:
        entry = writer.write(make_page(0))
        assert writer.revisit_count == 0
    assert archive.read(entry) == make_page(0)
