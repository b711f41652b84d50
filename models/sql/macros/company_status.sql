CREATE OR REPLACE MACRO company_status(on_day) AS TABLE
WITH supported AS (
  SELECT event_id, count(*) AS evidence_count
  FROM timeline_evidence
  WHERE known_to IS NULL
    AND stance = 'supports'
  GROUP BY event_id
),
happened AS (
  SELECT
    coalesce(p.company_id, lower(p.company)) AS company_key,
    p.company,
    p.company_id,
    p.role,
    p.event_id,
    coalesce(s.evidence_count, 0) AS evidence_count,
    CASE
      WHEN e.kind IN ('license_granted', 'license_renewed') AND p.role = 'licensee' THEN 'holds'
      WHEN e.kind IN ('license_granted', 'license_renewed') AND p.role = 'beneficiary' THEN 'served'
      WHEN p.role = 'excluded' OR e.kind = 'license_excluded' THEN 'excluded'
      WHEN e.kind IN ('license_applied', 'license_delayed') THEN 'waits'
      WHEN e.kind = 'license_denied' THEN 'refused'
      WHEN e.kind = 'license_revoked' THEN 'revoked'
    END AS status,
    e.kind,
    e.license_kind,
    e.material,
    e.source_count,
    e.confidence,
    e.summary,
    -- The day by which it had happened: a month that was reported on the 11th is the 11th.
    CASE
      WHEN e.date_start IS NULL THEN e.first_reported_on
      ELSE greatest(
        e.date_start,
        least(CAST(e.date_end - INTERVAL 1 DAY AS DATE), e.first_reported_on)
      )
    END AS since
  FROM event_parties AS p
  JOIN timeline_event AS e
    ON e.event_id = p.event_id
    AND e.known_to IS NULL
  LEFT JOIN supported AS s ON s.event_id = p.event_id
  WHERE p.is_firm
    AND e.modality IN ('asserted', 'reported')
    AND e.kind <> 'entity_delisted'
)
SELECT
  company,
  company_id,
  status,
  since,
  role,
  kind,
  license_kind,
  material,
  source_count,
  CAST(evidence_count AS INTEGER) AS evidence_count,
  confidence,
  summary,
  event_id
FROM happened
WHERE status IS NOT NULL
  AND since <= on_day
QUALIFY row_number() OVER (
  PARTITION BY company_key
  ORDER BY since DESC, source_count DESC, confidence DESC, event_id, role
) = 1
ORDER BY company, company_id;
COMMENT ON MACRO TABLE company_status IS 'Standing of each named firm as of a day, by the latest event that happened to it: holds, served (a supplier holds a license issued for it), waits, refused, excluded, revoked. What is only planned or was denied does not count';
