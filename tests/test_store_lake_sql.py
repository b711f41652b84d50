"""What a lake needs of settings and SQL, without a server: how it is chosen, what it is spared."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import SettingsError
from pipeline import store
from pipeline.settings import load_settings
from pipeline.store import Store
from pipeline.store_lake_sql import lake_tables
from pipeline.store_migrations import migrations


def test_another_setting_is_refused(settings):
    with (
        pytest.raises(SettingsError, match="REELINE_STORE: expected ducklake:postgres:"),
        Store(replace(settings, store="mysql:dbname=x password=geheim")),
    ):
        pass


def test_the_lake_comes_from_the_environment(tmp_path, monkeypatch):
    assert not load_settings(tmp_path).is_lake
    assert load_settings(tmp_path).lake_data == f"{tmp_path}/lake/"
    monkeypatch.setenv("REELINE_STORE", "ducklake:postgres:dbname=x")
    monkeypatch.setenv("REELINE_LAKE_DATA", "s3://bucket/x")
    assert load_settings(tmp_path).is_lake
    assert load_settings(tmp_path).lake_data == "s3://bucket/x/"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE TABLE a (b VARCHAR PRIMARY KEY)", "CREATE TABLE a (b VARCHAR NOT NULL)"),
        ("CREATE TABLE a (b INTEGER, CHECK (b IN (1, 2)))", "CREATE TABLE a (b INTEGER)"),
        ("CREATE TABLE a (b VARCHAR CHECK (b <> ')'), c DATE)", "CREATE TABLE a (b VARCHAR, c DATE)"),
        ("CREATE TABLE a (b INTEGER DEFAULT 3, c INTEGER UNIQUE)", "CREATE TABLE a (b INTEGER, c INTEGER)"),
        ("CREATE TABLE a (b INTEGER, c INTEGER, PRIMARY KEY (b, c))", "CREATE TABLE a (b INTEGER, c INTEGER)"),
        ("CREATE INDEX i ON a (b); DROP TABLE c", "DROP TABLE c"),
    ],
)  # fmt: skip
def test_constraints_are_left_out(sql, expected):
    assert lake_tables(sql) == expected


def test_no_migration_keeps_a_constraint():
    for step in migrations():
        made = lake_tables(step.sql).upper()
        assert not [word for word in ("CHECK", "PRIMARY KEY", "UNIQUE", "DEFAULT") if word in made]


_NOT_IN_A_LAKE = re.compile(r"\bRETURNING\b|\bON CONFLICT\b|\bINSERT OR (?:REPLACE|IGNORE)\b")


def test_the_store_says_nothing_that_a_lake_refuses():
    """What DuckLake lacks would fail there only: it is kept out of all SQL of the store."""
    found = [
        f"{path.name}: {match[0]}"
        for path in sorted(Path(store.__file__).parent.glob("store*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if (match := _NOT_IN_A_LAKE.search(line)) and not line.strip().startswith("#")
    ]
    assert found == []
