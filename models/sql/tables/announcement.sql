CREATE TABLE IF NOT EXISTS announcement (
  article_id VARCHAR NOT NULL,
  version_id VARCHAR NOT NULL,
  text VARCHAR NOT NULL,
  char_start INTEGER NOT NULL,
  char_end INTEGER NOT NULL,
  instrument VARCHAR NOT NULL,
  number INTEGER NOT NULL,
  year INTEGER,
  issuers VARCHAR[] NOT NULL,
  is_own BOOLEAN NOT NULL,
  issued_on DATE,
  effective_start DATE,
  rule_id VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL
);
COMMENT ON TABLE announcement IS 'Numbered announcements (公告) that an original document is or cites; one row a number';
COMMENT ON COLUMN announcement.article_id IS 'Document';
COMMENT ON COLUMN announcement.version_id IS 'Text of the document that offsets count in';
COMMENT ON COLUMN announcement.text IS 'The number as printed: text[char_start:char_end]';
COMMENT ON COLUMN announcement.char_start IS 'First character, counted from 0';
COMMENT ON COLUMN announcement.char_end IS 'One past the last character';
COMMENT ON COLUMN announcement.instrument IS 'The number in English, as events name it: Announcement No. 61 of 2025';
COMMENT ON COLUMN announcement.number IS 'Number within the year';
COMMENT ON COLUMN announcement.year IS 'Year of the number; null when the text gives none';
COMMENT ON COLUMN announcement.issuers IS 'Agencies that issued it, by their English names, in printed order; empty when not named';
COMMENT ON COLUMN announcement.is_own IS 'True for the number of the document itself, false for one that it cites';
COMMENT ON COLUMN announcement.issued_on IS 'Day of issue of the document itself; null for a cited one';
COMMENT ON COLUMN announcement.effective_start IS 'Day on which the document itself takes effect; null when not stated, and for a cited one';
COMMENT ON COLUMN announcement.rule_id IS 'Rule that read it';
COMMENT ON COLUMN announcement.extractor_version IS 'Version of the extractors';
