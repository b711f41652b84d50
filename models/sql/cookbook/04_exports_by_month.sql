-- How much did China export each month, and do the sources agree?
SELECT material, month, tonnes, bound, source_count, figure_count, spread_pct, other_figures
FROM export_statistics
WHERE reporter = 'China'
  AND flow = 'export'
  AND partner IS NULL
ORDER BY material, month;
