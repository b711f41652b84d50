CREATE OR REPLACE VIEW check_partition_runs AS
SELECT source, day, stage, extractor_version, count(*) AS times, any_value(state) AS state
FROM partition_run
GROUP BY source, day, stage, extractor_version
HAVING count(*) > 1
  OR NOT bool_and(state IN ('running', 'done', 'failed'))
  OR NOT bool_and(stage IN ('fetch', 'article', 'extract', 'timeline'));
COMMENT ON VIEW check_partition_runs IS 'Ledger rows that are doubled or of no known state or stage; no row means pass';
