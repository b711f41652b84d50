-- Where does each stage of each source stand: done, missing, stale, failed?
SELECT
  source,
  stage,
  count(*) AS partitions,
  count(*) FILTER (status = 'done') AS done,
  count(*) FILTER (status = 'missing') AS missing,
  count(*) FILTER (status = 'stale') AS stale,
  count(*) FILTER (status = 'failed') AS failed,
  max(day) FILTER (status = 'done') AS newest_done
FROM run_status
GROUP BY source, stage
ORDER BY source, stage;
