"""The cookbook: each question runs on the demo database and has an answer."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from models.errors import InputError
from pipeline.cli.app import app
from pipeline.cookbook import find_question, questions
from pipeline.ledger import record_metrics
from pipeline.settings import Settings
from pipeline.store_read import query
from pipeline.store_runs import Metric


@pytest.fixture(scope="module")
def operated(demo, tmp_path_factory):
    """The demo database after two runs that recorded what they measured."""
    settings = Settings(data=tmp_path_factory.mktemp("operated") / "data")
    shutil.copytree(demo.data, settings.data)
    for run, pages in (("monday", 40), ("tuesday", 30)):
        metrics = [Metric(name="pages_new", value=pages, unit="pages")]
        record_metrics(settings, run, "ingest", metrics)
    return settings


def test_the_latest_run_stands_beside_those_before(operated):
    rows = query(operated, find_question("trends_of_runs").sql)
    columns = ["name", "value", "previous_value", "change_pct", "run_id"]
    assert rows[columns].to_numpy().tolist() == [["pages_new", 30.0, 40.0, -25.0, "tuesday"]]


def test_the_questions_are_numbered_and_asked():
    assert len(questions()) >= 15
    assert [q.number for q in questions()] == list(range(1, len(questions()) + 1))
    for question in questions():
        assert question.text.endswith("?"), question.text
        assert "ORDER BY" in question.sql, question.slug


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.slug)
def test_each_question_has_an_answer(question, operated):
    answer = query(operated, question.sql)
    assert len(answer) > 0
    assert list(query(operated, question.sql).itertuples()) == list(answer.itertuples())


@pytest.mark.parametrize("key", ["4", "04", "exports_by_month", "how much did china export"])
def test_a_question_is_found_by_number_name_or_words(key):
    assert find_question(key).slug == "exports_by_month"


@pytest.mark.parametrize(("key", "message"), [("99", "no question"), ("which", "several")])
def test_what_is_not_one_question_is_said(key, message):
    with pytest.raises(InputError, match=message):
        find_question(key)


def test_the_command_lists_answers_and_prints(demo):
    def run(*words):
        done = CliRunner().invoke(app, ["cookbook", *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert len(json.loads(run("--json"))) == len(questions())
    assert "FROM export_statistics" in run("4", "--sql")
    records = json.loads(run("4", "--data", str(demo.data), "--json"))
    assert {record["material"] for record in records} >= {"rare earths"}
    shown = run("4", "--data", str(demo.data))
    assert "China" in shown
    assert "5,493.9" in shown
