CREATE OR REPLACE VIEW company_mentions AS
SELECT
  v.published_on,
  v.source,
  m.name,
  m.company_id,
  m.role,
  m.link,
  m.text AS evidence,
  m.char_start,
  m.char_end,
  m.rule_id,
  m.extractor_version,
  v.title,
  v.url,
  m.article_id,
  m.version_id
FROM company_mention AS m
JOIN article AS a ON a.current_version_id = m.version_id
JOIN article_version AS v ON v.version_id = m.version_id
ORDER BY v.published_on DESC, m.article_id, m.char_start;
COMMENT ON VIEW company_mentions IS 'Firms named in the current texts, with their articles';
COMMENT ON COLUMN company_mentions.evidence IS 'The name in the words of the text; sentence_of(version_id, char_start) gives its sentence';
