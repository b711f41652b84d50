"""Batches that several processes stage, load and remove at the same moment, or half of it."""

import shutil
from datetime import UTC, datetime

import pytest

from pipeline import staging
from pipeline.staging import Batch, discard, stage, staged_batches
from pipeline.store import Store

_ROW = {
    "rejection_id": "r1", "stage": "fetch", "reason": "http_error", "detail": "status 503",
    "source": "test", "url": "http://a.example/1",
    "seen_at": datetime(2026, 2, 3, 4, 5, tzinfo=UTC),
}  # fmt: skip
_BATCH = Batch(batch_id="b1", replaces=(), rows={"rejection": [_ROW]})


@pytest.mark.parametrize("batch", [_BATCH, Batch(batch_id="b0", replaces=(), rows={})])
def test_a_batch_that_another_process_has_loaded_is_no_error(settings, batch):
    staged = stage(settings.staging_dir, batch)
    with Store(settings) as store:
        # Another run takes it for left over, as a killed one leaves it.
        store.load_staged()
        assert not staged.is_there
        assert store.load(staged) == 0


def test_a_batch_without_news_that_another_process_has_loaded_is_no_error(settings):
    twice = Batch(batch_id="b2", replaces=(), rows=_BATCH.rows)
    with Store(settings) as store:
        store.load(stage(settings.staging_dir, _BATCH))
        staged = stage(settings.staging_dir, twice)
        assert store.load_staged().rows == 0
        assert store.load(staged) == 0


def test_a_kill_while_a_batch_is_removed_leaves_nothing_to_load(settings, monkeypatch):
    staged = stage(settings.staging_dir, _BATCH)
    # Killed after the first file.
    monkeypatch.setattr(shutil, "rmtree", lambda folder, **_: (folder / "batch.json").unlink())
    discard(staged)
    monkeypatch.undo()
    assert list(staged_batches(settings.staging_dir)) == []
    again = stage(settings.staging_dir, _BATCH)
    assert again.is_there
    assert [found.batch_id for found in staged_batches(settings.staging_dir)] == ["b1"]


def test_a_batch_that_goes_while_it_is_staged_again_is_described(settings, monkeypatch):
    stage(settings.staging_dir, _BATCH)

    def gone(_folder):
        raise FileNotFoundError

    monkeypatch.setattr(staging, "read_staged", gone)
    again = stage(settings.staging_dir, _BATCH)
    assert (again.batch_id, again.tables) == ("b1", ("rejection",))
