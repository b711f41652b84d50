-- How many events of each kind happened in each month?
SELECT
  CAST(date_trunc('month', coalesce(date_start, first_reported_on)) AS DATE) AS month,
  kind,
  count(*) AS events,
  round(avg(confidence), 2) AS mean_confidence
FROM timeline
GROUP BY ALL
ORDER BY month, kind;
