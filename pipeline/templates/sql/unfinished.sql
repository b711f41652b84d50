-- What is not done, and why: partitions (days and stages) of a source that share a reason.
SELECT
  coalesce(n.name, r.source) AS source,
  r.status,
  regexp_replace(r.why, ': [0-9]+\z', '') AS reason,
  string_agg(DISTINCT r.stage, ', ' ORDER BY r.stage) AS stages,
  count(*) AS partitions,
  min(r.day) AS first_day,
  max(r.day) AS last_day
FROM run_status AS r
LEFT JOIN source AS n USING (source)
WHERE r.status <> 'done'
GROUP BY r.source, n.name, r.status, reason
ORDER BY
  list_position(['failed', 'missing', 'stale', 'running'], r.status), last_day DESC, source, reason;
