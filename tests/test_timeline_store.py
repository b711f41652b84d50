"""The timeline in the store: incremental refreshes, revisions, evidence, no change for nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

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


def history(con, event_id):
    return con.execute(
        "SELECT event_id, revision, changed, known_to IS NULL FROM event_history(?)", [event_id]
    ).fetchall()


def test_an_event_is_followed_when_an_earlier_article_gives_it_another_id(tmp_path):
    """Ids come from the earliest report, in any order of loads: a backfill changes them."""
    late = mention("m2", EventKind.BAN_IMPOSED, "2026-03-10", published_on=date(2026, 3, 12))
    early = mention("m1", EventKind.BAN_IMPOSED, "2026-03-10", published_on=date(2026, 3, 11))
    with store_of(tmp_path) as store:
        fill(store, [late])
        refresh_timeline(store, now=NOW)
        (old,) = store.con.execute("SELECT event_id FROM timeline_event").fetchone()
        fill(store, [early])
        report = refresh_timeline(store, now=NOW + timedelta(hours=1))
        assert (report.events, report.opened, report.closed) == (1, 1, 1)
        (new,) = store.con.execute("SELECT event_id FROM timeline").fetchone()
        assert new != old
        told = history(store.con, old)
        assert [(row[0], row[1], row[3]) for row in told] == [(old, 1, False), (new, 1, True)]
        assert {"event_id", "article_count", "source_count"} <= set(told[1][2])
        assert history(store.con, new) == told
        links = "SELECT event_id, successor_id, known_from FROM timeline_successor"
        assert store.con.execute(links).fetchall() == [(old, new, NOW + timedelta(hours=1))]
        # Its earlier report is taken back: the old id returns, and all stays one history.
        store.con.execute("DELETE FROM license_event WHERE license_event_id = 'm1'")
        refresh_timeline(store, now=NOW + timedelta(hours=2))
        both = history(store.con, new)
        assert [(row[0], row[1]) for row in both] == [(old, 1), (new, 1), (old, 2)]
        assert history(store.con, old) == both


def test_an_event_that_vanished_has_no_successor(tmp_path):
    with store_of(tmp_path) as store:
        fill(store, [mention("m1", EventKind.BAN_IMPOSED, "2026-03-10")])
        refresh_timeline(store, now=NOW)
        store.con.execute("DELETE FROM license_event")
        refresh_timeline(store, now=NOW + timedelta(hours=1))
        for table in ("timeline_successor", "timeline_report"):
            assert store.con.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


@given_settings(max_examples=3, deadline=None)
@given(st.permutations(range(len(ARTICLES))), st.integers(20, 60), st.data())
def test_as_of_gives_each_timeline_that_was_current(tmp_path_factory, order, size, data):
    """Asked later for an earlier instant, the macro answers what the view showed then."""
    articles = [ARTICLES[place] for place in order]
    shown, columns = [], "* EXCLUDE (known_from)"
    with store_of(tmp_path_factory.mktemp("steps")) as store:
        for number, start in enumerate(range(0, len(articles), size)):
            fill(store, of_articles(articles[start : start + size]))
            if number and data.draw(st.booleans()):
                gone = data.draw(st.sampled_from(articles[:start]))
                store.con.execute("DELETE FROM license_event WHERE version_id = ?", [gone])
            refresh_timeline(store, now=NOW + timedelta(hours=number))
            shown.append(store.con.execute("FROM timeline").fetchall())
        for number, expected in enumerate(shown):
            for minutes in (0, 59):
                asked = NOW + timedelta(hours=number, minutes=minutes)
                sql = f"SELECT {columns} FROM timeline_as_of(?)"
                is_same = store.con.execute(sql, [asked]).fetchall() == expected
                assert is_same
        before = NOW - timedelta(seconds=1)
        assert store.con.execute("FROM timeline_as_of(?)", [before]).fetchall() == []


_REPORTED = """
SELECT e.event_id, count(DISTINCT m.article_id), min(v.published_on), max(v.published_on), count(*)
FROM timeline_evidence AS e
JOIN license_event AS m USING (license_event_id)
JOIN article_version AS v ON v.version_id = e.version_id
WHERE e.known_to IS NULL AND e.stance = 'supports' AND v.published_on <= $day
GROUP BY e.event_id ORDER BY ALL
"""


@given_settings(max_examples=2, deadline=None)
@given(st.permutations(range(len(ARTICLES))), st.integers(20, 60))
def test_what_was_reported_by_a_day_is_kept_up(tmp_path_factory, whole, order, size):
    """The stored reports are those of the evidence, after any loads, for every day."""
    articles = [ARTICLES[place] for place in order]
    with store_of(tmp_path_factory.mktemp("days")) as store:
        for number, start in enumerate(range(0, len(articles), size)):
            fill(store, of_articles(articles[start : start + size]))
            refresh_timeline(store, now=NOW + timedelta(hours=number))
        stored = store.con.execute("FROM timeline_report ORDER BY ALL").fetchall()
        for day in sorted({m.published_on for m in MENTIONS if m.published_on}):
            kept = store.con.execute(
                "SELECT event_id, article_count, first_reported_on, last_reported_on, "
                "evidence_count FROM timeline_reported_by(?) ORDER BY ALL",
                [day],
            ).fetchall()
            is_same = kept == store.con.execute(_REPORTED, {"day": day}).fetchall()
            assert is_same
        refresh_timeline(store, now=NOW + timedelta(days=1), full=True)
        is_same = store.con.execute("FROM timeline_report ORDER BY ALL").fetchall() == stored
        assert is_same


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
