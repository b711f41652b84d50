CREATE OR REPLACE VIEW check_pages_without_outcome AS
SELECT p.fetch_id, p.url
FROM page_fetch AS p
ANTI JOIN page_outcome AS o USING (fetch_id);
COMMENT ON VIEW check_pages_without_outcome IS 'Fetched pages that are neither an article nor a rejection yet; no row means pass';
