CREATE TABLE IF NOT EXISTS load_log (
  batch_id VARCHAR PRIMARY KEY,
  loaded_at TIMESTAMPTZ NOT NULL,
  articles INTEGER NOT NULL,
  rows BIGINT NOT NULL
);
COMMENT ON TABLE load_log IS 'Batches that were loaded; the key makes a retried load a no-op';
COMMENT ON COLUMN load_log.batch_id IS 'Hash of what the batch holds';
COMMENT ON COLUMN load_log.loaded_at IS 'When it was committed';
COMMENT ON COLUMN load_log.articles IS 'Article versions in it';
COMMENT ON COLUMN load_log.rows IS 'Rows inserted';
