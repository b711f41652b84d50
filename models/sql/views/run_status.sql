CREATE OR REPLACE VIEW run_status AS
WITH status AS (
  FROM partition_status((
    SELECT coalesce(max_by(extractor_version, (started_at, extractor_version)), 'none')
    FROM partition_run
  ))
)
SELECT
  source, day, stage, status, why, documents, unread, outdated, attempts, error, owner,
  extractor_version, flow_run_id, started_at, finished_at, elapsed_s
FROM status
ORDER BY source, day, stage;
COMMENT ON VIEW run_status IS 'Every partition (source, day, stage) with its status for the version of the extractors that ran last';
COMMENT ON COLUMN run_status.status IS 'missing, failed, stale, done or running';
COMMENT ON COLUMN run_status.why IS 'Why it is not done; null when it is';
COMMENT ON COLUMN run_status.documents IS 'Documents in the partition now';
COMMENT ON COLUMN run_status.unread IS 'Documents that no version has read, addresses that were never fetched';
COMMENT ON COLUMN run_status.outdated IS 'Documents that another version has read';
COMMENT ON COLUMN run_status.extractor_version IS 'Version that ran it last; null when the ledger has no run of it';
