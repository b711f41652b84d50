-- Events by confidence, in steps of a tenth, and by how many independent sources report them.
SELECT
  least(floor(confidence * 10 + 1e-9), 9) / 10 AS confidence_from,
  CASE
    WHEN source_count >= 3 THEN '3 or more sources'
    WHEN source_count = 2 THEN '2 sources'
    ELSE '1 source'
  END AS sources,
  count(*) AS events
FROM timeline
GROUP BY confidence_from, sources
ORDER BY confidence_from, sources;
