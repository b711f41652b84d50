CREATE TABLE IF NOT EXISTS timeline_shown (
  event_id VARCHAR NOT NULL,
  license_event_id VARCHAR NOT NULL,
  evidence VARCHAR NOT NULL,
  evidence_url VARCHAR NOT NULL,
  evidence_source VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
COMMENT ON TABLE timeline_shown IS 'The sentence that the timeline shows with each event, kept apart from all evidence so that the timeline is quick; append-only';
COMMENT ON COLUMN timeline_shown.event_id IS 'Timeline event';
COMMENT ON COLUMN timeline_shown.license_event_id IS 'Mention, the best_mention_id of the event';
COMMENT ON COLUMN timeline_shown.evidence IS 'Its sentence';
COMMENT ON COLUMN timeline_shown.evidence_url IS 'Address of its article';
COMMENT ON COLUMN timeline_shown.evidence_source IS 'Source of its article';
COMMENT ON COLUMN timeline_shown.known_from IS 'When the timeline began to show it';
COMMENT ON COLUMN timeline_shown.known_to IS 'When it ceased to; null while it does';
