-- Which stories were printed by several owners, word for word or nearly so, and who had them first?
SELECT
  min(title) FILTER (WHERE place = 1) AS title,
  min(source) FILTER (WHERE place = 1) AS first_source,
  min(published_on) AS first_published,
  max(texts) AS texts,
  count(DISTINCT owner_group) AS owners,
  list(DISTINCT source ORDER BY source) AS sources
FROM near_copies
GROUP BY group_id
HAVING count(DISTINCT owner_group) > 1
ORDER BY owners DESC, first_published, title;
