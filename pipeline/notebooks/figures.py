"""Three figures of the report, rebuilt from the newest snapshot: a marimo notebook.

`reeline notebook` prints how to start it; `python figures.py` runs it without a browser. The data
folder is REELINE_DATA, else the user's own. It reads only, and never waits for a load.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Rare-earth policy timeline")

with app.setup:
    from datetime import UTC, datetime
    from typing import Any

    import marimo as mo

    from pipeline.plots import plot_exports, plot_timeline, plot_who
    from pipeline.questions import exports, who
    from pipeline.settings import load_settings
    from pipeline.store_read import query


@app.cell
def _() -> Any:
    settings = load_settings()
    today = datetime.now(UTC).date()
    mo.md(
        """
        # Rare-earth policy timeline

        Three figures of `reeline report`, each from a query that you can change. A cell that
        changes runs all cells that depend on it.
        """
    )
    return settings, today


@app.cell
def _(settings: Any) -> Any:
    events = query(
        settings,
        """
        SELECT event_id, kind, authority, material, date_start, first_reported_on, modality,
          confidence, source_count, summary, evidence, evidence_url
        FROM timeline
        WHERE coalesce(date_start, first_reported_on) >= DATE '2023-01-01'
        ORDER BY coalesce(date_start, first_reported_on), event_id
        """,
    )
    timeline_chart = plot_timeline(events)
    mo.vstack([mo.md(f"## Timeline: {len(events)} events since 2023"), timeline_chart])
    return events, timeline_chart


@app.cell
def _(settings: Any) -> Any:
    months = exports(settings)
    exports_chart = plot_exports(months)
    mo.vstack(
        [
            mo.md("## Exports: best figure a month, bars where reports disagree"),
            exports_chart,
            mo.ui.table(months[["month", "material", "tonnes", "mom_pct", "yoy_pct"]]),
        ]
    )
    return exports_chart, months


@app.cell
def _(settings: Any, today: Any) -> Any:
    firms = who(settings, on=today)
    licenses_chart = plot_who(firms)
    mo.vstack([mo.md(f"## License board on {today}"), licenses_chart])
    return firms, licenses_chart


if __name__ == "__main__":
    app.run()
