CREATE TABLE IF NOT EXISTS date_mention (
  article_id VARCHAR NOT NULL,
  version_id VARCHAR NOT NULL,
  char_start INTEGER NOT NULL,
  char_end INTEGER NOT NULL,
  text VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  timex VARCHAR NOT NULL,
  period_start DATE,
  period_end DATE,
  granularity VARCHAR NOT NULL,
  modifier VARCHAR,
  anchor DATE,
  rule_id VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL,
  CHECK (
    kind IN (
      'date', 'duration', 'recurring'
    )
  ),
  CHECK (
    granularity IN (
      'time', 'day', 'week', 'month', 'quarter', 'half', 'year', 'multi', 'vague'
    )
  )
);
COMMENT ON TABLE date_mention IS 'Time expressions';
COMMENT ON COLUMN date_mention.article_id IS 'Article that says so';
COMMENT ON COLUMN date_mention.version_id IS 'Version of the article that was read';
COMMENT ON COLUMN date_mention.char_start IS 'First character of the evidence in article_text.text, 0-based, inclusive';
COMMENT ON COLUMN date_mention.char_end IS 'Character after the evidence, exclusive';
COMMENT ON COLUMN date_mention.text IS 'The evidence itself, equal to article_text.text[char_start:char_end]';
COMMENT ON COLUMN date_mention.kind IS 'date, duration or recurring';
COMMENT ON COLUMN date_mention.timex IS 'TIMEX3 value';
COMMENT ON COLUMN date_mention.period_start IS 'First day of the period, inclusive; null when not given';
COMMENT ON COLUMN date_mention.period_end IS 'Day after the period, exclusive; null when open or not given';
COMMENT ON COLUMN date_mention.granularity IS 'How fine the date is';
COMMENT ON COLUMN date_mention.modifier IS 'What modifies it: since, by, late ...';
COMMENT ON COLUMN date_mention.anchor IS 'Day that a relative expression was resolved against';
COMMENT ON COLUMN date_mention.rule_id IS 'Rule that made the row';
COMMENT ON COLUMN date_mention.extractor_version IS 'Version of the extractors that made the row';
