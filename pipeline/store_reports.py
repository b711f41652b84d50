"""What a refresh keeps beside the events: what shows them, how the press had them, where they went.

All is made from the evidence of the refresh, so it is never older than the timeline.
"""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from importlib.resources import files

import duckdb

_SCOPE = (
    "CREATE OR REPLACE TEMP TABLE report_scope AS SELECT unnest(CAST(? AS VARCHAR[])) AS event_id"
)
_DELETE = "DELETE FROM timeline_report WHERE event_id IN (FROM report_scope)"
# A mention that was read anew may have another id: then its sentence tells. Whoever took over
# most mentions is the successor.
_SUCCESSORS = """
INSERT INTO timeline_successor BY NAME
SELECT o.event_id, n.event_id AS successor_id, $known_at AS known_from
FROM timeline_evidence AS o
JOIN timeline_evidence AS n
  ON n.article_id = o.article_id
  AND n.sentence = o.sentence
WHERE o.event_id IN (SELECT unnest($gone))
  AND o.known_to = $known_at
  AND o.stance = 'supports'
  AND n.event_id <> o.event_id
  AND n.known_to IS NULL
  AND n.stance = 'supports'
GROUP BY o.event_id, n.event_id
QUALIFY row_number() OVER (PARTITION BY o.event_id ORDER BY count(*) DESC, n.event_id) = 1
"""
_SHOWN = """
CREATE OR REPLACE TEMP TABLE showing AS
SELECT
  e.event_id, b.license_event_id, b.sentence AS evidence, v.url AS evidence_url,
  b.source AS evidence_source
FROM timeline_event AS e
SEMI JOIN report_scope AS c ON c.event_id = e.event_id
JOIN timeline_evidence AS b
  ON b.event_id = e.event_id
  AND b.license_event_id = e.best_mention_id
  AND b.known_to IS NULL
JOIN article_version AS v ON v.version_id = b.version_id
WHERE e.known_to IS NULL
"""
_SHOWN_KEYS = "event_id, license_event_id, evidence, evidence_url, evidence_source"
_HIDE = f"""
UPDATE timeline_shown SET known_to = ?
WHERE known_to IS NULL
  AND event_id IN (FROM report_scope)
  AND event_id NOT IN (
    SELECT event_id
    FROM (FROM timeline_shown WHERE known_to IS NULL) AS t
    SEMI JOIN showing USING ({_SHOWN_KEYS})
  )
"""  # noqa: S608
_SHOW = """
INSERT INTO timeline_shown BY NAME
SELECT n.*, ? AS known_from
FROM showing AS n
ANTI JOIN (FROM timeline_shown WHERE known_to IS NULL) AS t USING (event_id)
"""


@lru_cache(maxsize=1)
def _reports_sql() -> str:
    folder = files("models").joinpath("sql", "refresh")
    return folder.joinpath("timeline_report.sql").read_text(encoding="utf-8")


def write_reports(con: duckdb.DuckDBPyConnection, event_ids: Collection[str]) -> None:
    """Make the reports of some events anew, from their current evidence.

    Call it within the transaction that changes the evidence. An event without evidence loses
    its reports. The work grows with mentions, and with days times what one event was said to be.
    """
    con.execute(_SCOPE, [sorted(event_ids)])
    con.execute(_DELETE)
    con.execute(_reports_sql())


def write_shown(
    con: duckdb.DuckDBPyConnection, event_ids: Collection[str], known_at: datetime
) -> None:
    """Bring the sentences that the timeline shows with some events up to their best mentions.

    Call it after events and evidence were written; an event that is gone shows nothing.
    """
    con.execute(_SCOPE, [sorted(event_ids)])
    con.execute(_SHOWN)
    con.execute(_HIDE, [known_at])
    con.execute(_SHOW, [known_at])


def write_successors(
    con: duckdb.DuckDBPyConnection, gone: Collection[str], known_at: datetime
) -> None:
    """Note for each event that left the timeline at an instant which one took its mentions over.

    Call it after the evidence was brought up to date. An event whose mentions are no longer on
    the timeline has no successor.
    """
    if gone:
        con.execute(_SUCCESSORS, {"gone": sorted(gone), "known_at": known_at})
