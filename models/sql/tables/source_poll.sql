CREATE TABLE IF NOT EXISTS source_poll (
  source VARCHAR NOT NULL,
  polled_at TIMESTAMPTZ NOT NULL,
  due_at TIMESTAMPTZ NOT NULL,
  interval_s DOUBLE NOT NULL,
  found BIGINT NOT NULL,
  new BIGINT NOT NULL,
  failures INTEGER NOT NULL
);
COMMENT ON TABLE source_poll IS 'When each source was asked last, and when it is due again; one row a source';
COMMENT ON COLUMN source_poll.source IS 'The source';
COMMENT ON COLUMN source_poll.polled_at IS 'When it was asked last';
COMMENT ON COLUMN source_poll.due_at IS 'Until then runs pass it over, unless they are forced';
COMMENT ON COLUMN source_poll.interval_s IS 'Time between polls in seconds, adapted to what they give';
COMMENT ON COLUMN source_poll.found IS 'Addresses that the last poll found';
COMMENT ON COLUMN source_poll.new IS 'Addresses of the last poll that were never seen before';
COMMENT ON COLUMN source_poll.failures IS 'Polls in a row that could read nothing';
