CREATE TABLE IF NOT EXISTS timeline_mention (
  license_event_id VARCHAR NOT NULL,
  version_id VARCHAR NOT NULL,
  block VARCHAR NOT NULL,
  fingerprint VARCHAR NOT NULL
);
COMMENT ON TABLE timeline_mention IS 'Mentions as the last refresh of the timeline saw them: what tells it which events to look at again';
COMMENT ON COLUMN timeline_mention.license_event_id IS 'Mention';
COMMENT ON COLUMN timeline_mention.version_id IS 'Version of the article that was read';
COMMENT ON COLUMN timeline_mention.block IS 'Group of kinds and country: only mentions of one block can be one event';
COMMENT ON COLUMN timeline_mention.fingerprint IS 'Hash of all that the clustering reads of the mention';
