-- Sources that need a look: silent, poor or unreachable against their own history.
SELECT
  coalesce(name, source) AS source,
  alert,
  value,
  usual,
  meaning
FROM source_alerts
ORDER BY source, alert;
