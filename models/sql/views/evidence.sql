CREATE OR REPLACE VIEW evidence AS
SELECT
  t.event_id,
  t.license_event_id,
  t.source,
  s.name AS source_name,
  s.kind AS source_kind,
  v.published_on,
  v.title,
  t.stance,
  t.sentence,
  m.text AS mention,
  t.char_start,
  t.char_end,
  m.kind,
  m.modality,
  m.attributed_to,
  m.date_start,
  m.date_end,
  m.rule_id,
  m.extractor_version,
  v.url,
  t.article_id,
  t.version_id
FROM timeline_evidence AS t
JOIN license_event AS m USING (license_event_id)
JOIN article_version AS v ON v.version_id = t.version_id
LEFT JOIN source AS s ON s.source = t.source
WHERE t.known_to IS NULL
ORDER BY t.event_id, v.published_on, t.license_event_id;
COMMENT ON VIEW evidence IS 'Sentences behind each event of the timeline, with their articles';
COMMENT ON COLUMN evidence.source_name IS 'Name of the publisher';
COMMENT ON COLUMN evidence.source_kind IS 'What sort of publisher it is';
COMMENT ON COLUMN evidence.mention IS 'The words in the sentence that name the event';
