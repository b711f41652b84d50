CREATE OR REPLACE VIEW contradictions AS
SELECT
  v.published_on,
  v.source,
  f.kind,
  f.message,
  f.expected,
  f.found,
  x.text[f.char_start + 1:f.char_end] AS first_number,
  x.text[f.other_start + 1:f.other_end] AS other_number,
  v.title,
  v.url,
  f.article_id,
  f.version_id
FROM finding AS f
JOIN article AS a ON a.current_version_id = f.version_id
JOIN article_version AS v ON v.version_id = f.version_id
JOIN article_text AS x ON x.version_id = f.version_id
ORDER BY v.published_on DESC, f.article_id, f.char_start;
COMMENT ON VIEW contradictions IS 'Numbers of one text that disagree, with both places';
COMMENT ON COLUMN contradictions.first_number IS 'The number that disagrees, in the words of the text';
COMMENT ON COLUMN contradictions.other_number IS 'The number that it disagrees with, in the words of the text';
