CREATE OR REPLACE VIEW check_relations_without_event AS
SELECT r.event_id, r.relation, r.related_event_id
FROM timeline_relation AS r
WHERE r.known_to IS NULL
  AND (
    NOT EXISTS (FROM timeline_event AS e WHERE e.event_id = r.event_id AND e.known_to IS NULL)
    OR NOT EXISTS (
      FROM timeline_event AS e WHERE e.event_id = r.related_event_id AND e.known_to IS NULL
    )
  );
COMMENT ON VIEW check_relations_without_event IS 'Relations of which one event is not on the timeline; no row means pass';
