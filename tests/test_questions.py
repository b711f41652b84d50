"""Canned questions: what they answer, in every format, and what they say when nothing fits."""

import csv
import io
import json
import shutil
from datetime import UTC, date, datetime, timedelta

import duckdb
import pandas as pd
import pytest
from lxml import etree
from rich.console import Console
from typer.testing import CliRunner

from models.errors import InputError, StoreError
from models.vocabulary import OFF_TIMELINE_KINDS, EventKind
from pipeline.cli.app import app
from pipeline.cli.drawing import draw_timeline, legend
from pipeline.plots import plot_changed, plot_exports, plot_timeline, save_plot
from pipeline.questions import coming, exports, in_force, known_values, who
from pipeline.questions_changed import changed, compare, differences
from pipeline.report_figures import run_figures
from pipeline.settings import Settings
from pipeline.store_read import query

_TRADE = [
    ("Germany", "2024-11-01", 100.0, 100.0, 100.0, 0.0),
    ("Germany", "2025-09-01", 120.0, 120.0, 120.0, 0.0),
    ("Germany", "2025-11-01", 150.0, 144.0, 150.0, 4.0),
    ("Japan", "2025-11-01", 80.0, 80.0, 80.0, 0.0),
]


@pytest.fixture(scope="module")
def traded(demo, tmp_path_factory):
    """The demo's snapshot with trade by partner, and a timeline that changed on later days."""
    made = Settings(data=tmp_path_factory.mktemp("traded"))
    shutil.copy(demo.snapshot_file, made.snapshot_file)
    with duckdb.connect(str(made.snapshot_file)) as con:
        for row in _TRADE:
            con.execute(
                "INSERT INTO export_statistic BY NAME SELECT 'China' AS reporter, ? AS partner, "
                "'magnets' AS material, CAST(? AS DATE) AS month, 'export' AS flow, ? AS tonnes, "
                "'exact' AS bound, 2 AS source_count, 2 AS article_count, 1 AS figure_count, "
                "? AS lowest, ? AS highest, ? AS spread_pct",
                row,
            )
        _change(con)
    return made


def _change(con):
    """Revise one event, withdraw one, give one another id; a day apart."""
    ids = [row[0] for row in con.execute("SELECT event_id FROM timeline ORDER BY 1 LIMIT 3").fetchall()]  # fmt: skip
    born = con.execute("SELECT max(known_from) FROM timeline_event").fetchone()[0]
    for place, key in enumerate(ids, 1):
        at = born + timedelta(days=place)
        con.execute("UPDATE timeline_event SET known_to = ? WHERE event_id = ?", [at, key])
        if place == 2:
            continue
        heir = key if place == 1 else "renamed-event"
        con.execute(
            "INSERT INTO timeline_event SELECT * REPLACE (? AS event_id, revision + 1 AS revision, "
            "list_append(licensees, 'Norrholm Magnets') AS licensees, ? AS known_from, "
            "NULL AS known_to) FROM timeline_event WHERE event_id = ?",
            [heir, at, key],
        )
        if place == 3:
            con.execute("INSERT INTO timeline_successor VALUES (?, ?, ?)", [key, heir, at])


def run(settings, *words):
    return CliRunner().invoke(app, [*words, "--data", str(settings.data)], env={"COLUMNS": "200"})


def records(settings, *words):
    done = run(settings, *words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


# --- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "firm", "statuses"),
    [
        (["--licensed"], "Ford Motor Company", {"holds", "served"}),
        (["--licensed", "--material", "MAGNETS"], "JL MAG Rare-Earth Co., Ltd.", {"holds", "served"}),
        (["--waiting"], "Sona BLW Precision Forgings Ltd.", {"waits"}),
        (["--excluded"], "Subaru Corporation", {"excluded"}),
        (["--waiting", "--excluded"], "Subaru Corporation", {"waits", "excluded"}),
        (["--company", "volkswagen"], "Volkswagen AG", {"served"}),
    ],
)  # fmt: skip
def test_who_is_filtered(demo, words, firm, statuses):
    rows = records(demo, "who", *words)
    assert firm in {row["company"] for row in rows}
    assert {row["status"] for row in rows} == statuses
    assert all(row["event_id"] and row["summary"] for row in rows)


def test_who_knows_nothing_that_came_after_the_day(demo):
    early = {row["company"]: row["since"] for row in records(demo, "who", "--on", "2025-07-01")}
    late = {row["company"]: row["since"] for row in records(demo, "who", "--on", "2025-12-31")}
    assert 0 < len(early) < len(late)
    assert max(early.values()) <= "2025-07-01" < max(late.values()) <= "2025-12-31"
    assert early.keys() <= late.keys()
    assert len(who(demo, on=date(2025, 7, 1))) == len(early)


# --- exports -----------------------------------------------------------------------------------


def test_exports_have_changes_gaps_and_spread(traded):
    rows = {row["month"]: row for row in records(traded, "exports", "--partner", "germany")}
    assert rows["2025-11-01"]["tonnes"] == 150.0
    assert rows["2025-11-01"]["yoy_pct"] == 50.0
    assert rows["2025-11-01"]["mom_pct"] is None  # no figure for October
    assert rows["2025-10-01"]["tonnes"] is None
    assert rows["2025-11-01"]["spread_pct"] == 4.0
    assert len(rows) == 13
    assert {row["partner"] for row in rows.values()} == {"Germany"}


def test_months_are_cut_after_the_changes_were_counted(traded):
    rows = records(
        traded, "exports", "--partner", "Germany", "--from", "2025-11", "--to", "2025-11"
    )
    assert [(row["month"], row["yoy_pct"]) for row in rows] == [("2025-11-01", 50.0)]


def test_exports_are_the_figure_of_the_report(demo):
    figure = run_figures(demo, date(2026, 1, 1))["exports"]
    drawn = {
        (row["month"], row["material"], row["tonnes"], row["mom_pct"])
        for row in figure.records()
        if row["flow"] == "export"
    }
    asked = exports(demo).to_dict(orient="records")
    assert drawn == {
        (row["month"].isoformat(), row["material"], row["tonnes"], row["mom_pct"]) for row in asked
    }


# --- measures ----------------------------------------------------------------------------------


def test_in_force_and_suspended_are_those_of_the_day(demo):
    rows = records(demo, "in-force", "--on", "2025-12-01")
    suspended = [row for row in rows if row["standing"] == "suspended"]
    assert {row["until"] for row in suspended} >= {"2026-11-10"}
    assert all(row["since"] <= "2025-12-01" <= (row["until"] or "9999") for row in suspended)
    assert {row["standing"] for row in rows} == {"in force", "suspended"}
    chosen = records(demo, "in-force", "--on", "2025-12-01", "--material", "graphite")
    assert 0 < len(chosen) < len(rows)
    assert all("graphite" in row["material"] for row in chosen)


def test_what_was_not_known_then_is_not_told(demo):
    early = datetime(2020, 1, 1, tzinfo=UTC)
    assert in_force(demo, on=date(2025, 12, 1), known_at=early).empty


def test_next_is_after_the_day_and_ordered(demo):
    rows = records(demo, "next", "--on", "2025-10-20")
    assert [row["day"] for row in rows] == sorted(row["day"] for row in rows)
    assert all(row["days_left"] >= 0 for row in rows)
    assert {"event", "suspension ends"} <= {row["what"] for row in rows}
    assert len(coming(demo, on=date(2025, 10, 20), material="graphite")) < len(rows)


# --- changed -----------------------------------------------------------------------------------


def test_new_revised_and_withdrawn_events_are_told(traded):
    born = query(traded, "SELECT min(known_from) FROM timeline_event").iloc[0, 0]
    frame = changed(traded, since=born, until=born + timedelta(days=9))
    found = {row["change"]: row for row in frame.to_dict(orient="records")}
    assert list(frame["change"]) == ["revised", "withdrawn", "revised"]
    assert list(frame["at"]) == sorted(frame["at"])
    assert frame.iloc[0]["changes"] == ["licensees: +Norrholm Magnets"]
    assert found["revised"]["event_id"] == "renamed-event"
    assert found["revised"]["event_id_before"]
    at_birth = changed(traded, since=born - timedelta(days=1), until=born)
    assert set(at_birth["change"]) == {"new"}
    assert len(at_birth) == len(query(traded, "SELECT DISTINCT event_id FROM timeline_event WHERE revision = 1"))  # fmt: skip


def test_changes_by_the_day_of_the_reports(demo):
    words = ("changed", "--since", "2025-12-01", "--known-at", "2025-12-10", "--reported")
    rows = records(demo, *words)
    assert {row["change"] for row in rows} == {"new", "revised"}
    assert all("2025-12-01" < row["at"][:10] <= "2025-12-10" for row in rows)
    assert any("article_count: " in change for row in rows for change in row["changes"])
    assert all(row["summary"] for row in rows)


def event(key, **values):
    fields = {"kind": "k", "summary": "s", "date_start": None, "first_reported_on": None}
    at = datetime(2025, 1, 1, tzinfo=UTC)
    return fields | {"event_id": key, "at": at, "gone_at": at} | values


@pytest.mark.parametrize(
    ("before", "after", "became", "expected"),
    [
        ({}, {"a": {}}, {}, [("new", "a", [], None)]),
        ({"a": {}}, {"a": {}}, {}, []),
        ({"a": {"n": 1}}, {"a": {"n": 2}}, {}, [("revised", "a", ["n: 1 → 2"], None)]),
        ({"a": {}}, {}, {}, [("withdrawn", "a", [], None)]),
        ({"a": {}}, {"c": {}}, {"a": "b", "b": "c"}, [("revised", "c", [], "a")]),
        ({"a": {}, "c": {}}, {"c": {}}, {"a": "c"}, [("withdrawn", "a", ["merged into c"], None)]),
        ({"a": {}}, {}, {"a": "b", "b": "a"}, [("withdrawn", "a", [], None)]),
    ],
)  # fmt: skip
def test_states_are_compared(before, after, became, expected):
    states = [
        {key: event(key, **values) for key, values in side.items()} for side in (before, after)
    ]
    rows = compare(*states, became)
    assert [
        (row["change"], row["event_id"], row["changes"], row["event_id_before"]) for row in rows
    ] == expected


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"day": None}, {"day": date(2025, 5, 1)}, ["day: unknown → 2025-05-01"]),
        ({"who": ["A", "B"]}, {"who": ["B", "C"]}, ["who: +C, −A"]),
        ({"who": ["A", "B"]}, {"who": ["B", "A"]}, ["who: in another order"]),
        ({"evidence": "x"}, {"evidence": "y"}, ["evidence: another sentence"]),
        ({"revision": 1}, {"revision": 2}, []),
        ({"confidence": 0.5}, {"confidence": 0.75}, ["confidence: 0.5 → 0.75"]),
    ],
)
def test_differences_are_told_with_both_values(old, new, told):
    assert list(differences(old, new)) == told


# --- formats, empty answers, exit codes ----------------------------------------------------------

_ASKED = [
    ("who", "--on", "2025-12-31"),
    ("exports",),
    ("in-force", "--on", "2025-12-01"),
    ("next", "--on", "2025-10-20"),
    ("changed", "--since", "2025-12-01", "--known-at", "2025-12-10", "--reported"),
]


@pytest.mark.parametrize("words", _ASKED, ids=lambda words: words[0])
def test_every_format_has_the_same_rows(demo, words, tmp_path):
    rows = records(demo, *words)
    table = run(demo, *words)
    listed = list(csv.DictReader(io.StringIO(run(demo, *words, "--csv").stdout)))
    assert len(listed) == len(rows) > 0
    assert list(listed[0]) == list(rows[0])
    assert table.exit_code == 0
    assert len(table.stdout.splitlines()) > len(rows)
    png, svg = tmp_path / "answer.png", tmp_path / "answer.svg"
    done = run(demo, *words, "--json", "--png", str(png), "--svg", str(svg))
    assert json.loads(done.stdout) == rows
    assert png.read_bytes().startswith(b"\x89PNG\r\n")
    picture = etree.fromstring(svg.read_bytes())
    words_in = " ".join(picture.itertext())
    assert "(UTC)" in words_in or "Tonnes a month" in words_in
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.png", "answer.svg"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["who", "--on", "2001-01-01"], "try --on"),
        (["who", "--refused", "--on", "2025-12-31"], "by then: "),
        (["who", "--company", "x' OR 1 = 1 --"], "known firms: "),
        (["who", "--material", "unobtainium"], "known materials: "),
        (["exports", "--partner", "Atlantis"], "known partners: Germany, Japan"),
        (["exports", "--material", "tungsten"], "known materials: "),
        (["in-force", "--on", "1999-01-01", "--authority", "Chin"], "known authorities: "),
        (["next", "--on", "2090-01-01"], "try an earlier --on"),
        (["changed", "--since", "2026-11-30T00:00:00", "--known-at", "2026-11-30T00:00:01"], "try an earlier --since"),
    ],
)  # fmt: skip
def test_an_empty_answer_says_what_to_try(traded, words, hint, tmp_path):
    done = run(traded, *words, "--svg", str(tmp_path / "none.svg"))
    assert done.exit_code == 0
    assert done.stdout == ""
    assert hint in done.stderr
    assert not (tmp_path / "none.svg").exists()
    assert json.loads(run(traded, *words, "--json").stdout) == []
    assert run(traded, *words, "--csv").stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["who", "--json", "--csv"], 2),
        (["who", "--on", "yesterday"], 2),
        (["exports", "--svg", "picture.pdf"], 2),
        (["exports", "--from", "2025-12", "--to", "2025-01"], 2),
        (["changed"], 2),
        (["changed", "--since", "2025-02-01", "--known-at", "2025-01-01"], 2),
    ],
)
def test_wrong_usage_is_refused(demo, words, code):
    done = run(demo, *words)
    assert done.exit_code == code
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["who", "exports", "changed", "in-force", "next", "publish"])
def test_help_teaches_with_examples(name):
    shown = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "120"}).stdout
    assert shown.count(f"reeline {name}") >= 2


def test_known_values_come_with_the_most_frequent_first(traded):
    assert known_values(traded, "partners") == ["Germany", "Japan"]
    assert known_values(traded, "reporters", most=1) == ["China"]


# --- pictures -----------------------------------------------------------------------------------


def test_text_in_a_picture_is_text(tmp_path):
    hostile = '<script>alert(1)</script> "&\u202e' + "x" * 500
    rows = [{"summary": hostile, "day": date(2025, 5, 1), "change": "new"}]
    save_plot(plot_changed(pd.DataFrame(rows, dtype=object)), tmp_path / "x.svg")
    picture = etree.fromstring((tmp_path / "x.svg").read_bytes())
    assert not picture.xpath("//*[local-name() = 'script']")
    assert "<script>alert(1)</script>" in "".join(picture.itertext())


def test_a_missing_month_breaks_the_line(traded):
    chart = plot_exports(exports(traded, partner="Germany")).to_dict()
    rows = (chart if "data" in chart else chart["layer"][0])["data"]["values"]
    assert [row["tonnes"] for row in rows if row["at"] in {"2025-10-01", "2025-11-01"}] == [
        None,
        150.0,
    ]


def test_a_long_timeline_is_drawn_whole(demo):
    frame = query(demo, "SELECT * FROM timeline")
    many = pd.concat([frame] * (5000 // len(frame) + 1), ignore_index=True)
    assert len(plot_timeline(many).to_dict()["data"]["values"]) == len(many) > 5000


def test_a_picture_of_another_kind_is_refused(demo, tmp_path):
    chart = plot_exports(exports(demo))
    with pytest.raises(InputError, match="ends in"):
        save_plot(chart, tmp_path / "x.pdf")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be written"):
        save_plot(chart, tmp_path / "file" / "x.svg")


# --- the drawing ---------------------------------------------------------------------------------


def drawn(events, width=100):
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(draw_timeline(events, width=width))
    console.print(legend(events))
    return console.export_text()


def at(day, kind="license_granted", authority="China", modality="asserted"):
    return {
        "event_id": day, "kind": kind, "authority": authority, "modality": modality,
        "date_start": date.fromisoformat(day), "first_reported_on": None,
    }  # fmt: skip


def test_the_drawing_has_lanes_months_and_signs():
    text = drawn([at("2025-11-03"), at("2025-12-02"), at("2026-01-09", "ban_imposed", "Vietnam")])
    head, china, vietnam, key = text.splitlines()[:4]
    assert head.split() == ["Nov25", "Dec", "Jan26"]
    assert china.split() == ["China", "●", "●", "·"]
    assert vietnam.split() == ["Vietnam", "·", "·", "▲"]
    assert "license granted" in key
    assert "refused" not in key


def test_many_events_and_many_months_fit_the_width():
    events = [at(f"{2000 + n // 12}-{n % 12 + 1:02d}-01") for n in range(200)]
    events += [at("2016-08-15")] * 30 + [at("2016-08-15", authority=f"Lane {n}") for n in range(40)]
    lines = drawn(events, width=80).splitlines()
    assert all(len(line.rstrip()) <= 80 for line in lines)
    assert "++" in lines[1]
    assert lines[0].split()[0] == "<"
    assert any(line.startswith("others") for line in lines)


def test_every_kind_of_the_timeline_has_a_sign():
    for kind in set(EventKind) - OFF_TIMELINE_KINDS:
        assert not legend([{"kind": kind.value}]).plain.startswith("dim:")


def test_timeline_draws_when_asked_and_lists_below(demo):
    plain = run(demo, "timeline", "--from", "2025-12-01")
    shown = run(demo, "timeline", "--from", "2025-12-01", "--draw")
    assert "●" not in plain.stdout
    assert "●" in shown.stdout
    assert shown.stdout.endswith(plain.stdout)
    assert run(demo, "timeline", "--draw", "--csv").stdout.startswith("event_id,")
