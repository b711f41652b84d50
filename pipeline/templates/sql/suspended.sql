-- Measures suspended on the day, and until when.
SELECT
  suspended_until,
  date_diff('day', $today, suspended_until) AS days_left,
  kind,
  summary,
  authority,
  material,
  destination,
  instrument,
  source_count,
  event_id
FROM timeline
WHERE status = 'suspended'
  AND (suspended_until IS NULL OR suspended_until >= $today)
  AND coalesce(date_start, first_reported_on) <= $today
ORDER BY suspended_until NULLS LAST, event_id;
