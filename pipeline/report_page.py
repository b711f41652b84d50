"""The HTML page of the report: template, data, style and scripts made one file.

Everything from a text is escaped: by the template as HTML, by `_data` as JSON. Scripts run only
if their digest is in the page's policy, so that markup in an article could not start one.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from pipeline.event_groups import KIND_GROUPS
from pipeline.report_charts import GROUPS, charts
from pipeline.report_figures import Figure, country_of_authority
from pipeline.report_runs import STATES, run_grids
from pipeline.report_words import FILTERS, lead

# Nobody reads a longer table, and ten thousand events must not make the page slow to open.
_MOST_ROWS = 300
# What the bundle gives to the page: drawing alone.
_SNIPPET = "window.vegaEmbed = vegaEmbed;"
# In the order in which they build on one another.
_SCRIPTS = ("data", "known", "filters", "chart", "list", "evidence", "exports", "main")
# Figures that the scripts read; the others wait unread in their own element, as data to take along.
_DRAWN = {
    "timeline",
    "reported",
    "evidence",
    "marks",
    "relations",
    "exports",
    "confidence",
}
_STATUSES = (
    ("holds", "Granted", "Holds a license."),
    ("served", "Via a supplier", "A supplier holds a license issued for it."),
    ("waits", "Waiting", "Has applied, or the decision is delayed."),
    ("refused", "Refused", "An application was turned down."),
    ("excluded", "Excluded", "Left out of a grant, or on a list."),
    ("revoked", "Revoked", "Had a license that was taken back."),
)
_SHAPES = {
    "triangle-up": "M7 1.5 13 12H1Z",
    "triangle-down": "M7 12.5 1 2h12Z",
    "triangle-right": "M12.5 7 2 13V1Z",
    "diamond": "M7 .5 13.5 7 7 13.5.5 7Z",
    "square": "M1.8 1.8h10.4v10.4h-10.4Z",
    "circle": "M7 1a6 6 0 1 0 0 12a6 6 0 1 0 0-12Z",
    "cross": "M4.8 1h4.4v3.8h3.8v4.4h-3.8v3.8h-4.4v-3.8h-3.8v-4.4h3.8Z",
}


def render_page(figures: Mapping[str, Figure], *, today: date, snapshot_at: datetime) -> str:
    """Return the whole page as HTML text.

    Args:
        figures: What every query gave, by name.
        today: The day that the page calls today.
        snapshot_at: When the snapshot was last loaded into.
    """
    environment = Environment(
        loader=PackageLoader("pipeline"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters.update(FILTERS)
    environment.globals["link"] = _link
    bundle, script = _vega_bundle(), _script()
    return environment.get_template("report.html").render(
        figures=figures,
        today=today.isoformat(),
        snapshot_at=snapshot_at.isoformat(),
        lead=lead(figures),
        statuses=_STATUSES,
        most_rows=_MOST_ROWS,
        groups=_groups(),
        shapes=_SHAPES,
        coverage=_coverage(figures["coverage"]),
        run_grids=run_grids(figures["runs"]),
        run_states=STATES,
        policy=_policy(bundle, script),
        style=Markup(_read("style.css")),  # noqa: S704  # our own file
        data=Markup(_data(figures, today)),  # noqa: S704  # escaped as JSON without < > &
        tables=Markup(_json(_rows(figures, drawn=False))),  # noqa: S704  # likewise
        bundle=Markup(bundle),  # noqa: S704  # a released library
        script=Markup(script),  # noqa: S704  # our own files
    )


def _data(figures: Mapping[str, Figure], today: date) -> str:
    """Return what the scripts read."""
    content = {
        "today": today.isoformat(),
        "groups": _groups(),
        "kinds": KIND_GROUPS,
        "shapes": _SHAPES,
        "countries": _countries(figures),
        "charts": charts(),
        "figures": _rows(figures, drawn=True),
    }
    return _json(content)


def _countries(figures: Mapping[str, Figure]) -> dict[str, str]:
    """Return the country of each authority that is not one itself: their lanes are its lane."""
    named = {
        row["authority"] for name in ("timeline", "reported") for row in figures[name].records()
    }
    homes = {name: country_of_authority(name) for name in sorted(named - {None})}
    return {name: country for name, country in homes.items() if name != country}


def _rows(figures: Mapping[str, Figure], *, drawn: bool) -> dict[str, Any]:
    """Return the rows of the figures that the scripts draw, or of those that are plain tables."""
    return {
        name: {"columns": figure.columns, "rows": figure.rows}
        for name, figure in figures.items()
        if (name in _DRAWN) == drawn
    }


def _json(content: Any) -> str:
    """Return JSON that cannot end its element or hold markup."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _groups() -> dict[str, dict[str, str]]:
    return {key: {"label": label, "shape": shape} for key, (label, shape) in GROUPS.items()}


def _policy(*scripts: str) -> str:
    """Return the page's Content-Security-Policy: its own scripts by digest, nothing else.

    Vega sets styles of single elements, hence 'unsafe-inline' for styles; its expressions are
    interpreted, so that no script needs eval.
    """
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@lru_cache(maxsize=1)
def _vega_bundle() -> str:
    """Return Vega, Vega-Lite and Vega-Embed (BSD-3-Clause) as one script with its license."""
    code = vl_convert.javascript_bundle(_SNIPPET).replace("</script", "<\\/script")
    return f"/*\n{_read('vega.license.txt')}*/\n{code}"


@lru_cache(maxsize=1)
def _script() -> str:
    parts = "\n".join(_read(f"{name}.js") for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


def _read(name: str) -> str:
    entry = files("pipeline").joinpath("templates", "report", name)
    return entry.read_text(encoding="utf-8")


def _link(url: str | None, text: str) -> Markup | str:
    """Return a link if the address is one of the web, else the text alone."""
    if not (url or "").lower().startswith(("http://", "https://")):
        return text
    return Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>').format(
        escape(url), escape(text)
    )


def _coverage(figure: Figure) -> dict[str, Any]:
    """Return the grid of articles: every month from the first to the last, 0 for a gap."""
    counts = {(row["source"], row["month"]): row["articles"] for row in figure.records()}
    months = _months(month for _, month in counts)
    sources = sorted({source for source, _ in counts})
    rows = [(source, [counts.get((source, month), 0) for month in months]) for source in sources]
    return {"months": months, "rows": rows}


def _months(found: Iterable[str]) -> list[str]:
    days = sorted({date.fromisoformat(month) for month in found})
    if not days:
        return []
    first, last = (day.year * 12 + day.month - 1 for day in (days[0], days[-1]))
    return [date(number // 12, number % 12 + 1, 1).isoformat() for number in range(first, last + 1)]
