"""`python -m flows.deploy`: check the deployments, then bring a Prefect server up to them.

What `reeline deploy` starts as a program. Ends with 0, or 1 and one line for each problem.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.settings import get_current_settings

from flows.automations import bring_up
from flows.deploy_checks import Problem, check_text, groups_without_deployment
from flows.server import ServerError, is_healthy
from models.errors import ReelineError

WORK_POOL = "reeline"
_DEPLOY_S = 600


def packaged_file() -> str:
    """Return the text of the deployments that come with reeline."""
    return (files("flows") / "prefect.yaml").read_text(encoding="utf-8")


def server_problems() -> list[Problem]:
    """Return why the server of `PREFECT_API_URL` cannot be deployed to; empty when it can."""
    url = get_current_settings().api.url
    where = "the server"
    if not url:
        what = "PREFECT_API_URL is not set; `make up` starts a server on this machine"
        return [Problem(where=where, what=what)]
    if not is_healthy(url):
        return [Problem(where=where, what=f"{url} does not answer; is it running?")]
    with get_client(sync_client=True) as client:
        try:
            kind = client.read_work_pool(WORK_POOL).type
        except ObjectNotFound:
            return []
    if kind != "process":
        what = f"the work pool {WORK_POOL!r} is of the type {kind}; expected process"
        return [Problem(where=where, what=what)]
    return []


def deploy(text: str, *, notify: str | None = None) -> list[str]:
    """Create work pool, deployments and automations, or bring them up; return what was done.

    Raises:
        ReelineError: Prefect refused; its message is in it.
    """
    done = [_work_pool()]
    with get_client(sync_client=True) as client:
        paused = [one.id for one in client.read_deployments() if one.paused]
        done += _deployments(text)
        # Prefect wakes what an operator has paused; the pause of a schedule it leaves alone.
        for deployment_id in paused:
            client.pause_deployment(deployment_id)
    done += [f"automation {name!r}: {what}" for name, what in bring_up(address=notify).items()]
    return done


def _work_pool() -> str:
    with get_client(sync_client=True) as client:
        try:
            client.create_work_pool(WorkPoolCreate(name=WORK_POOL, type="process"))
        except ObjectAlreadyExists:
            return f"work pool {WORK_POOL!r}: there"
    return f"work pool {WORK_POOL!r}: created"


def _deployments(text: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "prefect.yaml"
        file.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"]
        command += ["--prefect-file", str(file)]
        ended = subprocess.run(  # noqa: S603  # our own interpreter and constants
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=_DEPLOY_S
        )
    if ended.returncode:
        raise ReelineError(f"Prefect refused the deployments:\n{ended.stdout}{ended.stderr}")
    with get_client(sync_client=True) as client:
        flow_names = {flow.id: flow.name for flow in client.read_flows()}
        found = [(flow_names[one.flow_id], one.name) for one in client.read_deployments()]
    return [f"deployment {flow}/{name}" for flow, name in sorted(found)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, and deploy unless only a check was asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m flows.deploy")
    parser.add_argument("--check", action="store_true", help="only check")
    parser.add_argument("--file", type=Path, help="other deployments than those of reeline")
    parser.add_argument("--notify", help="address that is called for each new event")
    given = parser.parse_args(arguments)
    text = given.file.read_text(encoding="utf-8") if given.file else packaged_file()
    problems = check_text(text, os.environ)
    if not problems:
        for group in groups_without_deployment(text):
            sys.stderr.write(f"warning: no schedule asks the sources of the group {group!r}\n")
    # A check is of use without a server, too: in CI for example.
    if not given.check or get_current_settings().api.url:
        problems += server_problems()
    for problem in problems:
        sys.stderr.write(f"problem: {problem}\n")
    if problems:
        return 1
    if given.check:
        sys.stdout.write("the deployments can be deployed\n")
        return 0
    try:
        done = deploy(text, notify=given.notify)
    except (ReelineError, ServerError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write("\n".join(done) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
