CREATE TABLE IF NOT EXISTS partition_run (
  source VARCHAR NOT NULL,
  day DATE NOT NULL,
  stage VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL,
  input_hash VARCHAR,
  state VARCHAR NOT NULL,
  attempts INTEGER NOT NULL,
  documents BIGINT NOT NULL,
  processed BIGINT NOT NULL,
  elapsed_s DOUBLE,
  error VARCHAR,
  owner VARCHAR,
  heartbeat_at TIMESTAMPTZ,
  lease_s DOUBLE,
  flow_run_id VARCHAR,
  started_at TIMESTAMPTZ NOT NULL,
  finished_at TIMESTAMPTZ
);
COMMENT ON TABLE partition_run IS 'The ledger: the last run of each partition (source, day, stage) by each version of the extractors. What is missing, stale or done: macro partition_status, view run_status';
COMMENT ON COLUMN partition_run.source IS 'Source of the partition; * for the timeline, which all sources share';
COMMENT ON COLUMN partition_run.day IS 'article, extract: publication day of the article, else UTC day of the fetch; fetch: UTC day that discovery gives the address, else the day it was first seen; timeline: UTC day of the refresh';
COMMENT ON COLUMN partition_run.stage IS 'fetch, article (all archived pages), extract (those that gave an article), timeline';
COMMENT ON COLUMN partition_run.extractor_version IS 'Version of the extractors in the program that ran it';
COMMENT ON COLUMN partition_run.input_hash IS 'Hash of the sorted inputs when it ended: addresses, fetch ids (address and body), version ids (text); null while it runs for the first time';
COMMENT ON COLUMN partition_run.state IS 'running, done or failed: what the run said of itself';
COMMENT ON COLUMN partition_run.attempts IS 'How often this version began it';
COMMENT ON COLUMN partition_run.documents IS 'Documents in the partition when it ended';
COMMENT ON COLUMN partition_run.processed IS 'Documents that the last attempt read';
COMMENT ON COLUMN partition_run.elapsed_s IS 'Wall seconds of the last attempt, its share when several partitions were read together; null when it was recorded after the fact';
COMMENT ON COLUMN partition_run.error IS 'Why it failed';
COMMENT ON COLUMN partition_run.owner IS 'Process that runs it or ran it last: host, process id, a random mark';
COMMENT ON COLUMN partition_run.heartbeat_at IS 'When the owner said last that it lives';
COMMENT ON COLUMN partition_run.lease_s IS 'Seconds after the last heartbeat until others may take a running partition over';
COMMENT ON COLUMN partition_run.flow_run_id IS 'Run of the flow, or label of the command, that did it';
COMMENT ON COLUMN partition_run.started_at IS 'When the last attempt began';
COMMENT ON COLUMN partition_run.finished_at IS 'When it ended; null while it runs';
