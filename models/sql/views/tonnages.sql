CREATE OR REPLACE VIEW tonnages AS
SELECT
  v.published_on,
  v.source,
  m.flow,
  m.material,
  m.reporter,
  m.partner,
  m.period_start,
  m.period_end,
  m.basis,
  m.tonnes,
  m.tonnes_low,
  m.tonnes_high,
  m.bound,
  m.role,
  m.direction,
  m.mass_basis,
  m.unit_assumed,
  m.text AS evidence,
  m.char_start,
  m.char_end,
  m.rule_id,
  m.extractor_version,
  v.title,
  v.url,
  m.article_id,
  m.version_id
FROM tonnage AS m
JOIN article AS a ON a.current_version_id = m.version_id
JOIN article_version AS v ON v.version_id = m.version_id
ORDER BY v.published_on DESC, m.article_id, m.char_start;
COMMENT ON VIEW tonnages IS 'Masses in the current texts, with their articles; role = ''change'' is the size of a movement, not a level. Monthly trade without doubles: export_statistics';
COMMENT ON COLUMN tonnages.evidence IS 'The mass in the words of the text; sentence_of(version_id, char_start) gives its sentence';
