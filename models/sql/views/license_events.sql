CREATE OR REPLACE VIEW license_events AS
SELECT
  v.published_on,
  v.source,
  m.kind,
  m.modality,
  m.authority,
  m.licensees,
  m.beneficiaries,
  m.applicants,
  m.excluded,
  m.material,
  m.destination,
  m.license_kind,
  m.instrument,
  m.date_start,
  m.date_end,
  m.date_precision,
  m.effective_start,
  m.attributed_to,
  m.is_background,
  m.text AS evidence,
  m.char_start,
  m.char_end,
  m.rule_id,
  m.extractor_version,
  v.title,
  v.url,
  m.article_id,
  m.version_id,
  m.license_event_id
FROM license_event AS m
JOIN article AS a ON a.current_version_id = m.version_id
JOIN article_version AS v ON v.version_id = m.version_id
ORDER BY v.published_on DESC, m.article_id, m.char_start;
COMMENT ON VIEW license_events IS 'Mentions of policy and license events in the current texts';
COMMENT ON COLUMN license_events.evidence IS 'The mention in the words of the text; sentence_of(version_id, char_start) gives its sentence';
