-- Which days of each source did which version read, and when last?
SELECT source, extractor_version, min(day) AS first_day, max(day) AS last_day,
  count(*) AS partitions, CAST(sum(documents) AS BIGINT) AS documents, max(finished_at) AS last_run_at
FROM partition_run
WHERE stage = 'extract' AND state = 'done'
GROUP BY source, extractor_version
ORDER BY last_run_at DESC, source, extractor_version;
