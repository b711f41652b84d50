-- For which events do the sources name different days?
SELECT date_start, date_basis, other_dates, kind, summary, source_count, event_id
FROM timeline
WHERE len(other_dates) > 0
ORDER BY date_start DESC, event_id;
