CREATE OR REPLACE VIEW relations AS
SELECT
  coalesce(a.date_start, a.first_reported_on) AS day,
  a.kind,
  a.summary,
  r.relation,
  coalesce(b.date_start, b.first_reported_on) AS related_day,
  b.kind AS related_kind,
  b.summary AS related_summary,
  r.why,
  r.event_id,
  r.related_event_id
FROM timeline_relation AS r
JOIN timeline_event AS a
  ON a.event_id = r.event_id
  AND a.known_to IS NULL
JOIN timeline_event AS b
  ON b.event_id = r.related_event_id
  AND b.known_to IS NULL
WHERE r.known_to IS NULL
ORDER BY day, r.event_id, related_day, r.related_event_id, r.relation;
COMMENT ON VIEW relations IS 'How events bear on one another: read "summary, relation, related summary"';
COMMENT ON COLUMN relations.day IS 'Day of the event; of its first report when no source states one';
COMMENT ON COLUMN relations.related_day IS 'Day of the related event';
COMMENT ON COLUMN relations.related_kind IS 'Kind of the related event';
COMMENT ON COLUMN relations.related_summary IS 'One line on the related event';
