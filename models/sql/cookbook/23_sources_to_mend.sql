-- Which sources went quiet or are mostly rejected, and why?
SELECT source, articles, pages, yield_pct, main_reason, newest_article_on, quiet_days
FROM source_health
ORDER BY quiet_days DESC NULLS FIRST, yield_pct, source;
