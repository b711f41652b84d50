"""A long run opens the file once, gives way to other writers, and keeps its log through kills."""

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import store_file, store_linger
from pipeline.staging import Batch, stage
from pipeline.store import Store
from pipeline.store_read import query

# A chunk of a backfill: claim, pages to read, load, end.
_STEPS = 4
_SEEN = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)


@pytest.fixture
def long_run(settings):
    """Settings of a run that publishes rarely, with a snapshot that is young."""
    with Store(settings):
        pass
    yield replace(settings, publish_every_s=3600.0)
    store_linger.lingering.close_all()


@pytest.fixture
def opened(monkeypatch):
    """Names of the files that were opened and of the checkpoints that were made, in order."""
    seen = []
    connect, write_log = store_file.FileStore._connect, store_file.FileStore._write_log
    monkeypatch.setattr(
        store_file.FileStore,
        "_connect",
        lambda self, file: (seen.append("open"), connect(self, file))[1],
    )
    monkeypatch.setattr(
        store_file.FileStore,
        "_write_log",
        lambda self, con: (seen.append("log written"), write_log(self, con))[1],
    )
    return seen


def version(number):
    return {
        "version_id": f"v{number}", "article_id": f"a{number}", "source": "s", "url": f"u{number}",
        "tags": [], "regions": [], "sectors": [], "fetched_at": _SEEN, "body_sha256": "0",
        "text_chars": 4, "extractor_version": "1",
    }  # fmt: skip


def sentence(number, last):
    return {"version_id": f"v{number}", "sentence_no": 0, "char_start": 0, "char_end": last}


def batch(settings, name, numbers, *, last=4):
    rows = {
        "article_version": [version(number) for number in numbers],
        "article_sentence": [sentence(number, last) for number in numbers],
    }
    replaces = tuple(f"v{number}" for number in numbers)
    return stage(settings.staging_dir, Batch(batch_id=name, replaces=replaces, rows=rows))


def test_chunks_share_one_opening_and_one_checkpoint(long_run, settings, opened):
    for chunk in range(5):
        for step in range(_STEPS):
            with Store(long_run) as store:
                if step == _STEPS - 2:
                    store.load(batch(settings, f"b{chunk}", [chunk]))
    assert opened == ["open"]
    with Store(settings):
        pass
    assert opened == ["open", "log written"]
    assert query(settings, "SELECT count(*) AS n FROM article_version")["n"][0] == 5


def test_a_short_run_closes_and_publishes_at_once(settings, opened):
    for number in range(2):
        with Store(settings) as store:
            store.load(batch(settings, f"b{number}", [number]))
        assert query(settings, "SELECT count(*) AS n FROM article_version")["n"][0] == number + 1
    assert opened == ["open", "log written"] * 2


def test_the_other_writer_need_not_wait_for_the_end(long_run, settings):
    with Store(long_run) as store:
        store.load(batch(settings, "b1", [1]))
    code = (
        "import sys; from pathlib import Path; from pipeline.settings import Settings; "
        "from pipeline.store import Store\n"
        "with Store(Settings(data=Path(sys.argv[1]))) as store:\n"
        "    print(store.con.execute('SELECT count(*) FROM article_version').fetchone()[0])"
    )
    command = [sys.executable, "-c", code, str(settings.data)]
    # With nobody who gives way it would wait for the limit of the run itself.
    store_linger.LINGER_S, before = 3600.0, store_linger.LINGER_S
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    finally:
        store_linger.LINGER_S = before
    assert done.stdout == "1\n"
    assert not list(settings.data.glob("*.waiting"))
    with Store(long_run) as store:
        assert store.load(batch(settings, "b1", [1])) == 0


_KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_store_linger import batch
from pipeline.settings import Settings
from pipeline.store import Store
settings = Settings(data=Path(sys.argv[1]), publish_every_s=3600.0)
for number in range(100):
    with Store(settings) as store:
        store.load(batch(settings, f"b{number}", range(10 * number, 10 * number + 10)))
    if number >= int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_committed_outlives_a_kill_and_is_known_by_its_keys(long_run, settings, tmp_path):
    """A log that a kill left is read by openings that neither write nor checkpoint, too."""
    script = tmp_path / "killed.py"
    script.write_text(_KILLED)
    here = str(Path(__file__).parent)
    for last in (2, 5):
        done = subprocess.run(
            [sys.executable, str(script), str(settings.data), here, str(last)],
            timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == -signal.SIGKILL
        with Store(long_run) as store:
            assert store.con.execute("SELECT count(*) FROM load_log").fetchone() == (last + 1,)
        store_linger.lingering.close_all()
    with Store(settings):
        pass
    with Store(settings) as store:
        found = [
            store.con.execute("FROM article_version WHERE version_id = ?", [f"v{n}"]).fetchone()
            for n in range(60)
        ]
        assert all(found)
        assert store.load(batch(settings, "b3", range(30, 40))) == 0
        assert store.load(batch(settings, "again", range(30, 40), last=9)) == 10
    kept = query(
        settings, "SELECT count(*) AS n, count(DISTINCT version_id) AS d FROM article_sentence"
    )
    assert kept.values.tolist() == [[60, 60]]


def test_only_known_texts_are_searched_for_facts_to_replace(settings):
    with Store(settings) as store:
        said = []
        con, store._con = store._con, None

        class Listening:
            def __getattr__(self, name):
                return getattr(con, name)

            def execute(self, sql, *params):
                said.append(sql)
                return con.execute(sql, *params)

        store._con = Listening()
        store.load(batch(settings, "b1", [1, 2]))
        assert not [sql for sql in said if sql.startswith("DELETE")]
        store.load(batch(settings, "b2", [2, 3], last=9))
        assert [sql for sql in said if sql.startswith("DELETE FROM article_sentence")]
        store._con = con
        rows = con.execute(
            "SELECT version_id, char_end FROM article_sentence ORDER BY 1"
        ).fetchall()
    assert rows == [("v1", 4), ("v2", 9), ("v3", 9)]
