CREATE TABLE IF NOT EXISTS page_outcome (
  fetch_id VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL,
  version_id VARCHAR,
  rejection_id VARCHAR
);
COMMENT ON TABLE page_outcome IS 'What became of each fetched page: an article or a rejection';
COMMENT ON COLUMN page_outcome.fetch_id IS 'Page that was read';
COMMENT ON COLUMN page_outcome.extractor_version IS 'Version of the extractors that read it';
COMMENT ON COLUMN page_outcome.version_id IS 'Article version it gave; null when rejected';
COMMENT ON COLUMN page_outcome.rejection_id IS 'Rejection it gave; null when it gave an article that was extracted';
