-- Announced dates that are still to come.
WITH coming AS (
  SELECT date_start AS day, date_precision AS precision, 'event' AS what, event_id, summary, modality
  FROM timeline
  WHERE date_start > $today
  UNION ALL
  SELECT effective_start, 'day', 'takes effect', event_id, summary, modality
  FROM timeline
  WHERE effective_start > $today
    AND effective_start IS DISTINCT FROM date_start
  UNION ALL
  SELECT suspended_until, 'day', 'suspension ends', event_id, summary, modality
  FROM timeline
  WHERE suspended_until >= $today
)
SELECT
  day,
  date_diff('day', $today, day) AS days_left,
  precision,
  what,
  summary,
  modality,
  event_id
FROM coming
ORDER BY day, what, event_id;
