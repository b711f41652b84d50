CREATE OR REPLACE VIEW event_parties AS
WITH listed AS (
  SELECT event_id, 'licensee' AS role, unnest(licensees) AS name
  FROM timeline_event
  WHERE known_to IS NULL
  UNION ALL
  SELECT event_id, 'beneficiary', unnest(beneficiaries)
  FROM timeline_event
  WHERE known_to IS NULL
  UNION ALL
  SELECT event_id, 'applicant', unnest(applicants)
  FROM timeline_event
  WHERE known_to IS NULL
  UNION ALL
  SELECT event_id, 'excluded', unnest(excluded)
  FROM timeline_event
  WHERE known_to IS NULL
),
firm AS (
  SELECT name, min(company_id) AS company_id
  FROM (
    SELECT name, company_id FROM company
    UNION ALL
    SELECT name, company_id FROM license_event_party WHERE is_firm
  )
  GROUP BY name
)
SELECT
  l.event_id,
  l.role,
  l.name AS company,
  f.company_id,
  f.name IS NOT NULL AS is_firm
FROM listed AS l
LEFT JOIN firm AS f ON f.name = l.name
ORDER BY l.event_id, l.role, l.name;
COMMENT ON VIEW event_parties IS 'Parties of each event of the timeline, one row each, after the corrections of analysts';
COMMENT ON COLUMN event_parties.company IS 'Name of the firm or group';
