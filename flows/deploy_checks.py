"""What is wrong with a file of deployments: all that Prefect accepts and then crashes on.

Reads the file and imports the flows; asks no server.
"""

import logging
import re
import zoneinfo
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import yaml  # type: ignore[import-untyped]
from prefect.cli.deploy._models import DeploymentConfig, PrefectYamlModel
from prefect.client.schemas.objects import ConcurrencyLimitStrategy
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import PrefectException
from prefect.flows import Flow
from pydantic import ValidationError

from pipeline.catalog import load_sources

_TEMPLATE = re.compile(r"\{\{\s*([^}]*?)\s*\}\}")
_DEPLOYMENT_FIELDS = frozenset(DeploymentConfig.model_fields)
# Keys that are read by Prefect, or by YAML alone (`definitions` holds anchors).
_FILE_FIELDS = frozenset(PrefectYamlModel.model_fields) | {"name", "prefect-version", "definitions"}
_SCHEDULE_FIELDS = frozenset(
    {"cron", "interval", "rrule", "timezone", "anchor_date", "day_or", "parameters", "slug",
     "replaces", "active"}
)  # fmt: skip
_STRATEGIES = frozenset(item.value for item in ConcurrencyLimitStrategy)
_DEPLOYMENT = Mapping[str, Any]
_INGEST = "flows.ingest.ingest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that must be mended before a deployment can work: where, what, and how."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def check_text(text: str, environment: Mapping[str, str]) -> list[Problem]:
    """Return everything that is wrong with a file of deployments; empty when it can be deployed.

    Args:
        text: The file.
        environment: Variables that its templates may name.
    """
    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return [Problem(where="the file", what=f"expected YAML, found: {error}")]
    if not isinstance(config, dict) or not isinstance(config.get("deployments"), list):
        return [Problem(where="the file", what="expected a list under `deployments`")]
    problems = [Problem(where="the file", what=what) for what in _file_problems(config)]
    problems += _templates("the file", {k: v for k, v in config.items() if k != "deployments"},
                           environment)  # fmt: skip
    names: Counter[tuple[str, str]] = Counter()
    for number, deployment in enumerate(config["deployments"], 1):
        if not isinstance(deployment, dict):
            problems.append(Problem(where=f"deployment {number}", what="expected a mapping"))
            continue
        where = f"deployment {deployment.get('name') or number!r}"
        problems += _templates(where, deployment, environment)
        problems += [Problem(where=where, what=what) for what in _deployment(deployment)]
        flow, _ = load_flow(deployment.get("entrypoint"))
        names[(flow.name if flow else "", str(deployment.get("name")))] += 1
    problems += [
        Problem(where=f"deployment {name}", what=f"{count} deployments are called {flow}/{name}")
        for (flow, name), count in names.items()
        if count > 1
    ]
    return problems


def load_flow(entrypoint: object) -> tuple[Flow[..., Any] | None, str | None]:
    """Return the flow of a dotted entrypoint, else None and what is wrong with it."""
    if not isinstance(entrypoint, str) or "." not in entrypoint or ":" in entrypoint:
        return None, f"expected an entrypoint such as flows.ingest.ingest, found {entrypoint!r}"
    module, _, name = entrypoint.rpartition(".")
    try:
        found = getattr(import_module(module), name, None)
    except Exception as error:  # whatever stops the import would stop the run
        return None, f"{entrypoint} cannot be imported: {type(error).__name__}: {error}"
    if not isinstance(found, Flow):
        return None, f"{entrypoint} is no flow"
    return found, None


def groups_without_deployment(text: str) -> list[str]:
    """Return the groups of enabled sources that no scheduled deployment asks."""
    served = {
        (deployment.get("parameters") or {}).get("group")
        for deployment in yaml.safe_load(text)["deployments"]
        if deployment.get("schedules") and deployment.get("entrypoint") == _INGEST
    }
    groups = {source.group for source in load_sources() if source.enabled}
    return [] if None in served else sorted(groups - served)


def _file_problems(config: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(config.keys() - _FILE_FIELDS):
        yield f"unknown field {key!r}, which Prefect would pass over"
    if config.get("pull") != []:
        yield "expected `pull: []`: the code is the installed package, on every worker"


def _templates(where: str, value: object, environment: Mapping[str, str]) -> Iterator[Problem]:
    for name in dict.fromkeys(_TEMPLATE.findall(yaml.safe_dump(value, width=10_000))):
        if not name.startswith("$"):
            if not name.startswith(("prefect.variables.", "prefect.blocks.")):
                yield Problem(where=where, what=f"the template {{{{ {name} }}}} names nothing")
        elif not environment.get(name[1:]):
            what = f"the environment variable {name} is not set: the run would crash"
            yield Problem(where=where, what=what)


def _deployment(deployment: _DEPLOYMENT) -> Iterator[str]:
    for key in sorted(deployment.keys() - _DEPLOYMENT_FIELDS):
        yield f"unknown field {key!r}, which Prefect would pass over"
    name = deployment.get("name")
    if not isinstance(name, str) or not name or re.search(r"[/%&><]", name):
        yield f"expected a name without / % & > <, found {name!r}"
    if not (deployment.get("work_pool") or {}).get("name"):
        yield "expected a work pool: without one nothing runs it"
    flow, problem = load_flow(deployment.get("entrypoint"))
    if problem:
        yield problem
    yield from _limit(deployment.get("concurrency_limit"))
    schedules = deployment.get("schedules") or []
    for number, schedule in enumerate(schedules, 1):
        yield from (f"schedule {number}: {what}" for what in _schedule(schedule))
    if flow is not None:
        given = deployment.get("parameters") or {}
        yield from parameter_problems(flow, given, is_scheduled=False)
        for schedule in schedules:
            mine = given | (schedule.get("parameters") or {})
            yield from parameter_problems(flow, mine, is_scheduled=True)


def parameter_problems(
    flow: Flow[..., Any], given: Mapping[str, Any], *, is_scheduled: bool
) -> Iterator[str]:
    """Yield what the flow would refuse about its parameters.

    Args:
        flow: The flow.
        given: Its parameters as JSON or YAML gives them.
        is_scheduled: Nobody fills a form: everything that is required must be there.
    """
    known = flow.parameters.properties
    for name in sorted(given.keys() - known.keys()):
        yield f"unknown parameter {name!r}; {flow.name} has {', '.join(known)}"
    missing = [name for name in flow.parameters.required or () if name not in given]
    if missing and is_scheduled:
        yield f"the schedule gives no {', '.join(missing)}, which {flow.name} requires"
    if missing or given.keys() - known.keys():
        return
    logger = logging.getLogger("prefect.flows")  # says the same, in other words
    logger.disabled = True
    try:
        flow.validate_parameters(dict(given))
    except (PrefectException, ValidationError, TypeError, ValueError) as error:
        yield f"parameters that {flow.name} refuses: {' '.join(str(error).split())}"
    finally:
        logger.disabled = False


def _limit(limit: object) -> Iterator[str]:
    if limit is None:
        return
    number: object = limit
    if isinstance(limit, dict):
        number = limit.get("limit")
        strategy = limit.get("collision_strategy", "ENQUEUE")
        if strategy not in _STRATEGIES:
            known = " or ".join(sorted(_STRATEGIES))
            yield f"collision_strategy: expected {known}, found {strategy!r}"
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        yield f"concurrency_limit: expected a number from 1, found {number!r}"


def _schedule(schedule: object) -> Iterator[str]:
    if not isinstance(schedule, dict):
        yield f"expected a mapping, found {schedule!r}"
        return
    for key in sorted(schedule.keys() - _SCHEDULE_FIELDS):
        yield f"unknown field {key!r}, which Prefect would pass over"
    if schedule.get("active"):
        yield "`active: true` wakes what an operator has paused: leave it out"
    if sum(key in schedule for key in ("cron", "interval", "rrule")) != 1:
        yield "expected one of cron, interval and rrule"
    if "cron" in schedule:
        try:
            CronSchedule(cron=schedule["cron"])
        except ValueError:
            yield f"expected a cron line of five fields, found {schedule['cron']!r}"
    zone = schedule.get("timezone")
    if zone is None:
        yield "expected a timezone such as Asia/Shanghai"
    elif zone not in zoneinfo.available_timezones():
        yield f"no timezone is called {zone!r}"
