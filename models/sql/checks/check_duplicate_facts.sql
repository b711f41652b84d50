CREATE OR REPLACE VIEW check_duplicate_facts AS
SELECT 'tonnage' AS table_name, version_id, char_start, char_end, count(*) AS copies
FROM tonnage
GROUP BY ALL
HAVING count(*) > 1
UNION ALL
SELECT 'percentage' AS table_name, version_id, char_start, char_end, count(*) AS copies
FROM percentage
GROUP BY ALL
HAVING count(*) > 1
UNION ALL
SELECT 'date_mention' AS table_name, version_id, char_start, char_end, count(*) AS copies
FROM date_mention
GROUP BY ALL
HAVING count(*) > 1
UNION ALL
SELECT 'company_mention' AS table_name, version_id, char_start, char_end, count(*) AS copies
FROM company_mention
GROUP BY ALL
HAVING count(*) > 1;
COMMENT ON VIEW check_duplicate_facts IS 'Facts counted twice; no row means pass';
