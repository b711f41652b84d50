-- Trade over quarters, half-years, years and the year so far: the figures of all reports.
SELECT
  period_start,
  period_end,
  basis,
  flow,
  material,
  reporter,
  partner,
  median(tonnes) AS tonnes,
  min(tonnes) AS lowest,
  max(tonnes) AS highest,
  count(DISTINCT source) AS sources
FROM tonnages
WHERE flow IN ('export', 'import')
  AND basis IN ('quarter', 'half', 'year', 'ytd')
  AND period_start IS NOT NULL
  AND tonnes IS NOT NULL
  AND role <> 'change'
GROUP BY period_start, period_end, basis, flow, material, reporter, partner
ORDER BY period_start DESC, basis, material NULLS FIRST, partner NULLS FIRST, reporter, period_end, flow;
