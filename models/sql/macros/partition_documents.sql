CREATE OR REPLACE MACRO partition_documents(version) AS TABLE
WITH reading AS (
  SELECT
    o.fetch_id,
    bool_or(
      o.extractor_version = version
      AND (o.version_id IS NULL OR v.extractor_version = version)
    ) AS is_current,
    coalesce(
      max(o.version_id) FILTER (o.extractor_version = version),
      max(o.version_id)
    ) AS version_id
  FROM page_outcome AS o
  LEFT JOIN article_version AS v USING (version_id)
  GROUP BY o.fetch_id
),
page AS (
  SELECT
    p.source,
    coalesce(v.published_on, CAST(timezone('UTC', p.fetched_at) AS DATE)) AS day,
    p.fetch_id,
    r.version_id,
    r.fetch_id IS NOT NULL AS is_read,
    coalesce(r.is_current, FALSE) AS is_current
  FROM page_fetch AS p
  LEFT JOIN reading AS r USING (fetch_id)
  LEFT JOIN article_version AS v ON v.version_id = r.version_id
),
served AS (
  SELECT url AS address FROM page_fetch
  UNION
  SELECT final_url FROM page_fetch
),
refused AS (
  SELECT
    source,
    url,
    bool_or(reason IN ('timeout', 'unreachable')) AS is_passing
  FROM rejection
  WHERE stage = 'fetch'
  GROUP BY source, url
)
SELECT source, day, 'article' AS stage, fetch_id AS document_id, fetch_id AS input_id,
  is_read, is_current, FALSE AS is_failed
FROM page
UNION ALL
SELECT source, day, 'extract', fetch_id, version_id, is_read, is_current, FALSE
FROM page
WHERE version_id IS NOT NULL
UNION ALL
SELECT
  s.source,
  CAST(timezone('UTC', coalesce(s.published_at, s.first_seen_at)) AS DATE),
  'fetch',
  s.url,
  s.url,
  f.address IS NOT NULL OR r.url IS NOT NULL,
  f.address IS NOT NULL OR r.url IS NOT NULL,
  f.address IS NULL AND coalesce(r.is_passing, FALSE)
FROM seen_page AS s
LEFT JOIN served AS f ON f.address = s.url
LEFT JOIN refused AS r ON r.source = s.source AND r.url = s.url
WHERE s.copy_of IS NULL
UNION ALL
SELECT
  p.source, CAST(timezone('UTC', min(p.fetched_at)) AS DATE), 'fetch', p.url, p.url,
  TRUE, TRUE, FALSE
FROM page_fetch AS p
ANTI JOIN seen_page AS s ON s.url = p.url
ANTI JOIN seen_page AS c ON c.url = p.final_url
GROUP BY p.source, p.url;
COMMENT ON MACRO TABLE partition_documents IS 'Every document with the partition (source, day, stage) that it is in now, and whether the given version of the extractors has read it. is_read: by any version; for fetch: fetched or refused. is_failed: refused for a reason that may pass';
