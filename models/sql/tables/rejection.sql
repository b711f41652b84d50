CREATE TABLE IF NOT EXISTS rejection (
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
      'robots_disallowed', 'address_forbidden', 'unreachable', 'http_error', 'timeout',
      'too_large', 'too_many_redirects', 'wrong_content_type', 'bad_url', 'bad_feed',
      'bad_archive', 'not_html', 'no_text', 'index_page', 'paywall', 'not_article',
      'too_deep', 'wrong_language', 'irrelevant', 'extraction_failed'
    )
  )
);
COMMENT ON TABLE rejection IS 'What was seen and did not become facts, and why';
COMMENT ON COLUMN rejection.rejection_id IS 'Hash of stage, reason and url: the same rejection again adds no row';
COMMENT ON COLUMN rejection.stage IS 'Stage that rejected it';
COMMENT ON COLUMN rejection.reason IS 'Reason, one word to group by';
COMMENT ON COLUMN rejection.detail IS 'What was expected and what came';
COMMENT ON COLUMN rejection.source IS 'Source that led to it';
COMMENT ON COLUMN rejection.url IS 'Page, feed or file';
COMMENT ON COLUMN rejection.seen_at IS 'When it was first rejected for this reason';
