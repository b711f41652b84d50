"""What reeline knows, as data: record types, vocabulary, ids, errors, SQL and reference tables."""
