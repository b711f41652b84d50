CREATE TABLE IF NOT EXISTS correction (
  correction_id VARCHAR NOT NULL,
  action VARCHAR NOT NULL,
  target_ids VARCHAR[] NOT NULL,
  payload VARCHAR NOT NULL,
  author VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  made_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE correction IS 'Decisions of analysts, applied at every refresh; rows are never changed or removed';
COMMENT ON COLUMN correction.correction_id IS 'Key of the correction';
COMMENT ON COLUMN correction.action IS 'merge, split, fix, hide, link, or undo of an earlier correction';
COMMENT ON COLUMN correction.target_ids IS 'Timeline events; for link the surface, for undo the correction';
COMMENT ON COLUMN correction.payload IS 'JSON: field and value, mentions taken out, and the sentences that find a target again';
COMMENT ON COLUMN correction.author IS 'Who decided';
COMMENT ON COLUMN correction.reason IS 'Why';
COMMENT ON COLUMN correction.made_at IS 'When it was decided';
