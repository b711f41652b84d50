CREATE TABLE IF NOT EXISTS timeline_event (
  event_id VARCHAR NOT NULL,
  revision INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  summary VARCHAR NOT NULL,
  authority VARCHAR,
  material VARCHAR,
  licensees VARCHAR[] NOT NULL,
  beneficiaries VARCHAR[] NOT NULL,
  applicants VARCHAR[] NOT NULL,
  excluded VARCHAR[] NOT NULL,
  destination VARCHAR,
  license_kind VARCHAR,
  instrument VARCHAR,
  date_start DATE,
  date_end DATE,
  date_precision VARCHAR,
  date_basis VARCHAR,
  other_dates DATE[] NOT NULL,
  effective_start DATE,
  modality VARCHAR NOT NULL,
  first_reported_on DATE,
  last_reported_on DATE,
  article_count INTEGER NOT NULL,
  source_count INTEGER NOT NULL,
  confidence DOUBLE NOT NULL,
  best_mention_id VARCHAR NOT NULL,
  entity_list VARCHAR,
  denial_count INTEGER NOT NULL,
  status VARCHAR,
  status_from DATE,
  suspended_until DATE,
  mast_code VARCHAR,
  mast_edition VARCHAR,
  gta_type VARCHAR,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ,
  CHECK (
    kind IN (
      'control_imposed', 'control_expanded', 'control_eased', 'control_suspended',
      'control_reinstated', 'control_lifted', 'ban_imposed', 'ban_lifted',
      'license_regime_changed', 'quota_issued', 'exemption_granted', 'entity_listed',
      'entity_delisted', 'license_applied', 'license_granted', 'license_denied',
      'license_delayed', 'license_revoked', 'license_renewed', 'license_excluded',
      'other_policy', 'other_license'
    )
  ),
  CHECK (
    modality IN (
      'asserted', 'reported', 'planned', 'possible', 'conditional', 'requested',
      'negated', 'denied'
    )
  )
);
COMMENT ON TABLE timeline_event IS 'Clustered events, append-only: a change closes a revision and opens the next';
COMMENT ON COLUMN timeline_event.event_id IS 'Stable key of the event';
COMMENT ON COLUMN timeline_event.revision IS '1, 2, ... in order of knowledge';
COMMENT ON COLUMN timeline_event.kind IS 'What happened';
COMMENT ON COLUMN timeline_event.summary IS 'One line made from the fields';
COMMENT ON COLUMN timeline_event.authority IS 'Government or agency that acted';
COMMENT ON COLUMN timeline_event.material IS 'Goods, joined by "; "';
COMMENT ON COLUMN timeline_event.licensees IS 'Who holds the license';
COMMENT ON COLUMN timeline_event.beneficiaries IS 'Customers that it was issued for';
COMMENT ON COLUMN timeline_event.applicants IS 'Who asked for it';
COMMENT ON COLUMN timeline_event.excluded IS 'Who was left out';
COMMENT ON COLUMN timeline_event.destination IS 'Where the goods go';
COMMENT ON COLUMN timeline_event.license_kind IS 'Form of the license';
COMMENT ON COLUMN timeline_event.instrument IS 'Legal instrument';
COMMENT ON COLUMN timeline_event.date_start IS 'Canonical date, first day; null when no source states one';
COMMENT ON COLUMN timeline_event.date_end IS 'Day after the canonical date or period';
COMMENT ON COLUMN timeline_event.date_precision IS 'How fine the canonical date is';
COMMENT ON COLUMN timeline_event.date_basis IS 'Why this date: issuer, majority, earliest, effect (day of effect of an old act), analyst; null without a date';
COMMENT ON COLUMN timeline_event.other_dates IS 'Conflicting first days that other mentions state';
COMMENT ON COLUMN timeline_event.effective_start IS 'Day it takes effect';
COMMENT ON COLUMN timeline_event.modality IS 'The surest modality among the mentions';
COMMENT ON COLUMN timeline_event.first_reported_on IS 'Earliest publication day among the articles';
COMMENT ON COLUMN timeline_event.last_reported_on IS 'Latest publication day among the articles';
COMMENT ON COLUMN timeline_event.article_count IS 'Articles that mention it';
COMMENT ON COLUMN timeline_event.source_count IS 'Independent sources: ownership groups and copies count once';
COMMENT ON COLUMN timeline_event.confidence IS '0 to 1: modality, sources and dates taken together';
COMMENT ON COLUMN timeline_event.best_mention_id IS 'Mention whose sentence the timeline shows';
COMMENT ON COLUMN timeline_event.entity_list IS 'List that a listing is about: export control list, watch list, unreliable entity list';
COMMENT ON COLUMN timeline_event.denial_count IS 'Articles that say it did not happen; see timeline_evidence.stance';
COMMENT ON COLUMN timeline_event.status IS 'Last stated standing of the measure: proposed, announced, in_force, suspended, lifted; null for acts on firms';
COMMENT ON COLUMN timeline_event.status_from IS 'Day from which the standing holds';
COMMENT ON COLUMN timeline_event.suspended_until IS 'Day until which a suspension is stated to last; after it the measure is in force again';
COMMENT ON COLUMN timeline_event.mast_code IS 'UNCTAD MAST chapter P code of the kind; null outside it';
COMMENT ON COLUMN timeline_event.mast_edition IS 'Edition of MAST that the code is from';
COMMENT ON COLUMN timeline_event.gta_type IS 'Global Trade Alert intervention type of the kind; null outside it';
COMMENT ON COLUMN timeline_event.known_from IS 'When reeline began to say so';
COMMENT ON COLUMN timeline_event.known_to IS 'When it ceased to; null for the current revision';
