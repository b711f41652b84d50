-- What happened to gallium, germanium, antimony and graphite?
SELECT coalesce(date_start, first_reported_on) AS day, kind, material, destination, instrument,
  source_count, evidence
FROM timeline
WHERE regexp_matches(material, 'gallium|germanium|antimony|graphite')
ORDER BY day, event_id;
