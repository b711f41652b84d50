CREATE OR REPLACE VIEW run_metrics AS
SELECT
  run_id,
  kind,
  source,
  name,
  value,
  unit,
  recorded_at,
  lag(value) OVER earlier AS previous_value,
  round(100 * (value / nullif(lag(value) OVER earlier, 0) - 1), 1) AS change_pct,
  round(avg(value) OVER (earlier ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING), 3) AS mean_of_ten
FROM run_metric
WINDOW earlier AS (PARTITION BY kind, source, name, unit ORDER BY recorded_at, run_id)
ORDER BY recorded_at, run_id, source, name;
COMMENT ON VIEW run_metrics IS 'What each run measured, beside the runs before: trends are SQL';
COMMENT ON COLUMN run_metrics.previous_value IS 'The same metric of the run before; null for the first';
COMMENT ON COLUMN run_metrics.change_pct IS 'Change from the run before in percent; null from nothing or from zero';
COMMENT ON COLUMN run_metrics.mean_of_ten IS 'Mean of the ten runs before';
