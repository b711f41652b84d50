CREATE OR REPLACE MACRO timeline_as_of(known_at) AS TABLE
SELECT
  event_id,
  revision,
  date_start,
  date_end,
  date_precision,
  kind,
  summary,
  authority,
  material,
  licensees,
  beneficiaries,
  excluded,
  instrument,
  modality,
  article_count,
  source_count,
  confidence,
  first_reported_on,
  known_from
FROM timeline_event
WHERE known_from <= known_at
  AND (known_to IS NULL OR known_to > known_at)
ORDER BY coalesce(date_start, first_reported_on) DESC, event_id;
COMMENT ON MACRO TABLE timeline_as_of IS 'Timeline as reeline knew it at an instant';
