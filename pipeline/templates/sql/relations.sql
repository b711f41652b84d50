-- How events bear on one another: read "event, relation, related event".
SELECT
  event_id,
  relation,
  related_event_id,
  why,
  known_from,
  known_to
FROM timeline_relation
ORDER BY event_id, relation, related_event_id, known_from;
