"""The report as a file: every figure is what its SQL gives, and text of pages stays text."""

import base64
import hashlib
import re
from datetime import date

import pytest
from lxml import html
from reports import GAP, HOSTILE, LONG, SCRIPT, changed_copy, embedded, shown_sql
from typer.testing import CliRunner

from models.errors import StoreError
from models.vocabulary import OFF_TIMELINE_KINDS, EventKind
from pipeline.cli.app import app
from pipeline.event_groups import KIND_GROUPS
from pipeline.report import write_report
from pipeline.report_charts import GROUPS
from pipeline.report_figures import FIGURES, figure_sql, plain_cell
from pipeline.report_words import mark_part, show_day, show_last_month, show_number, show_signed
from pipeline.store import Store
from pipeline.store_read import query

TODAY = date(2026, 3, 3)


@pytest.fixture(scope="module")
def page(demo, tmp_path_factory):
    path = write_report(demo, today=TODAY, target=tmp_path_factory.mktemp("out") / "report.html")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def hostile_page(demo, tmp_path_factory):
    settings = changed_copy(demo, tmp_path_factory.mktemp("hostile"), *HOSTILE)
    return write_report(settings, today=TODAY).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FIGURES)
def test_the_sql_that_is_shown_gives_the_data_that_is_embedded(demo, page, name):
    frame = query(demo, shown_sql(page)[name])
    rows = [[plain_cell(cell) for cell in row] for row in frame.itertuples(index=False, name=None)]
    assert embedded(page)["figures"][name] == {"columns": list(frame.columns), "rows": rows}
    # After a fresh ingest nothing is left to do, and no source has a history to fall short of.
    assert rows or name in {"alerts", "unfinished"}


def test_every_figure_shows_its_sql_and_has_a_file(page):
    assert set(shown_sql(page)) == set(FIGURES)
    for name in FIGURES:
        title, sql = figure_sql(name, TODAY)
        assert title
        assert "$" not in sql


def test_the_page_is_one_small_file_that_refers_to_nothing(page):
    assert len(page.encode()) < 5_000_000
    tree = html.fromstring(page)
    loaded = tree.xpath("//@src | //link/@href | //form/@action | //@srcset | //@poster")
    assert loaded == ["data:,"]
    assert all(href.startswith(("http://", "https://", "#")) for href in tree.xpath("//a/@href"))
    assert not re.search(r"url\(|@import", tree.xpath("string(//style)"))


def test_only_the_scripts_of_the_page_may_run(page):
    tree = html.fromstring(page)
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digests = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts
    ]
    assert policy.startswith("default-src 'none'; script-src ")
    allowed = policy.split("script-src ")[1].split(";")[0]
    assert allowed.split() == [f"'sha256-{digest}'" for digest in digests]
    assert "eval" not in policy
    assert not tree.xpath("//@*[starts-with(name(), 'on')]")


def test_the_license_of_the_library_is_in_the_page(page):
    assert "University of Washington Interactive Data Lab" in page
    assert "Redistributions in binary form must reproduce" in page


def test_the_same_snapshot_gives_the_same_bytes(demo, page, tmp_path):
    again = write_report(demo, today=TODAY, target=tmp_path / "deep" / "again.html")
    assert again.read_text(encoding="utf-8") == page


def test_today_is_by_default_the_day_of_the_snapshot(demo):
    path = write_report(demo)
    loaded = query(demo, "SELECT max(loaded_at) AS at FROM load_log")["at"][0]
    assert embedded(path.read_text(encoding="utf-8"))["today"] == loaded.date().isoformat()
    assert path == demo.reports_dir / "timeline.html"


@pytest.mark.parametrize(
    ("figure", "day", "has_rows"),
    [
        ("in_force", "2009-01-01", False),
        ("in_force", "2026-03-03", True),
        ("suspended", "2025-01-01", False),
        ("suspended", "2026-03-03", True),
        ("suspended", "2027-06-01", False),
        ("calendar", "2026-03-03", True),
        ("calendar", "2027-06-01", False),
        ("licenses", "2025-01-01", False),
        ("licenses", "2026-03-03", True),
        ("groups", "2024-01-01", False),
    ],
)
def test_today_decides_what_holds_and_what_is_to_come(demo, figure, day, has_rows):
    _, sql = figure_sql(figure, date.fromisoformat(day))
    assert query(demo, sql).empty != has_rows


def test_text_of_pages_is_escaped_wherever_it_stands(hostile_page):
    tree = html.fromstring(hostile_page)
    assert len(tree.xpath("//script")) == 4
    assert not tree.xpath("//img")
    assert not tree.xpath("//@onerror | //@onmouseover")
    assert not [href for href in tree.xpath("//a/@href") if "javascript" in href]
    data = hostile_page.split('id="report-data">')[1].split("</script>")[0]
    assert not set(data) & set("<>&\u2028\u2029")
    evidence = embedded(hostile_page)["figures"]["evidence"]
    assert LONG + SCRIPT in {row[evidence["columns"].index("title")] for row in evidence["rows"]}
    assert "{{ 7 * 7 }}" in tree.text_content()


def test_months_without_a_figure_are_rows_and_changes_skip_them(demo, tmp_path):
    settings = changed_copy(demo, tmp_path, *GAP)
    data = embedded(write_report(settings).read_text(encoding="utf-8"))["figures"]["exports"]
    rows = [dict(zip(data["columns"], row, strict=True)) for row in data["rows"]]
    magnets = {row["month"]: row for row in rows if row["material"] == "magnets"}
    assert magnets["2025-08-01"]["tonnes"] == 1000
    assert magnets["2025-09-01"]["tonnes"] is None
    assert magnets["2025-10-01"]["mom_pct"] is None
    assert magnets["2025-11-01"]["mom_pct"] == pytest.approx(7.6)
    assert magnets["2025-11-01"]["yoy_pct"] == pytest.approx(52.6)
    assert len(magnets) == 13


def test_an_empty_store_gives_a_page_that_says_so(settings):
    with Store(settings):
        pass
    text = html.fromstring(write_report(settings).read_text(encoding="utf-8")).text_content()
    assert "No event is known yet" in text
    assert "No measure is known to be in force" in text
    assert "No run is known yet" in text


def test_without_a_snapshot_the_message_says_what_to_run(settings):
    with pytest.raises(StoreError, match="reeline demo"):
        write_report(settings)


def test_a_folder_that_cannot_be_written_is_named(demo, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be written"):
        write_report(demo, target=tmp_path / "file" / "report.html")


def test_every_kind_of_the_timeline_has_a_color_and_a_shape_of_its_own():
    assert set(KIND_GROUPS) == {kind.value for kind in EventKind} - {
        kind.value for kind in OFF_TIMELINE_KINDS
    }
    assert set(KIND_GROUPS.values()) == set(GROUPS)
    assert len({shape for _, shape in GROUPS.values()}) == len(GROUPS)


def test_the_command_writes_the_file_and_prints_its_path(demo, tmp_path):
    target = tmp_path / "december.html"
    words = ["report", "--data", str(demo.data), "--today", "2025-12-11", "-o", str(target)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert str(target) in done.stdout.replace("\n", "")
    assert embedded(target.read_text(encoding="utf-8"))["today"] == "2025-12-11"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (show_day("2025-12-02"), "2 Dec 2025"),
        (show_day(None), ""),
        (show_last_month("2025-12-01"), "Nov 2025"),
        (show_last_month("2025-12-02"), "Dec 2025"),
        (show_number(5493.9), "5,493.9"),
        (show_number(4342.0), "4,342"),
        (show_number(None), ""),
        (show_signed(26.5), "+26.5"),
        (show_signed(-8.0), "−8"),
        (show_signed(0.0), "0"),
        (mark_part("a < b", "<"), "a <mark>&lt;</mark> b"),
        (mark_part("a < b", "c"), "a < b"),
        (mark_part(None, "c"), "c"),
        (mark_part("a", None), "a"),
    ],
)
def test_days_numbers_and_marks_are_written_plainly(shown, expected):
    assert str(shown) == expected
