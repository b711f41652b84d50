-- Controls and bans in force on the day.
SELECT
  in_force_from,
  kind,
  summary,
  authority,
  material,
  destination,
  instrument,
  source_count,
  confidence,
  event_id
FROM timeline_on($today, TIMESTAMPTZ 'infinity')
ORDER BY in_force_from DESC, event_id;
