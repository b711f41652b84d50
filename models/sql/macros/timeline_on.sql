CREATE OR REPLACE MACRO timeline_on(on_day, known_at) AS TABLE
WITH known AS MATERIALIZED (
  SELECT
    *,
    coalesce(effective_start, date_start, first_reported_on) AS in_force_from,
    coalesce(date_start, first_reported_on, effective_start) AS announced_on,
    coalesce(string_split(material, '; '), []) AS materials
  FROM timeline_event
  WHERE known_from <= known_at
    AND (known_to IS NULL OR known_to > known_at)
    AND modality IN ('asserted', 'reported')
),
measure AS (
  SELECT *
  FROM known
  WHERE kind IN (
      'control_imposed', 'control_expanded', 'control_reinstated', 'ban_imposed'
    )
    AND in_force_from <= on_day
),
ending AS (
  SELECT *
  FROM known
  WHERE kind IN ('control_suspended', 'control_lifted', 'ban_lifted', 'entity_delisted')
    AND in_force_from <= on_day
    AND (suspended_until IS NULL OR suspended_until >= on_day)
),
named AS (
  SELECT event_id, related_event_id
  FROM timeline_relation
  WHERE relation IN ('suspends', 'supersedes')
    AND known_from <= known_at
    AND (known_to IS NULL OR known_to > known_at)
),
pair AS (
  -- By its number ...
  SELECT
    m.event_id,
    m.kind,
    m.destination,
    m.announced_on,
    x.kind AS ending_kind,
    x.destination AS ending_destination,
    x.in_force_from AS ended_from
  FROM measure AS m
  JOIN ending AS x ON x.instrument = m.instrument
  UNION ALL
  -- ... or by authority and goods; an undated "lifted" in passing ends nothing.
  SELECT
    m.event_id,
    m.kind,
    m.destination,
    m.announced_on,
    x.kind,
    x.destination,
    x.in_force_from
  FROM (SELECT *, unnest(materials) AS good FROM measure) AS m
  JOIN (SELECT *, unnest(materials) AS good FROM ending) AS x ON x.good = m.good
  WHERE (m.instrument IS NULL OR x.instrument IS NULL)
    AND coalesce(x.effective_start, x.date_start) IS NOT NULL
    AND (contains(x.authority, m.authority) OR contains(m.authority, x.authority))
),
ended AS (
  SELECT n.related_event_id AS event_id
  FROM named AS n
  JOIN ending AS x ON x.event_id = n.event_id
  UNION
  SELECT event_id
  FROM pair
  -- A measure that is suspended before its day of effect does not take effect on it.
  WHERE ended_from >= announced_on
    AND CASE ending_kind
      WHEN 'ban_lifted' THEN kind = 'ban_imposed'
      WHEN 'control_lifted' THEN kind <> 'ban_imposed'
      ELSE ending_kind = 'control_suspended'
    END
    -- A suspension towards one destination leaves the measure in force for the others.
    AND (ending_destination IS NULL OR ending_destination IS NOT DISTINCT FROM destination)
)
SELECT
  m.event_id,
  m.in_force_from,
  m.kind,
  m.summary,
  m.authority,
  m.material,
  m.destination,
  m.instrument,
  m.date_start,
  m.effective_start,
  m.modality,
  m.article_count,
  m.source_count,
  m.confidence,
  m.revision,
  m.known_from
FROM measure AS m
ANTI JOIN ended AS d ON d.event_id = m.event_id
ORDER BY m.in_force_from, m.event_id;
COMMENT ON MACRO TABLE timeline_on IS 'Controls and bans in force on a day, as reeline knew at an instant: begun by then, and not suspended (unless the suspension has run out) or lifted by an event that is related to them, or has the same instrument, or is dated and of the same authority and goods where one of the two names no instrument';
