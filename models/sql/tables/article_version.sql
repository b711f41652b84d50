CREATE TABLE IF NOT EXISTS article_version (
  version_id VARCHAR PRIMARY KEY,
  article_id VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  title VARCHAR,
  published_at TIMESTAMPTZ,
  published_on DATE,
  date_basis VARCHAR,
  byline VARCHAR,
  site VARCHAR,
  language VARCHAR,
  tags VARCHAR[] NOT NULL,
  regions VARCHAR[] NOT NULL,
  sectors VARCHAR[] NOT NULL,
  fetched_at TIMESTAMPTZ NOT NULL,
  body_sha256 VARCHAR NOT NULL,
  text_chars INTEGER NOT NULL,
  extractor_version VARCHAR NOT NULL,
  CHECK (
    date_basis IN (
      'json_ld', 'meta', 'htmldate', 'text', 'given'
    )
  )
);
COMMENT ON TABLE article_version IS 'Texts of an article: a new row each time the text changes';
COMMENT ON COLUMN article_version.version_id IS 'Hash of article_id and text';
COMMENT ON COLUMN article_version.article_id IS 'Article it is a version of';
COMMENT ON COLUMN article_version.source IS 'Source that it came from';
COMMENT ON COLUMN article_version.url IS 'Canonical URL';
COMMENT ON COLUMN article_version.title IS 'Title as printed; null when none was found';
COMMENT ON COLUMN article_version.published_at IS 'When the publisher says it was published; null when it does not say';
COMMENT ON COLUMN article_version.published_on IS 'Day of publication in the publication''s own zone: the anchor of relative dates';
COMMENT ON COLUMN article_version.date_basis IS 'Where published_at was read: json_ld, meta, htmldate, text, given';
COMMENT ON COLUMN article_version.byline IS 'Authors as printed';
COMMENT ON COLUMN article_version.site IS 'Name of the site as the page gives it';
COMMENT ON COLUMN article_version.language IS 'ISO 639-1 code';
COMMENT ON COLUMN article_version.tags IS 'Section and keywords of the page';
COMMENT ON COLUMN article_version.regions IS 'Countries and blocs that the text is about, most mentioned first';
COMMENT ON COLUMN article_version.sectors IS 'Industries that the text is about, most mentioned first';
COMMENT ON COLUMN article_version.fetched_at IS 'When this text was first received';
COMMENT ON COLUMN article_version.body_sha256 IS 'Digest of the page it was read from';
COMMENT ON COLUMN article_version.text_chars IS 'Length of the text in characters';
COMMENT ON COLUMN article_version.extractor_version IS 'Version of the extractors that made the current facts of this text';
