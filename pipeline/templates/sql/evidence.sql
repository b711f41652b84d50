-- The sentences behind each event, the most telling first: who said so, when, in which words.
SELECT
  t.event_id,
  t.version_id,
  s.char_start AS sentence_start,
  t.char_start - coalesce(s.char_start, t.char_start) AS mention_start,
  t.char_end - coalesce(s.char_start, t.char_start) AS mention_end,
  t.sentence,
  t.stance,
  m.modality,
  m.attributed_to,
  m.date_start,
  m.date_end,
  m.date_precision,
  m.rule_id,
  v.published_on,
  coalesce(p.name, t.source) AS source,
  p.kind AS source_kind,
  v.title,
  v.url,
  t.known_from,
  t.known_to
FROM timeline_evidence AS t
JOIN license_event AS m USING (license_event_id)
JOIN article_version AS v ON v.version_id = t.version_id
LEFT JOIN source AS p ON p.source = t.source
LEFT JOIN article_sentence AS s
  ON s.version_id = t.version_id
  AND s.char_start <= t.char_start
  AND t.char_start < s.char_end
LEFT JOIN timeline_event AS e
  ON e.event_id = t.event_id
  AND e.known_to IS NULL
ORDER BY
  t.event_id,
  t.license_event_id IS DISTINCT FROM e.best_mention_id,
  v.published_on,
  t.license_event_id,
  t.known_from;
