"""`reeline report`: the page that analysts look at."""

import webbrowser
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import DataOption, err, out
from pipeline.report import write_report
from pipeline.settings import load_settings


def report_command(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="File to write. Default: reports/timeline.html in the data folder.",
            show_default=False,
        ),
    ] = None,
    today: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Day that is called today. Default: the day the snapshot was loaded.",
            show_default=False,
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    data: DataOption = None,
) -> None:
    """Write the report: one HTML page that works offline and holds all that it shows.

    Timeline with filters, search and what was known when; measures in force and to come; licenses
    by company; exports by month; data quality. Every figure shows the SQL that made it.

        reeline report --open
        reeline report --today 2025-12-11 -o december.html     # in force, waiting, to come: then
    """
    day = today.date() if today else None
    path = write_report(load_settings(data), today=day, target=output)
    err.print(f"{path.stat().st_size / 1e6:.1f} MB, one file, no network needed")
    out.print(str(path), soft_wrap=True)
    if show:
        webbrowser.open(path.resolve().as_uri())
