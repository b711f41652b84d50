CREATE OR REPLACE MACRO timeline_as_of(known_at) AS TABLE
SELECT
  e.event_id,
  e.revision,
  e.date_start,
  e.date_end,
  e.date_precision,
  e.date_basis,
  e.kind,
  e.summary,
  e.authority,
  e.material,
  e.licensees,
  e.beneficiaries,
  e.applicants,
  e.excluded,
  e.destination,
  e.license_kind,
  e.instrument,
  e.effective_start,
  e.modality,
  e.article_count,
  e.source_count,
  e.confidence,
  e.first_reported_on,
  e.last_reported_on,
  e.other_dates,
  e.entity_list,
  e.denial_count,
  e.status,
  e.status_from,
  e.suspended_until,
  e.mast_code,
  e.mast_edition,
  e.gta_type,
  b.evidence,
  b.evidence_url,
  b.evidence_source,
  e.known_from
FROM timeline_event AS e
LEFT JOIN timeline_shown AS b
  ON b.event_id = e.event_id
  AND b.known_from <= known_at
  AND (b.known_to IS NULL OR b.known_to > known_at)
WHERE e.known_from <= known_at
  AND (e.known_to IS NULL OR e.known_to > known_at)
ORDER BY coalesce(e.date_start, e.first_reported_on) DESC, e.event_id;
COMMENT ON MACRO TABLE timeline_as_of IS 'Timeline as reeline knew it at an instant, with the evidence of then; what the press had reported by a day is timeline_reported_by';
