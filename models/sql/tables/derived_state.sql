CREATE TABLE IF NOT EXISTS derived_state (
  table_name VARCHAR NOT NULL,
  stamp VARCHAR NOT NULL
);
COMMENT ON TABLE derived_state IS 'Which loads the tables that are made from other tables rest on';
COMMENT ON COLUMN derived_state.table_name IS 'Table that is made from others';
COMMENT ON COLUMN derived_state.stamp IS 'Loads and rules that it was made from: when they differ from those of today, it is made anew';
