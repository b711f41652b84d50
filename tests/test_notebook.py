"""The notebook runs on a snapshot and rebuilds figures of the report; the command starts it."""

import shlex
import sys
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli.app import app
from pipeline.report_figures import run_figures

needs_marimo = pytest.mark.skipif(
    find_spec("marimo") is None, reason="marimo is not installed: pip install 'reeline[notebook]'"
)


def run(*words):
    return CliRunner().invoke(app, ["notebook", *map(str, words)])


@needs_marimo
def test_it_rebuilds_three_figures_of_the_report(demo, monkeypatch):
    monkeypatch.setenv("REELINE_DATA", str(demo.data))
    from pipeline.notebooks.figures import app as notebook

    _, made = notebook.run()
    figures = run_figures(demo, made["today"])
    assert len(made["firms"]) == len(figures["licenses"].rows)
    exported = [row for row in figures["exports"].records() if row["flow"] == "export"]
    assert len(made["months"]) == len(exported) > 0
    current = {row["event_id"] for row in figures["timeline"].records() if not row["known_to"]}
    assert set(made["events"]["event_id"]) <= current
    assert len(made["events"]) > 20
    for name in ("timeline_chart", "exports_chart", "licenses_chart"):
        spec = made[name].to_dict()
        assert "$schema" in spec
        assert "layer" in spec or spec["data"]["values"]


def test_it_is_shipped_and_plain_python():
    with as_file(files("pipeline") / "notebooks" / "figures.py") as path:
        compile(path.read_text(encoding="utf-8"), str(path), "exec")


def test_the_command_says_how_to_start_it(tmp_path):
    done = run("--data", tmp_path)
    setting, *command = shlex.split(done.stdout)
    assert done.exit_code == 0
    assert setting == f"REELINE_DATA={tmp_path}"
    assert command[:4] == [sys.executable, "-m", "marimo", "run"]
    assert Path(command[4]).exists()


def test_a_copy_is_ones_own_and_never_overwritten(tmp_path):
    mine = tmp_path / "mine.py"
    done = run("--copy", mine, "--data", tmp_path)
    assert done.exit_code == 0
    assert f"edit {mine}" in done.stdout
    assert "marimo.App" in mine.read_text(encoding="utf-8")
    mine.write_text("# my own\n", encoding="utf-8")
    again = run("--copy", mine, "--data", tmp_path)
    assert again.exit_code != 0
    assert mine.read_text(encoding="utf-8") == "# my own\n"
    assert run("--copy", tmp_path / "mine.txt", "--data", tmp_path).exit_code == 2
