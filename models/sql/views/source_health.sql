CREATE OR REPLACE VIEW source_health AS
WITH page AS (
  SELECT source, count(*) AS pages, max(fetched_at) AS last_fetched_at
  FROM page_fetch
  GROUP BY source
),
text AS (
  SELECT
    v.source,
    count(*) AS articles,
    count(*) FILTER (v.published_on IS NULL) AS undated_articles,
    max(v.published_on) AS newest_article_on,
    round(avg(v.text_chars)) AS mean_text_chars
  FROM article AS a
  JOIN article_version AS v ON v.version_id = a.current_version_id
  GROUP BY v.source
),
edit AS (
  SELECT source, count(*) - count(DISTINCT article_id) AS rewritten_texts
  FROM article_version
  GROUP BY source
),
doubt AS (
  SELECT a.source, count(*) AS doubtful_texts
  FROM text_agreement AS t
  JOIN article AS a ON a.current_version_id = t.version_id
  WHERE t.is_doubtful
  GROUP BY a.source
),
mention AS (
  SELECT a.source, count(*) AS event_mentions
  FROM license_event AS e
  JOIN article AS a ON a.current_version_id = e.version_id
  GROUP BY a.source
),
refused AS (
  SELECT
    source,
    sum(times) AS rejections,
    max_by(reason, (times, reason)) AS main_reason
  FROM (SELECT source, reason, count(*) AS times FROM rejection GROUP BY source, reason)
  GROUP BY source
)
SELECT
  s.source,
  s.name,
  s.kind,
  s.is_enabled,
  coalesce(p.pages, 0) AS pages,
  coalesce(t.articles, 0) AS articles,
  CAST(coalesce(r.rejections, 0) AS BIGINT) AS rejections,
  round(100 * coalesce(t.articles, 0) / nullif(p.pages, 0), 1) AS yield_pct,
  r.main_reason,
  coalesce(m.event_mentions, 0) AS event_mentions,
  coalesce(t.undated_articles, 0) AS undated_articles,
  coalesce(e.rewritten_texts, 0) AS rewritten_texts,
  coalesce(d.doubtful_texts, 0) AS doubtful_texts,
  t.mean_text_chars,
  t.newest_article_on,
  date_diff(
    'day', t.newest_article_on, max(t.newest_article_on) OVER ()
  ) AS quiet_days,
  p.last_fetched_at
FROM source AS s
LEFT JOIN page AS p USING (source)
LEFT JOIN text AS t USING (source)
LEFT JOIN edit AS e USING (source)
LEFT JOIN doubt AS d USING (source)
LEFT JOIN mention AS m USING (source)
LEFT JOIN refused AS r USING (source)
ORDER BY s.source;
COMMENT ON VIEW source_health IS 'Per source: what it gave, what was refused and why, how old its news is';
COMMENT ON COLUMN source_health.pages IS 'Distinct bodies fetched';
COMMENT ON COLUMN source_health.articles IS 'Articles that were read';
COMMENT ON COLUMN source_health.rejections IS 'Pages and addresses that were refused';
COMMENT ON COLUMN source_health.yield_pct IS 'Articles in percent of pages';
COMMENT ON COLUMN source_health.main_reason IS 'Most frequent reason of its rejections';
COMMENT ON COLUMN source_health.event_mentions IS 'Mentions of policy and license events in its current texts';
COMMENT ON COLUMN source_health.undated_articles IS 'Articles without a publication day: they anchor no relative date';
COMMENT ON COLUMN source_health.rewritten_texts IS 'Texts that were changed after publication: later versions of an article';
COMMENT ON COLUMN source_health.doubtful_texts IS 'Articles on whose text two readers of the page disagree; many at once mean a changed layout';
COMMENT ON COLUMN source_health.mean_text_chars IS 'Mean length of its articles in characters; a sudden fall means a broken layout';
COMMENT ON COLUMN source_health.newest_article_on IS 'Publication day of its newest article';
COMMENT ON COLUMN source_health.quiet_days IS 'Days from its newest article to the newest article of any source';
COMMENT ON COLUMN source_health.last_fetched_at IS 'When new bytes came from it last';
