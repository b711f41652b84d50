"""The README tells the truth: its commands run, its SQL runs, its Python and TOML load."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.catalog import load_sources
from pipeline.cli.app import COMMANDS, app
from pipeline.store_read import query

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(info):
    return re.findall(rf"^```{info}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def command_lines(info):
    lines = [line for block in blocks(info) for line in block.splitlines()]
    return [line.split("  #")[0].strip() for line in lines if line.startswith("reeline ")]


@pytest.mark.parametrize("line", command_lines("sh run"))
def test_commands_run(line, demo):
    words = shlex.split(line)[1:]
    result = CliRunner().invoke(app, words, env={"REELINE_DATA": str(demo.data)})
    assert result.exit_code == 0, result.output
    assert result.stdout.strip()


@pytest.mark.parametrize("line", command_lines("sh"))
def test_other_commands_exist_with_their_options(line):
    name, *words = shlex.split(line)[1:]
    assert name in COMMANDS
    shown = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"}).stdout
    for option in (word for word in words if word.startswith("--")):
        assert option in shown, f"{name} has no {option}"


@pytest.mark.parametrize("statement", blocks("sql"))
def test_sql_answers(statement, demo):
    assert len(query(demo, statement)) > 0


def test_python_runs(demo, monkeypatch):
    monkeypatch.setenv("REELINE_DATA", str(demo.data))
    for block in blocks("python"):
        names = {}
        exec(block, names)  # our own README
        assert len(names["frame"]) > 0
        names["con"].close()


def test_the_source_file_is_valid(tmp_path):
    (block,) = blocks("toml")
    tomllib.loads(block)
    (tmp_path / "example_metals.toml").write_text(block, encoding="utf-8")
    (source,) = load_sources(tmp_path)
    assert source.enabled


def test_make_targets_exist():
    makefile = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert f"\n{target}:" in makefile


def test_nothing_is_left_to_fill_in():
    assert "@@" not in README
