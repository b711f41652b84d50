CREATE TABLE IF NOT EXISTS timeline_report (
  event_id VARCHAR NOT NULL,
  reported_from DATE NOT NULL,
  reported_to DATE,
  date_start DATE,
  date_end DATE,
  date_precision VARCHAR,
  kind VARCHAR NOT NULL,
  authority VARCHAR,
  material VARCHAR,
  licensees VARCHAR[] NOT NULL,
  beneficiaries VARCHAR[] NOT NULL,
  excluded VARCHAR[] NOT NULL,
  instrument VARCHAR,
  modality VARCHAR NOT NULL,
  article_count INTEGER NOT NULL,
  source_count INTEGER NOT NULL,
  evidence_count INTEGER NOT NULL,
  denial_count INTEGER NOT NULL,
  first_reported_on DATE NOT NULL,
  last_reported_on DATE NOT NULL,
  evidence VARCHAR NOT NULL,
  evidence_url VARCHAR NOT NULL
);
COMMENT ON TABLE timeline_report IS 'Each event as the press had it from one day of reports to the next, made at every refresh from the current evidence; ask it by timeline_reported_by(day)';
COMMENT ON COLUMN timeline_report.event_id IS 'Timeline event';
COMMENT ON COLUMN timeline_report.reported_from IS 'Publication day from which the press had it so';
COMMENT ON COLUMN timeline_report.reported_to IS 'Publication day of the next report; null for the last one';
COMMENT ON COLUMN timeline_report.date_start IS 'Day that the reports up to then name, first day; null when none does';
COMMENT ON COLUMN timeline_report.date_end IS 'Day after the day or period that they name';
COMMENT ON COLUMN timeline_report.date_precision IS 'How fine that date is';
COMMENT ON COLUMN timeline_report.kind IS 'What happened, by most mentions';
COMMENT ON COLUMN timeline_report.authority IS 'Government or agency that acted';
COMMENT ON COLUMN timeline_report.material IS 'Goods, joined by "; "';
COMMENT ON COLUMN timeline_report.licensees IS 'Who holds the license';
COMMENT ON COLUMN timeline_report.beneficiaries IS 'Customers that it was issued for';
COMMENT ON COLUMN timeline_report.excluded IS 'Who was left out';
COMMENT ON COLUMN timeline_report.instrument IS 'Legal instrument';
COMMENT ON COLUMN timeline_report.modality IS 'The surest modality among the mentions';
COMMENT ON COLUMN timeline_report.article_count IS 'Articles that had reported it';
COMMENT ON COLUMN timeline_report.source_count IS 'Ownership groups that had reported it';
COMMENT ON COLUMN timeline_report.evidence_count IS 'Mentions that had reported it';
COMMENT ON COLUMN timeline_report.denial_count IS 'Articles that had denied it';
COMMENT ON COLUMN timeline_report.first_reported_on IS 'Earliest publication day among them';
COMMENT ON COLUMN timeline_report.last_reported_on IS 'Latest publication day among them';
COMMENT ON COLUMN timeline_report.evidence IS 'The sentence of the earliest news';
COMMENT ON COLUMN timeline_report.evidence_url IS 'Address of its article';
