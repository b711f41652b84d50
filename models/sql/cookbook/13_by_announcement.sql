-- What happened under each numbered announcement?
SELECT instrument, coalesce(effective_start, date_start, first_reported_on) AS day, kind, material,
  source_count, event_id
FROM timeline
WHERE instrument IS NOT NULL
ORDER BY instrument, day, event_id;
