CREATE TABLE IF NOT EXISTS source_plan (
  source VARCHAR NOT NULL,
  group_name VARCHAR NOT NULL,
  delay_s DOUBLE NOT NULL,
  poll_min_s DOUBLE NOT NULL,
  poll_max_s DOUBLE NOT NULL,
  min_articles_a_week DOUBLE,
  max_articles_a_week DOUBLE,
  required_fields VARCHAR[] NOT NULL,
  is_verified BOOLEAN NOT NULL,
  confirmed VARCHAR
);
COMMENT ON TABLE source_plan IS 'How each source is read and what it is expected to give, as its source file says; one row a source';
COMMENT ON COLUMN source_plan.source IS 'The source';
COMMENT ON COLUMN source_plan.group_name IS 'Sources that schedules run together: regulators, press, companies ...';
COMMENT ON COLUMN source_plan.delay_s IS 'Least time between two requests to one of its hosts, in seconds';
COMMENT ON COLUMN source_plan.poll_min_s IS 'Shortest interval between polls, in seconds';
COMMENT ON COLUMN source_plan.poll_max_s IS 'Longest interval between polls, in seconds';
COMMENT ON COLUMN source_plan.min_articles_a_week IS 'Fewer articles a week mean that something broke; null: no expectation';
COMMENT ON COLUMN source_plan.max_articles_a_week IS 'More articles a week mean that something broke; null: no expectation';
COMMENT ON COLUMN source_plan.required_fields IS 'Fields that every article of it should have';
COMMENT ON COLUMN source_plan.is_verified IS 'Whether somebody saw its addresses work';
COMMENT ON COLUMN source_plan.confirmed IS 'Where they were seen to work; null: nowhere';
