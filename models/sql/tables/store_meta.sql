CREATE TABLE IF NOT EXISTS store_meta (
  schema_version INTEGER NOT NULL,
  schema_sha256 VARCHAR NOT NULL,
  created_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE store_meta IS 'What this database file is: one row';
COMMENT ON COLUMN store_meta.schema_version IS 'Version of the tables; a newer one than the program knows is refused';
COMMENT ON COLUMN store_meta.schema_sha256 IS 'Hash of the SQL that made the tables and views: another one re-creates the views';
COMMENT ON COLUMN store_meta.created_at IS 'When the file was made';
