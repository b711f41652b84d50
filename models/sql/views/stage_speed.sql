CREATE OR REPLACE VIEW stage_speed AS
WITH recent AS (
  SELECT stage, processed, elapsed_s, finished_at
  FROM partition_run
  WHERE state = 'done' AND processed > 0 AND elapsed_s > 0
  QUALIFY row_number() OVER (PARTITION BY stage ORDER BY finished_at DESC) <= 1000
)
SELECT
  stage,
  count(*) AS partitions,
  CAST(sum(processed) AS BIGINT) AS documents,
  round(sum(elapsed_s), 3) AS elapsed_s,
  round(sum(processed) / sum(elapsed_s), 3) AS documents_per_s,
  max(finished_at) AS last_at
FROM recent
GROUP BY stage
ORDER BY stage;
COMMENT ON VIEW stage_speed IS 'Per stage: how fast the last thousand partitions were read; what estimates are made of';
COMMENT ON COLUMN stage_speed.partitions IS 'Partitions that the figure rests on';
COMMENT ON COLUMN stage_speed.documents IS 'Documents read in them';
COMMENT ON COLUMN stage_speed.elapsed_s IS 'Wall seconds that they took together';
COMMENT ON COLUMN stage_speed.documents_per_s IS 'Documents a second';
COMMENT ON COLUMN stage_speed.last_at IS 'When the last of them ended';
