-- The facts inside those sentences, by their place in the sentence.
WITH sentence AS (
  SELECT DISTINCT s.version_id, s.char_start, s.char_end
  FROM timeline_evidence AS t
  JOIN article_sentence AS s
    ON s.version_id = t.version_id
    AND s.char_start <= t.char_start
    AND t.char_start < s.char_end
),
fact AS (
  SELECT version_id, char_start, char_end, 'company' AS fact, name AS reading
  FROM company_mention
  UNION ALL
  SELECT version_id, char_start, char_end, 'date', concat_ws(' ', timex, modifier)
  FROM date_mention
  UNION ALL
  SELECT
    version_id,
    char_start,
    char_end,
    'tonnage',
    concat_ws(' ', CAST(coalesce(tonnes, tonnes_low) AS VARCHAR), 't', flow, material)
  FROM tonnage
  UNION ALL
  SELECT
    version_id,
    char_start,
    char_end,
    'percentage',
    concat_ws(' ', CAST(coalesce(value, low) AS VARCHAR) || '%', kind)
  FROM percentage
)
SELECT
  f.version_id,
  s.char_start AS sentence_start,
  f.fact,
  f.char_start - s.char_start AS fact_start,
  f.char_end - s.char_start AS fact_end,
  f.reading
FROM sentence AS s
JOIN fact AS f
  ON f.version_id = s.version_id
  AND s.char_start <= f.char_start
  AND f.char_end <= s.char_end
ORDER BY f.version_id, f.char_start, f.char_end, f.fact, f.reading;
