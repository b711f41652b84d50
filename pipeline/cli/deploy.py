"""`reeline deploy`: the deployments on a Prefect server, checked before they are made."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer


def deploy_command(
    check: Annotated[
        bool, typer.Option("--check", help="Only check; needs no server, asks one that is set.")
    ] = False,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="Other deployments than those that come with reeline."),
    ] = None,
    notify: Annotated[
        str | None,
        typer.Option("--notify", metavar="URL", help="POST each new event of the timeline here."),
    ] = None,
) -> None:
    """Check the deployments, then bring the server of PREFECT_API_URL up to them.

    Names all that Prefect would accept and then crash on: unset variables, flows that cannot be
    imported, unknown or wrong parameters, unknown timezones, two deployments of one name, no work
    pool, no server. Doing it again changes nothing that an operator has paused.

        export PREFECT_API_URL=http://127.0.0.1:4200/api
        reeline deploy --check
        reeline deploy --notify https://chat.example/hooks/rare-earths
    """
    # The flows are code of `flows`, which nothing below it imports: they run as a program.
    command = [sys.executable, "-m", "flows.deploy"]
    command += ["--check"] if check else []
    command += ["--file", str(file)] if file else []
    command += ["--notify", notify] if notify else []
    code = subprocess.run(command, check=False).returncode  # noqa: S603  # our own module
    if code:
        raise typer.Exit(code)
