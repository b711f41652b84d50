"""Corrections: they change the timeline, outlive a new reading of the texts, can be taken back."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from mentions import fill, mention, party
from typer.testing import CliRunner

from models.errors import InputError
from models.timeline import CorrectionAction
from models.vocabulary import EventKind, Modality
from pipeline.cli.app import app
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_corrections import add_correction, read_corrections
from pipeline.store_timeline import refresh_timeline

A, K = CorrectionAction, EventKind
NOW = datetime(2026, 6, 1, tzinfo=UTC)
WHO = {"author": "A. Reader", "reason": "seen in the notice"}


@pytest.fixture
def store(tmp_path):
    settings = Settings(data=tmp_path, lock_wait_s=20.0)
    settings.prepare()
    with Store(settings) as made:
        fill(
            made,
            [
                mention("b1", K.BAN_IMPOSED, "2026-03-10"),
                mention("b2", K.BAN_IMPOSED, "2026-03-11"),
                mention("c1", K.CONTROL_IMPOSED, "2026-03-10", modality=Modality.PLANNED),
                mention("g1", K.LICENSE_GRANTED, "2026-03-10", parties=(party("Zephyr Magnetics", is_firm=False),)),
            ],
        )  # fmt: skip
        made.con.execute(
            "INSERT INTO company (company_id, name, country, role, tickers, aliases) VALUES ('zephyr', 'Zephyr Magnetics AG', 'DE', 'magnet_maker', [], [])"
        )
        refresh_timeline(made, now=NOW)
        yield made


def current(store, columns="kind"):
    order = "ORDER BY kind, event_id"
    return store.con.execute(
        f"SELECT {columns} FROM timeline_event WHERE known_to IS NULL {order}"
    ).fetchall()


def event_of(store, mention_id):
    sql = "SELECT event_id FROM timeline_evidence WHERE license_event_id = ? AND known_to IS NULL"
    return store.con.execute(sql, [mention_id]).fetchone()[0]


def decide(store, action, targets, hour, **details):
    made = add_correction(store, action, targets, **WHO, **details, now=NOW + timedelta(hours=hour))
    refresh_timeline(store, now=NOW + timedelta(hours=hour, minutes=1))
    return made


def read_anew(store):
    """Give every mention a new id, as another version of the extractors does."""
    for table in ("license_event", "license_event_party"):
        store.con.execute(f"UPDATE {table} SET license_event_id = license_event_id || '-again'")
    store.con.execute(
        "UPDATE license_event SET kind = 'control_expanded' WHERE license_event_id = 'c1-again'"
    )
    refresh_timeline(store, now=NOW + timedelta(hours=20))


def test_merge_makes_one_event_and_undo_parts_it(store):
    before = current(store, "* EXCLUDE (known_from, revision)")
    ids = [event_of(store, "c1"), event_of(store, "g1")]
    made = decide(store, A.MERGE, ids, 1)
    assert [row[0] for row in current(store, "article_count")] == [2, 2]
    assert event_of(store, "g1") == ids[0]
    decide(store, A.UNDO, [made.correction_id], 2)
    assert current(store, "* EXCLUDE (known_from, revision)") == before


def test_split_takes_mentions_out(store):
    decide(store, A.SPLIT, [event_of(store, "b1")], 1, mentions=["b2"])
    assert event_of(store, "b1") != event_of(store, "b2")
    assert len(current(store)) == 4


def test_fix_sets_a_field_and_its_summary(store):
    decide(store, A.FIX, [event_of(store, "b1")], 1, field="destination", value="Poland")
    decide(store, A.FIX, [event_of(store, "b1")], 2, field="date_start", value="2026-03-09")
    ((destination, summary, day, basis),) = [
        row[1:]
        for row in current(
            store, "kind, destination, summary, CAST(date_start AS VARCHAR), date_basis"
        )
        if row[0] == "ban_imposed"
    ]
    assert (destination, day, basis) == ("Poland", "2026-03-09", "analyst")
    assert summary == "China bans exports of rare earths to Poland"


def test_hide_takes_an_event_off_and_undo_of_undo_hides_it_again(store):
    hidden = decide(store, A.HIDE, [event_of(store, "b1")], 1)
    assert ("ban_imposed",) not in current(store)
    undone = decide(store, A.UNDO, [hidden.correction_id], 2)
    assert ("ban_imposed",) in current(store)
    decide(store, A.UNDO, [undone.correction_id], 3)
    assert ("ban_imposed",) not in current(store)


def test_link_gives_a_surface_its_company(store):
    decide(store, A.LINK, ["zephyr magnetics"], 1, value="zephyr")
    assert ("license_granted", ["Zephyr Magnetics AG"]) in current(store, "kind, licensees")


def test_corrections_outlive_a_new_reading(store):
    decide(store, A.MERGE, [event_of(store, "c1"), event_of(store, "g1")], 1)
    decide(store, A.SPLIT, [event_of(store, "b1")], 2, mentions=["b2"])
    decide(store, A.FIX, [event_of(store, "b1")], 3, field="material", value="gallium")
    before = current(store, "article_count, material")
    read_anew(store)
    assert sorted(current(store, "article_count, material")) == sorted(before)
    refresh_timeline(store, now=NOW + timedelta(hours=30), full=True)
    assert sorted(current(store, "article_count, material")) == sorted(before)


def test_refreshing_again_changes_nothing(store):
    decide(store, A.HIDE, [event_of(store, "b1")], 1)
    report = refresh_timeline(store, now=NOW + timedelta(hours=5))
    assert (report.opened, report.revised, report.closed) == (0, 0, 0)
    report = refresh_timeline(store, now=NOW + timedelta(hours=6), full=True)
    assert (report.opened, report.revised, report.closed) == (0, 0, 0)


@pytest.mark.parametrize(
    ("action", "targets", "details", "message"),
    [
        (A.HIDE, ["nothing"], {}, "no event 'nothing'"),
        (A.MERGE, ["nothing"], {}, "two different events"),
        (A.UNDO, ["nothing"], {}, "no correction 'nothing'"),
        (A.LINK, ["Somebody"], {"value": "nobody"}, "no company 'nobody'"),
        (A.FIX, ["b1"], {"field": "confidence", "value": "1"}, "cannot be fixed"),
        (A.FIX, ["b1"], {"field": "date_start", "value": "soon"}, "is no date_start"),
        (A.FIX, ["b1"], {"field": "kind"}, "cannot be empty"),
        (A.SPLIT, ["b1"], {"mentions": ["zz"]}, "has no mention zz"),
        (A.SPLIT, ["b1"], {"mentions": ["b1", "b2"]}, "not none and not all"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_row(store, action, targets, details, message):
    known = [event_of(store, key) if key == "b1" else key for key in targets]
    with pytest.raises(InputError, match=message):
        add_correction(store, action, known, **WHO, **details)
    assert read_corrections(store.con) == []


def test_author_and_reason_are_needed(store):
    with pytest.raises(InputError, match="author and a reason"):
        add_correction(store, A.HIDE, [event_of(store, "b1")], author=" ", reason="why")


def reeline(*words):
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_the_command_lists_corrects_and_logs(tmp_path):
    settings = Settings(data=tmp_path, lock_wait_s=20.0)
    settings.prepare()
    with Store(settings) as store:
        fill(store, [mention("c1", K.CONTROL_IMPOSED, "2026-03-10", modality=Modality.PLANNED)])
        refresh_timeline(store, now=NOW)
    rows = json.loads(reeline("review", "--data", tmp_path, "--json").stdout)
    (event,) = [row["id"] for row in rows if row["queue"] == "low confidence"]
    listed = csv.DictReader(io.StringIO(reeline("review", "--data", tmp_path, "--csv").stdout))
    assert [row["id"] for row in listed] == [row["id"] for row in rows]
    options = ("--data", tmp_path, "--author", "A. Reader", "--reason", "a rumor")
    assert reeline("review", "hide", event, *options).exit_code == 0
    assert json.loads(reeline("timeline", "--data", tmp_path, "--json").stdout) == []
    (logged,) = json.loads(reeline("review", "log", "--data", tmp_path, "--json").stdout)
    assert (logged["action"], logged["reason"]) == ("hide", "a rumor")
    assert reeline("review", "undo", logged["correction_id"], *options).exit_code == 0
    assert len(json.loads(reeline("timeline", "--data", tmp_path, "--json").stdout)) == 1


@pytest.mark.parametrize("words", [["frobnicate"], ["hide", "x"], ["hide", "x", "--author", "A"]])
def test_wrong_use_is_told(tmp_path, words):
    assert reeline("review", *words, "--data", tmp_path).exit_code == 2
