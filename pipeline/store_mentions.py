"""Event mentions of the current texts, as the clustering reads them, and what changed of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import duckdb

from models.timeline import Mention, Party
from models.vocabulary import (
    OFF_TIMELINE_KINDS,
    EventKind,
    Granularity,
    LicenseKind,
    Modality,
    SourceKind,
)

_KINDS = sorted(kind.value for kind in set(EventKind) - OFF_TIMELINE_KINDS)
_MODALITIES = sorted({"asserted", "reported", "planned", "negated", "denied"})
# The day that ends a suspension stands in the sentence: "until November 10, 2026", or the end of
# the range that begins with its effect ("from November 10, 2025 until ...").
_FIELDS = """
SELECT
  m.license_event_id, m.kind, m.authority, m.material, m.destination, m.license_kind,
  m.instrument, m.date_start, m.date_end, m.date_precision, m.effective_start, m.modality,
  m.is_background, m.char_start, m.char_end, m.article_id, m.version_id, m.text, v.source,
  coalesce(s.kind, 'other') AS source_kind,
  coalesce(s.owner_group, v.source) AS owner_group,
  v.published_on,
  coalesce(g.is_doubtful, FALSE) AS is_doubtful,
  n.char_start AS sentence_start,
  n.char_end AS sentence_end,
  CASE WHEN m.kind IN ('control_suspended', 'control_eased') THEN (
    SELECT min(coalesce(if(d.modifier = 'until', d.period_start, NULL), d.period_end - 1))
    FROM date_mention AS d
    WHERE d.version_id = m.version_id
      AND d.char_start >= n.char_start
      AND d.char_start < n.char_end
      AND (
        d.modifier = 'until'
        OR (d.granularity = 'multi' AND d.period_start = m.effective_start)
      )
  ) END AS until
FROM chosen AS m
JOIN article AS a ON a.current_version_id = m.version_id
JOIN article_version AS v ON v.version_id = m.version_id
LEFT JOIN source AS s ON s.source = v.source
LEFT JOIN text_agreement AS g ON g.version_id = m.version_id
LEFT JOIN article_sentence AS n
  ON n.version_id = m.version_id
  AND n.char_start <= m.char_start
  AND m.char_start < n.char_end
WHERE m.kind IN (SELECT unnest($kinds)) AND m.modality IN (SELECT unnest($modalities))
"""
# All that the clustering reads goes into the fingerprint; the salt stands for its rules. Parties
# are summed, in any order: sorting them took half of the time.
_SEE = f"""
CREATE OR REPLACE TEMP TABLE seen AS
WITH chosen AS (FROM license_event),
party AS (
  SELECT
    license_event_id,
    sum(hash(role, surface, name, company_id, is_firm)) AS parties
  FROM license_event_party
  GROUP BY license_event_id
)
SELECT
  license_event_id,
  version_id,
  CAST(hash($salt, f, p.parties) AS VARCHAR) AS fingerprint
FROM ({_FIELDS}) AS f
LEFT JOIN party AS p USING (license_event_id)
"""  # noqa: S608
_CHANGED = """
SELECT DISTINCT version_id
FROM (
  FROM seen ANTI JOIN timeline_mention USING (license_event_id, fingerprint)
  SELECT version_id
  UNION ALL
  FROM timeline_mention ANTI JOIN seen USING (license_event_id, fingerprint)
  SELECT version_id
)
ORDER BY version_id
"""
_CHOSEN = {
    "all": "FROM license_event",
    "versions": "FROM license_event WHERE version_id IN (SELECT unnest($chosen))",
    "mentions": "FROM license_event WHERE license_event_id IN (SELECT unnest($chosen))",
}
_READ = f"""
WITH chosen AS MATERIALIZED ({{chosen}}),
party AS (
  SELECT
    license_event_id,
    list(role ORDER BY role, surface) AS roles,
    list(coalesce(company_id, lower(name)) ORDER BY role, surface) AS keys,
    list(name ORDER BY role, surface) AS names,
    list(is_firm ORDER BY role, surface) AS firms
  FROM license_event_party
  SEMI JOIN chosen USING (license_event_id)
  GROUP BY license_event_id
)
SELECT
  f.*,
  list_zip(p.roles, p.keys, p.names, p.firms) AS parties,
  coalesce(x.text[f.sentence_start + 1:f.sentence_end], f.text) AS sentence
FROM ({_FIELDS}) AS f
JOIN article_text AS x USING (version_id)
LEFT JOIN party AS p USING (license_event_id)
ORDER BY f.license_event_id
"""  # noqa: S608


def changed_versions(con: duckdb.DuckDBPyConnection, salt: str) -> list[str]:
    """Return the article versions whose mentions are new, changed or gone since the last refresh.

    Leaves the fingerprints of all mentions in the temporary table `seen`.
    """
    con.execute(_SEE, {"kinds": _KINDS, "modalities": _MODALITIES, "salt": salt})
    return [row[0] for row in con.execute(_CHANGED).fetchall()]


def remember_blocks(
    con: duckdb.DuckDBPyConnection, versions: Sequence[str] | None, blocks: Mapping[str, str]
) -> None:
    """Store what this refresh saw of the versions that changed.

    Args:
        con: The store.
        versions: The versions; None for all.
        blocks: The block of each of their mentions.
    """
    known = sorted(blocks.items())
    params = {"versions": list(versions or ()), "all": versions is None}
    con.execute(
        "DELETE FROM timeline_mention WHERE $all OR version_id IN (SELECT unnest($versions))",
        params,
    )
    con.execute(
        "INSERT INTO timeline_mention BY NAME "
        "SELECT s.license_event_id, s.version_id, p.block, s.fingerprint FROM seen AS s JOIN ("
        "  SELECT unnest(CAST($ids AS VARCHAR[])) AS license_event_id,"
        "    unnest(CAST($blocks AS VARCHAR[])) AS block"
        ") AS p USING (license_event_id) "
        "WHERE $all OR s.version_id IN (SELECT unnest($versions)) ORDER BY license_event_id",
        params | {"ids": [item[0] for item in known], "blocks": [item[1] for item in known]},
    )


def read_mentions(
    con: duckdb.DuckDBPyConnection,
    versions: Sequence[str] | None = None,
    *,
    mentions: Sequence[str] | None = None,
) -> list[Mention]:
    """Return event mentions of current texts: of some versions or some of themselves, else all."""
    chosen = versions if mentions is None else mentions
    which = "all" if chosen is None else "versions" if mentions is None else "mentions"
    params: dict[str, Any] = {"kinds": _KINDS, "modalities": _MODALITIES}
    if chosen is not None:
        params["chosen"] = list(chosen)
    result = con.execute(_READ.format(chosen=_CHOSEN[which]), params)
    names = [column[0] for column in result.description or []]
    return [_mention(dict(zip(names, row, strict=True))) for row in result.fetchall()]


def _mention(row: Mapping[str, Any]) -> Mention:
    return Mention(
        mention_id=row["license_event_id"],
        kind=EventKind(row["kind"]),
        authority=row["authority"],
        parties=tuple(_parties(row["parties"])),
        material=row["material"],
        destination=row["destination"],
        license_kind=LicenseKind(row["license_kind"]) if row["license_kind"] else None,
        instrument=row["instrument"],
        date_start=row["date_start"],
        date_end=row["date_end"],
        date_precision=Granularity(row["date_precision"]) if row["date_precision"] else None,
        effective_start=row["effective_start"],
        modality=Modality(row["modality"]),
        is_background=row["is_background"],
        sentence=row["sentence"],
        char_start=row["char_start"],
        char_end=row["char_end"],
        article_id=row["article_id"],
        version_id=row["version_id"],
        source=row["source"],
        source_kind=SourceKind(row["source_kind"]),
        owner_group=row["owner_group"],
        published_on=row["published_on"],
        text=row["text"],
        until=row["until"],
        is_doubtful=row["is_doubtful"],
    )


def _parties(zipped: Iterable[Any] | None) -> Iterator[Party]:
    """Yield the parties of DuckDB's zipped structs, which come as dicts or tuples."""
    for item in zipped or ():
        role, key, name, is_firm = item.values() if isinstance(item, dict) else item
        yield Party(role=role, key=key, name=name, is_firm=is_firm)
