-- What was asked of a document when it was read: with another question it has to be read again, though
-- it has not changed. Sitemaps and listings are asked for conditionally as feeds are.
ALTER TABLE source_document ADD COLUMN read_for VARCHAR;
