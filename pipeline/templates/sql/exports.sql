-- Tonnes a month; a month between the first and the last without a figure is a row without tonnes.
WITH figure AS (
  SELECT
    reporter,
    partner,
    material,
    flow,
    month,
    tonnes,
    bound,
    lowest,
    highest,
    spread_pct,
    source_count,
    figure_count,
    other_figures,
    evidence,
    evidence_url,
    first_reported_on
  FROM export_statistics
),
series AS (
  SELECT
    reporter,
    partner,
    material,
    flow,
    unnest(generate_series(min(month), max(month), INTERVAL 1 MONTH)) AS month
  FROM figure
  GROUP BY reporter, partner, material, flow
)
SELECT
  s.reporter,
  s.partner,
  s.material,
  s.flow,
  CAST(s.month AS DATE) AS month,
  f.tonnes,
  f.bound,
  round(100 * (f.tonnes / nullif(b.tonnes, 0) - 1), 1) AS mom_pct,
  round(100 * (f.tonnes / nullif(y.tonnes, 0) - 1), 1) AS yoy_pct,
  f.lowest,
  f.highest,
  f.spread_pct,
  f.source_count,
  f.figure_count,
  f.other_figures,
  f.evidence,
  f.evidence_url,
  f.first_reported_on
FROM series AS s
LEFT JOIN figure AS f
  ON f.reporter = s.reporter
  AND f.partner IS NOT DISTINCT FROM s.partner
  AND f.material = s.material
  AND f.flow = s.flow
  AND f.month = s.month
LEFT JOIN figure AS b
  ON b.reporter = s.reporter
  AND b.partner IS NOT DISTINCT FROM s.partner
  AND b.material = s.material
  AND b.flow = s.flow
  AND b.month = s.month - INTERVAL 1 MONTH
LEFT JOIN figure AS y
  ON y.reporter = s.reporter
  AND y.partner IS NOT DISTINCT FROM s.partner
  AND y.material = s.material
  AND y.flow = s.flow
  AND y.month = s.month - INTERVAL 1 YEAR
ORDER BY s.reporter, s.flow, s.material, s.partner NULLS FIRST, s.month;
