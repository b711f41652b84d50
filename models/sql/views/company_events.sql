CREATE OR REPLACE VIEW company_events AS
SELECT
  p.company,
  p.company_id,
  p.is_firm,
  p.role,
  e.kind,
  e.modality,
  e.date_start,
  e.date_end,
  e.first_reported_on,
  e.license_kind,
  e.material,
  e.source_count,
  e.confidence,
  e.event_id
FROM event_parties AS p
JOIN timeline_event AS e
  ON e.event_id = p.event_id
  AND e.known_to IS NULL
ORDER BY p.company, e.first_reported_on, e.event_id, p.role;
COMMENT ON VIEW company_events IS 'What happened to each firm: one row a firm, role and event of the timeline; is_firm is false for groups such as "its suppliers"';
COMMENT ON COLUMN company_events.company IS 'Name of the firm or group';
