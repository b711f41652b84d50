CREATE OR REPLACE VIEW coverage AS
WITH current_text AS (
  SELECT
    a.source,
    CAST(date_trunc('month', v.published_on) AS DATE) AS month,
    v.version_id
  FROM article AS a
  JOIN article_version AS v ON v.version_id = a.current_version_id
),
counted AS (
  SELECT source, month, 'articles' AS what, count(*) AS times FROM current_text GROUP BY source, month
  UNION ALL
  SELECT source, month, 'license_events', count(*)
  FROM license_event JOIN current_text USING (version_id) GROUP BY source, month
  UNION ALL
  SELECT source, month, 'tonnages', count(*)
  FROM tonnage JOIN current_text USING (version_id) GROUP BY source, month
  UNION ALL
  SELECT source, month, 'percentages', count(*)
  FROM percentage JOIN current_text USING (version_id) GROUP BY source, month
  UNION ALL
  SELECT source, month, 'dates', count(*)
  FROM date_mention JOIN current_text USING (version_id) GROUP BY source, month
  UNION ALL
  SELECT source, month, 'companies', count(*)
  FROM company_mention JOIN current_text USING (version_id) GROUP BY source, month
  UNION ALL
  SELECT source, CAST(date_trunc('month', seen_at) AS DATE), 'rejections', count(*)
  FROM rejection GROUP BY ALL
)
SELECT
  source,
  month,
  CAST(coalesce(sum(times) FILTER (what = 'articles'), 0) AS BIGINT) AS articles,
  CAST(coalesce(sum(times) FILTER (what NOT IN ('articles', 'rejections')), 0) AS BIGINT) AS facts,
  CAST(coalesce(sum(times) FILTER (what = 'license_events'), 0) AS BIGINT) AS license_events,
  CAST(coalesce(sum(times) FILTER (what = 'tonnages'), 0) AS BIGINT) AS tonnages,
  CAST(coalesce(sum(times) FILTER (what = 'percentages'), 0) AS BIGINT) AS percentages,
  CAST(coalesce(sum(times) FILTER (what = 'dates'), 0) AS BIGINT) AS dates,
  CAST(coalesce(sum(times) FILTER (what = 'companies'), 0) AS BIGINT) AS companies,
  CAST(coalesce(sum(times) FILTER (what = 'rejections'), 0) AS BIGINT) AS rejections
FROM counted
GROUP BY source, month
ORDER BY source, month;
COMMENT ON VIEW coverage IS 'Per source and month: articles, facts by kind, rejections; a gap is a month that was not covered';
COMMENT ON COLUMN coverage.month IS 'First day of the month of publication, for rejections of the month they were seen in; null without a date';
COMMENT ON COLUMN coverage.articles IS 'Articles published in the month';
COMMENT ON COLUMN coverage.facts IS 'All facts in their current texts';
COMMENT ON COLUMN coverage.license_events IS 'Mentions of policy and license events';
COMMENT ON COLUMN coverage.tonnages IS 'Masses of goods';
COMMENT ON COLUMN coverage.percentages IS 'Percentages';
COMMENT ON COLUMN coverage.dates IS 'Time expressions';
COMMENT ON COLUMN coverage.companies IS 'Mentions of companies';
COMMENT ON COLUMN coverage.rejections IS 'Pages refused in the month, by the clock of the fetch';
