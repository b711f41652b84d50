-- Changes of trade that the articles state themselves, in percent.
SELECT
  period_start,
  kind,
  measure,
  material,
  value,
  bound,
  evidence,
  sentence_of(version_id, char_start) AS sentence,
  source,
  published_on,
  url
FROM percentages
WHERE kind IN ('change_mom', 'change_yoy')
  AND value IS NOT NULL
ORDER BY period_start DESC NULLS LAST, kind, source, url, char_start;
