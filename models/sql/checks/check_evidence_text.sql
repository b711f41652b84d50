CREATE OR REPLACE VIEW check_evidence_text AS
SELECT 'license_event' AS table_name, m.version_id, m.char_start, m.text
FROM license_event AS m
JOIN article_text AS x USING (version_id)
WHERE x.text[m.char_start + 1:m.char_end] <> m.text
UNION ALL
SELECT 'tonnage' AS table_name, m.version_id, m.char_start, m.text
FROM tonnage AS m
JOIN article_text AS x USING (version_id)
WHERE x.text[m.char_start + 1:m.char_end] <> m.text
UNION ALL
SELECT 'percentage' AS table_name, m.version_id, m.char_start, m.text
FROM percentage AS m
JOIN article_text AS x USING (version_id)
WHERE x.text[m.char_start + 1:m.char_end] <> m.text
UNION ALL
SELECT 'date_mention' AS table_name, m.version_id, m.char_start, m.text
FROM date_mention AS m
JOIN article_text AS x USING (version_id)
WHERE x.text[m.char_start + 1:m.char_end] <> m.text
UNION ALL
SELECT 'company_mention' AS table_name, m.version_id, m.char_start, m.text
FROM company_mention AS m
JOIN article_text AS x USING (version_id)
WHERE x.text[m.char_start + 1:m.char_end] <> m.text;
COMMENT ON VIEW check_evidence_text IS 'Facts whose evidence is not what the text says at their offsets; no row means pass';
