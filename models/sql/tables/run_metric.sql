CREATE TABLE IF NOT EXISTS run_metric (
  run_id VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  source VARCHAR,
  name VARCHAR NOT NULL,
  value DOUBLE NOT NULL,
  unit VARCHAR NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE run_metric IS 'What each run measured: one row for a run, source and metric';
COMMENT ON COLUMN run_metric.run_id IS 'Run of a flow, or label of a command';
COMMENT ON COLUMN run_metric.kind IS 'What ran: ingest, backfill, diff ...';
COMMENT ON COLUMN run_metric.source IS 'Source that the value is of; null: all that ran';
COMMENT ON COLUMN run_metric.name IS 'What was measured: pages_new, articles_read, rejected_paywall ...';
COMMENT ON COLUMN run_metric.value IS 'The value, in unit';
COMMENT ON COLUMN run_metric.unit IS 'pages, documents, facts, events, seconds, bytes ...';
COMMENT ON COLUMN run_metric.recorded_at IS 'When it was recorded';
