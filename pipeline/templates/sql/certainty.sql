-- How sure the extracted facts are, and what makes the others doubtful.
SELECT 'Events in texts' AS facts, count(*) AS total, count(*) FILTER (modality <> 'asserted') AS doubtful,
  'reported, planned, asked for or denied' AS doubt
FROM license_events
UNION ALL
SELECT 'Tonnages', count(*), count(*) FILTER (bound <> 'exact' OR unit_assumed),
  'approximate, a limit, or a ton read as metric'
FROM tonnages
UNION ALL
SELECT 'Percentages', count(*), count(*) FILTER (bound <> 'exact'), 'approximate or a limit'
FROM percentages
UNION ALL
SELECT 'Companies', count(*), count(*) FILTER (company_id IS NULL), 'not in the registry of firms'
FROM company_mentions
UNION ALL
SELECT 'Dates', count(*), count(*) FILTER (m.granularity IN ('vague', 'multi')), 'vague'
FROM date_mention AS m
JOIN article AS a ON a.current_version_id = m.version_id
ORDER BY facts;
