"""The charts of the report as Vega-Lite specifications, made with Altair.

Colors are CSS variables of the page: the theme, and print, change them without a new chart. Data
are given by the page, so that its filters can change them: a specification holds none.
"""

from typing import Any

import altair as alt

# Group of kinds -> (label, shape). Okabe and Ito's hues, darkened in `style.css` for contrast on
# white; the shape says the same without color.
GROUPS = {
    "tighten": ("Control or ban imposed", "triangle-up"),
    "ease": ("Eased, suspended, lifted", "triangle-down"),
    "rules": ("License rules, quotas", "diamond"),
    "entity": ("Entity listed or delisted", "square"),
    "granted": ("License granted", "circle"),
    "waiting": ("License sought, delayed", "triangle-right"),
    "refused": ("License refused, withheld", "cross"),
}
_FIRST_LABEL_HAS_YEAR = (
    "datum.index === 0 && length(datum.label) !== 4"
    " ? datum.label + utcFormat(datum.value, ' %Y') : datum.label"
)
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
_CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": _FONT,
    "view": {"stroke": None},
    "aria": False,  # the page names each chart; the list beside it is what is read aloud
    "axis": {
        "labelColor": "var(--muted)",
        "titleColor": "var(--muted)",
        "gridColor": "var(--line)",
        "domainColor": "var(--line-strong)",
        "tickColor": "var(--line-strong)",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelPadding": 6,
    },
    "legend": {
        "labelColor": "var(--ink)",
        "titleColor": "var(--muted)",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "orient": "top",
        "direction": "horizontal",
    },
    "header": {"labelColor": "var(--ink)", "labelFontSize": 12, "title": None},
}


def charts() -> dict[str, dict[str, Any]]:
    """Return the Vega-Lite specification of each chart by the id of its place in the page."""
    return {
        "timeline-chart": _finish(_timeline()),
        "exports-chart": _finish(_exports()),
        "changes-chart": _finish(_changes()),
        "confidence-chart": _finish(_confidence()),
    }


def _finish(chart: Any) -> dict[str, Any]:
    spec: dict[str, Any] = chart.configure(**_CONFIG).to_dict()
    # As wide as its place, axis included; the height is that of the plot alone.
    spec["autosize"] = {"type": "fit-x", "contains": "padding", "resize": True}
    return spec


def _utc(name: str, title: str | None = None, **axis: Any) -> alt.X:
    """Return a time axis in UTC: a day is the same day for every reader."""
    options: dict[str, Any] = {
        "tickCount": {"expr": "max(2, width / 90)"},
        "labelOverlap": True,
    } | axis
    return alt.X(name, type="temporal", title=title).scale(type="utc").axis(alt.Axis(**options))


def _pixels(name: str) -> alt.Y:
    """Return a vertical place that the page has computed, in pixels from the top."""
    return alt.Y(name, type="quantitative", scale=None, axis=None)


def _timeline() -> Any:
    """Marks on lanes: shape and color by group, filling by certainty, a line for an inexact day."""
    selected = alt.param(name="selected", value="")
    first, last = alt.param(name="first", value=0), alt.param(name="last", value=1)
    marks = alt.NamedData(name="marks")
    x_axis = _utc("at", title="Day of the event (UTC)", labelExpr=_FIRST_LABEL_HAS_YEAR)
    x_axis = x_axis.scale(type="utc", domainRaw=alt.ExprRef("[first, last]"), nice=False)
    lanes = (
        alt.Chart(alt.NamedData(name="lanes"))
        .mark_rule(stroke="var(--line)")
        .encode(y=_pixels("top"), x=alt.value(0), x2=alt.value("width"))
    )
    names = (
        alt.Chart(alt.NamedData(name="lanes"))
        .mark_text(align="left", baseline="top", dy=5, fontSize=12, fontWeight=600, limit=320)
        .encode(y=_pixels("top"), x=alt.value(0), text="label:N", color=alt.value("var(--muted)"))
    )
    moments = (
        alt.Chart(alt.NamedData(name="moments"))
        .mark_rule(strokeDash=[4, 3], stroke="var(--accent)", clip=True)
        .encode(x=x_axis)
    )
    spans = (
        alt.Chart(marks)
        .transform_filter("datum.until > datum.at")
        .mark_rule(strokeWidth=3, strokeCap="round", opacity=0.35, clip=True)
        .encode(x=x_axis, x2="until:T", y=_pixels("y"), color=_group_color())
    )
    points = (
        alt.Chart(marks)
        .mark_point(strokeWidth=1.6, opacity=1, cursor="pointer", clip=False)
        .encode(
            x=x_axis,
            y=_pixels("y"),
            size=alt.Size("size:Q", scale=None),
            shape=alt.Shape("shape:N", scale=None),
            color=_group_color(),
            fill=alt.Fill("group:N", scale=_group_scale(), legend=None),
            fillOpacity=alt.FillOpacity("fill:Q", scale=None),
            strokeDash=alt.condition("datum.dashed", alt.value([2.5, 2]), alt.value([1, 0])),
            tooltip="id:N",
        )
    )
    ring = (
        alt.Chart(marks)
        .transform_filter("datum.id === selected && selected !== ''")
        .mark_point(shape="circle", size=420, strokeWidth=2, stroke="var(--ink)", clip=False)
        .encode(x=x_axis, y=_pixels("y"))
    )
    return alt.layer(lanes, moments, spans, points, ring, names, width=800, height=300).add_params(
        selected, first, last
    )


def _group_scale() -> alt.Scale:
    return alt.Scale(domain=list(GROUPS), range=[f"var(--{group})" for group in GROUPS])


def _group_color() -> alt.Color:
    return alt.Color("group:N", scale=_group_scale(), legend=None)


def _given(channel: type[Any], field: str) -> Any:
    """Return a channel whose values the page gives as they are drawn: its colors, its shapes."""
    return channel(field, type="nominal", scale=None, legend=None)


def _month_axis() -> alt.X:
    every_month = {"interval": "month", "step": 1}
    return _utc("month", format="%b %Y", tickCount=every_month, grid=False, labelSeparation=8)


def _exports() -> Any:
    """Tonnes a month: a line that breaks at missing months, a bar for the spread of reports."""
    base = alt.Chart(alt.NamedData(name="exports"))
    color, x_axis = _given(alt.Color, "color"), _month_axis()
    y_axis = alt.Y("tonnes:Q", title="Tonnes a month").axis(format=",.0f", tickCount=5)
    line = base.mark_line(strokeWidth=2, invalid="break-paths-show-domains").encode(
        x=x_axis, y=y_axis, color=color, detail="series:N"
    )
    spread = (
        base.transform_filter("datum.highest > datum.lowest")
        .mark_rule(strokeWidth=6, opacity=0.3)
        .encode(x=x_axis, y="lowest:Q", y2="highest:Q", color=color)
    )
    points = (
        base.transform_filter("datum.tonnes !== null")
        .mark_point(filled=True, size=80, opacity=1)
        .encode(
            x=x_axis, y=y_axis, color=color, shape=_given(alt.Shape, "shape"), tooltip="series:N"
        )
    )
    missing = (
        base.transform_filter("datum.tonnes === null")
        .mark_text(text="×", fontSize=18, fontWeight="bold", baseline="bottom")
        .encode(x=x_axis, y=alt.value("height"), color=color, tooltip="series:N")
    )
    return alt.layer(spread, line, points, missing, width=600, height=280)


def _changes() -> Any:
    """Change on the month (filled) and on the year before (hollow), in percent."""
    base = alt.Chart(alt.NamedData(name="changes"))
    color, x_axis = _given(alt.Color, "color"), _month_axis()
    y_axis = alt.Y("change:Q", title="Change, %").axis(tickCount=5)
    zero = base.mark_rule(stroke="var(--line-strong)").encode(y=alt.datum(0))
    stems = base.mark_rule(strokeWidth=1.5, opacity=0.5).encode(
        x=x_axis, y=y_axis, y2=alt.datum(0), color=color
    )
    points = base.mark_point(strokeWidth=2, size=80, opacity=1).encode(
        x=x_axis,
        y=y_axis,
        color=color,
        fill=_given(alt.Fill, "color"),
        fillOpacity=alt.FillOpacity("filling:Q", scale=None, legend=None),
        shape=_given(alt.Shape, "shape"),
        tooltip="series:N",
    )
    return alt.layer(zero, stems, points, width=600, height=280)


def _confidence() -> Any:
    """Events by confidence, split by how many independent sources report them."""
    names = ["1 source", "2 sources", "3 or more sources"]
    return (
        alt.Chart(alt.NamedData(name="confidence"))
        .mark_bar(stroke="var(--surface)", strokeWidth=1)
        .encode(
            x=alt.X("confidence_from:Q", title="Confidence of the event, 0 to 1")
            .bin("binned")
            .scale(domain=[0, 1])
            .axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1.0], format=".1f", grid=False),
            x2="confidence_to:Q",
            y=alt.Y("events:Q", title="Events").axis(tickMinStep=1, tickCount=5),
            color=alt.Color(
                "sources:N",
                title=None,
                scale=alt.Scale(
                    domain=names, range=["var(--step-1)", "var(--step-2)", "var(--step-3)"]
                ),
            ),
            tooltip="events:Q",
        )
        .properties(width=600, height=200)
    )
