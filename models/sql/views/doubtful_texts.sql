CREATE OR REPLACE VIEW doubtful_texts AS
SELECT
  v.published_on,
  v.source,
  t.agreement,
  CASE
    WHEN t.chosen = 'second' THEN 'only the second reader found most of it'
    WHEN t.other_words = 0 THEN 'the second reader found nothing'
    WHEN t.other_share < t.text_share THEN 'the second reader found more'
    ELSE 'holds what the second reader left out'
  END AS why,
  t.text_share,
  t.other_share,
  t.text_words,
  t.other_words,
  t.chosen,
  coalesce(e.event_mentions, 0) AS event_mentions,
  v.title,
  v.url,
  t.article_id,
  t.version_id
FROM text_agreement AS t
JOIN article AS a ON a.current_version_id = t.version_id
JOIN article_version AS v ON v.version_id = t.version_id
LEFT JOIN (
  SELECT version_id, count(*) AS event_mentions FROM license_event GROUP BY version_id
) AS e ON e.version_id = t.version_id
WHERE t.is_doubtful
ORDER BY t.agreement, v.published_on DESC, t.article_id;
COMMENT ON VIEW doubtful_texts IS 'Texts on which two readers of the page disagree: the article may lack a part or hold what is not its own. Events that rest on such texts alone have less confidence';
COMMENT ON COLUMN doubtful_texts.why IS 'How the readers differ, in words';
COMMENT ON COLUMN doubtful_texts.event_mentions IS 'Mentions of policy and license events read from the text';
