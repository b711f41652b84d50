"""The section on runs: what the ledger says, as grids that read aloud."""

from datetime import date

import pytest
from lxml import html
from reports import MANY_DAYS, RUNS, SCRIPT, changed_copy

from pipeline.report import write_report
from pipeline.report_figures import Figure, country_of_authority, run_figures
from pipeline.report_runs import STATES, run_grids
from pipeline.report_words import show_month_short
from pipeline.store_read import query

TODAY = date(2026, 3, 3)
_COLUMNS = ("source", "name", "span", "start", "stage", "status", "documents")


def made(*rows):
    return Figure(name="runs", title="", sql="", columns=_COLUMNS, rows=rows)


def test_stages_of_a_cell_stand_in_order_and_are_told_in_words():
    (grid,) = run_grids(
        made(
            ("wire", "The Wire", "day", "2025-11-30", "article", "stale", 2),
            ("wire", "The Wire", "day", "2025-11-30", "fetch", "done", 2),
            ("wire", "The Wire", "day", "2025-12-01", "fetch", "done", 1),
            ("*", "*", "day", "2025-12-02", "timeline", "failed", 9),
        )
    )
    assert grid.starts == ("2025-11-30", "2025-12-01", "2025-12-02")
    assert grid.months == (("2025-11-30", 1), ("2025-12-01", 2))
    wire, timeline = grid.rows
    assert [cell.statuses for cell in wire.cells] == [
        ("done", "stale", None),
        ("done", None, None),
        (None, None, None),
    ]
    assert [cell.words for cell in wire.cells] == ["fetch done, article stale", "done", ""]
    assert timeline.name == "Timeline, all sources"
    assert [cell.words for cell in timeline.cells] == ["", "", "timeline failed"]


def test_sources_of_one_name_keep_their_rows():
    (grid,) = run_grids(
        made(
            ("a", "Gazette", "week", "2025-12-01", "fetch", "done", 1),
            ("b", "Gazette", "week", "2025-12-01", "fetch", "failed", 1),
        )
    )
    assert grid.span == "week"
    assert [row.cells[0].words for row in grid.rows] == ["done", "fetch failed"]


def test_no_run_gives_no_grid():
    assert run_grids(made()) == ()


def test_older_days_are_merged_by_week_and_the_worst_status_counts(demo, tmp_path):
    settings = changed_copy(demo, tmp_path, *MANY_DAYS)
    grids = run_grids(run_figures(settings, TODAY)["runs"])
    days, weeks = grids
    assert (days.span, len(days.starts)) == ("day", 60)
    assert all(date.fromisoformat(start).weekday() == 0 for start in weeks.starts)
    known = query(settings, "SELECT DISTINCT day FROM run_status ORDER BY day DESC")["day"].tolist()
    assert days.starts == tuple(day.isoformat() for day in reversed(known[:60]))
    words = {
        start: row.cells[index].words
        for row in weeks.rows
        for index, start in enumerate(weeks.starts)
    }
    assert words["2024-04-29"] == "fetch failed"
    assert words["2024-04-22"] == "done"


def test_every_box_is_what_the_ledger_says(demo, tmp_path):
    settings = changed_copy(demo, tmp_path, *RUNS)
    tree = html.fromstring(write_report(settings, today=TODAY).read_text(encoding="utf-8"))
    boxes = tree.xpath("//*[@id='runs']//td/i/@class")
    status = query(settings, "SELECT status, count(*) AS n FROM run_status GROUP BY status")
    counts = dict(zip(status["status"], status["n"], strict=True))
    assert set(counts) == set(STATES)
    grid = [name.split()[1] for name in boxes if name != "run"]
    listed = tree.xpath("//*[@aria-label='Partitions that are not done']//tbody/tr")
    assert grid.count("done") == counts["done"]
    for state in set(STATES) - {"done"}:
        rows = [row for row in listed if row.xpath("string(td[1])").split()[-1] == state]
        assert sum(int(row.xpath("string(td[5])")) for row in rows) == counts[state]
        assert grid.count(state) == counts[state] + len(rows)
    assert SCRIPT in tree.xpath("string(//*[@aria-label='Partitions that are not done'])")
    (alert,) = tree.xpath("//*[@aria-label='Alerts']//tbody/tr")
    assert alert.xpath("string(td[1])") == "unreachable"


def test_a_fresh_ingest_leaves_nothing_to_do(demo):
    figures = run_figures(demo, TODAY)
    assert {row["status"] for row in figures["runs"].records()} == {"done"}
    assert not figures["unfinished"].rows
    assert not figures["alerts"].rows


@pytest.mark.parametrize(
    ("authority", "country"),
    [
        ("Ministry of Commerce of China", "China"),
        ("MOFCOM", "China"),
        ("Bureau of Industry and Security", "United States"),
        ("Ministry of Commerce of China; State Council", "China"),
        ("Vietnam", "Vietnam"),
        ("Ministry of Silly Ores", "Ministry of Silly Ores"),
    ],
)
def test_an_authority_belongs_to_its_country(authority, country):
    assert country_of_authority(authority) == country


def test_a_month_has_one_line_only_where_there_is_room():
    assert show_month_short("2025-12-02", 3) == "Dec 2025"
    assert str(show_month_short("2025-12-02", 2)) == "Dec<br>25"
