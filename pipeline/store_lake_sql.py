"""The DuckLake form of our SQL: tables without constraints, comments only where a lake has them."""

import re

_COMMENT = re.compile(r"--[^\n]*")
_CHECK = re.compile(r"\bCHECK\s*\(", re.IGNORECASE)
_TABLE_KEY = re.compile(r",\s*(?:PRIMARY KEY|UNIQUE)\s*\([^()]*\)", re.IGNORECASE)
_COLUMN_KEY = re.compile(r"\s+PRIMARY KEY\b", re.IGNORECASE)
_UNIQUE = re.compile(r"\s+UNIQUE\b", re.IGNORECASE)
_DEFAULT = re.compile(r"\s+DEFAULT\s+(?:'[^']*'|[\w.()+-]+)", re.IGNORECASE)
_INDEX = re.compile(r"\bCREATE\s+(?:UNIQUE\s+)?INDEX\b[^;]*;?", re.IGNORECASE)
_ON_COLUMN = re.compile(r"^COMMENT ON COLUMN .*?;$", re.MULTILINE | re.DOTALL)
_ON_MACRO = re.compile(r"^COMMENT ON MACRO .*?;$", re.MULTILINE | re.DOTALL)


def lake_tables(sql: str) -> str:
    """Return the SQL of a migration without what DuckLake refuses.

    Primary keys become NOT NULL; CHECK, UNIQUE, DEFAULT and indexes go. The loader compares keys
    itself, and `reeline check` looks for what the constraints would have refused.
    """
    plain = _INDEX.sub("", _without_checks(_COMMENT.sub("", sql)))
    plain = _DEFAULT.sub("", _TABLE_KEY.sub("", plain))
    return _UNIQUE.sub("", _COLUMN_KEY.sub(" NOT NULL", plain)).strip()


def lake_definition(sql: str) -> str:
    """Return the SQL of a view or macro without comments on its columns, which a lake lacks."""
    return _ON_MACRO.sub("", _ON_COLUMN.sub("", sql))


def _without_checks(sql: str) -> str:
    """Remove every CHECK with its balanced brackets, and the comma before it."""
    kept: list[str] = []
    start = 0
    while found := _CHECK.search(sql, start):
        kept.append(sql[start : found.start()].rstrip().removesuffix(","))
        start = _closing(sql, found.end())
    return "".join([*kept, sql[start:]])


def _closing(sql: str, start: int) -> int:
    """Return the place after the bracket that closes the one before `start`."""
    depth, is_text = 1, False
    for place in range(start, len(sql)):
        char = sql[place]
        if char == "'":
            is_text = not is_text
        elif not is_text:
            depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0:
            return place + 1
    return len(sql)
