-- Where each named firm stands on the day, by the latest event that happened to it.
SELECT
  status,
  company,
  since,
  role,
  license_kind,
  material,
  source_count,
  evidence_count,
  confidence,
  summary,
  event_id
FROM company_status($today)
ORDER BY status, since DESC, company;
