CREATE TABLE IF NOT EXISTS article_sentence (
  version_id VARCHAR NOT NULL,
  sentence_no INTEGER NOT NULL,
  char_start INTEGER NOT NULL,
  char_end INTEGER NOT NULL
);
COMMENT ON TABLE article_sentence IS 'Sentence boundaries of each text: any fact joins its sentence by offsets';
COMMENT ON COLUMN article_sentence.version_id IS 'Article version';
COMMENT ON COLUMN article_sentence.sentence_no IS 'Position in the text, from 0';
COMMENT ON COLUMN article_sentence.char_start IS 'First character of the sentence, 0-based, inclusive';
COMMENT ON COLUMN article_sentence.char_end IS 'Character after the sentence, exclusive';
