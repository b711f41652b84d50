CREATE OR REPLACE VIEW status_grid AS
WITH ranked AS (
  SELECT
    source,
    day,
    status,
    documents,
    list_position(['failed', 'running', 'missing', 'stale', 'done'], status) AS rank
  FROM run_status
  WHERE stage <> 'timeline'
)
SELECT
  source,
  day,
  min_by(status, rank) AS status,
  CAST(max(documents) AS BIGINT) AS documents
FROM ranked
GROUP BY source, day
ORDER BY source, day;
COMMENT ON VIEW status_grid IS 'Per source and day the worst status of its stages: failed, running, missing, stale, done';
COMMENT ON COLUMN status_grid.status IS 'Worst status of fetch, article and extract';
COMMENT ON COLUMN status_grid.documents IS 'Documents in the largest of the stages';
