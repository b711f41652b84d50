"""`reeline timeline`: what is known, and which sentence says so."""

from typing import Annotated, Any

import pandas as pd
import typer
from rich.table import Table
from rich.text import Text

from models.vocabulary import OFF_TIMELINE_KINDS, EventKind
from pipeline.cli.answer import AuthorityOption, MaterialOption
from pipeline.cli.console import (
    CsvOption,
    DataOption,
    FromOption,
    JsonOption,
    ToOption,
    emit,
    out,
    plain_value,
    show,
)
from pipeline.cli.drawing import draw_timeline, legend
from pipeline.settings import load_settings
from pipeline.store_read import query

_TIMELINE = """
SELECT * FROM timeline
WHERE ($kind IS NULL OR kind = $kind)
  AND ($company IS NULL OR EXISTS (
    SELECT 1
    FROM unnest(licensees || beneficiaries || applicants || excluded) AS p(name)
    WHERE contains(lower(p.name), lower($company))
  ))
  AND ($material IS NULL OR contains(lower(material), lower($material)))
  AND ($authority IS NULL OR contains(lower(authority), lower($authority)))
  AND ($first IS NULL OR coalesce(date_end - 1, date_start, first_reported_on) >= $first)
  AND ($last IS NULL OR coalesce(date_start, first_reported_on) <= $last)
ORDER BY coalesce(date_start, first_reported_on), event_id
"""


def timeline_command(
    kind: Annotated[
        str | None, typer.Option(help="Only this kind, e.g. license_granted.", show_default=False)
    ] = None,
    company: Annotated[
        str | None,
        typer.Option(help="Only events of a firm (part of its name).", show_default=False),
    ] = None,
    material: MaterialOption = None,
    authority: AuthorityOption = None,
    first: FromOption = None,
    last: ToOption = None,
    draw: Annotated[
        bool | None,
        typer.Option(
            "--draw/--no-draw",
            help="Lanes over months above the list; default: on a terminal.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Show the timeline: date, event, who, sources, confidence, and the sentence that says so.

    On a terminal it is drawn first: a lane an authority, a column a month. A date with a ≤ is the
    day of the first report: no source states the day of the event.

        reeline timeline --kind license_granted --from 2025-12-01
        reeline timeline --company Volkswagen
        reeline timeline --from 2025-09-01 --draw | less -R
        reeline timeline --material gallium --csv > gallium.csv
    """
    if kind is not None and kind not in {member.value for member in EventKind}:
        kinds = ", ".join(member.value for member in EventKind if member not in OFF_TIMELINE_KINDS)
        raise typer.BadParameter(f"--kind {kind!r}: expected one of {kinds}")
    params = {
        "kind": kind,
        "company": company,
        "material": material,
        "authority": authority,
        "first": first.date() if first else None,
        "last": last.date() if last else None,
    }
    frame = query(load_settings(data), _TIMELINE, params)
    if as_json or as_csv:
        emit(frame, as_json=as_json, as_csv=as_csv)
        return
    if out.is_terminal if draw is None else draw:
        _draw(frame)
    print_timeline(frame)


def _draw(frame: pd.DataFrame) -> None:
    events = [
        {str(key): value for key, value in event.items()}
        for event in frame.to_dict(orient="records")
    ]
    if events:
        out.print(draw_timeline(events, width=out.width))
        out.print(legend(events))
        out.print()


def print_timeline(frame: pd.DataFrame) -> None:
    """Print events oldest first, each with its evidence sentence."""
    for event in frame.to_dict(orient="records"):
        row = {str(key): plain_value(value) for key, value in event.items()}
        head = Text.assemble((show(row["summary"]), "bold"), (f"  {row['kind']}", "green"))
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=11, no_wrap=True)
        grid.add_column()
        grid.add_row(Text(when_text(row), style="bold cyan"), head)
        if row["evidence"]:
            quote = Text(f"“{show(row['evidence'])}” ({row['evidence_source']})")
            grid.add_row(Text(), quote)
        grid.add_row(Text(), Text(standing_text(row), style="dim"))
        out.print(grid)
    out.print(f"{len(frame)} events")


def standing_text(row: dict[str, Any]) -> str:
    """Return how sure an event is and what it rests on."""
    parts = [] if row["modality"] == "asserted" else [row["modality"]]
    parts.append(f"confidence {row['confidence']:.2f}")
    parts.append(_counted(row["source_count"], "independent source"))
    parts.append(_counted(row["article_count"], "article"))
    if row["other_dates"]:
        parts.append(f"other dates: {show(row['other_dates'])}")
    return f"{', '.join(parts)}  [{row['event_id']}]"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def when_text(row: dict[str, object]) -> str:
    """Return the date of an event as precisely as it is known."""
    start, precision = row["date_start"], row["date_precision"]
    if start is None:
        return f"≤{row['first_reported_on'] or '?'}"
    day = str(start)
    if precision == "month":
        return day[:7]
    if precision == "year":
        return day[:4]
    return day if precision in {"day", "time"} else f"~{day}"
