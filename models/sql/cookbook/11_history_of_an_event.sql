-- How did our account of the best corroborated event change, revision by revision?
SELECT revision, known_from, changed, summary, article_count, source_count, confidence
FROM event_history(
  (SELECT event_id FROM timeline ORDER BY source_count DESC, article_count DESC, event_id LIMIT 1)
)
ORDER BY revision;
