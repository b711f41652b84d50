CREATE TABLE IF NOT EXISTS tonnage (
  article_id VARCHAR NOT NULL,
  version_id VARCHAR NOT NULL,
  char_start INTEGER NOT NULL,
  char_end INTEGER NOT NULL,
  text VARCHAR NOT NULL,
  value DOUBLE,
  low DOUBLE,
  high DOUBLE,
  unit VARCHAR,
  tonnes DOUBLE,
  tonnes_low DOUBLE,
  tonnes_high DOUBLE,
  unit_assumed BOOLEAN NOT NULL,
  bound VARCHAR NOT NULL,
  flow VARCHAR NOT NULL,
  material VARCHAR,
  mass_basis VARCHAR,
  reporter VARCHAR,
  partner VARCHAR,
  period_start DATE,
  period_end DATE,
  basis VARCHAR NOT NULL,
  direction VARCHAR,
  role VARCHAR NOT NULL,
  rule_id VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL,
  CHECK (
    bound IN (
      'exact', 'approx', 'at_least', 'at_most', 'over', 'under', 'range'
    )
  ),
  CHECK (
    flow IN (
      'export', 'import', 'production', 'quota', 'capacity', 'demand', 'stockpile',
      'reserves', 'sale', 'other'
    )
  ),
  CHECK (
    mass_basis IN (
      'reo', 'metal', 'magnet', 'contained', 'wet', 'dry', 'gross'
    )
  ),
  CHECK (
    basis IN (
      'month', 'quarter', 'half', 'year', 'ytd', 'cumulative', 'other'
    )
  ),
  CHECK (
    direction IN (
      'up', 'down'
    )
  ),
  CHECK (
    role IN (
      'level', 'change', 'initial', 'final'
    )
  )
);
COMMENT ON TABLE tonnage IS 'Masses of goods';
COMMENT ON COLUMN tonnage.article_id IS 'Article that says so';
COMMENT ON COLUMN tonnage.version_id IS 'Version of the article that was read';
COMMENT ON COLUMN tonnage.char_start IS 'First character of the evidence in article_text.text, 0-based, inclusive';
COMMENT ON COLUMN tonnage.char_end IS 'Character after the evidence, exclusive';
COMMENT ON COLUMN tonnage.text IS 'The evidence itself, equal to article_text.text[char_start:char_end]';
COMMENT ON COLUMN tonnage.value IS 'Number as written, in unit; null for a range';
COMMENT ON COLUMN tonnage.low IS 'Lower end of a range, in unit';
COMMENT ON COLUMN tonnage.high IS 'Upper end of a range, in unit';
COMMENT ON COLUMN tonnage.unit IS 'Unit as written';
COMMENT ON COLUMN tonnage.tonnes IS 'Metric tonnes; null for a range';
COMMENT ON COLUMN tonnage.tonnes_low IS 'Lower end in metric tonnes';
COMMENT ON COLUMN tonnage.tonnes_high IS 'Upper end in metric tonnes';
COMMENT ON COLUMN tonnage.unit_assumed IS 'True when a plain "ton" was read as metric';
COMMENT ON COLUMN tonnage.bound IS 'How the number limits the true one';
COMMENT ON COLUMN tonnage.flow IS 'What the mass counts: export, quota ...';
COMMENT ON COLUMN tonnage.material IS 'Canonical name of the good';
COMMENT ON COLUMN tonnage.mass_basis IS 'What the mass is the mass of: reo, metal, magnet ...';
COMMENT ON COLUMN tonnage.reporter IS 'Country whose flow it is (ISO 3166 name)';
COMMENT ON COLUMN tonnage.partner IS 'Other side of the trade (ISO 3166 name)';
COMMENT ON COLUMN tonnage.period_start IS 'First day of the period, inclusive; null when not given';
COMMENT ON COLUMN tonnage.period_end IS 'Day after the period, exclusive; null when open or not given';
COMMENT ON COLUMN tonnage.basis IS 'Length of time that it adds up';
COMMENT ON COLUMN tonnage.direction IS 'Where the movement goes: up, down; null when nothing moves';
COMMENT ON COLUMN tonnage.role IS 'Part in a movement: level, change, initial, final';
COMMENT ON COLUMN tonnage.rule_id IS 'Rule that made the row';
COMMENT ON COLUMN tonnage.extractor_version IS 'Version of the extractors that made the row';
