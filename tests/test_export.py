"""Exports: every view, ordered, described, and replaced as a whole."""

import csv
import hashlib
import json

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from models.errors import InputError, StoreError
from pipeline.cli.app import app
from pipeline.store_export import ExportFormat, export
from pipeline.store_read import connect
from pipeline.whole_folder import DESCRIPTION

_TYPES = {"string", "integer", "number", "boolean", "date", "datetime", "array"}


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("file_format", list(ExportFormat))
def test_exporting_twice_gives_the_same_bytes(demo, tmp_path, file_format):
    for name in ("one", "two"):
        export(demo, tmp_path / name, file_format=file_format, with_tables=True)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


@pytest.mark.parametrize("file_format", list(ExportFormat))
def test_the_description_is_true(demo, tmp_path, file_format):
    export(demo, tmp_path / "x", file_format=file_format, with_tables=True)
    package = json.loads((tmp_path / "x" / DESCRIPTION).read_text(encoding="utf-8"))
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    assert {"timeline", "export_statistics", "company_status", "tonnage"} <= set(names)
    checks = [resource for resource in package["resources"] if resource["kind"] == "check"]
    assert {"check_orphan_facts", "check_evidence_text"} <= {check["name"] for check in checks}
    assert all(check["rows"] == 0 and check["name"].startswith("check_") for check in checks)
    files = {path.name for path in (tmp_path / "x").iterdir()}
    assert files == {resource["path"] for resource in package["resources"]} | {DESCRIPTION}
    for resource in package["resources"]:
        data = (tmp_path / "x" / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert resource["description"]
        for field in resource["schema"]["fields"]:
            assert field["type"] in _TYPES, (resource["name"], field)
            assert field["description"]


def test_parquet_has_the_rows_of_the_view(demo, tmp_path):
    export(demo, tmp_path / "x", file_format=ExportFormat.PARQUET)
    table = pq.read_table(tmp_path / "x" / "timeline.parquet")
    with connect(demo.data) as con:
        assert con.execute("SELECT count(*) FROM timeline").fetchone() == (table.num_rows,)
    assert table.num_rows > 20
    assert not (tmp_path / "x" / "tonnage.parquet").exists()


def test_csv_lists_are_json_and_instants_iso(demo, tmp_path):
    export(demo, tmp_path / "x", file_format=ExportFormat.CSV)
    with (tmp_path / "x" / "timeline.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert any("JL MAG Rare-Earth Co., Ltd." in json.loads(row["licensees"]) for row in rows)
    with (tmp_path / "x" / "source_health.csv").open(encoding="utf-8", newline="") as handle:
        instants = [row["last_fetched_at"] for row in csv.DictReader(handle)]
    assert instants
    assert all(instant.endswith("Z") and "T" in instant for instant in instants)


def test_an_earlier_export_is_replaced_as_a_whole(demo, tmp_path):
    export(demo, tmp_path / "x", file_format=ExportFormat.CSV, with_tables=True)
    export(demo, tmp_path / "x", file_format=ExportFormat.PARQUET)
    assert not list((tmp_path / "x").glob("*.csv"))
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("is_file", [True, False])
def test_what_is_no_export_is_left_alone(demo, tmp_path, is_file):
    target = tmp_path / "x"
    if is_file:
        target.write_text("mine")
    else:
        target.mkdir()
        (target / "mine.txt").write_text("mine")
    with pytest.raises(InputError):
        export(demo, target, file_format=ExportFormat.CSV)
    assert (target if is_file else target / "mine.txt").read_text() == "mine"


def test_a_failure_keeps_the_earlier_export(demo, tmp_path, monkeypatch):
    export(demo, tmp_path / "x", file_format=ExportFormat.CSV)
    before = contents(tmp_path / "x")

    def refuse(*_arguments):
        raise duckdb.IOException("No space left on device")

    monkeypatch.setattr("pipeline.store_export._write", refuse)
    with pytest.raises(StoreError, match="nothing was replaced"):
        export(demo, tmp_path / "x", file_format=ExportFormat.CSV)
    assert contents(tmp_path / "x") == before
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_the_command_lists_its_files(demo, tmp_path):
    words = ["export", "--to", str(tmp_path / "x"), "--data", str(demo.data), "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert {row["kind"] for row in json.loads(done.stdout)} == {"check", "view"}
    assert CliRunner().invoke(app, ["export", "--data", str(demo.data)]).exit_code == 2
