CREATE TABLE IF NOT EXISTS seen_page (
  source VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  title VARCHAR,
  title_key VARCHAR,
  published_at TIMESTAMPTZ,
  found_in VARCHAR NOT NULL,
  first_seen_at TIMESTAMPTZ NOT NULL,
  copy_of VARCHAR
);
COMMENT ON TABLE seen_page IS 'Every address that discovery saw at a source, fetched or not; one row for a source and address';
COMMENT ON COLUMN seen_page.source IS 'Source that named the address';
COMMENT ON COLUMN seen_page.url IS 'Clean address';
COMMENT ON COLUMN seen_page.title IS 'Title that the feed, sitemap or listing gave; null without one';
COMMENT ON COLUMN seen_page.title_key IS 'Hash of the normalised title; null where the title is too short to tell articles apart';
COMMENT ON COLUMN seen_page.published_at IS 'Publication that the feed or sitemap gave; null without one';
COMMENT ON COLUMN seen_page.found_in IS 'Feed, sitemap, listing or interface that named it first';
COMMENT ON COLUMN seen_page.first_seen_at IS 'When discovery saw it first';
COMMENT ON COLUMN seen_page.copy_of IS 'Address of the same source with the same title, a few days apart: this one was not fetched when it was seen first; null when it was no copy';
