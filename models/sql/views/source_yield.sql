CREATE OR REPLACE VIEW source_yield AS
SELECT
  s.source,
  s.kind,
  (SELECT count(*) FROM page_fetch AS p WHERE p.source = s.source) AS pages,
  (SELECT count(*) FROM article AS a WHERE a.source = s.source) AS articles,
  (SELECT count(*) FROM rejection AS r WHERE r.source = s.source) AS rejections,
  (
    SELECT count(*)
    FROM license_event AS e
    JOIN article AS a ON a.current_version_id = e.version_id
    WHERE a.source = s.source
  ) AS event_mentions,
  (SELECT max(v.published_on) FROM article_version AS v WHERE v.source = s.source) AS newest_article
FROM source AS s
ORDER BY s.source;
COMMENT ON VIEW source_yield IS 'Per source: pages, articles, rejections, facts and the newest article';
