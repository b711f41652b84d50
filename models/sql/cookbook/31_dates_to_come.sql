-- Which announced dates were still to come on 1 November 2025, as far as we know now?
WITH announced AS (
  SELECT date_start AS day, date_precision AS precision, 'event' AS what, summary, modality, event_id
  FROM timeline
  UNION ALL
  SELECT effective_start, 'day', 'takes effect', summary, modality, event_id
  FROM timeline
  WHERE effective_start IS DISTINCT FROM date_start
  UNION ALL
  SELECT suspended_until, 'day', 'suspension ends', summary, modality, event_id
  FROM timeline
)
SELECT day, precision, what, summary, modality, event_id
FROM announced
WHERE day > DATE '2025-11-01'
ORDER BY day, what, event_id;
