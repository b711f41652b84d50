CREATE OR REPLACE VIEW timeline AS
SELECT
  event_id,
  revision,
  date_start,
  date_end,
  date_precision,
  date_basis,
  kind,
  summary,
  authority,
  material,
  licensees,
  beneficiaries,
  applicants,
  excluded,
  destination,
  license_kind,
  instrument,
  effective_start,
  modality,
  article_count,
  source_count,
  confidence,
  first_reported_on,
  last_reported_on,
  other_dates,
  entity_list,
  denial_count,
  status,
  status_from,
  suspended_until,
  mast_code,
  mast_edition,
  gta_type,
  evidence,
  evidence_url,
  evidence_source
FROM timeline_as_of(TIMESTAMPTZ 'infinity');  -- which orders them
COMMENT ON VIEW timeline IS 'Timeline of policy events as known now, one row an event, newest first; earlier revisions: event_history(event_id)';
COMMENT ON COLUMN timeline.evidence IS 'The sentence that says most about the event; all of them are in the view evidence';
COMMENT ON COLUMN timeline.evidence_url IS 'Address of its article';
COMMENT ON COLUMN timeline.evidence_source IS 'Source of its article';
