"""The report for people: one self-contained HTML page from the snapshot.

Made with autoescaping: text of pages shows as text. Works offline, asks for nothing.
"""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from models.errors import StoreError
from pipeline.settings import Settings
from pipeline.store_read import query

_TIMELINE = "FROM timeline ORDER BY coalesce(date_start, first_reported_on) DESC, event_id"
_EVIDENCE = "FROM evidence"
_FIRMS = "FROM company_events WHERE company_id IS NOT NULL ORDER BY company, first_reported_on"
_TONNAGES = """
SELECT period_start, period_end, basis, material, reporter, partner, flow,
  median(tonnes) AS tonnes, min(tonnes) AS lowest, max(tonnes) AS highest,
  count(DISTINCT source) AS sources
FROM tonnages
WHERE flow IN ('export', 'import') AND basis IN ('month', 'ytd') AND period_start IS NOT NULL
  AND tonnes IS NOT NULL AND role <> 'change'
GROUP BY ALL
ORDER BY period_start DESC, basis, material, partner NULLS FIRST
"""
_REJECTED = """
SELECT stage, reason, source, url, detail FROM rejection ORDER BY stage, reason, source, url
"""
_CONTRADICTIONS = "FROM contradictions"


def write_report(settings: Settings) -> Path:
    """Write the report of the newest snapshot and return its path.

    Raises:
        StoreError: There is no snapshot, or the report cannot be written.
    """
    environment = Environment(
        loader=PackageLoader("pipeline"), autoescape=True, undefined=StrictUndefined
    )
    evidence: dict[str, list[dict[str, Any]]] = {}
    for row in _records(query(settings, _EVIDENCE)):
        evidence.setdefault(row["event_id"], []).append(row)
    page = environment.get_template("report.html").render(
        made_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        events=_records(query(settings, _TIMELINE)),
        evidence=evidence,
        firms=_records(query(settings, _FIRMS)),
        tonnages=_records(query(settings, _TONNAGES)),
        contradictions=_records(query(settings, _CONTRADICTIONS)),
        rejected=_records(query(settings, _REJECTED)),
    )
    target = settings.reports_dir / "timeline.html"
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.write_text(page, encoding="utf-8")
        temporary.replace(target)
    except OSError as error:
        raise StoreError(f"the report {target} cannot be written: {error}") from error
    return target


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dicts; dates are ISO days."""
    return [
        {str(key): _cell(value) for key, value in record.items()}
        for record in frame.to_dict(orient="records")
    ]


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return [str(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
