CREATE TABLE IF NOT EXISTS source_document (
  source VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  etag VARCHAR,
  last_modified VARCHAR
);
COMMENT ON TABLE source_document IS 'Feeds, sitemaps and listings as they were read last, so that an unchanged one is not sent again; one row for a source and document';
COMMENT ON COLUMN source_document.source IS 'The source';
COMMENT ON COLUMN source_document.url IS 'Address of the feed, sitemap or first page of a listing; sitemap indexes have no row';
COMMENT ON COLUMN source_document.etag IS 'Entity tag that the server gave with it; null: none';
COMMENT ON COLUMN source_document.last_modified IS 'Last-Modified header that the server gave with it; null: none';
COMMENT ON COLUMN source_document.read_for IS 'Hash of what the source file wanted of it then: patterns, exceptions, pages of a listing; null: not known';
