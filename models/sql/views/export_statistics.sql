CREATE OR REPLACE VIEW export_statistics AS
SELECT
  reporter,
  partner,
  material,
  month,
  flow,
  tonnes,
  bound,
  source_count,
  article_count,
  figure_count,
  lowest,
  highest,
  spread_pct,
  other_figures,
  first_reported_on,
  evidence,
  evidence_url
FROM export_statistic
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
