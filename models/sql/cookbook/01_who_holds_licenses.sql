-- Which firms hold an export license today, of what kind, and since when?
SELECT company, status, license_kind, since, material, source_count, evidence_count, event_id
FROM company_status
WHERE status IN ('holds', 'served')
ORDER BY status, since, company;
