CREATE TABLE IF NOT EXISTS percentage (
  article_id VARCHAR NOT NULL,
  version_id VARCHAR NOT NULL,
  char_start INTEGER NOT NULL,
  char_end INTEGER NOT NULL,
  text VARCHAR NOT NULL,
  value DOUBLE,
  low DOUBLE,
  high DOUBLE,
  bound VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  is_points BOOLEAN NOT NULL,
  measure VARCHAR,
  material VARCHAR,
  period_start DATE,
  period_end DATE,
  rule_id VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL,
  CHECK (
    bound IN (
      'exact', 'approx', 'at_least', 'at_most', 'over', 'under', 'range'
    )
  ),
  CHECK (
    kind IN (
      'change_mom', 'change_yoy', 'change_other', 'share', 'rate', 'tariff', 'other'
    )
  )
);
COMMENT ON TABLE percentage IS 'Ratios in percent; a fall is negative';
COMMENT ON COLUMN percentage.article_id IS 'Article that says so';
COMMENT ON COLUMN percentage.version_id IS 'Version of the article that was read';
COMMENT ON COLUMN percentage.char_start IS 'First character of the evidence in article_text.text, 0-based, inclusive';
COMMENT ON COLUMN percentage.char_end IS 'Character after the evidence, exclusive';
COMMENT ON COLUMN percentage.text IS 'The evidence itself, equal to article_text.text[char_start:char_end]';
COMMENT ON COLUMN percentage.value IS 'Signed percent; null for a range';
COMMENT ON COLUMN percentage.low IS 'Lower end of a range, signed percent';
COMMENT ON COLUMN percentage.high IS 'Upper end of a range, signed percent';
COMMENT ON COLUMN percentage.bound IS 'How the number limits the true one';
COMMENT ON COLUMN percentage.kind IS 'What it measures: change_mom, share, tariff ...';
COMMENT ON COLUMN percentage.is_points IS 'True for percentage points';
COMMENT ON COLUMN percentage.measure IS 'What changes or has the share, in the words of the text';
COMMENT ON COLUMN percentage.material IS 'Canonical name of the good';
COMMENT ON COLUMN percentage.period_start IS 'First day of the period, inclusive; null when not given';
COMMENT ON COLUMN percentage.period_end IS 'Day after the period, exclusive; null when open or not given';
COMMENT ON COLUMN percentage.rule_id IS 'Rule that made the row';
COMMENT ON COLUMN percentage.extractor_version IS 'Version of the extractors that made the row';
