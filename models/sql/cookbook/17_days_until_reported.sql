-- How many days passed between an event and its first report?
SELECT date_diff('day', date_start, first_reported_on) AS days, date_start, first_reported_on,
  kind, summary, event_id
FROM timeline
WHERE date_precision = 'day'
  AND first_reported_on >= date_start
ORDER BY days DESC, event_id;
