CREATE TABLE IF NOT EXISTS timeline_evidence (
  event_id VARCHAR NOT NULL,
  license_event_id VARCHAR NOT NULL,
  article_id VARCHAR NOT NULL,
  version_id VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  sentence VARCHAR NOT NULL,
  char_start INTEGER NOT NULL,
  char_end INTEGER NOT NULL,
  stance VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ,
  CHECK (stance = 'supports' OR stance = 'contradicts')
);
COMMENT ON TABLE timeline_evidence IS 'Mentions behind each timeline event';
COMMENT ON COLUMN timeline_evidence.event_id IS 'Timeline event';
COMMENT ON COLUMN timeline_evidence.license_event_id IS 'Mention';
COMMENT ON COLUMN timeline_evidence.article_id IS 'Article that says so';
COMMENT ON COLUMN timeline_evidence.version_id IS 'Version of the article that was read';
COMMENT ON COLUMN timeline_evidence.source IS 'Source of the article';
COMMENT ON COLUMN timeline_evidence.sentence IS 'The sentence that says so';
COMMENT ON COLUMN timeline_evidence.char_start IS 'First character of the mention';
COMMENT ON COLUMN timeline_evidence.char_end IS 'Character after the mention';
COMMENT ON COLUMN timeline_evidence.stance IS 'supports, or contradicts for a mention that denies the event';
COMMENT ON COLUMN timeline_evidence.known_from IS 'When the mention joined the event';
COMMENT ON COLUMN timeline_evidence.known_to IS 'When it left; null while it belongs';
