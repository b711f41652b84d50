-- Which sources are silent, poor or unreachable against their own history?
SELECT s.source, coalesce(a.alert, 'as usual') AS alert, a.value, a.usual, a.meaning
FROM source AS s
LEFT JOIN source_alerts AS a USING (source)
WHERE s.is_enabled
ORDER BY a.alert NULLS LAST, s.source;
