-- Which firm-level decisions rest on one source only and need a second look?
SELECT coalesce(date_start, first_reported_on) AS day, kind, summary, evidence_source, confidence,
  evidence, event_id
FROM timeline
WHERE source_count = 1
  AND kind LIKE 'license_%'
  AND kind <> 'license_regime_changed'
ORDER BY confidence, day, event_id;
