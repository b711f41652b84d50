CREATE OR REPLACE VIEW missing_partitions AS
SELECT source, day, stage, status, why, documents
FROM run_status
WHERE status IN ('missing', 'failed', 'stale')
ORDER BY day DESC, source, stage;
COMMENT ON VIEW missing_partitions IS 'Partitions that a backfill would run: missing, failed or stale; newest first';
COMMENT ON COLUMN missing_partitions.status IS 'missing, failed or stale';
COMMENT ON COLUMN missing_partitions.why IS 'Why it is not done';
COMMENT ON COLUMN missing_partitions.documents IS 'Documents in the partition now';
