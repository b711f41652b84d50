CREATE OR REPLACE VIEW check_overlapping_revisions AS
SELECT a.event_id, a.revision, b.revision AS other_revision
FROM timeline_event AS a
JOIN timeline_event AS b
  ON a.event_id = b.event_id
  AND a.revision < b.revision
WHERE a.known_to IS NULL
  OR a.known_to > b.known_from;
COMMENT ON VIEW check_overlapping_revisions IS 'Revisions of one event that were current at the same time; no row means pass';
