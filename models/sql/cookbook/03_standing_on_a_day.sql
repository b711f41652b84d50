-- How did each firm stand on 1 December 2025, before the first general licenses?
SELECT company, status, since, kind, license_kind, event_id
FROM company_status(DATE '2025-12-01')
ORDER BY status, company;
