"""Dates: time expressions of English news text, resolved to half-open calendar intervals."""
