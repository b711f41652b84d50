-- A page whose publisher reserves it from text and data mining is rejected as `opted_out`; what a page
-- did to the process that read it has reasons of its own. A CHECK cannot be changed in place, so the table is written anew.
CREATE TABLE rejection_wider (
  rejection_id VARCHAR PRIMARY KEY,
  stage VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  detail VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL,
  CHECK (
    stage IN (
      'discover', 'fetch', 'archive', 'article', 'relevance', 'extract'
    )
  ),
  CHECK (
    reason IN (
      'robots_disallowed', 'opted_out', 'address_forbidden', 'unreachable', 'http_error',
      'timeout', 'too_large', 'too_many_redirects', 'wrong_content_type', 'bad_url', 'bad_feed',
      'bad_archive', 'not_html', 'no_text', 'index_page', 'paywall', 'not_article',
      'too_deep', 'wrong_language', 'irrelevant', 'extraction_failed', 'too_slow',
      'out_of_memory', 'reader_killed'
    )
  )
);
INSERT INTO rejection_wider BY NAME FROM rejection;
DROP TABLE rejection;
ALTER TABLE rejection_wider RENAME TO rejection;
