-- Which masses were reported for production, quotas, capacity and stockpiles?
SELECT flow, material, reporter, period_start, period_end, bound,
  coalesce(tonnes, tonnes_low) AS tonnes, source, sentence_of(version_id, char_start) AS sentence
FROM tonnages
WHERE flow IN ('production', 'quota', 'capacity', 'stockpile', 'reserves')
ORDER BY flow, material, reporter, period_start, source, article_id, char_start;
