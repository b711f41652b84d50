-- Rows of timeline_report for the events in the temporary table report_scope: each state rests
-- only on articles published up to its day.
INSERT INTO timeline_report BY NAME
WITH mention AS MATERIALIZED (
  SELECT
    t.event_id,
    t.sentence,
    t.stance,
    m.license_event_id,
    m.article_id,
    m.kind,
    m.authority,
    m.material,
    m.instrument,
    m.modality,
    m.date_start,
    m.date_end,
    m.date_precision,
    v.published_on,
    v.url,
    coalesce(s.owner_group, v.source) AS owner,
    coalesce(s.kind = 'regulator', FALSE) AS is_issuer,
    coalesce(m.date_precision IN ('day', 'time'), FALSE) AS is_day,
    -- News before background, early before late; one string compares faster than a struct.
    concat(CAST(m.is_background AS INTEGER), v.published_on, m.license_event_id) AS reading_order
  FROM timeline_evidence AS t
  SEMI JOIN report_scope AS c ON c.event_id = t.event_id
  JOIN license_event AS m ON m.license_event_id = t.license_event_id
  JOIN article_version AS v ON v.version_id = t.version_id
  LEFT JOIN source AS s ON s.source = v.source
  WHERE t.known_to IS NULL
    AND v.published_on IS NOT NULL
),
state AS (
  SELECT
    event_id,
    published_on AS reported_from,
    lead(published_on) OVER (PARTITION BY event_id ORDER BY published_on) AS reported_to
  FROM mention
  GROUP BY event_id, published_on
),
told AS MATERIALIZED (
  SELECT s.reported_from, m.*
  FROM state AS s
  JOIN mention AS m
    ON m.event_id = s.event_id
    AND m.published_on <= s.reported_from
),
denied AS (
  SELECT event_id, reported_from, CAST(count(DISTINCT article_id) AS INTEGER) AS denial_count
  FROM told
  WHERE stance = 'contradicts'
  GROUP BY event_id, reported_from
),
canonical AS (
  -- The issuer's day, then the day that most mentions state, then the earliest.
  SELECT
    event_id,
    reported_from,
    date_start,
    min_by(date_end, (NOT is_day, reading_order)) AS date_end,
    min_by(date_precision, (NOT is_day, reading_order)) AS date_precision
  FROM told
  WHERE date_start IS NOT NULL
    AND stance = 'supports'
  GROUP BY event_id, reported_from, date_start
  QUALIFY row_number() OVER (
    PARTITION BY event_id, reported_from
    ORDER BY bool_or(is_issuer AND is_day) DESC, bool_or(is_day) DESC,
      count(*) FILTER (is_day) DESC, date_start
  ) = 1
),
party AS (
  SELECT
    m.event_id,
    m.reported_from,
    p.role,
    -- Groups ("its suppliers") only where no firm is named.
    coalesce(
      list_sort(list(DISTINCT p.name) FILTER (p.is_firm)),
      list_sort(list(DISTINCT p.name))
    ) AS names
  FROM told AS m
  JOIN license_event_party AS p USING (license_event_id)
  WHERE m.stance = 'supports'
  GROUP BY m.event_id, m.reported_from, p.role
),
said AS (
  SELECT
    event_id,
    reported_from,
    mode(kind ORDER BY kind) AS kind,
    mode(authority ORDER BY authority) AS authority,
    list_aggregate(
      list_sort(list_distinct(flatten(list(string_split(material, '; '))))), 'string_agg', '; '
    ) AS material,
    mode(instrument ORDER BY instrument) AS instrument,
    CASE
      WHEN bool_or(modality = 'asserted') THEN 'asserted'
      WHEN bool_or(modality = 'reported') THEN 'reported'
      ELSE min(modality)
    END AS modality,
    CAST(count(DISTINCT article_id) AS INTEGER) AS article_count,
    CAST(count(DISTINCT owner) AS INTEGER) AS source_count,
    CAST(count(*) AS INTEGER) AS evidence_count,
    min(published_on) AS first_reported_on,
    max(published_on) AS last_reported_on,
    min_by(sentence, reading_order) AS evidence,
    min_by(url, reading_order) AS evidence_url
  FROM told
  WHERE stance = 'supports'
  GROUP BY event_id, reported_from
)
SELECT
  s.event_id,
  s.reported_from,
  n.reported_to,
  c.date_start,
  c.date_end,
  c.date_precision,
  s.kind,
  s.authority,
  s.material,
  coalesce(l.names, []) AS licensees,
  coalesce(b.names, []) AS beneficiaries,
  coalesce(x.names, []) AS excluded,
  s.instrument,
  s.modality,
  s.article_count,
  s.source_count,
  s.evidence_count,
  coalesce(d.denial_count, 0) AS denial_count,
  s.first_reported_on,
  s.last_reported_on,
  s.evidence,
  s.evidence_url
FROM said AS s
JOIN state AS n USING (event_id, reported_from)
LEFT JOIN denied AS d USING (event_id, reported_from)
LEFT JOIN canonical AS c USING (event_id, reported_from)
LEFT JOIN party AS l
  ON l.event_id = s.event_id AND l.reported_from = s.reported_from AND l.role = 'licensee'
LEFT JOIN party AS b
  ON b.event_id = s.event_id AND b.reported_from = s.reported_from AND b.role = 'beneficiary'
LEFT JOIN party AS x
  ON x.event_id = s.event_id AND x.reported_from = s.reported_from AND x.role = 'excluded'
ORDER BY s.event_id, s.reported_from;
