-- What the press had reported of each event, from each day on which that changed.
SELECT
  event_id,
  reported_from,
  reported_to,
  kind,
  authority,
  material,
  licensees,
  beneficiaries,
  excluded,
  instrument,
  modality,
  date_start,
  date_end,
  date_precision,
  article_count,
  source_count,
  denial_count,
  last_reported_on
FROM timeline_report
ORDER BY event_id, reported_from;
