"""Canned questions on the newest snapshot: who is licensed, exports, measures, dates to come.

Each function gives a data frame whose columns are all that JSON and CSV print. How the timeline
changed is `questions_changed`; pictures are `plots`; the commands stand in `cli/`.
"""

from collections.abc import Collection
from datetime import date, datetime

import pandas as pd

from pipeline.report_figures import figure_sql
from pipeline.settings import Settings
from pipeline.store_read import query

# Word of the option -> standings of the macro `company_status`.
STANDINGS = {
    "licensed": ("holds", "served"),
    "waiting": ("waits",),
    "refused": ("refused", "revoked"),
    "excluded": ("excluded",),
}

_WHO = """
SELECT status, company, company_id, since, role, kind, license_kind, material, source_count,
  evidence_count, confidence, summary, event_id
FROM company_status($on)
WHERE (len($statuses) = 0 OR list_contains($statuses, status))
  AND ($company IS NULL OR contains(lower(company), lower($company))
    OR lower(company_id) = lower($company))
  AND ($material IS NULL OR contains(lower(material), lower($material)))
ORDER BY status, since DESC, company
"""


def who(
    settings: Settings,
    *,
    on: date,
    standings: Collection[str] = (),
    company: str | None = None,
    material: str | None = None,
) -> pd.DataFrame:
    """Return where each named firm stands on a day, by the latest event that happened to it.

    Args:
        settings: Where the snapshot is.
        on: What happened after this day does not count.
        standings: Keys of `STANDINGS`; none means all.
        company: Part of a name, or a key of the registry.
        material: Part of a material's name.
    """
    statuses = [status for key in standings for status in STANDINGS[key]]
    params = {"on": on, "statuses": statuses, "company": company, "material": material}
    return query(settings, _WHO, params)


_EXPORTS = """
SELECT month, reporter, partner, material, flow, tonnes, bound, mom_pct, yoy_pct, source_count,
  figure_count, lowest, highest, spread_pct, other_figures, first_reported_on, evidence,
  evidence_url
FROM ({figure})
WHERE flow = $flow
  AND ($reporter IS NULL OR contains(lower(reporter), lower($reporter)))
  AND ($partner IS NULL OR contains(lower(partner), lower($partner)))
  AND ($material IS NULL OR contains(lower(material), lower($material)))
  AND ($first IS NULL OR month >= date_trunc('month', CAST($first AS DATE)))
  AND ($last IS NULL OR month <= $last)
ORDER BY reporter, partner NULLS FIRST, material, month
"""


def exports(
    settings: Settings,
    *,
    flow: str = "export",
    reporter: str | None = None,
    partner: str | None = None,
    material: str | None = None,
    first: date | None = None,
    last: date | None = None,
) -> pd.DataFrame:
    """Return the best figure a month with its changes, its sources and how far they disagree.

    A month without a figure between two with one is a row without tonnes. Changes count from the
    month before and the same month a year before, whether or not those are shown.

    Args:
        settings: Where the snapshot is.
        flow: export or import, seen from the reporter.
        reporter: Part of the name of the country whose trade it is.
        partner: Part of the name of the other side; None also gives figures without a partner,
            usually the total.
        material: Part of the material's name.
        first: A day of the first month.
        last: A day of the last month.
    """
    params = {
        "flow": flow,
        "reporter": reporter,
        "partner": partner,
        "material": material,
        "first": first,
        "last": last,
    }
    return query(settings, _EXPORTS.format(figure=_figure("exports", date.min)), params)


_IN_FORCE = """
WITH standing AS (
  SELECT 'in force' AS standing, in_force_from AS since, CAST(NULL AS DATE) AS until, kind, summary,
    authority, material, destination, instrument, source_count, confidence, event_id
  FROM timeline_on($on, $known_at)
  UNION ALL
  SELECT 'suspended', coalesce(effective_start, date_start, first_reported_on), suspended_until,
    kind, summary, authority, material, destination, instrument, source_count, confidence, event_id
  FROM timeline_as_of($known_at)
  WHERE status = 'suspended'
    AND (suspended_until IS NULL OR suspended_until >= $on)
    AND coalesce(effective_start, date_start, first_reported_on) <= $on
)
SELECT standing, since, until, kind, summary, authority, material, destination, instrument,
  source_count, confidence, event_id
FROM standing
WHERE ($authority IS NULL OR contains(lower(authority), lower($authority)))
  AND ($material IS NULL OR contains(lower(material), lower($material)))
ORDER BY standing, since DESC, event_id
"""


def in_force(
    settings: Settings,
    *,
    on: date,
    known_at: datetime,
    authority: str | None = None,
    material: str | None = None,
) -> pd.DataFrame:
    """Return the controls and bans in force on a day, then the suspensions that still run.

    Args:
        settings: Where the snapshot is.
        on: The day.
        known_at: Answer as reeline knew it at this instant.
        authority: Part of the name of who acted.
        material: Part of a material's name.
    """
    params = {"on": on, "known_at": known_at, "authority": authority, "material": material}
    return query(settings, _IN_FORCE, params)


_COMING = """
SELECT c.day, c.days_left, c.precision, c.what, t.kind, c.summary, t.authority, t.material,
  c.modality, t.source_count, t.confidence, c.event_id
FROM ({figure}) AS c
JOIN timeline AS t USING (event_id)
WHERE ($authority IS NULL OR contains(lower(t.authority), lower($authority)))
  AND ($material IS NULL OR contains(lower(t.material), lower($material)))
ORDER BY c.day, c.what, c.event_id
"""


def coming(
    settings: Settings, *, on: date, authority: str | None = None, material: str | None = None
) -> pd.DataFrame:
    """Return the announced dates after a day: events, days of effect, ends of suspensions.

    Args:
        settings: Where the snapshot is.
        on: Dates after this day are still to come; the end of a suspension on it is, too.
        authority: Part of the name of who acted.
        material: Part of a material's name.
    """
    params = {"authority": authority, "material": material}
    return query(settings, _COMING.format(figure=_figure("calendar", on)), params)


def _figure(name: str, on: date) -> str:
    """Return the statement of a figure of the report: page and command show the same numbers.

    It comes from a file of ours; what users give goes in as parameters.
    """
    return figure_sql(name, on)[1].rstrip().removesuffix(";")


_VALUES = {
    "companies": "SELECT company FROM company_events WHERE is_firm GROUP BY company "
    "ORDER BY count(*) DESC, company LIMIT $most",
    "partners": "SELECT partner FROM export_statistics WHERE partner IS NOT NULL GROUP BY partner "
    "ORDER BY count(*) DESC, partner LIMIT $most",
    "reporters": "SELECT reporter FROM export_statistics GROUP BY reporter "
    "ORDER BY count(*) DESC, reporter LIMIT $most",
    "trade materials": "SELECT material FROM export_statistics GROUP BY material "
    "ORDER BY count(*) DESC, material LIMIT $most",
    "materials": "SELECT material FROM (SELECT unnest(string_split(material, '; ')) AS material "
    "FROM timeline) GROUP BY material ORDER BY count(*) DESC, material LIMIT $most",
    "authorities": "SELECT authority FROM timeline WHERE authority IS NOT NULL GROUP BY authority "
    "ORDER BY count(*) DESC, authority LIMIT $most",
}


def known_values(settings: Settings, what: str, *, most: int = 8) -> list[str]:
    """Return the values that an option can be asked for, the most frequent first.

    Args:
        settings: Where the snapshot is.
        what: Key of the list: companies, partners, reporters, trade materials, materials,
            authorities.
        most: At most so many.
    """
    return [str(value) for value in query(settings, _VALUES[what], {"most": most}).iloc[:, 0]]
