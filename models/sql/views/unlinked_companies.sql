CREATE OR REPLACE VIEW unlinked_companies AS
SELECT
  m.name,
  count(*) AS mentions,
  count(DISTINCT m.article_id) AS articles,
  list(DISTINCT m.text ORDER BY m.text) AS surfaces,
  list(DISTINCT m.rule_id ORDER BY m.rule_id) AS rules,
  min(v.published_on) AS first_reported_on,
  max(v.published_on) AS last_reported_on,
  min(v.url) AS example_url
FROM company_mention AS m
JOIN article AS a ON a.current_version_id = m.version_id
JOIN article_version AS v ON v.version_id = m.version_id
WHERE m.company_id IS NULL
GROUP BY m.name
ORDER BY articles DESC, mentions DESC, m.name;
COMMENT ON VIEW unlinked_companies IS 'Firms that the registry does not know, most reported first: the queue for review';
COMMENT ON COLUMN unlinked_companies.mentions IS 'Mentions in the current texts';
COMMENT ON COLUMN unlinked_companies.articles IS 'Articles that name the firm';
COMMENT ON COLUMN unlinked_companies.surfaces IS 'The firm in the words of the texts';
COMMENT ON COLUMN unlinked_companies.rules IS 'Rules that found it';
COMMENT ON COLUMN unlinked_companies.example_url IS 'Address of one of the articles';
