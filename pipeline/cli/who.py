"""`reeline who`: which firms hold, await, were refused or were left out of export licenses."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer

from pipeline.cli.answer import (
    Form,
    MaterialOption,
    OnOption,
    PngOption,
    SvgOption,
    answer,
    day_of,
    known_hint,
)
from pipeline.cli.console import CsvOption, DataOption, JsonOption
from pipeline.questions import known_values, who
from pipeline.settings import Settings, load_settings

_COLUMNS = (
    "status", "company", "since", "license_kind", "material", "source_count", "event_id",
)  # fmt: skip


def who_command(
    licensed: Annotated[
        bool, typer.Option("--licensed", help="Firms with a license, or served by a holder.")
    ] = False,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Firms that applied or whose license is delayed.")
    ] = False,
    refused: Annotated[
        bool, typer.Option("--refused", help="Firms refused, or whose license was revoked.")
    ] = False,
    excluded: Annotated[
        bool, typer.Option("--excluded", help="Firms left out or listed against.")
    ] = False,
    on: OnOption = None,
    material: MaterialOption = None,
    company: Annotated[
        str | None,
        typer.Option(help="Only this firm (part of its name, or its key).", show_default=False),
    ] = None,
    png: PngOption = None,
    svg: SvgOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Show where each named firm stands on a day, by the latest event that happened to it.

    holds: has a license; served: a supplier holds one issued for it; waits, refused, revoked,
    excluded. What is only planned, or was denied, does not count.

        reeline who --licensed
        reeline who --licensed --on 2025-12-11 --material magnets
        reeline who --company volkswagen --json
        reeline who --waiting --excluded --svg firms.svg
    """
    form = Form(as_json=as_json, as_csv=as_csv, png=png, svg=svg)
    asked = {"licensed": licensed, "waiting": waiting, "refused": refused, "excluded": excluded}
    standings = [name for name, is_asked in asked.items() if is_asked]
    settings, day = load_settings(data), day_of(on)
    frame = who(settings, on=day, standings=standings, company=company, material=material)
    answer(
        frame,
        form,
        columns=_COLUMNS,
        plot="plot_who",
        hints=lambda: _hints(settings, day, standings, company, material),
    )


def _hints(
    settings: Settings, day: date, standings: list[str], company: str | None, material: str | None
) -> Iterator[str]:
    everyone = who(settings, on=day)
    if everyone.empty:
        later = who(settings, on=date.max)
        yield f"no firm is known to stand anywhere by {day}"
        if not later.empty:
            yield f"the first one does on {later['since'].min()}: try --on {later['since'].max()}"
        return
    if standings:
        counts = everyone["status"].value_counts().sort_index()
        yield "by then: " + ", ".join(f"{count} {status}" for status, count in counts.items())
    if company is not None:
        yield known_hint("firms", known_values(settings, "companies"))
    if material is not None:
        known = sorted({name for name in everyone["material"] if name})
        yield known_hint("materials", known[:8])
