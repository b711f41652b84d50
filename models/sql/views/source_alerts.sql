CREATE OR REPLACE VIEW source_alerts AS
WITH clock AS (
  SELECT max(seen_at) AS now
  FROM (
    SELECT max(fetched_at) AS seen_at FROM page_fetch
    UNION ALL
    SELECT max(polled_at) FROM source_poll
  )
),
active AS (
  SELECT DISTINCT source, CAST(timezone('UTC', fetched_at) AS DATE) AS day
  FROM page_fetch
  WHERE method = 'http'
),
gap AS (
  SELECT
    source,
    day,
    day - lag(day) OVER (PARTITION BY source ORDER BY day) AS days
  FROM active
),
habit AS (
  SELECT source, count(*) AS days_active, quantile_cont(days, 0.9) AS usual_gap, max(day) AS last_day
  FROM gap
  GROUP BY source
),
silent AS (
  SELECT
    h.source,
    'silent' AS alert,
    date_diff('day', h.last_day, CAST(timezone('UTC', c.now) AS DATE)) AS value,
    h.usual_gap AS usual,
    'days without a new page; nine of ten of its gaps are no longer than usual' AS meaning
  FROM habit AS h
  CROSS JOIN clock AS c
  WHERE h.days_active >= 5
),
outcome AS (
  SELECT fetch_id, bool_or(version_id IS NOT NULL) AS is_article
  FROM page_outcome
  GROUP BY fetch_id
),
page AS (
  SELECT p.source, p.fetched_at >= c.now - INTERVAL 7 DAY AS is_recent, o.is_article
  FROM page_fetch AS p
  JOIN outcome AS o USING (fetch_id)
  CROSS JOIN clock AS c
  WHERE p.method = 'http' AND p.fetched_at >= c.now - INTERVAL 63 DAY
),
yield AS (
  SELECT
    source,
    count(*) FILTER (is_recent) AS recent_pages,
    count(*) FILTER (NOT is_recent) AS past_pages,
    100.0 * count(*) FILTER (is_recent AND is_article) / nullif(recent_pages, 0) AS recent_pct,
    100.0 * count(*) FILTER (NOT is_recent AND is_article) / nullif(past_pages, 0) AS past_pct
  FROM page
  GROUP BY source
),
alert AS (
  SELECT source, alert, CAST(value AS DOUBLE) AS value, usual, meaning
  FROM silent
  WHERE value > greatest(3 * usual, 2)
  UNION ALL
  SELECT source, 'yield_drop', round(recent_pct, 1), round(past_pct, 1),
    'articles in percent of pages, the last 7 days against the 8 weeks before'
  FROM yield
  WHERE recent_pages >= 5 AND past_pages >= 20 AND recent_pct < past_pct / 2
  UNION ALL
  SELECT source, 'unreachable', failures, 0, 'polls in a row that could read nothing'
  FROM source_poll
  WHERE failures >= 3
)
SELECT a.source, s.name, a.alert, a.value, a.usual, a.meaning
FROM alert AS a
LEFT JOIN source AS s USING (source)
WHERE coalesce(s.is_enabled, TRUE)
ORDER BY a.source, a.alert;
COMMENT ON VIEW source_alerts IS 'Sources that someone should look at: silent or poor against their own history, or unreachable. No row means that all is as usual';
COMMENT ON COLUMN source_alerts.name IS 'Name of the publisher; null when no source file describes it';
COMMENT ON COLUMN source_alerts.alert IS 'silent, yield_drop or unreachable';
COMMENT ON COLUMN source_alerts.value IS 'What was seen; meaning tells the unit';
COMMENT ON COLUMN source_alerts.usual IS 'What its own history lets one expect';
COMMENT ON COLUMN source_alerts.meaning IS 'What value and usual count';
