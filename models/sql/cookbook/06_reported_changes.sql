-- Which changes of exports, prices or output did the articles state last, in percent?
WITH newest AS (
  SELECT period_start, kind, measure, material, value, bound, source, evidence, version_id,
    char_start, article_id
  FROM percentages
  WHERE kind IN ('change_mom', 'change_yoy', 'change_other')
    AND value IS NOT NULL
  ORDER BY period_start DESC NULLS LAST, source, article_id, char_start
  LIMIT 200
)
SELECT period_start, kind, measure, material, value, bound, source, evidence,
  sentence_of(version_id, char_start) AS sentence
FROM newest
ORDER BY period_start DESC NULLS LAST, source, article_id, char_start;
