CREATE TABLE IF NOT EXISTS text_agreement (
  article_id VARCHAR NOT NULL,
  version_id VARCHAR NOT NULL,
  agreement DOUBLE,
  text_share DOUBLE,
  other_share DOUBLE,
  text_words INTEGER NOT NULL,
  other_words INTEGER NOT NULL,
  chosen VARCHAR NOT NULL,
  is_doubtful BOOLEAN NOT NULL,
  extractor_version VARCHAR NOT NULL,
  CHECK (chosen IN ('first', 'wider', 'second'))
);
COMMENT ON TABLE text_agreement IS 'How far two readers of its page agree on the text of an article; one row a text';
COMMENT ON COLUMN text_agreement.article_id IS 'Article';
COMMENT ON COLUMN text_agreement.version_id IS 'Text that was compared';
COMMENT ON COLUMN text_agreement.agreement IS 'Jaccard of the 3-word shingles in lines of prose, 0 to 1, of the stored text and the second reader''s; null when the page has too little prose to compare';
COMMENT ON COLUMN text_agreement.text_share IS 'Part of the stored text that the second reader has too; low where the text holds what is not the article';
COMMENT ON COLUMN text_agreement.other_share IS 'Part of the second reader''s text that is stored; low where the text lost something or the second reader took too much';
COMMENT ON COLUMN text_agreement.text_words IS 'Words of prose in the stored text';
COMMENT ON COLUMN text_agreement.other_words IS 'Words of prose that the second reader found';
COMMENT ON COLUMN text_agreement.chosen IS 'Whose text is stored: first (the usual reader), wider (the same with wider settings) or second, the last two where the first had lost most of it';
COMMENT ON COLUMN text_agreement.is_doubtful IS 'True for agreement under .85 and for a text that only the second reader found: look at the page before you rely on it';
COMMENT ON COLUMN text_agreement.extractor_version IS 'Version of the extractors that compared them';
