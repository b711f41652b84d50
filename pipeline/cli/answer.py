"""How a canned question is answered: as a table, JSON or CSV, and as a picture when asked for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.text import Text

from pipeline.cli.console import emit, err

PngOption = Annotated[
    Path | None,
    typer.Option("--png", metavar="FILE", help="Draw the answer as a PNG too.", show_default=False),
]
SvgOption = Annotated[
    Path | None,
    typer.Option(
        "--svg", metavar="FILE", help="Draw the answer as an SVG too.", show_default=False
    ),
]
OnOption = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="Day; default: today.", show_default=False),
]
KnownAtOption = Annotated[
    datetime | None,
    typer.Option(
        "--known-at",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
        help="As reeline knew it at this instant (UTC); default: now.",
        show_default=False,
    ),
]
MaterialOption = Annotated[
    str | None,
    typer.Option("--material", help="Only this material (part of its name).", show_default=False),
]
AuthorityOption = Annotated[
    str | None,
    typer.Option("--authority", help="Only acts of an authority.", show_default=False),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the command line asks for; what cannot be done is refused before the question is asked.

    Raises:
        typer.BadParameter: Two formats at once, or a picture with another ending.
    """

    as_json: bool
    as_csv: bool
    png: Path | None
    svg: Path | None

    def __post_init__(self) -> None:
        if self.as_json and self.as_csv:
            raise typer.BadParameter("choose one of --json and --csv")
        for option, path in (("png", self.png), ("svg", self.svg)):
            if path is not None and path.suffix.lower() != f".{option}":
                raise typer.BadParameter(
                    f"--{option} {path}: expected a name that ends in .{option}"
                )

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The files to draw."""
        return tuple(path for path in (self.png, self.svg) if path is not None)


def answer(
    frame: pd.DataFrame,
    form: Form,
    *,
    columns: Sequence[str],
    plot: str,
    hints: Callable[[], Iterable[str]],
) -> None:
    """Print the rows and draw them; an empty answer says on stderr what to try.

    Args:
        frame: All columns: JSON and CSV print them.
        form: The formats.
        columns: The columns of the table for people.
        plot: Name of the function of `pipeline.plots` that draws the frame.
        hints: Called for an empty answer only; gives one line each.
    """
    if form.as_json or form.as_csv or not frame.empty:
        shown = frame if form.as_json or form.as_csv else frame[list(columns)]
        emit(shown, as_json=form.as_json, as_csv=form.as_csv)
    if frame.empty:
        err.print("nothing fits")
        for hint in hints():
            err.print(Text(f"  {hint}"))
    if not form.pictures:
        return
    if frame.empty:
        err.print("no picture: there is nothing to draw")
        return
    _draw(frame, plot, form.pictures)


def _draw(frame: pd.DataFrame, plot: str, pictures: Iterable[Path]) -> None:
    # Altair takes a second to import: only who wants a picture waits for it.
    from pipeline import plots

    chart: Any = getattr(plots, plot)(frame)
    for path in pictures:
        plots.save_plot(chart, path)
        err.print(Text(f"drawn: {path}"))


def day_of(given: datetime | None) -> date:
    """Return the day of an option, today (UTC) without one."""
    return (given or datetime.now(UTC)).date()


def instant_of(given: datetime | None) -> datetime:
    """Return the instant of an option in UTC, now without one; a day is its first instant."""
    if given is None:
        return datetime.now(UTC)
    return given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)


def known_hint(what: str, values: Sequence[str]) -> str:
    """Return the line that lists what could have been asked for."""
    return f"known {what}: {', '.join(values)}" if values else f"no {what} are known yet"
