"""Pictures of the canned questions: Altair charts, written as PNG or SVG without a browser.

The frames are those of `questions`; colors are Okabe and Ito's, and a shape says the same as
each color. The interactive charts of the report are `report_charts`.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from models.errors import InputError, StoreError
from pipeline.event_groups import KIND_GROUPS
from pipeline.report_charts import GROUPS
from pipeline.report_figures import country_of_authority

_COLORS = {
    "blue": "#0072b2",
    "green": "#00795a",
    "orange": "#b85c00",
    "red": "#c0392b",
    "purple": "#9c4f8f",
    "gray": "#5f6b76",
    "yellow": "#8a6d00",
}
_PALETTE = ["blue", "orange", "green", "purple", "red", "yellow", "gray"]
_STATUSES = {
    "holds": ("green", "circle"),
    "served": ("blue", "square"),
    "waits": ("yellow", "triangle-right"),
    "refused": ("red", "cross"),
    "revoked": ("purple", "diamond"),
    "excluded": ("orange", "triangle-down"),
}
_CHANGES = {
    "new": ("green", "circle"),
    "revised": ("blue", "diamond"),
    "withdrawn": ("red", "cross"),
}
_WHATS = {
    "event": ("blue", "circle"),
    "takes effect": ("orange", "triangle-up"),
    "suspension ends": ("purple", "diamond"),
}
_STANDINGS = {"in force": ("orange", "square"), "suspended": ("blue", "circle")}
_GROUP_COLORS = {
    "tighten": "orange",
    "ease": "blue",
    "rules": "purple",
    "entity": "gray",
    "granted": "green",
    "waiting": "yellow",
    "refused": "red",
}
_LABEL_CHARS = 70
_MOST_ROWS = 60
_YEAR_ON_FIRST = (
    "datum.index === 0 && length(datum.label) !== 4"
    " ? utcFormat(datum.value, '%d %b %Y') : datum.label"
)
_SERIES_SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]


def plot_who(frame: pd.DataFrame) -> Any:
    """Return firms by status, each at the day since which it stands so."""
    data = _rows(frame, {"label": "company", "at": "since", "mark": "status"})
    return _dots(data, _STATUSES, x_title="Since", mark_title="Status")


def plot_changed(frame: pd.DataFrame) -> Any:
    """Return the changed events, each at its own day."""
    data = _rows(frame, {"label": "summary", "at": "day", "mark": "change"})
    return _dots(data, _CHANGES, x_title="Day of the event", mark_title="Change")


def plot_coming(frame: pd.DataFrame) -> Any:
    """Return the announced dates."""
    data = _rows(frame, {"label": "summary", "at": "day", "mark": "what"})
    return _dots(data, _WHATS, x_title="Announced day", mark_title="What happens")


def plot_in_force(frame: pd.DataFrame) -> Any:
    """Return the measures by the day from which they are in force."""
    data = _rows(frame, {"label": "summary", "at": "since", "mark": "standing"})
    return _dots(data, _STANDINGS, x_title="Since", mark_title="Standing")


def plot_timeline(frame: pd.DataFrame) -> Any:
    """Return the timeline: lanes by authority, color and shape by group of kinds."""
    shown = frame.assign(
        day=frame["date_start"].combine_first(frame["first_reported_on"]),
        group=[GROUPS[KIND_GROUPS[kind]][0] for kind in frame["kind"]],
        lane=[_lane(name) for name in frame["authority"]],
    )
    data = _rows(shown, {"label": "lane", "at": "day", "mark": "group"})
    marks = {label: (_GROUP_COLORS[group], shape) for group, (label, shape) in GROUPS.items()}
    chart = _dots(data, marks, x_title="Day of the event", mark_title=None, most=None)
    # Groups side by side in a lane, so that marks of one week do not cover each other.
    offset = alt.YOffset("mark:N").scale(domain=[label for label, _ in GROUPS.values()])
    return chart.encode(yOffset=offset).properties(height=alt.Step(10))


def _lane(authority: str | None) -> str:
    return country_of_authority(authority) if authority else "authority not named"


def plot_exports(frame: pd.DataFrame) -> Any:
    """Return tonnes a month: a line a series that breaks at missing months, a bar for spread."""
    named = [frame[name].fillna("all partners") for name in ("reporter", "partner", "material")]
    series = [f"{who} → {whom}, {what}" for who, whom, what in zip(*named, strict=True)]
    data = _rows(
        frame.assign(series=series),
        {"at": "month", "mark": "series", "tonnes": "tonnes", "low": "lowest", "high": "highest"},
    )
    names = sorted(set(series))
    colors = [_COLORS[_PALETTE[place % len(_PALETTE)]] for place in range(len(names))]
    shapes = [_SERIES_SHAPES[place % len(_SERIES_SHAPES)] for place in range(len(names))]
    color = alt.Color("mark:N", title=None).scale(domain=names, range=colors)
    months = {"interval": "month", "step": max(1, len(set(frame["month"])) // 12)}
    x_axis = (
        alt.X("at:T", title="Month")
        .scale(type="utc", padding=24)
        .axis(format="%b %Y", tickCount=months, labelFlush=False)
    )
    y_axis = alt.Y("tonnes:Q", title="Tonnes a month").axis(format=",.0f")
    base = _chart(data)
    line = base.mark_line(invalid="break-paths-show-domains").encode(
        x=x_axis, y=y_axis, color=color
    )
    spread = (
        base.transform_filter("datum.high > datum.low")
        .mark_rule(strokeWidth=6, opacity=0.3)
        .encode(x=x_axis, y="low:Q", y2="high:Q", color=color)
    )
    points = (
        base.transform_filter("datum.tonnes !== null")
        .mark_point(filled=True, size=80, opacity=1)
        .encode(
            x=x_axis,
            y=y_axis,
            color=color,
            shape=alt.Shape("mark:N", title=None).scale(domain=names, range=shapes),
        )
    )
    return _finish(alt.layer(spread, line, points), height=320)


def save_plot(chart: Any, path: Path) -> None:
    """Write a chart as PNG or SVG, by the ending of the path; a written file is whole.

    Raises:
        InputError: The path ends in neither.
        StoreError: The disk refuses.
    """
    kind = path.suffix.lower()
    spec = chart.to_dict()
    if kind == ".png":
        body: bytes = vl_convert.vegalite_to_png(spec, scale=2)
    elif kind == ".svg":
        body = vl_convert.vegalite_to_svg(spec).encode("utf-8")
    else:
        raise InputError(f"{path}: expected a file name that ends in .png or .svg")
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(body)
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise StoreError(f"the picture {path} cannot be written: {error}") from error


def _rows(frame: pd.DataFrame, columns: dict[str, str]) -> list[dict[str, Any]]:
    """Return the rows as plain values under other names: Vega takes days as ISO text."""
    picked = frame[list(columns.values())].itertuples(index=False, name=None)
    return [dict(zip(columns, map(_plain, row), strict=True)) for row in picked]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return None if value != value else value  # JSON has no NaN
    return value.isoformat()


def _chart(rows: list[dict[str, Any]]) -> Any:
    """Return a chart of plain rows; a frame would be refused from 5,000 rows on."""
    data: Any = alt.Data  # untyped in Altair
    return alt.Chart(data(values=rows))


def _dots(
    data: Sequence[dict[str, Any]],
    marks: dict[str, tuple[str, str]],
    *,
    x_title: str,
    mark_title: str | None,
    most: int | None = _MOST_ROWS,
) -> Any:
    """Return a dot a row: one line of the chart a label, in order of the day."""
    kept = [row for row in data if row["at"] is not None]
    left_out = 0 if most is None else max(0, len(kept) - most)
    kept = sorted(kept, key=lambda row: (str(row["at"]), str(row["label"])))[left_out:]
    for row in kept:
        row["label"] = _shorten(str(row["label"]))
    used = {name: mark for name, mark in marks.items() if any(r["mark"] == name for r in kept)}
    domain = list(used)
    colors = [_COLORS[color] for color, _ in used.values()]
    shapes = [shape for _, shape in used.values()]
    title = f"{x_title} (UTC)" + (f"; {left_out} earlier ones left out" if left_out else "")
    chart = (
        _chart(kept)
        .mark_point(filled=True, size=110, opacity=0.9)
        .encode(
            x=alt.X("at:T", title=title)
            .scale(type="utc", padding=12)
            .axis(grid=True, tickCount=7, labelExpr=_YEAR_ON_FIRST, labelFlush=False),
            y=alt.Y("label:N", title=None, sort=None).axis(labelLimit=480),
            color=alt.Color("mark:N", title=mark_title).scale(domain=domain, range=colors),
            shape=alt.Shape("mark:N", title=mark_title).scale(domain=domain, range=shapes),
        )
    )
    return _finish(chart, height=alt.Step(22))


def _shorten(text: str) -> str:
    """Return a label that fits beside a chart."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return line if len(line) <= _LABEL_CHARS else line[: _LABEL_CHARS - 1].rstrip() + "…"


def _finish(chart: Any, *, height: Any) -> Any:
    return (
        chart.properties(width=640, height=height, background="white")
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight="normal")
        .configure_legend(
            orient="top",
            labelFontSize=12,
            titleFontSize=12,
            labelLimit=400,
            symbolOpacity=1,
            columns=4,
        )
    )
