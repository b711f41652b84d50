-- How far do two readers of a page agree on the texts of each source, and how many are doubtful?
SELECT
  a.source,
  count(*) AS texts,
  round(median(t.agreement), 3) AS median_agreement,
  count(*) FILTER (t.is_doubtful) AS doubtful,
  count(*) FILTER (t.chosen <> 'first') AS replaced
FROM text_agreement AS t
JOIN article AS a ON a.current_version_id = t.version_id
GROUP BY a.source
ORDER BY doubtful DESC, median_agreement, a.source;
