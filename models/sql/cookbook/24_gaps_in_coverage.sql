-- Which months does each source cover, and with how many facts?
SELECT source, month, articles, facts, license_events, rejections
FROM coverage
ORDER BY source, month;
