CREATE TABLE IF NOT EXISTS article (
  article_id VARCHAR PRIMARY KEY,
  source VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  current_version_id VARCHAR NOT NULL,
  first_seen_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE article IS 'Articles: one row per canonical URL';
COMMENT ON COLUMN article.article_id IS 'Hash of the canonical URL';
COMMENT ON COLUMN article.source IS 'Source that it came from';
COMMENT ON COLUMN article.url IS 'Canonical URL';
COMMENT ON COLUMN article.current_version_id IS 'Latest version of its text';
COMMENT ON COLUMN article.first_seen_at IS 'When it was first fetched';
