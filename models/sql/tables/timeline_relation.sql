CREATE TABLE IF NOT EXISTS timeline_relation (
  event_id VARCHAR NOT NULL,
  related_event_id VARCHAR NOT NULL,
  relation VARCHAR NOT NULL,
  why VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
COMMENT ON TABLE timeline_relation IS 'How events bear on one another; read "event, relation, related event"';
COMMENT ON COLUMN timeline_relation.event_id IS 'Timeline event that bears on the other';
COMMENT ON COLUMN timeline_relation.related_event_id IS 'Timeline event that it bears on';
COMMENT ON COLUMN timeline_relation.relation IS 'confirms, part_of, implements, amends, suspends, contradicts or supersedes';
COMMENT ON COLUMN timeline_relation.why IS 'What shows the relation, in words';
COMMENT ON COLUMN timeline_relation.known_from IS 'When reeline began to say so';
COMMENT ON COLUMN timeline_relation.known_to IS 'When it ceased to; null while it holds';
