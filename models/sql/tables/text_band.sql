CREATE TABLE IF NOT EXISTS text_band (
  version_id VARCHAR NOT NULL,
  band INTEGER NOT NULL,
  hash BIGINT NOT NULL
);
COMMENT ON TABLE text_band IS 'Fingerprints by which near copies of a text are found: 32 a text, each of 4 of its 128 MinHash values';
COMMENT ON COLUMN text_band.version_id IS 'Text';
COMMENT ON COLUMN text_band.band IS 'Which of the 32, from 0';
COMMENT ON COLUMN text_band.hash IS 'Hash of the four values; texts that share one are compared';
