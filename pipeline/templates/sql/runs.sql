-- Status by source, stage and day for the newest 60 days with data, by week before.
WITH status AS MATERIALIZED (
  SELECT source, day, stage, status, documents
  FROM run_status
),
calendar AS (
  SELECT
    day,
    CAST(date_trunc('week', day) AS DATE) AS week,
    row_number() OVER (ORDER BY day DESC) <= 60 AS is_recent
  FROM (SELECT DISTINCT day FROM status)
),
period AS (
  SELECT
    day,
    CASE WHEN is_recent THEN 'day' ELSE 'week' END AS span,
    CASE WHEN is_recent THEN day ELSE week END AS start
  FROM calendar
  QUALIFY is_recent OR dense_rank() OVER (PARTITION BY is_recent ORDER BY week DESC) <= 60
)
SELECT
  s.source,
  coalesce(n.name, s.source) AS name,
  p.span,
  p.start,
  s.stage,
  arg_min(
    s.status,
    list_position(['failed', 'running', 'missing', 'stale', 'done'], s.status)
  ) AS status,
  CAST(sum(s.documents) AS BIGINT) AS documents
FROM status AS s
JOIN period AS p USING (day)
LEFT JOIN source AS n ON n.source = s.source
GROUP BY s.source, n.name, p.span, p.start, s.stage
ORDER BY s.source = '*', name, s.source, p.start, p.span, s.stage;
