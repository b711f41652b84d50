"""`reeline archive`: what it lists, prints and finds wrong."""

import json

import pytest
from archived import BODY, make_page, serve
from typer.testing import CliRunner

from pipeline.acquire import import_pages
from pipeline.cli.app import app
from pipeline.store_snapshot import publish


@pytest.fixture
def stored(settings):
    """A data folder with two archived pages and their rows."""
    pages = [serve(BODY, number=1), make_page(2)]
    import_pages(settings, pages, run_label="r")
    publish(settings)
    return settings


def run_cli(settings, *words):
    return CliRunner().invoke(app, ["archive", *words], env={"REELINE_DATA": str(settings.data)})


def test_cli_lists_prints_and_verifies(stored):
    rows = json.loads(run_cli(stored, "ls", "--json").stdout)
    assert {row["url"] for row in rows} == {make_page(n).url for n in (1, 2)}
    assert run_cli(stored, "ls", "notices/2", "--csv").stdout.count("\n") == 2
    assert run_cli(stored, "cat", make_page(1).url).stdout_bytes == BODY
    assert run_cli(stored, "cat", make_page(1).url, "--raw").stdout_bytes == serve(BODY).response
    checked = run_cli(stored, "verify", "--json")
    assert checked.exit_code == 0, checked.output
    assert [row["pages"] for row in json.loads(checked.stdout)] == [2]


def test_cli_tells_damage_and_wrong_use(stored):
    (path,) = stored.archive_dir.glob("*.warc.gz")
    path.write_bytes(path.read_bytes()[:-40])
    checked = run_cli(stored, "verify", "--json")
    assert checked.exit_code == 1
    assert [len(row["problems"]) for row in json.loads(checked.stdout)] == [1, 1]
    assert run_cli(stored, "cat", "https://gazette.example/none").exit_code == 1
    for words in (["cat"], ["ls", "--raw"], ["verify", "x"], ["cat", "x", "--json"], ["burn"]):
        assert run_cli(stored, *words).exit_code == 2
