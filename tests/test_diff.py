"""Comparing versions: which fact is which, what the command says, and that nothing is loaded."""

import json
from dataclasses import replace
from datetime import date

import pytest
from ledger_rows import execute, pin_version
from typer.testing import CliRunner

from models.errors import InputError
from pipeline.acquire import import_pages
from pipeline.backfill import backfill
from pipeline.cli.app import app
from pipeline.diff import ChangeKind, diff_versions
from pipeline.diff_match import match_facts
from pipeline.newsroom.synthetic import synthetic_pages
from pipeline.partitions import BackfillRequest, RunStage
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_diff import FactRow

FIRST = date(2025, 3, 1)


def fact(text, start, *, kind="tonnage", **fields):
    return FactRow(
        kind=kind, text=text, char_start=start, char_end=start + len(text),
        fields=tuple(sorted(fields.items())),
    )  # fmt: skip


A = fact("40 tonnes", 10, value=40.0)
B = fact("7 tonnes", 30, value=7.0)


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        ([A, B], [B, A], [(A, A), (B, B)]),
        ([A], [], [(A, None)]),
        ([], [A], [(None, A)]),
        ([A], [replace(A, fields=(("value", 41.0),))], "changed"),
        ([A], [fact("about 40 tonnes", 4, value=40.0)], "changed"),  # overlaps
        ([A], [replace(A, kind="percentage")], "two"),  # another kind of fact
        ([A], [replace(A, char_start=50, char_end=59)], "two"),  # elsewhere
        ([A, A], [A], [(A, A), (A, None)]),  # one of two that say the same
    ],
)
def test_facts_of_one_text_are_matched_by_place(before, after, pairs):
    found = match_facts(before, after, is_same_text=True)
    if pairs == "changed":
        assert found == [(before[0], after[0])]
    elif pairs == "two":
        assert {(old is None, new is None) for old, new in found} == {(True, False), (False, True)}
    else:
        assert found == pairs


def test_facts_of_another_text_are_matched_by_words():
    moved = replace(A, char_start=90, char_end=99)
    assert match_facts([A], [moved], is_same_text=False) == [(A, moved)]
    reworded = fact("forty tonnes", 10, value=40.0)
    assert len(match_facts([A], [reworded], is_same_text=False)) == 2


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A data folder with a few articles, whose stored facts were then altered by hand."""
    patch = pytest.MonkeyPatch()
    patch.setenv("REELINE_PAGE_WORKERS", "0")
    pin_version(patch, "v1")
    settings = Settings(data=tmp_path_factory.mktemp("diff"), lock_wait_s=30.0)
    settings.prepare()
    pages = synthetic_pages(6, first_day=FIRST, days=2)
    import_pages(settings, pages, run_label="synthetic")
    request = BackfillRequest(first_day=FIRST, last_day=date(2025, 3, 9), stage=RunStage.ARTICLE)
    assert backfill(settings, request).processed.articles == 6
    pin_version(patch, "v2")
    with Store(settings) as store:
        version, start = store.con.execute(
            "SELECT version_id, char_start FROM date_mention ORDER BY ALL LIMIT 1"
        ).fetchone()
        where = "WHERE version_id = ? AND char_start = ?"
        store.con.execute(
            f"UPDATE date_mention SET timex = '1999', rule_id = 'old' {where}", [version, start]
        )
        (firm,) = store.con.execute(
            "SELECT min(char_start) FROM company_mention WHERE version_id = ?", [version]
        ).fetchone()
        store.con.execute(f"DELETE FROM company_mention {where}", [version, firm])
        store.con.execute(
            "INSERT INTO finding BY NAME SELECT article_id, version_id, 'sum' AS kind, "
            "'no sum' AS message, 0 AS char_start, 5 AS char_end, 0 AS other_start, "
            "5 AS other_end, 1 AS expected, 2 AS found, 'r' AS rule_id, 'v1' AS extractor_version "
            "FROM article_version WHERE version_id = ?",
            [version],
        )
    yield settings
    patch.undo()


def test_the_differences_are_found_with_their_sentences(loaded):
    before = execute(loaded, "SELECT count(*), max(extractor_version) FROM date_mention")
    report = diff_versions(loaded, from_version="v1")
    changes = {(item.change, item.kind): item for item in report.changes}
    assert set(changes) == {
        (ChangeKind.CHANGED, "date"),
        (ChangeKind.ADDED, "company"),
        (ChangeKind.REMOVED, "finding"),
    }
    changed = changes[ChangeKind.CHANGED, "date"]
    assert changed.detail.startswith("timex: 1999 → ")
    assert "rule" not in changed.detail
    assert changed.text in changed.sentence
    assert (
        changes[ChangeKind.ADDED, "company"].text in changes[ChangeKind.ADDED, "company"].sentence
    )
    assert "message: no sum" in changes[ChangeKind.REMOVED, "finding"].detail
    assert (report.articles, report.texts_changed) == (6, 0)
    assert report.unchanged > 50
    assert execute(loaded, "SELECT count(*), max(extractor_version) FROM date_mention") == before


def test_kind_source_and_sample_narrow_it(loaded):
    (change,) = diff_versions(loaded, kinds=["company"]).changes
    assert diff_versions(loaded, only_sources=[change.source]).articles < 6
    sampled = [diff_versions(loaded, sample=2) for _ in range(2)]
    assert sampled[0].articles == 2
    assert sampled[0].changes == sampled[1].changes


@pytest.mark.parametrize(
    ("given", "message"),
    [({"from_version": "v9"}, "version v9"), ({"kinds": ["events"]}, "no kind of fact 'events'")],
)
def test_what_does_not_exist_is_said(loaded, given, message):
    with pytest.raises(InputError, match=message):
        diff_versions(loaded, **given)


def test_two_stored_versions_are_compared_where_texts_were_rewritten(loaded):
    with Store(loaded) as store:
        con = store.con
        (old,) = con.execute("SELECT min(version_id) FROM date_mention").fetchone()
        for table in ("article_version", "article_text", "date_mention"):
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE copied AS FROM {table} WHERE version_id = ?", [old]
            )
            con.execute("UPDATE copied SET version_id = 'rewritten'")
            if table != "article_text":
                con.execute("UPDATE copied SET extractor_version = 'v3'")
            con.execute(f"INSERT INTO {table} FROM copied")
        con.execute(
            "UPDATE article_text SET text = text || ' More.' WHERE version_id = 'rewritten'"
        )
        con.execute(
            "INSERT INTO page_outcome SELECT fetch_id, 'v3', 'rewritten', NULL FROM page_outcome WHERE version_id = ?",
            [old],
        )
    try:
        report = diff_versions(loaded, from_version="v1", to_version="v3", kinds=["date"])
        assert (report.articles, report.texts_changed, report.changes) == (1, 1, [])
        gone = diff_versions(loaded, from_version="v1", to_version="v3", kinds=["company"])
        assert {item.change for item in gone.changes} == {ChangeKind.REMOVED}
    finally:
        with Store(loaded) as store:
            for table in ("article_version", "article_text", "date_mention", "page_outcome"):
                store.con.execute(f"DELETE FROM {table} WHERE version_id = 'rewritten'")


def test_the_command_prints_changes_and_counts(loaded):
    def run(*words):
        done = CliRunner().invoke(app, ["diff", "--data", str(loaded.data), *words])
        assert done.exit_code == 0, done.output
        return done

    listed = run("--json")
    assert len(json.loads(listed.stdout)) == 3
    assert "1 added, 1 removed, 1 changed" in " ".join(listed.stderr.split())
    assert len(json.loads(run("--json", "--limit", "1").stdout)) == 1
    counts = json.loads(run("--summary", "--json").stdout)
    assert sum(row["added"] + row["removed"] + row["changed"] for row in counts) == 3
