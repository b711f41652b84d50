CREATE OR REPLACE MACRO sentence_of(in_version, at_char) AS (
  SELECT any_value(x.text[s.char_start + 1:s.char_end])
  FROM article_sentence AS s
  JOIN article_text AS x ON x.version_id = s.version_id
  WHERE s.version_id = in_version
    AND s.char_start <= at_char
    AND at_char < s.char_end
);
COMMENT ON MACRO sentence_of IS 'Sentence around a character of an article version: sentence_of(version_id, char_start) beside any fact';
