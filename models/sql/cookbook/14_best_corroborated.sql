-- Which events rest on at least three independent sources?
SELECT coalesce(date_start, first_reported_on) AS day, kind, summary, source_count, article_count,
  confidence, event_id
FROM timeline
WHERE source_count >= 3
ORDER BY source_count DESC, article_count DESC, event_id;
