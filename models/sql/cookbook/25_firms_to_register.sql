-- Which firms are in the news and not in the registry?
SELECT name, articles, mentions, surfaces, first_reported_on, example_url
FROM unlinked_companies
ORDER BY articles DESC, mentions DESC, name;
