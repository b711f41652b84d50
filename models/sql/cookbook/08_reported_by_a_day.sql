-- What had the press reported about licenses by 3 December 2025, whenever we loaded it?
SELECT coalesce(date_start, first_reported_on) AS day, kind, licensees, beneficiaries,
  article_count, source_count, evidence
FROM timeline_reported_by(DATE '2025-12-03')
WHERE kind LIKE 'license_%'
ORDER BY day DESC, event_id;
