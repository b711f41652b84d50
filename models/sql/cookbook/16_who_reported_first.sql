-- Which source had the news first, and how often?
WITH reported AS (
  SELECT
    event_id,
    source,
    min(published_on) AS day
  FROM evidence
  GROUP BY event_id, source
),
ranked AS (
  SELECT
    source,
    day = min(day) OVER (PARTITION BY event_id) AS is_first,
    count(*) OVER (PARTITION BY event_id) AS sources
  FROM reported
)
SELECT source, count(*) FILTER (is_first) AS first, count(*) AS events
FROM ranked
WHERE sources > 1
GROUP BY source
ORDER BY first DESC, source;
