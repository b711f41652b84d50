"""The stored side of a comparison of extractor versions: which articles, and their facts.

Reads only. What is compared with what, and how, is in `pipeline/diff.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.store_read import PAGE_COLUMNS, PendingPage, page_of_row

Connection = duckdb.DuckDBPyConnection
"""The store or a snapshot of it, for callers that only hand it on."""

FACT_TABLES = {
    "company_mention": "company",
    "tonnage": "tonnage",
    "percentage": "percentage",
    "date_mention": "date",
    "license_event": "license_event",
    "finding": "finding",
    "announcement": "announcement",
}
"""Tables of facts, and how a comparison calls what is in them."""

# What names a fact or says who made it, instead of what it says. A rule that is renamed and gives
# the same fact changes nothing.
_NO_CONTENT = frozenset(
    {"article_id", "version_id", "license_event_id", "extractor_version", "rule_id"}
    | {"text", "char_start", "char_end", "other_start", "other_end"}
)
_TARGETS = f"""
SELECT
  {PAGE_COLUMNS},
  v.article_id, v.version_id, v.source, v.url, v.published_on, v.extractor_version
FROM article_version AS v
JOIN (SELECT version_id, min(fetch_id) AS fetch_id FROM page_outcome GROUP BY version_id) AS o
  USING (version_id)
JOIN page_fetch AS p USING (fetch_id)
WHERE starts_with(v.extractor_version, $version)
  AND (len($sources) = 0 OR list_contains($sources, v.source))
  AND (NOT $is_current_only OR v.version_id IN (SELECT current_version_id FROM article))
ORDER BY
  CASE WHEN $sample IS NULL THEN NULL ELSE md5(v.version_id) END,
  v.published_on DESC NULLS LAST, v.version_id
LIMIT $sample
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One fact as a row says it: the kind, where it stands, and what it says, field by field."""

    kind: str
    text: str
    char_start: int
    char_end: int
    fields: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffTarget:
    """One text with stored facts, and the archived page that it was read from."""

    article_id: str
    version_id: str
    source: str
    url: str
    published_on: date | None
    extractor_version: str
    page: PendingPage


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """What the store holds of one text."""

    text: str
    sentences: tuple[tuple[int, int], ...]
    facts: tuple[FactRow, ...]


def fact_row(table: str, row: dict[str, Any]) -> FactRow:
    """Return a row of a table of facts, from the store or for it, in comparable form."""
    fields = tuple(
        (name, _plain(value)) for name, value in sorted(row.items()) if name not in _NO_CONTENT
    )
    return FactRow(
        kind=FACT_TABLES[table],
        text=str(row.get("text") or row.get("message") or ""),
        char_start=int(row["char_start"]),
        char_end=int(row["char_end"]),
        fields=fields,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_plain(item) for item in value)
    if isinstance(value, Enum):
        return value.value
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def diff_targets(
    con: Connection,
    *,
    version: str,
    sources: Sequence[str] = (),
    sample: int | None = None,
    is_current_only: bool = True,
) -> list[DiffTarget]:
    """Return the texts whose stored facts a version made, newest first, or a sample of them.

    Args:
        con: The store or a snapshot of it.
        version: Beginning of the version; "" for any.
        sources: Only these; all when empty.
        sample: At most so many, the same ones each time; None for all.
        is_current_only: Leave out earlier texts of an article.
    """
    params = {
        "version": version,
        "sources": list(sources),
        "sample": sample,
        "is_current_only": is_current_only,
    }
    return [
        DiffTarget(
            article_id=row[8],
            version_id=row[9],
            source=row[10],
            url=row[11],
            published_on=row[12],
            extractor_version=row[13],
            page=page_of_row(row),
        )
        for row in con.execute(_TARGETS, params).fetchall()
    ]


def stored_texts(con: Connection, version_ids: Sequence[str]) -> dict[str, StoredText]:
    """Return text, sentences and facts of article versions, facts in order of their place."""
    con.register("compared", pa.table({"version_id": pa.array(version_ids, pa.string())}))
    try:
        facts: dict[str, list[FactRow]] = {version: [] for version in version_ids}
        for table in FACT_TABLES:
            for row in _rows(con, f"SELECT t.* FROM {table} AS t SEMI JOIN compared USING (version_id)"):  # noqa: S608, E501  # fmt: skip
                facts[row["version_id"]].append(fact_row(table, row))
        sentences: dict[str, list[tuple[int, int]]] = {version: [] for version in version_ids}
        for version, start, end in con.execute(
            "SELECT version_id, char_start, char_end FROM article_sentence "
            "SEMI JOIN compared USING (version_id) ORDER BY version_id, sentence_no"
        ).fetchall():
            sentences[version].append((start, end))
        texts = con.execute(
            "SELECT version_id, text FROM article_text SEMI JOIN compared USING (version_id)"
        ).fetchall()
    finally:
        con.unregister("compared")
    return {
        version: StoredText(
            text=text,
            sentences=tuple(sentences[version]),
            facts=tuple(sorted(facts[version], key=lambda fact: (fact.char_start, fact.kind))),
        )
        for version, text in texts
    }


def _rows(con: Connection, sql: str) -> list[dict[str, Any]]:
    result = con.execute(sql)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
