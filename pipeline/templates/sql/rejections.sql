-- What was seen and not read, and why.
SELECT
  stage,
  reason,
  source,
  url,
  detail
FROM rejection
ORDER BY stage, reason, source, url;
