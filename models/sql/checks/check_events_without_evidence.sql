CREATE OR REPLACE VIEW check_events_without_evidence AS
SELECT e.event_id, e.summary
FROM timeline_event AS e
WHERE e.known_to IS NULL
  AND NOT EXISTS (
    FROM timeline_evidence AS t
    WHERE t.event_id = e.event_id
      AND t.known_to IS NULL
  );
COMMENT ON VIEW check_events_without_evidence IS 'Events of the timeline that no mention supports; no row means pass';
