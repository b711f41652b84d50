-- Rows of export_statistic, from all current texts: the best figure a reporter, partner, material
-- and month. Made anew before a snapshot is published, when anything was loaded.
INSERT INTO export_statistic BY NAME
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
    m.version_id,
    m.text,
    v.published_on
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
    min({'on': published_on, 'version_id': version_id, 'text': text}) AS first_report
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
),
best AS (
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
    max(first_report.text) FILTER (place = 1) AS evidence,
    max(first_report.version_id) FILTER (place = 1) AS version_id
  FROM ranked
  GROUP BY reporter, partner, material, month, flow
)
-- Addresses are joined to the best figures only: they are longer than all else.
SELECT
  b.* EXCLUDE (version_id),
  v.url AS evidence_url
FROM best AS b
LEFT JOIN article_version AS v ON v.version_id = b.version_id
ORDER BY b.reporter, b.partner NULLS FIRST, b.material, b.month, b.flow;
