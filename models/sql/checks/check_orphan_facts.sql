CREATE OR REPLACE VIEW check_orphan_facts AS
SELECT 'license_event' AS table_name, version_id FROM license_event ANTI JOIN article_version USING (version_id)
UNION ALL
SELECT 'tonnage', version_id FROM tonnage ANTI JOIN article_version USING (version_id)
UNION ALL
SELECT 'percentage', version_id FROM percentage ANTI JOIN article_version USING (version_id)
UNION ALL
SELECT 'date_mention', version_id FROM date_mention ANTI JOIN article_version USING (version_id)
UNION ALL
SELECT 'company_mention', version_id FROM company_mention ANTI JOIN article_version USING (version_id)
UNION ALL
SELECT 'text_agreement', version_id FROM text_agreement ANTI JOIN article_version USING (version_id)
UNION ALL
SELECT 'finding', version_id FROM finding ANTI JOIN article_version USING (version_id)
UNION ALL
SELECT 'license_event_party', version_id FROM license_event_party ANTI JOIN article_version USING (version_id);
COMMENT ON VIEW check_orphan_facts IS 'Facts whose article version is missing; no row means pass';
