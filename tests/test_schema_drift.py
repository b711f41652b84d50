"""Records, tables and vocabulary say the same: one place drifts, this fails."""

import re
from dataclasses import fields
from enum import StrEnum
from importlib.resources import files

import duckdb
import pytest

from models import facts, pages, timeline, vocabulary
from pipeline import store_schema

_KEYS = {"article_id", "version_id", "extractor_version"}
# Table -> (record, columns beside the record's fields, fields that are no column).
_TABLES = {
    "company_mention": (facts.CompanyMention, _KEYS, set()),
    "tonnage": (facts.Tonnage, _KEYS, set()),
    "percentage": (facts.Percentage, _KEYS, set()),
    "date_mention": (facts.DateMention, _KEYS, set()),
    "license_event": (facts.LicenseEvent, _KEYS | {"license_event_id"}, set()),
    "announcement": (facts.Announcement, _KEYS, set()),
    "finding": (facts.Finding, _KEYS, set()),
    "text_agreement": (pages.TextAgreement, _KEYS, set()),
    "rejection": (pages.Rejected, {"rejection_id"}, set()),
    "timeline_event": (
        timeline.TimelineEvent,
        {"revision", "known_from", "known_to"},
        {"mention_ids"},
    ),
    "article_version": (
        pages.Article,
        {"published_at", "published_on", "text_chars", "extractor_version"},
        {"published", "text", "text_agreement"},
    ),
    "source": (
        pages.Source,
        {"source", "is_enabled"},
        {"slug", "enabled", "feeds", "sitemaps", "listings", "article_pattern", "delay_s"}
        | {"relevance_terms", "group", "apis", "listing_pages", "page_pattern", "except_urls"}
        | {"except_titles", "duplicate_days", "poll_min_s", "poll_max_s", "assertions"}
        | {"verified", "confirmed"},
    ),
}


@pytest.fixture(scope="module")
def con():
    with duckdb.connect(":memory:") as made:
        store_schema.create_schema(made)
        yield made


def columns_of(con, table):
    rows = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = ?", [table]
    ).fetchall()
    return {row[0] for row in rows}


@pytest.mark.parametrize("table", sorted(_TABLES))
def test_columns_are_the_fields_of_the_record(con, table):
    record, extra, left_out = _TABLES[table]
    expected = ({field.name for field in fields(record)} - left_out) | extra
    assert columns_of(con, table) == expected


def test_every_table_and_column_has_a_comment(con):
    bare = con.execute(
        "SELECT t.table_name FROM duckdb_tables() AS t WHERE t.comment IS NULL UNION ALL "
        "SELECT c.table_name || '.' || c.column_name FROM duckdb_columns() AS c "
        "JOIN duckdb_tables() AS t USING (table_name) WHERE c.comment IS NULL UNION ALL "
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL"
    ).fetchall()
    assert bare == []


def test_checks_repeat_the_vocabulary(con):
    enums = {
        frozenset(member.value for member in enum)
        for enum in vars(vocabulary).values()
        if isinstance(enum, type) and issubclass(enum, StrEnum) and enum is not StrEnum
    }
    roles = frozenset({"licensee", "beneficiary", "applicant", "excluded"})
    checks = con.execute(
        "SELECT table_name, constraint_text FROM duckdb_constraints() "
        "WHERE constraint_type = 'CHECK' AND constraint_text LIKE '% IN (%'"
    ).fetchall()
    assert len(checks) > 10
    for table, text in checks:
        for found in re.findall(r" IN \(([^)]*)\)", text):
            values = frozenset(re.findall(r"'([^']*)'", found))
            assert values in enums | {roles}, f"{table}: {sorted(values)}"


def test_file_names_are_object_names():
    for folder in ("tables", "views", "macros", "checks"):
        for entry in files("models").joinpath("sql", folder).iterdir():
            name = entry.name.removesuffix(".sql")
            text = entry.read_text(encoding="utf-8")
            assert re.search(rf"CREATE .*\b{name}\b", text.splitlines()[0]), entry.name
            assert len(text.splitlines()) <= 120, entry.name


def test_creating_the_schema_twice_changes_nothing(con):
    described = (
        "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() ORDER BY ALL"
    )
    before = con.execute(described).fetchall()
    store_schema.create_schema(con)
    assert con.execute(described).fetchall() == before
