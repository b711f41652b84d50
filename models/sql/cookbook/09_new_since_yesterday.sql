-- What does the timeline say today that it did not say a day ago?
SELECT n.event_id, n.kind, n.summary, o.revision AS revision_before, n.revision, n.known_from
FROM timeline_as_of(now()) AS n
LEFT JOIN timeline_as_of(now() - INTERVAL 1 DAY) AS o ON o.event_id = n.event_id
WHERE o.event_id IS NULL
  OR o.revision < n.revision
ORDER BY n.known_from, n.event_id;
