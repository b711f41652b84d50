CREATE OR REPLACE VIEW near_copies AS
SELECT
  g.group_id,
  row_number() OVER said AS place,
  count(*) OVER (PARTITION BY g.group_id) AS texts,
  v.published_on,
  v.source,
  coalesce(s.owner_group, v.source) AS owner_group,
  v.title,
  v.url,
  v.article_id,
  v.version_id
FROM text_group AS g
JOIN article AS a ON a.current_version_id = g.version_id
JOIN article_version AS v ON v.version_id = g.version_id
LEFT JOIN source AS s ON s.source = v.source
WINDOW said AS (PARTITION BY g.group_id ORDER BY v.published_on NULLS LAST, v.version_id)
QUALIFY count(*) OVER (PARTITION BY g.group_id) > 1
ORDER BY g.group_id, place;
COMMENT ON VIEW near_copies IS 'Articles whose current texts are near copies (Jaccard of 3-word shingles at least .5): syndicated and republished ones. An event counts each group as one source';
COMMENT ON COLUMN near_copies.place IS '1 for the text that was published first';
COMMENT ON COLUMN near_copies.texts IS 'Articles in the group';
COMMENT ON COLUMN near_copies.owner_group IS 'Who owns the source; copies of several owners are syndication';
