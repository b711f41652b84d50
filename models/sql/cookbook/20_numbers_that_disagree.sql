-- In which articles do the numbers contradict one another?
SELECT published_on, source, message, first_number, other_number, expected, found, url
FROM contradictions
ORDER BY published_on DESC, url, first_number;
