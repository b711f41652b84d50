-- Which changes of exports, prices or output did the articles state, in percent?
SELECT period_start, kind, measure, material, value, bound, source, evidence,
  sentence_of(version_id, char_start) AS sentence
FROM percentages
WHERE kind IN ('change_mom', 'change_yoy', 'change_other')
  AND value IS NOT NULL
ORDER BY period_start DESC NULLS LAST, source, article_id, char_start;
