CREATE OR REPLACE MACRO partition_status(version) AS TABLE
WITH input AS (
  SELECT
    source,
    day,
    stage,
    count(*) AS documents,
    count(*) FILTER (NOT is_read) AS unread,
    count(*) FILTER (is_read AND NOT is_current) AS outdated,
    count(*) FILTER (is_failed) AS refused,
    md5(string_agg(DISTINCT input_id, ' ' ORDER BY input_id)) AS input_hash
  FROM partition_documents(version)
  GROUP BY source, day, stage
),
run AS (
  SELECT
    r.*,
    r.state = 'running'
      AND r.heartbeat_at + to_microseconds(CAST(r.lease_s * 1000000 AS BIGINT)) > now() AS is_alive
  FROM partition_run AS r
  QUALIFY row_number() OVER (
    PARTITION BY r.source, r.day, r.stage
    ORDER BY r.started_at DESC, r.extractor_version DESC
  ) = 1
),
joined AS (
  SELECT
    coalesce(i.source, r.source) AS source,
    coalesce(i.day, r.day) AS day,
    coalesce(i.stage, r.stage) AS stage,
    coalesce(i.documents, 0) AS documents,
    coalesce(i.unread, 0) AS unread,
    coalesce(i.outdated, 0) AS outdated,
    coalesce(i.refused, 0) AS refused,
    i.input_hash,
    r.* EXCLUDE (source, day, stage, documents, input_hash),
    r.input_hash AS run_hash,
    i.source IS NULL AND r.stage IN ('article', 'extract') AS is_empty
  FROM input AS i
  FULL JOIN run AS r ON r.source = i.source AND r.day = i.day AND r.stage = i.stage
)
SELECT
  source,
  day,
  stage,
  CASE
    WHEN coalesce(is_alive, FALSE) THEN 'running'
    WHEN state = 'failed' AND extractor_version = version
      AND (stage IN ('fetch', 'timeline') OR unread + outdated > 0) THEN 'failed'
    WHEN unread > 0 THEN 'missing'
    WHEN refused > 0 THEN 'failed'
    WHEN outdated > 0 THEN 'stale'
    WHEN stage = 'fetch' AND documents = 0 AND state <> 'done' THEN 'missing'
    WHEN stage IN ('article', 'extract') AND state = 'done'
      AND extractor_version = version AND run_hash <> input_hash THEN 'stale'
    ELSE 'done'
  END AS status,
  CASE
    WHEN coalesce(is_alive, FALSE) THEN 'held by ' || owner
    WHEN state = 'failed' AND extractor_version = version
      AND (stage IN ('fetch', 'timeline') OR unread + outdated > 0) THEN error
    WHEN unread > 0 AND stage = 'fetch' THEN 'addresses never fetched: ' || unread
    WHEN unread > 0 THEN 'documents never read: ' || unread
    WHEN refused > 0 THEN 'addresses that timed out or could not be reached: ' || refused
    WHEN outdated > 0 THEN 'documents read by another version: ' || outdated
    WHEN stage = 'fetch' AND documents = 0 AND state <> 'done' THEN 'begun and not ended'
    WHEN stage IN ('article', 'extract') AND state = 'done'
      AND extractor_version = version AND run_hash <> input_hash THEN 'inputs changed since'
  END AS why,
  documents,
  unread,
  outdated,
  refused,
  input_hash,
  extractor_version,
  state AS run_state,
  run_hash,
  attempts,
  processed,
  elapsed_s,
  error,
  owner,
  flow_run_id,
  started_at,
  finished_at
FROM joined
WHERE NOT is_empty;
COMMENT ON MACRO TABLE partition_status IS 'Every partition (source, day, stage) for a version of the extractors: status missing, failed, stale, done or running, why, and its last run. A run that neither ended nor gave a sign for longer than its lease counts as not run';
