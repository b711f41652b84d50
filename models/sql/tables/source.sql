CREATE TABLE IF NOT EXISTS source (
  source VARCHAR PRIMARY KEY,
  name VARCHAR NOT NULL,
  homepage VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  country VARCHAR,
  languages VARCHAR[] NOT NULL,
  owner_group VARCHAR,
  is_enabled BOOLEAN NOT NULL,
  CHECK (
    kind IN (
      'regulator', 'wire', 'news', 'trade_press', 'company', 'think_tank',
      'aggregator', 'other'
    )
  )
);
COMMENT ON TABLE source IS 'Publishers, as their source files describe them';
COMMENT ON COLUMN source.source IS 'Key: stem of the source file';
COMMENT ON COLUMN source.name IS 'Name of the publisher';
COMMENT ON COLUMN source.homepage IS 'Address of its front page';
COMMENT ON COLUMN source.kind IS 'What sort of publisher it is: see the vocabulary';
COMMENT ON COLUMN source.country IS 'ISO 3166 alpha-2 code of its seat';
COMMENT ON COLUMN source.languages IS 'ISO 639-1 codes it writes in';
COMMENT ON COLUMN source.owner_group IS 'Publishers of one group count as one independent source; null: stands alone';
COMMENT ON COLUMN source.is_enabled IS 'Whether scheduled runs read it';
