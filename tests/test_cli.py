"""The command line as a user meets it: output, formats, exit codes, one clear line on errors."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.errors import InputError
from pipeline.cli.app import COMMANDS, app, main

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
GOLD = SEEDS.parent / "gold" / "dev" / "ann"
FIVE_FIRMS = {
    "Ford Motor Company", "Volkswagen AG", "JL MAG Rare-Earth Co., Ltd.",
    "Ningbo Yunsheng Co., Ltd.", "Beijing Zhong Ke San Huan High-Tech Co., Ltd.",
}  # fmt: skip
needs_seeds = pytest.mark.skipif(
    not SEEDS.is_dir(), reason="../shared/seeds is not beside the project"
)


def reeline(*arguments, stdin=None):
    """Run the program in this process; return (exit code, stdout, stderr)."""
    result = CliRunner().invoke(app, [str(word) for word in arguments], input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def run(*arguments, stdin=""):
    """Run the program as a process."""
    command = [sys.executable, "-m", "pipeline.cli.app", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches(name):
    code, out, _ = reeline(name, "--help")
    assert code == 0
    assert "Usage" in out
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"reeline {name}" in readme


def test_timeline_shows_the_sentence_and_filters(demo):
    code, out, _ = reeline("timeline", "--data", demo.data, "--company", "yunsheng")
    assert code == 0
    assert "Ningbo Yunsheng" in out
    assert "“" in out
    code, out, _ = reeline("timeline", "--data", demo.data, "--company", "no such firm")
    assert (code, out.strip()) == (0, "0 events")


def test_timeline_as_json_and_csv_agree(demo):
    options = ("--data", demo.data, "--kind", "license_granted", "--from", "2025-12-01")
    _, as_json, _ = reeline("timeline", *options, "--json")
    _, as_csv, _ = reeline("timeline", *options, "--csv")
    records = json.loads(as_json)
    rows = list(csv.DictReader(io.StringIO(as_csv)))
    assert [row["event_id"] for row in rows] == [record["event_id"] for record in records]
    assert records
    assert all(record["kind"] == "license_granted" for record in records)


def test_an_unknown_kind_is_wrong_usage(demo):
    code, _, err = reeline("timeline", "--data", demo.data, "--kind", "license_lost")
    assert code == 2
    assert "license_granted" in err


def test_explain_shows_offsets_and_rules(demo):
    code, out, _ = reeline("explain", "meridian-wire.example/world/markets/november", "--data", demo.data, "--json")  # fmt: skip
    assert code == 0
    facts = json.loads(out)
    assert {"tonnage", "percentage", "date"} <= {fact["fact"] for fact in facts}
    for fact in facts:
        assert fact["evidence"] in fact["sentence"] or fact["fact"] == "license event"
        assert fact["rule_id"]


def test_explain_follows_an_event_to_its_sentences(demo):
    _, listed, _ = reeline("timeline", "--data", demo.data, "--json")
    event = max(json.loads(listed), key=lambda one: one["article_count"])
    code, out, _ = reeline("explain", event["event_id"], "--data", demo.data, "--json")
    assert code == 0
    rows = json.loads(out)
    assert len({row["url"] for row in rows}) >= event["article_count"]
    assert event["evidence"] in {row["sentence"] for row in rows}
    assert all(row["rule_id"] and row["char_end"] > row["char_start"] for row in rows)
    _, text, _ = reeline("explain", event["event_id"], "--data", demo.data)
    assert "What was believed" in text
    with pytest.raises(InputError, match="no event and no article"):
        reeline("explain", event["event_id"] + "0", "--data", demo.data)


def test_sql_takes_a_query_and_explains_errors(demo):
    code, out, _ = reeline("sql", "SELECT count(*) AS n FROM article", "--data", demo.data, "--csv")
    assert (code, out.splitlines()[0]) == (0, "n")
    done = run("sql", "SELECT nothing FROM nowhere", "--data", demo.data)
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_dictionary_has_a_meaning_for_every_column(demo):
    code, out, _ = reeline("dictionary", "--data", demo.data, "--json")
    assert code == 0
    rows = json.loads(out)
    assert [row for row in rows if not row["meaning"]] == []
    code, out, _ = reeline("dictionary", "timeline_event", "--data", demo.data)
    assert "known_from" in out


def test_sources_check_and_doctor(demo):
    assert reeline("sources", "--json")[0] == 0
    assert reeline("check", "--data", demo.data)[0] == 0
    code, out, err = reeline("doctor", "--data", demo.data)
    assert code == 0, err
    assert str(demo.data) in out.replace("\n", "")


@needs_seeds
def test_the_first_seed_as_it_is(tmp_path):
    code, out, _ = reeline(
        "extract", SEEDS / "000_5c2271d797fce9e3.txt", "--published", "2025-12-23"
    )
    assert code == 0
    check_seed(json.loads(out), "S1")


@needs_seeds
def test_the_second_seed_as_it_is():
    code, out, _ = reeline(
        "extract", SEEDS / "002_df1c49233462ca32.txt", "--published", "2025-12-12"
    )
    assert code == 0
    check_seed(json.loads(out), "S2")


def check_seed(found, key):
    gold = json.loads((GOLD / f"{key}.json").read_text(encoding="utf-8"))
    assert {item["tonnes"] for item in found["tonnages"]} == {
        item["tonnes"] for item in gold["tonnages"]
    }
    assert {item["value"] for item in found["percentages"]} == {
        item["value"] for item in gold["percentages"]
    }
    linked = {item["name"] for item in found["companies"] if item["company_id"]}
    assert linked == FIVE_FIRMS
    assert {item["name"] for item in found["companies"]} == FIVE_FIRMS
    grants = [item for item in found["license_events"] if item["kind"] == "license_granted"]
    licensees = {name for item in grants for name in item["licensees"]}
    assert {"JL Mag Rare Earth", "Ningbo Yunsheng"} <= licensees
    assert "Beijing Zhong Ke San Huan High-Tech" in licensees
    assert "Ford" in {name for item in grants for name in item["beneficiaries"]}
    excluded = {name for item in found["license_events"] for name in item["excluded"]}
    assert "Volkswagen" in excluded


@needs_seeds
def test_no_teaser_of_the_first_seed_yields_a_fact():
    text = (SEEDS / "000_5c2271d797fce9e3.txt").read_text(encoding="utf-8")
    start = text.index("Related Articles")
    _, out, _ = reeline("extract", SEEDS / "000_5c2271d797fce9e3.txt")
    found = json.loads(out)
    facts = [item for key, items in found.items() if key != "article" for item in items]
    assert facts
    assert all(item["char_end"] <= start for item in facts)


def test_extract_lines_do_not_depend_on_their_batch():
    lines = [
        json.dumps({"id": str(n), "published": "2026-02-10", "text": text})
        for n, text in enumerate(
            [
                "Exports rose 12% to 3,100 tons in January, customs said.",
                "China granted Tianhe Magnetics a general license on Monday.",
                "",
            ]
        )
    ]
    together = run("extract", "--jsonl", stdin="\n".join(lines))
    assert together.returncode == 0, together.stderr
    alone = [reeline("extract", "--jsonl", stdin=line)[1] for line in lines]
    assert together.stdout == "".join(alone)
    assert len(together.stdout.splitlines()) == 3


@pytest.mark.parametrize(
    ("line", "message"),
    [("not json", "line 2"), ('{"id": "x"}', 'line 2: expected an object with a "text"')],
)
def test_a_bad_line_is_named(line, message):
    good = json.dumps({"id": "1", "text": "Exports rose."})
    done = run("extract", "--jsonl", stdin=f"{good}\n{line}\n")
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_extract_html_shows_hostile_text_as_text(tmp_path):
    hostile = tmp_path / "hostile.txt"
    hostile.write_text("<script>alert(1)</script> Exports of <b>gallium</b> rose 5% in May & June.")
    code, out, _ = reeline("extract", hostile, "--published", "2026-07-01", "--format", "html")
    assert code == 0
    assert "<script>alert" not in out
    assert "<b>gallium" not in out
    assert "percentage" in out


def test_extract_reads_a_page_over_http(chain):
    ports = [f"--connect-to={host}=127.0.0.1:{port}" for host, (_, port) in chain.site.connect_to.items()]  # fmt: skip
    code, out, _ = reeline("extract", "http://hazards.example/article", *ports)
    assert code == 0
    assert json.loads(out)["article"]["title"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["extract", "no/such/file.txt"], 1, "no/such/file.txt"),
        (["extract", "http://127.0.0.1:9/"], 1, "127.0.0.1"),
        (["extract"], 2, "FILE"),
        (["extract", "-", "--published", "yesterday"], 2, "ISO date"),
        (["ingest", "--html", "no/such/folder"], 1, "no such file"),
        (["ingest", "--source", "nobody"], 1, "nobody"),
        (["ingest", "--connect-to", "x=10.0.0.1:80"], 1, "loopback"),
        (["timeline"], 1, "reeline ingest"),
        (["explain", "nothing"], 1, "reeline ingest"),
    ],
)
def test_errors_are_one_clear_line(arguments, code, message, tmp_path, monkeypatch, capsys):
    if arguments[0] != "extract":
        arguments = [*arguments, "--data", str(tmp_path / "data")]
    monkeypatch.setattr("sys.argv", ["reeline", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    err = capsys.readouterr().err
    assert left.value.code == code, err
    assert message in " ".join(err.split())


def test_ctrl_c_says_that_nothing_is_lost(monkeypatch, capsys):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.cli.app.app", interrupted)
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 130
    assert "kept" in capsys.readouterr().err
