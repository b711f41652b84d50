-- Numbers of one text that disagree, each in its sentence.
SELECT
  v.published_on,
  coalesce(p.name, v.source) AS source,
  f.kind,
  f.message,
  f.expected,
  f.found,
  sentence_of(f.version_id, f.char_start) AS first_sentence,
  x.text[f.char_start + 1:f.char_end] AS first_number,
  sentence_of(f.version_id, f.other_start) AS other_sentence,
  x.text[f.other_start + 1:f.other_end] AS other_number,
  v.title,
  v.url
FROM finding AS f
JOIN article AS a ON a.current_version_id = f.version_id
JOIN article_version AS v ON v.version_id = f.version_id
JOIN article_text AS x ON x.version_id = f.version_id
LEFT JOIN source AS p ON p.source = v.source
ORDER BY v.published_on DESC, v.url, f.char_start, f.other_start;
