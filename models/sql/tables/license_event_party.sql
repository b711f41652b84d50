CREATE TABLE IF NOT EXISTS license_event_party (
  license_event_id VARCHAR NOT NULL,
  article_id VARCHAR NOT NULL,
  version_id VARCHAR NOT NULL,
  role VARCHAR NOT NULL,
  surface VARCHAR NOT NULL,
  company_id VARCHAR,
  name VARCHAR NOT NULL,
  is_firm BOOLEAN NOT NULL,
  CHECK (role IN ('licensee', 'beneficiary', 'applicant', 'excluded'))
);
COMMENT ON TABLE license_event_party IS 'Parties of license event mentions, one row each, linked to the registry';
COMMENT ON COLUMN license_event_party.license_event_id IS 'Event mention';
COMMENT ON COLUMN license_event_party.article_id IS 'Article that says so';
COMMENT ON COLUMN license_event_party.version_id IS 'Version of the article that was read';
COMMENT ON COLUMN license_event_party.role IS 'licensee, beneficiary, applicant or excluded';
COMMENT ON COLUMN license_event_party.surface IS 'The party in the words of the text';
COMMENT ON COLUMN license_event_party.company_id IS 'Company of the registry; null for a group or an unknown firm';
COMMENT ON COLUMN license_event_party.name IS 'Name of the firm, else the surface';
COMMENT ON COLUMN license_event_party.is_firm IS 'True for one named firm; false for a group such as "its suppliers"';
