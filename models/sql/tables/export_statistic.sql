CREATE TABLE IF NOT EXISTS export_statistic (
  reporter VARCHAR NOT NULL,
  partner VARCHAR,
  material VARCHAR NOT NULL,
  month DATE NOT NULL,
  flow VARCHAR NOT NULL,
  tonnes DOUBLE NOT NULL,
  bound VARCHAR NOT NULL,
  source_count INTEGER NOT NULL,
  article_count INTEGER NOT NULL,
  figure_count INTEGER NOT NULL,
  lowest DOUBLE,
  highest DOUBLE,
  spread_pct DOUBLE,
  other_figures DOUBLE[],
  first_reported_on DATE,
  evidence VARCHAR,
  evidence_url VARCHAR
);
COMMENT ON TABLE export_statistic IS 'Rows of the view export_statistics, made anew before a snapshot is published when anything was loaded';
COMMENT ON COLUMN export_statistic.reporter IS 'Country whose trade it is (ISO 3166 name)';
COMMENT ON COLUMN export_statistic.partner IS 'Other side of the trade; null when the text names none, usually all partners together';
COMMENT ON COLUMN export_statistic.material IS 'Canonical name of the good; magnets are not counted under rare earths';
COMMENT ON COLUMN export_statistic.month IS 'First day of the month';
COMMENT ON COLUMN export_statistic.flow IS 'export or import, seen from the reporter';
COMMENT ON COLUMN export_statistic.tonnes IS 'Best figure in metric tonnes: exact before approximate, then the issuer''s, then what most independent sources give';
COMMENT ON COLUMN export_statistic.bound IS 'How the best figure limits the true one: exact, approx, over ...';
COMMENT ON COLUMN export_statistic.source_count IS 'Ownership groups that give the best figure, rounded or not';
COMMENT ON COLUMN export_statistic.article_count IS 'Articles that give the best figure';
COMMENT ON COLUMN export_statistic.figure_count IS 'Different figures in the reports; 1 means that all agree';
COMMENT ON COLUMN export_statistic.lowest IS 'Lowest figure as exact as the best one, in tonnes';
COMMENT ON COLUMN export_statistic.highest IS 'Highest figure as exact as the best one, in tonnes';
COMMENT ON COLUMN export_statistic.spread_pct IS 'Highest less lowest, in percent of the best figure';
COMMENT ON COLUMN export_statistic.other_figures IS 'Every other figure, also approximate ones and limits; null when there is none';
COMMENT ON COLUMN export_statistic.first_reported_on IS 'Earliest publication day among the articles';
COMMENT ON COLUMN export_statistic.evidence IS 'The best figure in the words of its earliest article';
COMMENT ON COLUMN export_statistic.evidence_url IS 'Address of that article';
