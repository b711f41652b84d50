CREATE TABLE IF NOT EXISTS license_event (
  license_event_id VARCHAR NOT NULL,
  article_id VARCHAR NOT NULL,
  version_id VARCHAR NOT NULL,
  char_start INTEGER NOT NULL,
  char_end INTEGER NOT NULL,
  text VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  authority VARCHAR,
  licensees VARCHAR[] NOT NULL,
  beneficiaries VARCHAR[] NOT NULL,
  applicants VARCHAR[] NOT NULL,
  excluded VARCHAR[] NOT NULL,
  material VARCHAR,
  destination VARCHAR,
  license_kind VARCHAR,
  instrument VARCHAR,
  date_start DATE,
  date_end DATE,
  date_precision VARCHAR,
  effective_start DATE,
  modality VARCHAR NOT NULL,
  attributed_to VARCHAR,
  is_background BOOLEAN NOT NULL,
  rule_id VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL,
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
    license_kind IN (
      'general', 'individual', 'validated_end_user', 'temporary'
    )
  ),
  CHECK (
    modality IN (
      'asserted', 'reported', 'planned', 'possible', 'conditional', 'requested',
      'negated', 'denied'
    )
  ),
  CHECK (
    date_precision IN (
      'time', 'day', 'week', 'month', 'quarter', 'half', 'year', 'multi', 'vague'
    )
  )
);
COMMENT ON TABLE license_event IS 'Mentions of policy and license events: what one text says happened';
COMMENT ON COLUMN license_event.license_event_id IS 'Hash of version, kind and place in the text';
COMMENT ON COLUMN license_event.article_id IS 'Article that says so';
COMMENT ON COLUMN license_event.version_id IS 'Version of the article that was read';
COMMENT ON COLUMN license_event.char_start IS 'First character of the evidence in article_text.text, 0-based, inclusive';
COMMENT ON COLUMN license_event.char_end IS 'Character after the evidence, exclusive';
COMMENT ON COLUMN license_event.text IS 'The evidence itself, equal to article_text.text[char_start:char_end]';
COMMENT ON COLUMN license_event.kind IS 'What happened';
COMMENT ON COLUMN license_event.authority IS 'Government or agency that acts';
COMMENT ON COLUMN license_event.licensees IS 'Who holds the license, in the words of the text';
COMMENT ON COLUMN license_event.beneficiaries IS 'Customers that it was issued for';
COMMENT ON COLUMN license_event.applicants IS 'Who asked for it';
COMMENT ON COLUMN license_event.excluded IS 'Who was left out';
COMMENT ON COLUMN license_event.material IS 'Canonical names of the goods, joined by "; "';
COMMENT ON COLUMN license_event.destination IS 'Where the goods go, joined by "; "';
COMMENT ON COLUMN license_event.license_kind IS 'Form of the license';
COMMENT ON COLUMN license_event.instrument IS 'Legal instrument, e.g. Announcement No. 61 of 2025';
COMMENT ON COLUMN license_event.date_start IS 'First day on which it may have happened, inclusive; never the publication date';
COMMENT ON COLUMN license_event.date_end IS 'Day after the last one, exclusive';
COMMENT ON COLUMN license_event.date_precision IS 'How fine the date is';
COMMENT ON COLUMN license_event.effective_start IS 'Day it takes effect, when the text tells it apart';
COMMENT ON COLUMN license_event.modality IS 'How sure the text is';
COMMENT ON COLUMN license_event.attributed_to IS 'Who says so, in the words of the text';
COMMENT ON COLUMN license_event.is_background IS 'True for a past act retold';
COMMENT ON COLUMN license_event.rule_id IS 'Rule that made the row';
COMMENT ON COLUMN license_event.extractor_version IS 'Version of the extractors that made the row';
