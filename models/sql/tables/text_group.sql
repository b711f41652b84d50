CREATE TABLE IF NOT EXISTS text_group (
  version_id VARCHAR NOT NULL,
  group_id VARCHAR NOT NULL
);
COMMENT ON TABLE text_group IS 'Texts that are near copies of one another; one row a text, also where it stands alone';
COMMENT ON COLUMN text_group.version_id IS 'Text';
COMMENT ON COLUMN text_group.group_id IS 'Least version id of the group, whatever came first';
