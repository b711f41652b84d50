-- Rows of timeline_report for the events in the temporary table report_scope: each state rests
-- only on articles published up to its day. Counts run on from day to day: the work grows with
-- mentions, and with days times the different values that one event was given.
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
support AS MATERIALIZED (
  FROM mention
  WHERE stance = 'supports'
),
state AS MATERIALIZED (
  SELECT
    event_id,
    published_on AS reported_from,
    lead(published_on) OVER (PARTITION BY event_id ORDER BY published_on) AS reported_to
  FROM mention
  GROUP BY event_id, published_on
),
-- What counts once counts on the day that says it first.
said AS (
  SELECT
    event_id, published_on, unnest(['article', 'owner']) AS what, unnest([article_id, owner]) AS who
  FROM support
  UNION ALL
  SELECT event_id, published_on, 'denial' AS what, article_id AS who
  FROM mention
  WHERE stance = 'contradicts'
),
first_said AS (
  SELECT
    event_id,
    published_on,
    count(*) FILTER (what = 'article') AS articles,
    count(*) FILTER (what = 'owner') AS owners,
    count(*) FILTER (what = 'denial') AS denials
  FROM (
    SELECT event_id, what, who, min(published_on) AS published_on
    FROM said
    GROUP BY event_id, what, who
  )
  GROUP BY event_id, published_on
),
daily AS (
  SELECT
    event_id,
    published_on,
    count(*) AS mentions,
    bool_or(modality = 'asserted') AS is_asserted,
    bool_or(modality = 'reported') AS is_reported,
    min(modality) AS modality,
    min({'at': reading_order, 'sentence': sentence, 'url': url}) AS shown
  FROM support
  GROUP BY event_id, published_on
),
running AS (
  SELECT
    s.event_id,
    s.reported_from,
    CAST(sum(f.articles) OVER sofar AS INTEGER) AS article_count,
    CAST(sum(f.owners) OVER sofar AS INTEGER) AS source_count,
    CAST(sum(d.mentions) OVER sofar AS INTEGER) AS evidence_count,
    CAST(coalesce(sum(f.denials) OVER sofar, 0) AS INTEGER) AS denial_count,
    min(d.published_on) OVER sofar AS first_reported_on,
    max(d.published_on) OVER sofar AS last_reported_on,
    CASE
      WHEN bool_or(d.is_asserted) OVER sofar THEN 'asserted'
      WHEN bool_or(d.is_reported) OVER sofar THEN 'reported'
      ELSE min(d.modality) OVER sofar
    END AS modality,
    min(d.shown) OVER sofar AS shown
  FROM state AS s
  LEFT JOIN daily AS d ON d.event_id = s.event_id AND d.published_on = s.reported_from
  LEFT JOIN first_said AS f ON f.event_id = s.event_id AND f.published_on = s.reported_from
  WINDOW sofar AS (PARTITION BY s.event_id ORDER BY s.reported_from)
),
-- The issuer's day, then the day that most mentions state, then the earliest.
dated AS (
  SELECT
    event_id,
    date_start,
    published_on,
    bool_or(is_issuer AND is_day) AS is_issued,
    bool_or(is_day) AS is_day,
    count(*) AS mentions,
    count(*) FILTER (is_day) AS days,
    min({'is_coarse': NOT is_day, 'at': reading_order, 'day': date_end})
      FILTER (date_end IS NOT NULL) AS date_end,
    min({'is_coarse': NOT is_day, 'at': reading_order, 'precision': date_precision})
      FILTER (date_precision IS NOT NULL) AS date_precision
  FROM support
  WHERE date_start IS NOT NULL
  GROUP BY event_id, date_start, published_on
),
running_date AS (
  SELECT
    s.event_id,
    s.reported_from,
    g.date_start,
    sum(d.mentions) OVER sofar AS mentions,
    bool_or(d.is_issued) OVER sofar AS is_issued,
    bool_or(d.is_day) OVER sofar AS is_day,
    sum(d.days) OVER sofar AS days,
    min(d.date_end) OVER sofar AS date_end,
    min(d.date_precision) OVER sofar AS date_precision
  FROM state AS s
  JOIN (SELECT DISTINCT event_id, date_start FROM dated) AS g ON g.event_id = s.event_id
  LEFT JOIN dated AS d
    ON d.event_id = s.event_id AND d.date_start = g.date_start AND d.published_on = s.reported_from
  WINDOW sofar AS (PARTITION BY s.event_id, g.date_start ORDER BY s.reported_from)
),
canonical AS (
  SELECT
    event_id,
    reported_from,
    date_start,
    date_end.day AS date_end,
    date_precision.precision AS date_precision
  FROM running_date
  WHERE mentions > 0
  QUALIFY row_number() OVER (
    PARTITION BY event_id, reported_from
    ORDER BY is_issued DESC, is_day DESC, days DESC, date_start
  ) = 1
),
-- What most mentions say, and of equals the first by name.
vote AS (
  SELECT event_id, published_on, field, value, count(*) AS mentions
  FROM (
    SELECT
      event_id,
      published_on,
      unnest(['kind', 'authority', 'instrument']) AS field,
      unnest([kind, authority, instrument]) AS value
    FROM support
  )
  WHERE value IS NOT NULL
  GROUP BY event_id, published_on, field, value
),
running_vote AS (
  SELECT
    s.event_id,
    s.reported_from,
    g.field,
    g.value,
    sum(v.mentions) OVER (
      PARTITION BY s.event_id, g.field, g.value ORDER BY s.reported_from
    ) AS votes
  FROM state AS s
  JOIN (SELECT DISTINCT event_id, field, value FROM vote) AS g ON g.event_id = s.event_id
  LEFT JOIN vote AS v
    ON v.event_id = s.event_id AND v.field = g.field AND v.value = g.value
    AND v.published_on = s.reported_from
),
elected AS (
  SELECT
    event_id,
    reported_from,
    min_by(value, (-votes, value)) FILTER (field = 'kind') AS kind,
    min_by(value, (-votes, value)) FILTER (field = 'authority') AS authority,
    min_by(value, (-votes, value)) FILTER (field = 'instrument') AS instrument
  FROM running_vote
  WHERE votes > 0
  GROUP BY event_id, reported_from
),
named AS (
  SELECT m.event_id, p.role, p.name, p.is_firm, min(m.published_on) AS since
  FROM support AS m
  JOIN license_event_party AS p USING (license_event_id)
  GROUP BY m.event_id, p.role, p.name, p.is_firm
),
party AS (
  SELECT
    s.event_id,
    s.reported_from,
    n.role,
    -- Groups ("its suppliers") only where no firm is named.
    coalesce(
      list_sort(list(DISTINCT n.name) FILTER (n.is_firm)),
      list_sort(list(DISTINCT n.name))
    ) AS names
  FROM state AS s
  JOIN named AS n ON n.event_id = s.event_id AND n.since <= s.reported_from
  GROUP BY s.event_id, s.reported_from, n.role
),
part AS (
  SELECT event_id, name, min(published_on) AS since
  FROM (
    SELECT event_id, published_on, unnest(string_split(material, '; ')) AS name
    FROM support
  )
  GROUP BY event_id, name
),
goods AS (
  SELECT s.event_id, s.reported_from, string_agg(p.name, '; ' ORDER BY p.name) AS material
  FROM state AS s
  JOIN part AS p ON p.event_id = s.event_id AND p.since <= s.reported_from
  GROUP BY s.event_id, s.reported_from
)
SELECT
  r.event_id,
  r.reported_from,
  n.reported_to,
  c.date_start,
  c.date_end,
  c.date_precision,
  e.kind,
  e.authority,
  g.material,
  coalesce(l.names, []) AS licensees,
  coalesce(b.names, []) AS beneficiaries,
  coalesce(x.names, []) AS excluded,
  e.instrument,
  r.modality,
  r.article_count,
  r.source_count,
  r.evidence_count,
  r.denial_count,
  r.first_reported_on,
  r.last_reported_on,
  r.shown.sentence AS evidence,
  r.shown.url AS evidence_url
FROM running AS r
JOIN state AS n USING (event_id, reported_from)
JOIN elected AS e USING (event_id, reported_from)
LEFT JOIN canonical AS c USING (event_id, reported_from)
LEFT JOIN goods AS g USING (event_id, reported_from)
LEFT JOIN party AS l
  ON l.event_id = r.event_id AND l.reported_from = r.reported_from AND l.role = 'licensee'
LEFT JOIN party AS b
  ON b.event_id = r.event_id AND b.reported_from = r.reported_from AND b.role = 'beneficiary'
LEFT JOIN party AS x
  ON x.event_id = r.event_id AND x.reported_from = r.reported_from AND x.role = 'excluded'
ORDER BY r.event_id, r.reported_from;
