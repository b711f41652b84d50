"""Announcing changes of the timeline: each once, also after a run that was killed before it."""

import json
from datetime import UTC, datetime

import pytest

from pipeline.announce import Change, announce, changes_since
from pipeline.settings import Settings
from pipeline.store import Store

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_EVENT = """
INSERT INTO timeline_event BY NAME
SELECT
  $id AS event_id, $revision AS revision, 'license_granted' AS kind, $summary AS summary,
  [] AS licensees, [] AS beneficiaries, [] AS applicants, ['Norvane'] AS excluded, [] AS other_dates,
  'asserted' AS modality, 1 AS article_count, 1 AS source_count, 0.5 AS confidence,
  'm' AS best_mention_id, 0 AS denial_count, $known_from AS known_from, $known_to AS known_to
"""


def _at(hour: int) -> datetime:
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


@pytest.fixture
def told(settings: Settings) -> list:
    rows = [
        ("a", 1, 1, 3), ("a", 2, 3, None),  # revised at 3
        ("b", 1, 2, None),  # created at 2
        ("c", 1, 1, 4),  # withdrawn at 4
        ("d", 1, 1, None),  # as before
        ("e", 1, 2, 3), ("e", 2, 3, None),  # created and revised since
    ]  # fmt: skip
    with Store(settings) as store:
        for event_id, revision, known_from, known_to in rows:
            store.con.execute(
                _EVENT,
                {
                    "id": event_id,
                    "revision": revision,
                    "summary": f"{event_id}{revision}",
                    "known_from": _at(known_from),
                    "known_to": _at(known_to) if known_to else None,
                },
            )
        store.mark_changed()
    return []


def test_changes_are_told_apart(settings, told):
    changes = {c.event_id: (c.change, c.summary) for c in changes_since(settings, _at(1))}
    assert changes == {
        "a": (Change.REVISED, "a2"),
        "b": (Change.CREATED, "b1"),
        "c": (Change.WITHDRAWN, "c1"),
        "e": (Change.CREATED, "e2"),
    }


def test_nothing_is_told_twice(settings, told):
    assert announce(settings, told.append, since=_at(1)).total() == 4
    assert {change.excluded for change in told} == {("Norvane",)}
    assert announce(settings, told.append, since=_LONG_AGO).total() == 0
    assert len(told) == 4


def test_what_a_killed_run_did_not_tell_the_next_one_tells(settings, told):
    (settings.data / "announced.json").write_text(
        json.dumps({"at": _at(2).isoformat()}), encoding="utf-8"
    )
    counts = announce(settings, told.append, since=_at(9))
    # After 2 o'clock: a and e were revised, c was withdrawn.
    assert counts == {"revised": 2, "withdrawn": 1}


def test_a_teller_that_fails_leaves_the_mark(settings, told):
    def fail(_change):
        raise RuntimeError("no server")

    with pytest.raises(RuntimeError, match="no server"):
        announce(settings, fail, since=_at(1))
    assert announce(settings, told.append, since=_at(1)).total() == 4


def test_too_many_changes_are_counted_not_told(settings, told, monkeypatch):
    monkeypatch.setattr("pipeline.announce.MAX_ANNOUNCED", 2)
    assert announce(settings, told.append, since=_at(1)).total() == 4
    assert len(told) == 2
