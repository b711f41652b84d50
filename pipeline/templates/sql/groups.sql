-- Licenses of groups that no article names: "its suppliers", "European companies".
SELECT
  company AS who,
  role,
  kind,
  modality,
  coalesce(date_start, first_reported_on) AS day,
  license_kind,
  material,
  source_count,
  event_id
FROM company_events
WHERE NOT is_firm
  AND kind LIKE 'license\_%' ESCAPE '\'
  AND coalesce(date_start, first_reported_on) <= $today
ORDER BY day DESC, who, role, event_id;
