"""The writer's side: batches load once, wait in line, survive kills, and refuse what is newer."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime

import duckdb
import pytest

from models.errors import SettingsError, StoreBusyError, StoreError
from pipeline.settings import Settings, load_settings
from pipeline.staging import Batch, stage, staged_batches
from pipeline.store import Store
from pipeline.store_read import connect, query

_SEEN = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)


def rejection(number, detail="why"):
    return {
        "rejection_id": f"r{number}",
        "stage": "fetch",
        "reason": "http_error",
        "detail": detail,
        "source": "test",
        "url": f"http://a.example/{number}",
        "seen_at": _SEEN,
    }


def tonnage(version, value):
    return {
        "article_id": f"a-{version}",
        "version_id": version,
        "char_start": 0,
        "char_end": 4,
        "text": "1 t",
        "value": value,
        "unit_assumed": False,
        "bound": "exact",
        "flow": "export",
        "basis": "month",
        "role": "level",
        "rule_id": "tonnage.number",
        "extractor_version": "1",
    }


def load(settings, batch_id, rows, replaces=()):
    staged = stage(settings.staging_dir, Batch(batch_id=batch_id, replaces=replaces, rows=rows))
    with Store(settings) as store:
        return store.load(staged)


def values(settings, sql):
    return query(settings, sql).values.tolist()


def test_rows_reach_the_snapshot(settings):
    assert load(settings, "b1", {"rejection": [rejection(1), rejection(2)]}) == 2
    assert values(settings, "SELECT count(*) FROM rejection") == [[2]]
    assert list(settings.staging_dir.iterdir()) == []


def test_a_batch_loads_once_however_often_it_is_retried(settings):
    rows = {"tonnage": [tonnage("v1", 10.0)]}
    assert load(settings, "b1", rows, replaces=("v1",)) == 1
    assert load(settings, "b1", rows, replaces=("v1",)) == 0
    assert values(settings, "SELECT count(*) FROM tonnage") == [[1]]
    assert values(settings, "SELECT count(*) FROM load_log") == [[1]]


def test_known_keys_are_left_as_they_are(settings):
    load(settings, "b1", {"rejection": [rejection(1, "first")]})
    assert load(settings, "b2", {"rejection": [rejection(1, "second"), rejection(3)]}) == 1
    assert values(settings, "SELECT detail FROM rejection ORDER BY 1") == [["first"], ["why"]]


def test_facts_of_a_version_are_replaced_and_others_kept(settings):
    load(settings, "b1", {"tonnage": [tonnage("v1", 10.0), tonnage("v2", 5.0)]}, ("v1", "v2"))
    load(settings, "b2", {"tonnage": [tonnage("v1", 12.0)]}, ("v1",))
    assert values(settings, "SELECT version_id, value FROM tonnage ORDER BY ALL") == [
        ["v1", 12.0],
        ["v2", 5.0],
    ]


def test_a_batch_that_breaks_a_check_leaves_nothing(settings):
    bad = rejection(1) | {"reason": "no_such_reason"}
    with pytest.raises(StoreError, match="cannot be loaded"):
        load(settings, "b1", {"rejection": [rejection(2), bad]})
    with Store(settings) as store:
        assert store.con.execute("SELECT count(*) FROM rejection").fetchone() == (0,)
    assert [staged.batch_id for staged in staged_batches(settings.staging_dir)] == ["b1"]


def test_monthly_figures_are_those_of_the_facts(settings):
    """They are made before each snapshot, and again when a loader died before it made them."""
    place = {"source": "s", "url": "u", "article_id": "a-v1"}
    rows = {
        "article": [place | {"current_version_id": "v1", "first_seen_at": _SEEN}],
        "article_version": [
            place
            | {"version_id": "v1", "tags": [], "regions": [], "sectors": [], "fetched_at": _SEEN}
            | {"body_sha256": "0", "text_chars": 0, "extractor_version": "1"}
        ],
    }
    monthly = {
        "reporter": "China", "material": "magnets", "period_start": date(2026, 1, 1),
        "period_end": date(2026, 2, 1),
    }  # fmt: skip
    sql = "SELECT tonnes FROM export_statistics"
    load(settings, "b1", rows | {"tonnage": [tonnage("v1", 1.0) | monthly | {"tonnes": 5.0}]})
    assert values(settings, sql) == [[5.0]]
    again = {"tonnage": [tonnage("v1", 1.0) | monthly | {"tonnes": 6.0}]}
    load(settings, "b2", again, replaces=("v1",))
    assert values(settings, sql) == [[6.0]]
    staged = stage(settings.staging_dir, Batch(batch_id="b3", replaces=("v1",), rows={}))
    with suppress(KeyboardInterrupt), Store(settings) as store:
        store.load(staged)
        raise KeyboardInterrupt
    with Store(settings):
        pass
    assert values(settings, sql) == []


def test_an_older_reader_keeps_its_snapshot(settings):
    load(settings, "b1", {"rejection": [rejection(1)]})
    with connect(settings.data) as reader:
        load(settings, "b2", {"rejection": [rejection(2)]})
        assert reader.execute("SELECT count(*) FROM rejection").fetchone() == (1,)
    with connect(settings.data) as reader:
        assert reader.execute("SELECT count(*) FROM rejection").fetchone() == (2,)


def test_the_snapshot_cannot_be_written(settings):
    load(settings, "b1", {"rejection": [rejection(1)]})
    with connect(settings.data) as reader, pytest.raises(duckdb.Error):
        reader.execute("DELETE FROM rejection")


def test_nothing_new_publishes_nothing(settings):
    load(settings, "b1", {"rejection": [rejection(1)]})
    before = settings.snapshot_file.stat().st_ino
    with Store(settings):
        pass
    assert settings.snapshot_file.stat().st_ino == before


def test_a_newer_database_is_refused(settings):
    with Store(settings) as store:
        store.con.execute("INSERT INTO schema_version VALUES (99, 'later', 'x', now())")
    with pytest.raises(StoreError, match="schema version 99"), Store(settings):
        pass


def test_a_held_lock_names_its_holder(settings):
    with (
        Store(settings),
        pytest.raises(StoreBusyError, match=f"process {os.getpid()}"),
        Store(replace(settings, lock_wait_s=0.1)),
    ):
        pass


def test_a_missing_snapshot_says_what_to_run(settings):
    with pytest.raises(StoreError, match="reeline ingest"):
        connect(settings.data)


def test_a_corrupt_snapshot_is_named(settings):
    settings.snapshot_file.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="cannot be read"):
        connect(settings.data)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_data_folder_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(SettingsError, match="--data or REELINE_DATA"):
        Settings(data=tmp_path / "data").prepare()


def test_a_data_folder_under_a_file_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError, match="cannot be made"):
        Settings(data=tmp_path / "file" / "data").prepare()


def test_the_data_folder_comes_from_option_environment_default(tmp_path, monkeypatch):
    monkeypatch.setenv("REELINE_DATA", str(tmp_path / "env"))
    assert load_settings(tmp_path / "option").data == tmp_path / "option"
    assert load_settings().data == tmp_path / "env"
    monkeypatch.delenv("REELINE_DATA")
    assert load_settings().data.name == "reeline"


_LOADER = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from pipeline.settings import Settings
from pipeline.staging import Batch, stage
from pipeline.store import Store
settings = Settings(data=Path(sys.argv[1]), lock_wait_s=60)
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    row = dict(rejection_id=f"r{number}", stage="fetch", reason="http_error", detail="d",
        source="s", url=f"u{number}", seen_at=datetime(2026, 1, 5, tzinfo=UTC))
    batch = Batch(batch_id=f"b{number}", replaces=(), rows={"rejection": [row]})
    staged = stage(settings.staging_dir, batch)
    with Store(settings) as store:
        store.load(staged)
    print(number, flush=True)
"""


@pytest.fixture
def loader(tmp_path, settings):
    """Start a loader process of rejections [first, last)."""
    script = tmp_path / "loader.py"
    script.write_text(_LOADER)

    def start(first, last):
        command = [sys.executable, str(script), str(settings.data), str(first), str(last)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    return start


def test_concurrent_loaders_wait_in_line_and_lose_nothing(settings, loader):
    running = [loader(start, start + 8) for start in (0, 100, 200)]
    polled = 0
    while any(process.poll() is None for process in running):
        if settings.snapshot_file.exists():
            polled = max(polled, values(settings, "SELECT count(*) FROM rejection")[0][0])
        time.sleep(0.05)
    assert [process.wait() for process in running] == [0, 0, 0]
    for process in running:
        process.stdout.close()
    assert values(settings, "SELECT count(*), count(DISTINCT url) FROM rejection") == [[24, 24]]
    assert polled > 0


def test_a_killed_loader_loses_no_committed_row(settings, loader):
    process = loader(0, 10_000)
    acknowledged = [process.stdout.readline() for _ in range(5)]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with Store(settings) as store:
        store.load_staged()
    kept = values(settings, "SELECT count(*), count(DISTINCT url) FROM rejection")[0]
    assert kept[0] == kept[1]
    assert kept[0] >= len(acknowledged)
    assert list(staged_batches(settings.staging_dir)) == []
