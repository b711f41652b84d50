"""The report for people: one self-contained HTML page from the newest snapshot.

Queries: `report_figures`. Charts: `report_charts`. The page: `report_page`.
"""

import os
from datetime import date
from pathlib import Path

from models.errors import StoreError
from pipeline.report_figures import run_figures, snapshot_time
from pipeline.report_page import render_page
from pipeline.settings import Settings


def write_report(
    settings: Settings, *, today: date | None = None, target: Path | None = None
) -> Path:
    """Write the report of the newest snapshot and return its path.

    The same snapshot and the same `today` give the same bytes.

    Args:
        settings: Where the snapshot is.
        today: The day that "in force" and "still to come" count from; default: the day (UTC) on
            which the snapshot was last loaded into.
        target: File to write; default: `timeline.html` in the folder of reports.

    Raises:
        StoreError: There is no snapshot, or the report cannot be written.
        InputError: The snapshot is of another version of the program.
    """
    snapshot_at = snapshot_time(settings)
    day = today or snapshot_at.date()
    page = render_page(run_figures(settings, day), today=day, snapshot_at=snapshot_at)
    path = target or settings.reports_dir / "timeline.html"
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(page, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise StoreError(f"the report {path} cannot be written: {error}") from error
    return path
