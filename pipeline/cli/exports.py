"""`reeline exports`: tonnes a month, how they changed, and how far the reports disagree."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from pipeline.cli.answer import (
    Form,
    MaterialOption,
    PngOption,
    SvgOption,
    answer,
    known_hint,
)
from pipeline.cli.console import CsvOption, DataOption, JsonOption
from pipeline.questions import exports, known_values
from pipeline.settings import Settings, load_settings

_COLUMNS = (
    "month", "reporter", "partner", "material", "tonnes", "mom_pct", "yoy_pct", "source_count",
    "lowest", "highest", "spread_pct",
)  # fmt: skip
_MONTHS = ["%Y-%m", "%Y-%m-%d"]


class TradeFlow(StrEnum):
    """The side of a trade."""

    EXPORT = "export"
    IMPORT = "import"


def exports_command(
    partner: Annotated[
        str | None, typer.Option(help="Only trade with this country.", show_default=False)
    ] = None,
    material: MaterialOption = None,
    reporter: Annotated[
        str | None,
        typer.Option(help="Only trade of this country, e.g. China.", show_default=False),
    ] = None,
    flow: Annotated[TradeFlow, typer.Option(help="Seen from the reporter.")] = TradeFlow.EXPORT,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=_MONTHS, help="First month.", show_default=False),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=_MONTHS, help="Last month.", show_default=False),
    ] = None,
    png: PngOption = None,
    svg: SvgOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Show the best figure a month with its change on the month and on the year before.

    Exact figures come before approximate ones, the issuer's before the press's, then what most
    independent sources give. lowest, highest and spread_pct say how far reports disagree; a month
    without a figure has no tonnes. No partner: the total, or the text names none.

        reeline exports --material magnets --from 2025-06
        reeline exports --partner Germany --csv > germany.csv
        reeline exports --reporter China --svg exports.svg
    """
    form = Form(as_json=as_json, as_csv=as_csv, png=png, svg=svg)
    if first and last and first > last:
        raise typer.BadParameter("--from is after --to")
    settings = load_settings(data)
    frame = exports(
        settings,
        flow=flow.value,
        reporter=reporter,
        partner=partner,
        material=material,
        first=first.date() if first else None,
        last=last.date() if last else None,
    )
    answer(
        frame,
        form,
        columns=_COLUMNS,
        plot="plot_exports",
        hints=lambda: _hints(settings, partner, material, reporter),
    )


def _hints(
    settings: Settings, partner: str | None, material: str | None, reporter: str | None
) -> Iterator[str]:
    reporters = known_values(settings, "reporters")
    if not reporters:
        yield "no article with a monthly figure was read yet: run `reeline ingest`"
        return
    if partner is not None:
        yield known_hint("partners", known_values(settings, "partners"))
    if reporter is not None:
        yield known_hint("reporters", reporters)
    if material is not None:
        yield known_hint("materials", known_values(settings, "trade materials"))
    yield "quarters and years are not here: `reeline sql \"FROM tonnages WHERE basis <> 'month'\"`"
