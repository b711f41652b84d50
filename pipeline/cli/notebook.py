"""`reeline notebook`: the notebook that comes with reeline, to be run or to be copied."""

import os
import shlex
import subprocess
import sys
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from models.errors import InputError
from pipeline.cli.console import DataOption, err
from pipeline.settings import load_settings


def notebook_command(
    start: Annotated[
        bool, typer.Option("--open", help="Start it and open the browser, until Ctrl-C.")
    ] = False,
    copy: Annotated[
        Path | None,
        typer.Option(
            "--copy",
            metavar="FILE",
            help="Write a copy of your own, to change.",
            show_default=False,
        ),
    ] = None,
    data: DataOption = None,
) -> None:
    """Print the command that starts the notebook, or start it: timeline, exports, license board.

    The notebook is a Python file for marimo (`pip install "reeline[notebook]"`). It reads the
    newest snapshot of the data folder and changes nothing.

        reeline notebook
        reeline notebook --open
        reeline notebook --copy my_figures.py
    """
    settings = load_settings(data)
    with as_file(files("pipeline") / "notebooks" / "figures.py") as shipped:
        target, verb = shipped, "run"
        if copy is not None:
            _copy(shipped, copy)
            target, verb = copy, "edit"
        command = [sys.executable, "-m", "marimo", verb, str(target)]
        typer.echo(f"REELINE_DATA={shlex.quote(str(settings.data))} {shlex.join(command)}")
        has_marimo = find_spec("marimo") is not None
        if not has_marimo:
            err.print('marimo is missing: pip install "reeline[notebook]"', markup=False)
        if not start:
            return
        if not has_marimo:
            raise typer.Exit(1)
        environment = os.environ | {"REELINE_DATA": str(settings.data)}
        # The command is ours, no shell, and the path is one argument.
        done = subprocess.run(command, env=environment, check=False)  # noqa: S603
    raise typer.Exit(min(done.returncode, 1) if done.returncode >= 0 else 1)


def _copy(shipped: Path, target: Path) -> None:
    if target.suffix != ".py":
        raise typer.BadParameter(f"--copy {target}: expected a name that ends in .py")
    try:
        with target.open("x", encoding="utf-8") as handle:
            handle.write(shipped.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}") from error
    err.print(f"copied to {target}", markup=False)
