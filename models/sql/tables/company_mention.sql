CREATE TABLE IF NOT EXISTS company_mention (
  article_id VARCHAR NOT NULL,
  version_id VARCHAR NOT NULL,
  char_start INTEGER NOT NULL,
  char_end INTEGER NOT NULL,
  text VARCHAR NOT NULL,
  company_id VARCHAR,
  name VARCHAR NOT NULL,
  role VARCHAR,
  link VARCHAR NOT NULL,
  rule_id VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL,
  CHECK (
    link IN (
      'registry', 'suffix', 'short_form', 'model'
    )
  )
);
COMMENT ON TABLE company_mention IS 'Mentions of companies';
COMMENT ON COLUMN company_mention.article_id IS 'Article that says so';
COMMENT ON COLUMN company_mention.version_id IS 'Version of the article that was read';
COMMENT ON COLUMN company_mention.char_start IS 'First character of the evidence in article_text.text, 0-based, inclusive';
COMMENT ON COLUMN company_mention.char_end IS 'Character after the evidence, exclusive';
COMMENT ON COLUMN company_mention.text IS 'The evidence itself, equal to article_text.text[char_start:char_end]';
COMMENT ON COLUMN company_mention.company_id IS 'Company of the registry; null for a firm outside it';
COMMENT ON COLUMN company_mention.name IS 'Name shared by all mentions of the firm in this text';
COMMENT ON COLUMN company_mention.role IS 'Place in the chain, as the registry has it';
COMMENT ON COLUMN company_mention.link IS 'How it was found: registry, suffix, short_form, model';
COMMENT ON COLUMN company_mention.rule_id IS 'Rule that made the row';
COMMENT ON COLUMN company_mention.extractor_version IS 'Version of the extractors that made the row';
