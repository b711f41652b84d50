CREATE TABLE IF NOT EXISTS timeline_successor (
  event_id VARCHAR NOT NULL,
  successor_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE timeline_successor IS 'Where an event went that left the timeline: an earlier report gave it another id, or it was merged';
COMMENT ON COLUMN timeline_successor.event_id IS 'Event that left the timeline';
COMMENT ON COLUMN timeline_successor.successor_id IS 'Event that took over most of its mentions';
COMMENT ON COLUMN timeline_successor.known_from IS 'When it did';
