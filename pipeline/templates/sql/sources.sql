-- How fresh each source is, what it gave, and what was refused.
SELECT
  name,
  kind,
  newest_article_on,
  date_diff('day', newest_article_on, $today) AS days_old,
  pages,
  articles,
  yield_pct,
  event_mentions,
  rejections,
  main_reason,
  undated_articles,
  last_fetched_at
FROM source_health
ORDER BY newest_article_on NULLS FIRST, name;
