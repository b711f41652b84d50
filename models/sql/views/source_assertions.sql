CREATE OR REPLACE VIEW source_assertions AS
WITH clock AS (
  SELECT max(fetched_at) AS now FROM page_fetch
),
watched AS (
  SELECT
    p.source,
    greatest(
      1.0,
      least(
        8.0,
        date_diff('day', min(f.fetched_at), any_value(c.now)) / 7.0
      )
    ) AS weeks
  FROM source_plan AS p
  JOIN page_fetch AS f USING (source)
  CROSS JOIN clock AS c
  GROUP BY p.source
),
recent AS (
  SELECT v.*
  FROM article AS a
  JOIN article_version AS v ON v.version_id = a.current_version_id
  JOIN watched AS w ON w.source = v.source
  CROSS JOIN clock AS c
  WHERE a.first_seen_at >= c.now - w.weeks * INTERVAL 7 DAY
),
counted AS (
  SELECT
    source,
    count(*) AS articles,
    count(*) FILTER (title IS NULL) AS without_title,
    count(*) FILTER (published_on IS NULL) AS without_published,
    count(*) FILTER (byline IS NULL) AS without_byline,
    count(*) FILTER (language IS NULL) AS without_language
  FROM recent
  GROUP BY source
),
measured AS (
  SELECT
    p.source,
    p.min_articles_a_week,
    p.max_articles_a_week,
    round(coalesce(n.articles, 0) / w.weeks, 2) AS articles_a_week,
    list_filter(
      p.required_fields,
      lambda name: CASE name
        WHEN 'title' THEN n.without_title
        WHEN 'published' THEN n.without_published
        WHEN 'byline' THEN n.without_byline
        WHEN 'language' THEN n.without_language
      END > 0
    ) AS missing_fields
  FROM source_plan AS p
  JOIN watched AS w USING (source)
  LEFT JOIN counted AS n USING (source)
)
SELECT
  source,
  articles_a_week,
  min_articles_a_week,
  max_articles_a_week,
  missing_fields,
  CASE
    WHEN articles_a_week < min_articles_a_week THEN 'too few articles'
    WHEN articles_a_week > max_articles_a_week THEN 'too many articles'
    WHEN len(missing_fields) > 0 THEN 'fields missing'
    ELSE 'ok'
  END AS verdict
FROM measured
ORDER BY source;
COMMENT ON VIEW source_assertions IS 'Per source that was read: whether it gives what its source file expects, over the last eight weeks at most';
COMMENT ON COLUMN source_assertions.articles_a_week IS 'Articles first seen, a week, since it was read first but at most over eight weeks';
COMMENT ON COLUMN source_assertions.min_articles_a_week IS 'Expected at least; null: no expectation';
COMMENT ON COLUMN source_assertions.max_articles_a_week IS 'Expected at most; null: no expectation';
COMMENT ON COLUMN source_assertions.missing_fields IS 'Required fields that at least one of these articles lacks';
COMMENT ON COLUMN source_assertions.verdict IS 'ok, or what is wrong with the source first';
