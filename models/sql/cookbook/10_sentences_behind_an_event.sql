-- Which sentences say that Chinese magnet makers were granted general licenses?
SELECT e.published_on, e.source_name, e.sentence, e.attributed_to, e.modality, e.url
FROM evidence AS e
JOIN timeline AS t ON t.event_id = e.event_id
WHERE t.kind = 'license_granted'
  AND t.license_kind = 'general'
ORDER BY e.published_on, e.event_id, e.license_event_id;
