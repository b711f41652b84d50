CREATE OR REPLACE MACRO event_history(of_event) AS TABLE
WITH RECURSIVE link AS (
  SELECT event_id, successor_id AS other_id FROM timeline_successor
  UNION ALL
  SELECT successor_id, event_id FROM timeline_successor
),
-- The event under every id that it had, from whichever of them one asks.
family(event_id) AS (
  SELECT CAST(of_event AS VARCHAR)
  UNION
  SELECT l.other_id
  FROM family AS f
  JOIN link AS l ON l.event_id = f.event_id
),
past AS MATERIALIZED (
  SELECT *
  FROM timeline_event
  WHERE event_id IN (FROM family)
),
revision AS (
  SELECT
    e.*,
    coalesce(
      lag(e) OVER (PARTITION BY e.event_id ORDER BY e.revision),
      -- The last account under the id that it had before.
      (
        SELECT max_by(o, (o.article_count, o.event_id))
        FROM timeline_successor AS s
        JOIN past AS o
          ON o.event_id = s.event_id
          AND o.known_to = s.known_from
        WHERE s.successor_id = e.event_id
          AND s.known_from = e.known_from
      )
    ) AS before
  FROM past AS e
)
SELECT
  event_id,
  revision,
  known_from,
  known_to,
  list_filter(
    [
      CASE WHEN before.event_id IS DISTINCT FROM event_id THEN 'event_id' END,
      CASE WHEN before.kind IS DISTINCT FROM kind THEN 'kind' END,
      CASE WHEN before.authority IS DISTINCT FROM authority THEN 'authority' END,
      CASE WHEN before.material IS DISTINCT FROM material THEN 'material' END,
      CASE WHEN before.licensees IS DISTINCT FROM licensees THEN 'licensees' END,
      CASE WHEN before.beneficiaries IS DISTINCT FROM beneficiaries THEN 'beneficiaries' END,
      CASE WHEN before.applicants IS DISTINCT FROM applicants THEN 'applicants' END,
      CASE WHEN before.excluded IS DISTINCT FROM excluded THEN 'excluded' END,
      CASE WHEN before.destination IS DISTINCT FROM destination THEN 'destination' END,
      CASE WHEN before.license_kind IS DISTINCT FROM license_kind THEN 'license_kind' END,
      CASE WHEN before.instrument IS DISTINCT FROM instrument THEN 'instrument' END,
      CASE WHEN before.date_start IS DISTINCT FROM date_start THEN 'date_start' END,
      CASE WHEN before.date_basis IS DISTINCT FROM date_basis THEN 'date_basis' END,
      CASE WHEN before.other_dates IS DISTINCT FROM other_dates THEN 'other_dates' END,
      CASE WHEN before.effective_start IS DISTINCT FROM effective_start THEN 'effective_start' END,
      CASE WHEN before.modality IS DISTINCT FROM modality THEN 'modality' END,
      CASE WHEN before.status IS DISTINCT FROM status THEN 'status' END,
      CASE WHEN before.suspended_until IS DISTINCT FROM suspended_until THEN 'suspended_until' END,
      CASE WHEN before.denial_count IS DISTINCT FROM denial_count THEN 'denial_count' END,
      CASE WHEN before.article_count IS DISTINCT FROM article_count THEN 'article_count' END,
      CASE WHEN before.source_count IS DISTINCT FROM source_count THEN 'source_count' END,
      CASE WHEN before.confidence IS DISTINCT FROM confidence THEN 'confidence' END
    ],
    LAMBDA field: before IS NOT NULL AND field IS NOT NULL
  ) AS changed,
  kind,
  summary,
  date_start,
  date_end,
  date_precision,
  date_basis,
  other_dates,
  effective_start,
  modality,
  status,
  status_from,
  suspended_until,
  denial_count,
  article_count,
  source_count,
  confidence,
  (
    SELECT CAST(count(*) AS INTEGER)
    FROM timeline_evidence AS t
    WHERE t.event_id = revision.event_id
      AND t.stance = 'supports'
      AND t.known_from <= revision.known_from
      AND (t.known_to IS NULL OR t.known_to > revision.known_from)
  ) AS evidence_count
FROM revision
ORDER BY known_from, event_id, revision;
COMMENT ON MACRO TABLE event_history IS 'All revisions of one event, oldest first, with the fields that each one changed; the row without known_to is the current one. An event whose id changed is found by either id, and its revisions stand under the id that they had';
