CREATE OR REPLACE VIEW timeline AS
SELECT
  e.event_id,
  e.date_start,
  e.date_end,
  e.date_precision,
  e.date_basis,
  e.kind,
  e.summary,
  e.authority,
  e.material,
  e.licensees,
  e.beneficiaries,
  e.applicants,
  e.excluded,
  e.destination,
  e.license_kind,
  e.instrument,
  e.effective_start,
  e.modality,
  e.article_count,
  e.source_count,
  e.confidence,
  e.first_reported_on,
  e.last_reported_on,
  e.other_dates,
  b.sentence AS evidence,
  v.url AS evidence_url,
  b.source AS evidence_source
FROM timeline_event AS e
LEFT JOIN timeline_evidence AS b
  ON b.event_id = e.event_id
  AND b.license_event_id = e.best_mention_id
  AND b.known_to IS NULL
LEFT JOIN article_version AS v ON v.version_id = b.version_id
WHERE e.known_to IS NULL
ORDER BY coalesce(e.date_start, e.first_reported_on) DESC, e.event_id;
COMMENT ON VIEW timeline IS 'Timeline of policy events as known now, one row an event, newest first';
