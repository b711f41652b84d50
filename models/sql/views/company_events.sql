CREATE OR REPLACE VIEW company_events AS
SELECT DISTINCT
  p.name AS company,
  p.company_id,
  p.role,
  e.kind,
  e.modality,
  e.date_start,
  e.date_end,
  e.first_reported_on,
  e.license_kind,
  e.source_count,
  e.confidence,
  e.event_id
FROM license_event_party AS p
JOIN timeline_evidence AS t
  ON t.license_event_id = p.license_event_id
  AND t.known_to IS NULL
JOIN timeline_event AS e
  ON e.event_id = t.event_id
  AND e.known_to IS NULL
ORDER BY company, e.first_reported_on, e.event_id;
COMMENT ON VIEW company_events IS 'What happened to each firm: one row a firm, role and event of the timeline';
