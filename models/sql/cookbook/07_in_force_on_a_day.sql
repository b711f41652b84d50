-- Which controls and bans were in force on 15 October 2025, as far as we know now?
SELECT in_force_from, kind, authority, material, instrument, destination, source_count, event_id
FROM timeline_on(DATE '2025-10-15', now())
ORDER BY in_force_from, event_id;
