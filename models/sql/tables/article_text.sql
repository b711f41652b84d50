CREATE TABLE IF NOT EXISTS article_text (
  version_id VARCHAR PRIMARY KEY,
  text VARCHAR NOT NULL
);
COMMENT ON TABLE article_text IS 'Text of each article version, kept apart because it is wide';
COMMENT ON COLUMN article_text.version_id IS 'Article version';
COMMENT ON COLUMN article_text.text IS 'The text that every offset counts in';
