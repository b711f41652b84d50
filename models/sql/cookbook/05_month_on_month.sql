-- By how many percent did exports change from one month to the next, by our best figures?
WITH monthly AS (
  SELECT
    reporter,
    material,
    month,
    tonnes,
    lag(tonnes) OVER series AS before,
    lag(month) OVER series AS month_before
  FROM export_statistics
  WHERE flow = 'export'
    AND partner IS NULL
  WINDOW series AS (PARTITION BY reporter, material ORDER BY month)
)
SELECT reporter, material, month, before, tonnes, round(100 * (tonnes / before - 1), 1) AS change_pct
FROM monthly
WHERE month_before = month - INTERVAL 1 MONTH
ORDER BY reporter, material, month;
