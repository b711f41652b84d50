CREATE OR REPLACE MACRO timeline_reported_by(on_day) AS TABLE
SELECT
  event_id,
  date_start,
  date_end,
  date_precision,
  kind,
  authority,
  material,
  licensees,
  beneficiaries,
  excluded,
  instrument,
  modality,
  article_count,
  source_count,
  evidence_count,
  denial_count,
  first_reported_on,
  last_reported_on,
  evidence,
  evidence_url
FROM timeline_report
WHERE reported_from <= on_day
  AND (reported_to IS NULL OR reported_to > on_day)
ORDER BY coalesce(date_start, first_reported_on) DESC, event_id;
COMMENT ON MACRO TABLE timeline_reported_by IS 'Timeline as the press had it by a day, whenever reeline loaded it: every field rests only on articles published up to then; source_count counts ownership groups';
