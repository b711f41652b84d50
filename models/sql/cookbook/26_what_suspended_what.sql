-- Which act suspended, amended or ended which measure, and what shows it?
SELECT day, summary, relation, related_summary, why, event_id, related_event_id
FROM relations
WHERE relation IN ('suspends', 'supersedes', 'amends', 'implements')
ORDER BY day, event_id, related_event_id;
