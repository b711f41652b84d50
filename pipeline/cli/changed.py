"""`reeline changed`: what the timeline says now and did not say before."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from pipeline.cli.answer import (
    Form,
    KnownAtOption,
    PngOption,
    SvgOption,
    answer,
    instant_of,
)
from pipeline.cli.console import CsvOption, DataOption, JsonOption
from pipeline.questions_changed import changed
from pipeline.report_figures import snapshot_time
from pipeline.settings import load_settings

_COLUMNS = ("change", "at", "kind", "day", "summary", "changes", "event_id")


def changed_command(
    since: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
            help="Compare with this instant (UTC).",
            show_default=False,
        ),
    ],
    known_at: KnownAtOption = None,
    as_reported: Annotated[
        bool,
        typer.Option(
            "--reported", help="By when articles appeared, not by when they were loaded here."
        ),
    ] = False,
    png: PngOption = None,
    svg: SvgOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Show new, revised and withdrawn events, with the old and the new value of each field.

    Net changes between two states of knowledge: `reeline sql "FROM event_history('ID')"` tells
    every step of one event.

        reeline changed --since 2025-12-01
        reeline changed --since 2025-12-01T08:00:00 --known-at 2025-12-02 --json
        reeline changed --since 2025-12-01 --known-at 2025-12-31 --reported
    """
    form = Form(as_json=as_json, as_csv=as_csv, png=png, svg=svg)
    start, end = instant_of(since), instant_of(known_at)
    if start > end:
        raise typer.BadParameter("--since is after --known-at (or in the future)")
    settings = load_settings(data)
    frame = changed(settings, since=start, until=end, as_reported=as_reported)

    def hints() -> Iterator[str]:
        yield f"the timeline says the same at both instants; last load: {snapshot_time(settings)}"
        yield "try an earlier --since" + (
            "" if as_reported else ", or --reported for old articles that were loaded lately"
        )

    answer(frame, form, columns=_COLUMNS, plot="plot_changed", hints=hints)
