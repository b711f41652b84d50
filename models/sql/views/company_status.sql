CREATE OR REPLACE VIEW company_status AS
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
  evidence_count,
  confidence,
  summary,
  event_id
FROM company_status(current_date)
ORDER BY company, company_id;
COMMENT ON VIEW company_status IS 'Standing of each named firm today; FROM company_status(DATE ''2025-12-11'') gives it as of another day';
COMMENT ON COLUMN company_status.company IS 'Name of the firm';
COMMENT ON COLUMN company_status.company_id IS 'Key of the registry; null for a firm outside it';
COMMENT ON COLUMN company_status.status IS 'holds, served (a supplier holds a license issued for it), waits, refused, excluded, revoked';
COMMENT ON COLUMN company_status.since IS 'Day by which it had happened; the day of the first report when no source states one';
COMMENT ON COLUMN company_status.role IS 'Part of the firm in the deciding event: licensee, beneficiary, applicant, excluded';
COMMENT ON COLUMN company_status.evidence_count IS 'Mentions that say so: evidence of the deciding event';
COMMENT ON COLUMN company_status.event_id IS 'The deciding event: the latest that happened to the firm';
