CREATE OR REPLACE VIEW percentages AS
SELECT
  v.published_on,
  v.source,
  m.kind,
  m.measure,
  m.material,
  m.value,
  m.low,
  m.high,
  m.bound,
  m.is_points,
  m.period_start,
  m.period_end,
  m.text AS evidence,
  m.char_start,
  m.char_end,
  m.rule_id,
  m.extractor_version,
  v.title,
  v.url,
  m.article_id,
  m.version_id
FROM percentage AS m
JOIN article AS a ON a.current_version_id = m.version_id
JOIN article_version AS v ON v.version_id = m.version_id
ORDER BY v.published_on DESC, m.article_id, m.char_start;
COMMENT ON VIEW percentages IS 'Percentages in the current texts, with their articles; a fall is negative';
COMMENT ON COLUMN percentages.evidence IS 'The percentage in the words of the text; sentence_of(version_id, char_start) gives its sentence';
