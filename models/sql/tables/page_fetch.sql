CREATE TABLE IF NOT EXISTS page_fetch (
  fetch_id VARCHAR PRIMARY KEY,
  source VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  final_url VARCHAR NOT NULL,
  fetched_at TIMESTAMPTZ NOT NULL,
  status INTEGER NOT NULL,
  method VARCHAR NOT NULL,
  content_type VARCHAR,
  etag VARCHAR,
  last_modified VARCHAR,
  body_sha256 VARCHAR NOT NULL,
  body_bytes BIGINT NOT NULL,
  warc_file VARCHAR NOT NULL,
  warc_offset BIGINT NOT NULL,
  warc_length BIGINT NOT NULL,
  CHECK (
    method IN (
      'http', 'file', 'warc'
    )
  )
);
COMMENT ON TABLE page_fetch IS 'Distinct bodies that a page was served with, and where their bytes lie in the raw archive';
COMMENT ON COLUMN page_fetch.fetch_id IS 'Hash of url and body_sha256: fetching the same bytes again adds no row';
COMMENT ON COLUMN page_fetch.source IS 'Source that led to the page';
COMMENT ON COLUMN page_fetch.url IS 'Clean URL that was asked for';
COMMENT ON COLUMN page_fetch.final_url IS 'URL that answered, after redirects';
COMMENT ON COLUMN page_fetch.fetched_at IS 'When these bytes were first received';
COMMENT ON COLUMN page_fetch.status IS 'HTTP status; 200 for files';
COMMENT ON COLUMN page_fetch.method IS 'How the bytes came: http, file or warc';
COMMENT ON COLUMN page_fetch.content_type IS 'Content-Type header';
COMMENT ON COLUMN page_fetch.etag IS 'ETag header, sent back in conditional requests';
COMMENT ON COLUMN page_fetch.last_modified IS 'Last-Modified header, as served';
COMMENT ON COLUMN page_fetch.body_sha256 IS 'SHA-256 of the decoded body';
COMMENT ON COLUMN page_fetch.body_bytes IS 'Size of the decoded body in bytes';
COMMENT ON COLUMN page_fetch.warc_file IS 'Archive file, relative to the archive folder';
COMMENT ON COLUMN page_fetch.warc_offset IS 'Offset of the record in the file, in bytes';
COMMENT ON COLUMN page_fetch.warc_length IS 'Length of the compressed record, in bytes';
