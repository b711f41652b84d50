"""What goes wrong with disks, files, locks and processes: one clear message, nothing lost."""

import errno
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from loading import BY_VERSION, FACTS, Reader, write_loader

from models.errors import InputError, StoreBusyError, StoreError
from pipeline.staging import Batch, stage, staged_batches
from pipeline.store import Store
from pipeline.store_read import connect, query


def rejection(number):
    return {
        "rejection_id": f"r{number}", "stage": "fetch", "reason": "http_error",
        "detail": f"{number:x}" * 20, "source": "test", "url": f"http://a.example/{number}",
        "seen_at": datetime(2026, 1, 5, 8, 30, tzinfo=UTC),
    }  # fmt: skip


def load(settings, batch_id, numbers):
    rows = {"rejection": [rejection(number) for number in numbers]}
    staged = stage(settings.staging_dir, Batch(batch_id=batch_id, replaces=(), rows=rows))
    with Store(settings) as store:
        return store.load(staged)


def count(settings):
    return int(query(settings, "SELECT count(*) AS n FROM rejection")["n"][0])


def start(tmp_path, source, *words):
    script = tmp_path / "child.py"
    script.write_text(source)
    command = [sys.executable, str(script), *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


_FULL_DISK = """
import resource, sys
from pathlib import Path
from models.errors import StoreError
from pipeline.settings import Settings
from pipeline.store import Store
settings = Settings(data=Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    with Store(settings) as store:
        store.load_staged()
except StoreError as error:
    print(error)
    sys.exit(3)
"""


@pytest.mark.parametrize("room", [0, 20_000, 300_000])
def test_a_full_disk_loses_nothing(settings, tmp_path, room):
    load(settings, "b1", range(10))
    rows = {"rejection": [rejection(number) for number in range(10, 60_000)]}
    stage(settings.staging_dir, Batch(batch_id="b2", replaces=(), rows=rows))
    child = start(tmp_path, _FULL_DISK, settings.data, settings.store_file.stat().st_size + room)
    said, errors = child.communicate(timeout=60)
    assert child.returncode == 3, said + errors
    assert "Traceback" not in errors
    assert str(settings.data) in said
    assert count(settings) == 10
    with Store(settings) as store:
        store.load_staged()
    assert count(settings) == 60_000
    assert list(staged_batches(settings.staging_dir)) == []
    assert not list(settings.data.glob(".reeline.duckdb.*"))


def test_a_snapshot_that_could_not_be_written_is_made_up_for(settings, monkeypatch):
    load(settings, "b1", range(10))

    def no_room(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfile", no_room)
        with pytest.raises(StoreError, match=r"No space left on device.*next run publishes"):
            load(settings, "b2", range(10, 20))
    assert count(settings) == 10
    with Store(settings):
        pass
    assert count(settings) == 20


_DIES_BEFORE_PUBLISHING = """
import os, signal, sys
from pathlib import Path
import pipeline.store
import pipeline.store_file
from pipeline.settings import Settings
pipeline.store_file.publish = lambda settings: os.kill(os.getpid(), signal.SIGKILL)
with pipeline.store.Store(Settings(data=Path(sys.argv[1]))) as store:
    store.load_staged()
"""


def test_a_loader_that_dies_before_publishing_is_made_up_for(settings, tmp_path):
    load(settings, "b1", range(10))
    rows = {"rejection": [rejection(number) for number in range(10, 20)]}
    stage(settings.staging_dir, Batch(batch_id="b2", replaces=(), rows=rows))
    (settings.data / ".reeline.duckdb.1.2").write_text("half a copy")
    child = start(tmp_path, _DIES_BEFORE_PUBLISHING, settings.data)
    child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
    assert count(settings) == 10
    with Store(settings):
        pass
    assert count(settings) == 20
    assert not (settings.data / ".reeline.duckdb.1.2").exists()


@pytest.mark.parametrize("damage", [b"", b"not a database", b"x" * 5000])
def test_a_damaged_snapshot_is_named_and_made_anew(settings, damage):
    load(settings, "b1", range(10))
    settings.snapshot_file.chmod(0o644)
    settings.snapshot_file.write_bytes(damage)
    if damage:
        with pytest.raises(StoreError, match=r"snapshot .* cannot be read.*writes a new one"):
            connect(settings.data)
    with Store(settings):
        pass
    assert count(settings) == 10


def test_a_damaged_store_is_named_with_the_way_out(settings):
    load(settings, "b1", range(10))
    settings.store_file.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match=r"cannot be opened.*raw archive"), Store(settings):
        pass
    assert count(settings) == 10
    settings.store_file.unlink()
    assert load(settings, "b1", range(10)) == 10


_HOLDER = """
import sys, time
import duckdb
con = duckdb.connect(sys.argv[1])
print("open", flush=True)
time.sleep(float(sys.argv[2]))
con.close()
"""


def test_a_program_that_holds_the_file_is_named(settings, tmp_path):
    load(settings, "b1", range(10))
    holder = start(tmp_path, _HOLDER, settings.store_file, 60)
    try:
        assert holder.stdout.readline() == "open\n"
        expected = rf"is open in .*\(process {holder.pid}\).*analysts open reeline.duckdb"
        with (
            pytest.raises(StoreBusyError, match=expected),
            Store(replace(settings, lock_wait_s=0.3)),
        ):
            pass
        assert count(settings) == 10
    finally:
        holder.kill()
        holder.communicate()
    assert load(settings, "b2", range(10, 20)) == 10


def test_a_program_that_lets_go_is_waited_for(settings, tmp_path):
    load(settings, "b1", range(10))
    holder = start(tmp_path, _HOLDER, settings.store_file, 1)
    assert holder.stdout.readline() == "open\n"
    assert load(settings, "b2", range(10, 20)) == 10
    holder.communicate()


def test_a_newer_version_is_refused_and_its_data_left_alone(settings):
    load(settings, "b1", range(10))
    with Store(settings) as store:
        store.con.execute("INSERT INTO schema_version VALUES (99, 'later', 'x', now())")
    before = settings.store_file.read_bytes()
    with pytest.raises(StoreError, match="schema version 99, this program knows"):
        load(settings, "b2", range(10, 20))
    assert settings.store_file.read_bytes() == before
    assert [staged.batch_id for staged in staged_batches(settings.staging_dir)] == ["b2"]


def test_a_snapshot_of_another_version_says_so(settings):
    load(settings, "b1", range(10))
    with pytest.raises(InputError) as same:
        query(settings, "FROM no_such_view")
    assert "another version" not in str(same.value)
    with Store(settings) as store:
        store.con.execute("UPDATE schema_version SET sha256 = 'old' WHERE version = 0")
    with pytest.raises(InputError, match="made by another version of reeline"):
        query(settings, "FROM no_such_view")
    with Store(settings):
        pass
    with pytest.raises(InputError) as healed:
        query(settings, "FROM no_such_view")
    assert "another version" not in str(healed.value)


_BATCHES = 50
_WRITERS = 4
_DEADLINE_S = 25.0


class Writer(threading.Thread):
    """Runs a loader process over its batches and kills it now and then; starts it again."""

    def __init__(self, script, settings, first, kills):
        super().__init__()
        self.command = [sys.executable, str(script), str(settings.data)]
        self.first, self.left, self.rng = first, kills, random.Random(first)
        self.deadline = time.monotonic() + _DEADLINE_S
        self.acknowledged = []
        self.kills = 0

    def run(self):
        done = self.first
        while done < self.first + _BATCHES and time.monotonic() < self.deadline:
            words = [*self.command, str(done), str(self.first + _BATCHES)]
            with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
                done = self.follow(child, done)

    def follow(self, child, done):
        patience = self.rng.randint(5, 15)
        for line in child.stdout:
            self.acknowledged.append(int(line))
            done, patience = int(line) + 1, patience - 1
            if (patience <= 0 < self.left) or time.monotonic() > self.deadline:
                time.sleep(self.rng.random() * 0.1)
                child.send_signal(signal.SIGKILL)
                self.left, self.kills = self.left - 1, self.kills + 1
                break
        return done


def test_four_writers_a_reader_and_kills(settings, tmp_path):
    """Every acknowledged batch is there once and whole; no reader ever fails."""
    script = write_loader(tmp_path)
    reader = Reader(settings, pause_s=0.02)
    writers = [Writer(script, settings, 1000 * n, kills=2) for n in range(_WRITERS)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    with Store(settings) as store:
        store.load_staged()
    reader.is_done.set()
    reader.join()
    acknowledged = {number for writer in writers for number in writer.acknowledged}
    assert reader.failures == []
    assert len(reader.polls) > 10
    assert reader.polls == sorted(reader.polls)
    assert sum(writer.kills for writer in writers) >= _WRITERS
    found = query(settings, BY_VERSION)
    assert set(found["n"]) == {FACTS}
    assert {f"v{number}" for number in acknowledged} <= set(found["version_id"])
    assert len(acknowledged) >= _WRITERS * 5  # a slow machine stops at the deadline
    logged = query(settings, "SELECT count(*) AS n, count(DISTINCT batch_id) AS m FROM load_log")
    assert logged.values.tolist() == [[len(found), len(found)]]
    assert not list(settings.data.glob(".reeline.duckdb.*"))
