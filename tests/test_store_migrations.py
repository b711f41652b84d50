"""Migrations: applied once, in order, whole or not at all; strangers are refused."""

import re
from importlib.resources import files

import duckdb
import pytest

from models.errors import StoreError
from pipeline.store_migrations import Migration, definitions, migrate, migrations


@pytest.fixture
def con():
    with duckdb.connect(":memory:") as made:
        yield made


def step(version, sql, name="step"):
    return Migration(version=version, name=name, sql=sql)


def versions(con):
    return [
        row[0] for row in con.execute("SELECT version FROM schema_version ORDER BY 1").fetchall()
    ]


def tables(con):
    return {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}


def described(con):
    return (
        con.execute("SELECT table_name, column_name, data_type, comment FROM duckdb_columns() ORDER BY ALL").fetchall(),
        con.execute("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal ORDER BY ALL").fetchall(),
        con.execute("SELECT function_name, comment FROM duckdb_functions() WHERE NOT internal ORDER BY ALL").fetchall(),
    )  # fmt: skip


def test_a_new_database_gets_everything_once(con):
    assert migrate(con)
    assert versions(con) == [0, *(m.version for m in migrations())]
    before = described(con)
    assert not migrate(con)
    assert described(con) == before


def test_a_later_step_is_added_to_what_is_there(con):
    migrate(con)
    con.execute("INSERT INTO rejection VALUES ('r', 'fetch', 'http_error', 'd', 's', 'u', now())")
    later = [
        *migrations(),
        step(len(migrations()) + 1, "ALTER TABLE rejection ADD COLUMN note VARCHAR"),
    ]
    assert migrate(con, steps=later)
    assert con.execute("SELECT rejection_id, note FROM rejection").fetchall() == [("r", None)]
    assert not migrate(con, steps=later)


def test_a_failing_step_leaves_nothing_of_itself(con):
    migrate(con)
    number = len(migrations()) + 1
    bad = step(number, "CREATE TABLE half_done (a INTEGER); INSERT INTO no_such_table VALUES (1)")
    with pytest.raises(StoreError, match=f"{number:04d}.*failed, nothing was changed"):
        migrate(con, steps=[*migrations(), bad])
    assert "half_done" not in tables(con)
    assert number not in versions(con)
    assert not migrate(con)


def test_a_changed_step_is_refused(con):
    migrate(con)
    (first, *rest) = migrations()
    changed = step(first.version, first.sql + "\n-- x", first.name)
    with pytest.raises(StoreError, match="0001_tables is not the one"):
        migrate(con, steps=[changed, *rest])


def test_a_newer_database_is_refused(con):
    later = [*migrations(), step(len(migrations()) + 1, "CREATE TABLE later (a INTEGER)")]
    migrate(con, steps=later)
    with pytest.raises(StoreError, match=r"schema version \d+, this program knows"):
        migrate(con)


def test_a_database_of_something_else_is_refused(con):
    con.execute("CREATE TABLE notes (a INTEGER)")
    with pytest.raises(StoreError, match="without migrations"):
        migrate(con)
    assert tables(con) == {"notes"}


def test_definitions_of_another_version_are_replaced(con):
    migrate(con)
    before = described(con)
    con.execute("CREATE VIEW source_yield AS SELECT 1 AS a")
    con.execute("CREATE OR REPLACE VIEW timeline AS SELECT 2 AS b")
    con.execute("CREATE MACRO old_macro(x) AS x")
    con.execute("COMMENT ON TABLE rejection IS 'old'")
    con.execute("UPDATE schema_version SET sha256 = 'other' WHERE version = 0")
    assert migrate(con)
    assert described(con) == before


def test_every_table_belongs_to_a_migration():
    made = [
        name
        for m in migrations()
        for name in re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", m.sql)
    ]
    entries = files("models").joinpath("sql", "tables").iterdir()
    names = {entry.name.removesuffix(".sql") for entry in entries if entry.name.endswith(".sql")}
    assert sorted(made) == sorted(names - {"schema_version"})


def test_comments_are_no_part_of_a_migration():
    assert not any("COMMENT ON" in m.sql for m in migrations())
    assert "COMMENT ON TABLE rejection" in definitions()[-1]


def test_no_index_is_made():
    # DuckDB 1.5 loses index entries after kill -9 with a log pending (its issue 23788).
    assert not any(
        "CREATE INDEX" in sql.upper() for sql in (*(m.sql for m in migrations()), *definitions())
    )
