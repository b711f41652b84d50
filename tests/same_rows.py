"""Two stores compared row by row: what both say of the world, however they came to it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipeline.settings import Settings
from pipeline.store_read import reading

# What a row says of itself rather than of the world, and may differ between two runs.
_OF_THE_RUN = ("warc_file", "warc_offset", "warc_length", "revision")
TABLES = (
    "page_fetch", "article", "article_version", "article_text", "article_sentence", "tonnage",
    "percentage", "date_mention", "license_event", "license_event_party", "company_mention",
    "finding", "announcement", "timeline_event", "timeline_evidence", "page_outcome", "rejection",
)  # fmt: skip


def rows(settings: Settings, tables: Sequence[str] = TABLES) -> dict[str, Counter[tuple[Any, ...]]]:
    """Return the rows of each table, without times; of history only what stands."""
    found = {}
    with reading(settings) as con:
        for table in tables:
            columns = con.execute(
                "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? "
                "ORDER BY column_index", [table],
            ).fetchall()  # fmt: skip
            kept = [
                name for name, kind in columns
                if name not in _OF_THE_RUN and not kind.startswith("TIMESTAMP")
            ]  # fmt: skip
            where = "WHERE known_to IS NULL" if "known_to" in dict(columns) else ""
            answer = con.execute(f"SELECT {', '.join(kept)} FROM {table} {where}").fetchall()
            found[table] = Counter(tuple(map(str, row)) for row in answer)
    return found


def differing(
    one: Settings, other: Settings, tables: Sequence[str] = TABLES
) -> dict[str, tuple[int, int]]:
    """Return for each table that differs how many rows only one and only the other has."""
    mine, theirs = rows(one, tables), rows(other, tables)
    return {
        table: ((mine[table] - theirs[table]).total(), (theirs[table] - mine[table]).total())
        for table in tables
        if mine[table] != theirs[table]
    }
