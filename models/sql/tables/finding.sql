CREATE TABLE IF NOT EXISTS finding (
  article_id VARCHAR NOT NULL,
  version_id VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  message VARCHAR NOT NULL,
  char_start INTEGER NOT NULL,
  char_end INTEGER NOT NULL,
  other_start INTEGER NOT NULL,
  other_end INTEGER NOT NULL,
  expected DOUBLE NOT NULL,
  found DOUBLE NOT NULL,
  rule_id VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL
);
COMMENT ON TABLE finding IS 'Numbers of one text that contradict each other';
COMMENT ON COLUMN finding.article_id IS 'Article that says so';
COMMENT ON COLUMN finding.version_id IS 'Version of the article that was read';
COMMENT ON COLUMN finding.kind IS 'Which check failed';
COMMENT ON COLUMN finding.message IS 'What disagrees';
COMMENT ON COLUMN finding.char_start IS 'First character of the first number';
COMMENT ON COLUMN finding.char_end IS 'Character after the first number';
COMMENT ON COLUMN finding.other_start IS 'First character of the other number';
COMMENT ON COLUMN finding.other_end IS 'Character after the other number';
COMMENT ON COLUMN finding.expected IS 'Value that the other numbers imply';
COMMENT ON COLUMN finding.found IS 'Value that the text states';
COMMENT ON COLUMN finding.rule_id IS 'Rule that made the row';
COMMENT ON COLUMN finding.extractor_version IS 'Version of the extractors that made the row';
