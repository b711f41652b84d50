CREATE OR REPLACE VIEW export_statistics AS
WITH figure AS (
  SELECT
    m.reporter,
    m.partner,
    m.material,
    m.period_start AS month,
    m.flow,
    m.tonnes,
    m.bound,
    -- 5,493.9 and its rounding 5,494 are one figure.
    round(m.tonnes, CASE WHEN m.tonnes < 100 THEN 1 ELSE 0 END) AS rounded,
    CASE m.bound WHEN 'exact' THEN 1 WHEN 'approx' THEN 2 ELSE 3 END AS bound_rank,
    coalesce(s.kind = 'regulator', FALSE) AS is_issuer,
    coalesce(s.owner_group, v.source) AS owner,
    m.article_id,
    m.text,
    v.published_on,
    v.url
  FROM tonnage AS m
  JOIN article AS a ON a.current_version_id = m.version_id
  JOIN article_version AS v ON v.version_id = m.version_id
  LEFT JOIN source AS s ON s.source = v.source
  WHERE m.flow IN ('export', 'import')
    AND m.basis = 'month'
    AND m.role <> 'change'
    AND m.reporter IS NOT NULL
    AND m.material IS NOT NULL
    AND m.period_end = m.period_start + INTERVAL 1 MONTH
    AND m.tonnes IS NOT NULL
),
candidate AS (
  SELECT
    reporter,
    partner,
    material,
    month,
    flow,
    rounded,
    bound_rank,
    bool_or(is_issuer) AS is_issuer,
    -- The most digits: the least rounded.
    max_by(tonnes, (tonnes % 1 <> 0, length(CAST(tonnes AS VARCHAR)), tonnes)) AS tonnes,
    min(bound) AS bound,
    count(DISTINCT owner) AS source_count,
    count(DISTINCT article_id) AS article_count,
    min(published_on) AS first_reported_on,
    min_by(text, (published_on, url, text)) AS evidence,
    min_by(url, (published_on, url, text)) AS evidence_url
  FROM figure
  GROUP BY reporter, partner, material, month, flow, rounded, bound_rank
),
ranked AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY reporter, partner, material, month, flow
      ORDER BY bound_rank, is_issuer DESC, source_count DESC, article_count DESC,
        first_reported_on, rounded
    ) AS place,
    min(bound_rank) OVER (PARTITION BY reporter, partner, material, month, flow) AS best_rank
  FROM candidate
)
SELECT
  reporter,
  partner,
  material,
  month,
  flow,
  max(tonnes) FILTER (place = 1) AS tonnes,
  max(bound) FILTER (place = 1) AS bound,
  CAST(max(source_count) FILTER (place = 1) AS INTEGER) AS source_count,
  CAST(max(article_count) FILTER (place = 1) AS INTEGER) AS article_count,
  CAST(count(*) AS INTEGER) AS figure_count,
  min(tonnes) FILTER (bound_rank = best_rank) AS lowest,
  max(tonnes) FILTER (bound_rank = best_rank) AS highest,
  round(
    100 * (max(tonnes) FILTER (bound_rank = best_rank) - min(tonnes) FILTER (bound_rank = best_rank))
    / nullif(max(tonnes) FILTER (place = 1), 0), 1
  ) AS spread_pct,
  list(tonnes ORDER BY tonnes) FILTER (place > 1) AS other_figures,
  min(first_reported_on) AS first_reported_on,
  max(evidence) FILTER (place = 1) AS evidence,
  max(evidence_url) FILTER (place = 1) AS evidence_url
FROM ranked
GROUP BY reporter, partner, material, month, flow
ORDER BY reporter, partner NULLS FIRST, material, month, flow;
COMMENT ON VIEW export_statistics IS 'Monthly exports and imports: the best figure a reporter, partner, material and month, and how far the reports disagree';
COMMENT ON COLUMN export_statistics.reporter IS 'Country whose trade it is (ISO 3166 name)';
COMMENT ON COLUMN export_statistics.partner IS 'Other side of the trade; null when the text names none, usually all partners together';
COMMENT ON COLUMN export_statistics.material IS 'Canonical name of the good; magnets are not counted under rare earths';
COMMENT ON COLUMN export_statistics.month IS 'First day of the month';
COMMENT ON COLUMN export_statistics.flow IS 'export or import, seen from the reporter';
COMMENT ON COLUMN export_statistics.tonnes IS 'Best figure in metric tonnes: exact before approximate, then the issuer''s, then what most independent sources give';
COMMENT ON COLUMN export_statistics.bound IS 'How the best figure limits the true one: exact, approx, over ...';
COMMENT ON COLUMN export_statistics.source_count IS 'Ownership groups that give the best figure, rounded or not';
COMMENT ON COLUMN export_statistics.article_count IS 'Articles that give the best figure';
COMMENT ON COLUMN export_statistics.figure_count IS 'Different figures in the reports; 1 means that all agree';
COMMENT ON COLUMN export_statistics.lowest IS 'Lowest figure as exact as the best one, in tonnes';
COMMENT ON COLUMN export_statistics.highest IS 'Highest figure as exact as the best one, in tonnes';
COMMENT ON COLUMN export_statistics.spread_pct IS 'Highest less lowest, in percent of the best figure';
COMMENT ON COLUMN export_statistics.other_figures IS 'Every other figure, also approximate ones and limits; null when there is none';
COMMENT ON COLUMN export_statistics.first_reported_on IS 'Earliest publication day among the articles';
COMMENT ON COLUMN export_statistics.evidence IS 'The best figure in the words of its earliest article';
COMMENT ON COLUMN export_statistics.evidence_url IS 'Address of that article';
