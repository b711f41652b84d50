-- What has been announced or promised and not been reported as done?
SELECT coalesce(effective_start, date_start) AS day, kind, authority, material, summary,
  first_reported_on, source_count, event_id
FROM timeline
WHERE modality = 'planned'
ORDER BY first_reported_on, event_id;
