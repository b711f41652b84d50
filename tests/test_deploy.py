"""`reeline deploy --check`: everything that Prefect would accept and then crash on."""

import os
import subprocess
import sys

import pytest
import yaml

from flows.deploy import packaged_file, server_problems
from flows.deploy_checks import check_text, groups_without_deployment
from flows.running import FLOW_VERSION

_GOOD = """
pull: []
deployments:
  - name: one
    entrypoint: flows.ingest.ingest
    parameters: {group: press, polling: due}
    concurrency_limit: {limit: 1, collision_strategy: ENQUEUE}
    work_pool: {name: reeline}
    schedules:
      - {cron: "0 * * * *", timezone: Asia/Shanghai}
"""


def _problems(text, **environment):
    return [str(problem) for problem in check_text(text, environment)]


def test_the_packaged_deployments_hold():
    assert check_text(packaged_file(), {}) == []
    assert groups_without_deployment(packaged_file()) == []


def test_the_packaged_deployments_are_what_they_should_be():
    deployments = yaml.safe_load(packaged_file())["deployments"]
    flows = {one["entrypoint"].split(".")[1] for one in deployments}
    assert flows == {
        "ingest", "refresh_timeline", "backfill", "reextract_stale", "quality", "maintenance"
    }  # fmt: skip
    for one in deployments:
        assert one["version"] == FLOW_VERSION
        assert one["description"]
        assert "reeline" in one["tags"]
        if one["entrypoint"] == "flows.ingest.ingest":
            assert one["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}
    (regulators,) = [one for one in deployments if one["name"] == "regulators"]
    assert regulators["schedules"][0]["cron"] == "*/30 * * * *"


def test_a_good_file_has_no_problem():
    assert _problems(_GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: one", "name: '{{ $REELINE_NO_SUCH }}'", "$REELINE_NO_SUCH is not set"),
        ("group: press", "group: '{{ build.image }}'", "names nothing"),
        ("flows.ingest.ingest", "flows.ingest.ingets", "is no flow"),
        ("flows.ingest.ingest", "flows.inject.ingest", "cannot be imported"),
        ("flows.ingest.ingest", "flows/ingest.py:ingest", "expected an entrypoint such as"),
        ("group: press", "grupo: press", "unknown parameter 'grupo'"),
        ("polling: due", "polling: now", "refuses"),
        ("group: press", "group: [press]", "refuses"),
        ("Asia/Shanghai", "Asia/Shangai", "no timezone is called"),
        (", timezone: Asia/Shanghai", "", "expected a timezone"),
        ("0 * * * *", "0 * * *", "expected a cron line"),
        ('cron: "0 * * * *"', "crom: 5", "unknown field 'crom'"),
        ('cron: "0 * * * *"', "slug: a", "expected one of cron, interval and rrule"),
        ("timezone: Asia", "active: true, timezone: Asia", "wakes what an operator has paused"),
        ("limit: 1", "limit: 0", "expected a number from 1"),
        ("ENQUEUE", "WAIT", "expected CANCEL_NEW or ENQUEUE"),
        ("work_pool: {name: reeline}", "work_pool: {}", "expected a work pool"),
        ("work_pool:", "workpool:", "unknown field 'workpool'"),
        ("name: one", "name: a/b", "expected a name without"),
        ("pull: []", "pull:", "expected `pull: []`"),
        ("flows.ingest.ingest", "flows.backfill.backfill", "unknown parameter 'group'"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(old, new, expected):
    assert old in _GOOD
    assert expected in " / ".join(_problems(_GOOD.replace(old, new, 1)))


def test_a_variable_that_is_set_is_no_problem():
    text = _GOOD.replace("group: press", "group: '{{ $REELINE_GROUP }}'")
    assert _problems(text, REELINE_GROUP="press") == []
    assert "is not set" in " ".join(_problems(text, REELINE_GROUP=""))


def test_two_deployments_of_one_name_are_a_problem():
    doubled = _GOOD + _GOOD.split("deployments:\n")[1]
    assert "2 deployments are called ingest/one" in " ".join(_problems(doubled))


def test_a_schedule_must_give_what_the_flow_requires():
    text = _GOOD.replace("flows.ingest.ingest", "flows.backfill.backfill")
    text = text.replace("    parameters: {group: press, polling: due}\n", "")
    assert "the schedule gives no request" in " ".join(_problems(text))
    ends_first = "{request: {first_day: 2025-02-01, last_day: 2025-01-01}}"
    wrong = text.replace("    work_pool", f"    parameters: {ends_first}\n    work_pool")
    assert "the range ends before it begins" in " ".join(_problems(wrong))


@pytest.mark.parametrize("text", ["[", "a: 1", "deployments: [1]\npull: []"])
def test_what_is_no_file_of_deployments_is_named(text):
    assert _problems(text)


def test_a_group_that_nobody_asks_is_named():
    assert "regulators" in groups_without_deployment(_GOOD)
    assert "press" not in groups_without_deployment(_GOOD)


def test_a_server_that_does_not_answer_is_named(monkeypatch):
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        (problem,) = server_problems()
    assert "does not answer" in str(problem)
    with temporary_settings({PREFECT_API_URL: None}):
        (problem,) = server_problems()
    assert "PREFECT_API_URL is not set" in str(problem)


def test_the_command_checks_without_a_server_and_deploys_not(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "PREFECT_API_URL"}
    environment["PREFECT_HOME"] = str(tmp_path)
    file = tmp_path / "prefect.yaml"
    file.write_text(_GOOD.replace("polling: due", "polling: now"), encoding="utf-8")
    command = [sys.executable, "-m", "pipeline.cli.app", "deploy", "--check"]
    bad = subprocess.run(
        [*command, "--file", str(file)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert bad.returncode == 1
    assert "parameters that ingest refuses" in bad.stderr
