-- Articles and facts by source and month of publication; an empty month is a gap.
SELECT
  coalesce(p.name, c.source) AS source,
  c.month,
  c.articles,
  c.facts
FROM coverage AS c
LEFT JOIN source AS p ON p.source = c.source
WHERE c.month IS NOT NULL
  AND c.articles > 0
ORDER BY source, c.month;
