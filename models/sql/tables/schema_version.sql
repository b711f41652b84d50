CREATE TABLE IF NOT EXISTS schema_version (
  version INTEGER PRIMARY KEY,
  name VARCHAR NOT NULL,
  sha256 VARCHAR NOT NULL,
  applied_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE schema_version IS 'Migrations that this database went through';
COMMENT ON COLUMN schema_version.version IS 'Number of the migration; 0 stands for the views, macros, checks and comments';
COMMENT ON COLUMN schema_version.name IS 'Name of the migration';
COMMENT ON COLUMN schema_version.sha256 IS 'Hash of its SQL: a migration that was changed afterwards is refused';
COMMENT ON COLUMN schema_version.applied_at IS 'When it was applied';
