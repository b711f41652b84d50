"""The same store on DuckLake with a PostgreSQL catalog: same rows, many machines, one at a time."""

import itertools
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime

import duckdb
import postgres
import pytest
from loading import BY_VERSION, FACTS, Reader, write_loader
from test_store import rejection, tonnage

from models.errors import StoreBusyError, StoreError
from pipeline.settings import Settings
from pipeline.staging import Batch, stage, staged_batches
from pipeline.store import Store
from pipeline.store_again import passes
from pipeline.store_export import ExportFormat, export
from pipeline.store_extensions import OFFLINE, load_extension
from pipeline.store_lake_connect import attach_lake, catalog_cursor, lake_cursor
from pipeline.store_read import query, reading
from pipeline.store_schema import arrow_schemas
from pipeline.store_timeline import refresh_timeline

_NUMBERS = itertools.count()
needs_postgres = pytest.mark.skipif(postgres.why_not() is not None, reason=str(postgres.why_not()))


@pytest.fixture(scope="module")
def server():
    try:
        with duckdb.connect(":memory:", config=OFFLINE) as con:
            load_extension(con, "ducklake")
    except StoreError as error:  # without the extra `scale`, or with another DuckDB
        pytest.skip(str(error))
    with postgres.running() as conninfo:
        yield conninfo


def make_lake(server, folder):
    """Make an empty lake and return how to get settings for it: another name, another machine."""
    name = f"lake{next(_NUMBERS)}"
    postgres.create_database(server, name)

    def on(machine="one", **changes):
        made = Settings(
            data=folder / machine,
            lock_wait_s=60.0,
            store=f"ducklake:postgres:dbname={name} {server}",
            lake_data_path=str(folder / "parquet"),
        )
        made.prepare()
        return replace(made, **changes)

    return on


@pytest.fixture
def lake(server, tmp_path):
    return make_lake(server, tmp_path)


@pytest.fixture(scope="module")
def shared(server, tmp_path_factory):
    """Return a lake with one row, for tests that leave it as it is."""
    made = make_lake(server, tmp_path_factory.mktemp("shared"))
    load(made(), "b1", {"rejection": [rejection(1)]})
    return made


def load(settings, batch_id, rows, replaces=()):
    staged = stage(settings.staging_dir, Batch(batch_id=batch_id, replaces=replaces, rows=rows))
    with Store(settings) as store:
        return store.load(staged)


def values(settings, sql):
    return query(settings, sql).values.tolist()


@needs_postgres
def test_batches_load_once_and_replace_and_every_machine_sees_them(lake):
    one, two = lake("one"), lake("two")
    assert load(one, "b1", {"tonnage": [tonnage("v1", 1.0), tonnage("v2", 5.0)]}, ("v1", "v2"))
    first = {"tonnage": [tonnage("v1", 12.0)], "rejection": [rejection(1, "first")]}
    assert load(two, "b2", first, ("v1",)) == 2
    assert load(one, "b2", first, ("v1",)) == 0
    assert load(one, "b3", {"rejection": [rejection(1, "later"), rejection(2)]}) == 1
    found = values(one, "SELECT version_id, value FROM tonnage ORDER BY ALL")
    assert found == [["v1", 12.0], ["v2", 5.0]]
    assert values(one, "SELECT detail FROM rejection ORDER BY url") == [["first"], ["why"]]
    # A snapshot that another machine's load has overtaken is shown for a minute.
    assert values(two, "SELECT count(*) FROM rejection") == [[1]]
    past = time.time() - 3600

    os.utime(two.snapshot_file, (past, past))
    assert values(two, "SELECT count(*) FROM rejection") == [[2]]


@needs_postgres
def test_the_demo_exports_the_same_bytes_from_file_and_lake(lake, demo, settings, tmp_path):
    """One batch of all that was read, then a refresh of the timeline: in a file and in a lake."""
    derived = {"schema_version", "load_log"}
    rows = {}
    with reading(demo) as con:
        for table, schema in arrow_schemas().items():
            if table not in derived and not table.startswith("timeline_"):
                names = ", ".join(schema.names)
                data = con.execute(f"SELECT {names} FROM {table} ORDER BY ALL").to_arrow_table()
                rows[table] = data.cast(schema).to_pylist()
    assert len(rows["tonnage"]) > 20
    exported = {}
    for name, place in (("file", settings), ("lake", lake())):
        staged = stage(place.staging_dir, Batch(batch_id="demo", replaces=(), rows=rows))
        with Store(place) as store:
            store.load(staged)
            refresh_timeline(store, now=datetime(2028, 1, 1, tzinfo=UTC))
        export(place, tmp_path / name, file_format=ExportFormat.CSV)
        exported[name] = {p.name: p.read_bytes() for p in (tmp_path / name).iterdir()}
    assert exported["file"] == exported["lake"]
    with attach_lake(lake(), is_read_only=True) as con:  # what another program sees
        counted = con.execute("SELECT count(*) FROM timeline").fetchone()
    assert counted == tuple(values(settings, "SELECT count(*) FROM timeline")[0])
    assert counted[0] > 20


_EACH = 2


@needs_postgres
def test_four_loaders_on_two_machines_a_reader_and_a_kill(lake, tmp_path):
    """Every acknowledged batch is there once and whole; no reader ever fails."""
    script = write_loader(tmp_path)
    machines = [lake("one"), lake("two")]
    with Store(machines[0]):
        pass

    def start(number):
        at = machines[number % 2]
        words = [sys.executable, str(script), str(at.data)]
        words += [str(100 * number), str(100 * number + (1000 if number == 0 else _EACH))]
        words += [at.store, at.lake_data]
        return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)

    reader = Reader(machines[0], pause_s=0.05)
    reader.start()
    running = [start(number) for number in range(4)]
    try:
        doomed, *others = running
        said = [doomed.stdout.readline(), doomed.stdout.readline()]
        time.sleep(0.3)  # in the midst of the next batch
        doomed.send_signal(signal.SIGKILL)
        said += doomed.communicate()[0].splitlines()
        for process in others:
            said += process.communicate(timeout=120)[0].splitlines()
        assert [process.returncode for process in others] == [0, 0, 0]
    finally:
        for process in running:
            process.kill()
        reader.is_done.set()
        reader.join()
    for machine in machines:  # what the dead one had staged
        with Store(machine) as store:
            store.load_staged()
        assert list(staged_batches(machine.staging_dir)) == []
    assert reader.failures == []
    assert len(reader.polls) > 3
    assert reader.polls == sorted(reader.polls)
    acknowledged = {f"v{int(line)}" for line in said}
    assert len(acknowledged) >= 3 * _EACH + 2
    found = query(machines[0], BY_VERSION)
    assert set(found["n"]) == {FACTS}
    assert acknowledged <= set(found["version_id"])
    logged = values(machines[0], "SELECT count(*), count(DISTINCT batch_id) FROM load_log")
    assert logged == [[len(found), len(found)]]


@needs_postgres
def test_a_writer_on_another_machine_is_waited_for_and_named(shared):
    with (
        Store(shared("one")),
        pytest.raises(StoreBusyError, match=r"still held by reeline process \d+ on"),
        Store(shared("two", lock_wait_s=0.2)),
    ):
        pass


@needs_postgres
def test_a_commit_that_comes_second_is_tried_again(shared):
    """Another program writes to the lake without our lock: the batch is loaded all the same."""
    settings = shared()
    staged = stage(
        settings.staging_dir,
        Batch(batch_id="b9", replaces=("v1",), rows={"tonnage": [tonnage("v1", 2.0)]}),
    )
    with Store(settings) as store:
        load_once, left = store._load_once, [2]

        def disturbed(batch):
            if left[0]:
                left[0] -= 1
                store.con.execute("BEGIN")
                store.con.execute("COMMENT ON TABLE rejection IS 'one'")
                with lake_cursor(store.con) as other:
                    other.execute("COMMENT ON TABLE rejection IS 'other'")
                store.con.execute("COMMIT")
            return load_once(batch)

        store._load_once = disturbed
        assert store.load(staged) == 1
        assert left == [0]


@needs_postgres
def test_nothing_is_committed_without_the_lock(shared):
    """A connection may be lost alone: another machine may have the lock by the commit."""
    insert = "INSERT INTO text_group VALUES ('alone', 'alone')"
    find = "SELECT group_id FROM text_group WHERE version_id = 'alone'"
    end = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    settings = shared()
    with Store(settings) as store:
        store.con.execute("BEGIN")
        store.con.execute(insert)
        with attach_lake(settings) as lake, catalog_cursor(lake, settings) as other:
            other.execute("SELECT * FROM postgres_query('catalog', ?)", [end]).fetchall()
        with pytest.raises(duckdb.Error) as caught:
            store.commit()
        assert passes(caught.value)  # so the step is tried again
        store.con.execute("ROLLBACK")
    with Store(settings) as store:
        assert store.con.execute(find).fetchall() == []
        store.con.execute("BEGIN")
        store.con.execute(insert)
        store.commit()
        assert store.con.execute(find).fetchall() == [("alone",)]


@needs_postgres
def test_an_unreachable_catalog_is_named_and_readers_keep_their_snapshot(shared):
    settings = shared()
    away = "ducklake:postgres:dbname=x host=127.0.0.1 port=1 user=reeline password=geheim"
    with (
        pytest.raises(StoreError, match="cannot be opened") as caught,
        Store(replace(settings, store=away)),
    ):
        pass
    assert "geheim" not in str(caught.value)

    os.utime(settings.snapshot_file, (0, 0))
    assert values(replace(settings, store=away), "SELECT count(*) FROM rejection") == [[1]]
    with pytest.raises(StoreError, match="cannot be opened"):
        values(replace(settings, store=away, data=settings.data / "new"), "SELECT 1")


@needs_postgres
def test_an_empty_lake_says_what_to_run(lake):
    with pytest.raises(StoreError, match="cannot be opened: there is nothing yet"):
        values(lake(), "SELECT 1")


@needs_postgres
def test_a_newer_lake_is_refused(shared):
    with Store(shared()) as store:
        store.con.execute("INSERT INTO schema_version VALUES (99, 'later', 'x', now())")
        with pytest.raises(StoreError, match="schema version 99"):
            values(shared("two"), "SELECT 1")
        store.con.execute("DELETE FROM schema_version WHERE version = 99")
