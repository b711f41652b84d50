-- Events of which one sentence states another day than the timeline shows.
WITH stated AS (
  SELECT
    e.event_id,
    e.summary,
    e.date_start AS shown_day,
    e.date_basis,
    v.date_start AS stated_day,
    v.sentence,
    v.source_name,
    v.published_on,
    v.url
  FROM timeline AS e
  JOIN evidence AS v USING (event_id)
  WHERE len(e.other_dates) > 0
    AND v.stance = 'supports'
    AND v.date_start IS NOT NULL
),
agreeing AS (
  SELECT
    event_id,
    min_by(sentence, (published_on, url, sentence)) AS sentence,
    min_by(source_name, (published_on, url, sentence)) AS source_name
  FROM stated
  WHERE stated_day = shown_day
  GROUP BY event_id
)
SELECT DISTINCT
  s.event_id,
  s.summary,
  s.shown_day,
  s.date_basis,
  a.sentence AS shown_sentence,
  a.source_name AS shown_source,
  s.stated_day,
  s.sentence AS other_sentence,
  s.source_name AS other_source,
  s.published_on AS other_published_on,
  s.url AS other_url
FROM stated AS s
JOIN timeline AS e USING (event_id)
LEFT JOIN agreeing AS a USING (event_id)
WHERE list_contains(e.other_dates, s.stated_day)
ORDER BY s.shown_day DESC, s.event_id, s.stated_day, s.url, s.sentence;
