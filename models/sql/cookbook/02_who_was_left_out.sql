-- Who was refused, excluded, revoked or put on a list, and by what?
SELECT company, role, kind, coalesce(date_start, first_reported_on) AS day, source_count, event_id
FROM company_events
WHERE modality IN ('asserted', 'reported')
  AND (role = 'excluded' OR kind IN ('license_denied', 'license_revoked', 'license_excluded'))
ORDER BY day, company;
