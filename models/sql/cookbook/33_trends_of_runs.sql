-- How does the latest run compare with the runs before it?
SELECT kind, source, name, value, unit, previous_value, mean_of_ten, change_pct, run_id
FROM run_metrics
QUALIFY row_number() OVER (
  PARTITION BY kind, source, name, unit ORDER BY recorded_at DESC, run_id DESC
) = 1
ORDER BY kind, source NULLS FIRST, name, unit;
