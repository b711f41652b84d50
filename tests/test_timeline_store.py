"""The timeline in the store: incremental refreshes, revisions, evidence, no change for nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from eval.clustering import read_gold
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from mentions import fill, mention, timeline_rows

from models.vocabulary import EventKind, Modality
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_timeline import refresh_timeline

MENTIONS = [m for half in ("tune", "report") for m, _ in read_gold(half)]
ARTICLES = sorted({m.version_id for m in MENTIONS})
NOW = datetime(2028, 6, 1, tzinfo=UTC)


def store_of(folder):
    settings = Settings(data=folder, lock_wait_s=20.0)
    settings.prepare()
    return Store(settings)


def of_articles(versions):
    chosen = set(versions)
    return [m for m in MENTIONS if m.version_id in chosen]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The timeline of the gold after one refresh of everything."""
    with store_of(tmp_path_factory.mktemp("whole")) as store:
        fill(store, MENTIONS)
        refresh_timeline(store, now=NOW, full=True)
        return timeline_rows(store)


def test_the_whole_timeline_has_evidence_and_relations(whole):
    events, evidence, relations = whole
    assert len(events) >= 30
    assert len(evidence) >= 120
    assert relations


@given_settings(max_examples=4, deadline=None)
@given(st.permutations(range(len(ARTICLES))), st.integers(15, 60))
def test_loads_in_any_order_give_the_whole_timeline(tmp_path_factory, whole, order, size):
    articles = [ARTICLES[place] for place in order]
    with store_of(tmp_path_factory.mktemp("parts")) as store:
        for number, start in enumerate(range(0, len(articles), size)):
            fill(store, of_articles(articles[start : start + size]))
            refresh_timeline(store, now=NOW + timedelta(hours=number))
        same = timeline_rows(store) == whole
        assert same


def test_a_new_article_changes_only_the_events_that_it_touches(tmp_path):
    *known, last = sorted(MENTIONS, key=lambda m: m.published_on)
    with store_of(tmp_path) as store:
        fill(store, known)
        first = refresh_timeline(store, now=NOW)
        assert (first.opened, first.revised) == (first.events, 0)
        again = refresh_timeline(store, now=NOW + timedelta(hours=1))
        assert (again.opened, again.revised, again.closed) == (0, 0, 0)
        fill(store, [replace(last, version_id="new", article_id="new")])
        report = refresh_timeline(store, now=NOW + timedelta(hours=2))
        assert report.opened + report.revised == 1
        rows = store.con.execute(
            "SELECT count(*) FROM timeline_event WHERE revision > 1"
        ).fetchall()
        assert rows[0][0] == report.revised


def test_a_vanished_text_closes_its_event(tmp_path):
    with store_of(tmp_path) as store:
        fill(
            store,
            [
                mention("m1", EventKind.BAN_IMPOSED, "2026-03-10"),
                mention("m2", EventKind.CONTROL_LIFTED, "2026-03-10"),
            ],
        )
        refresh_timeline(store, now=NOW)
        store.con.execute("DELETE FROM license_event WHERE license_event_id = 'm1'")
        report = refresh_timeline(store, now=NOW + timedelta(hours=1))
        assert (report.events, report.closed) == (1, 1)
        closed = store.con.execute(
            "SELECT kind, known_to FROM timeline_event WHERE known_to IS NOT NULL"
        ).fetchall()
        assert closed == [("ban_imposed", NOW + timedelta(hours=1))]


def test_a_changed_reading_is_seen_under_its_old_id(tmp_path):
    with store_of(tmp_path) as store:
        fill(store, [mention("m1", EventKind.BAN_IMPOSED, "2026-03-10")])
        refresh_timeline(store, now=NOW)
        store.con.execute("UPDATE license_event SET destination = 'Japan'")
        report = refresh_timeline(store, now=NOW + timedelta(hours=1))
        assert (report.opened, report.revised, report.closed) == (0, 1, 0)
        destination = store.con.execute(
            "SELECT destination FROM timeline_event WHERE known_to IS NULL"
        ).fetchall()
        assert destination == [("Japan",)]


def test_counter_evidence_stands_beside_the_event(tmp_path):
    with store_of(tmp_path) as store:
        ban = mention("m1", EventKind.BAN_IMPOSED, "2026-03-19")
        fill(store, [ban, mention("m2", EventKind.BAN_IMPOSED, modality=Modality.DENIED)])
        refresh_timeline(store, now=NOW)
        rows = store.con.execute(
            "SELECT license_event_id, stance FROM timeline_evidence ORDER BY ALL"
        ).fetchall()
        assert rows == [("m1", "supports"), ("m2", "contradicts")]


def test_the_newsroom_has_one_row_an_announcement(demo):
    with Store(demo) as store:
        doubled = store.con.execute(
            "SELECT instrument, count(*) FROM timeline_event WHERE known_to IS NULL "
            "AND instrument IS NOT NULL GROUP BY ALL HAVING count(*) > 1"
        ).fetchall()
        assert doubled == []
