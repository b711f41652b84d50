"""Groups of near-copy texts in the store, brought up to date with each refresh of the timeline.

A text gets its fingerprints once, since its id is a hash of it. Groups are the connected texts, so
that they do not depend on which came first. Comparing is in `pipeline/duplicates.py`.
"""

from collections.abc import Iterable, Mapping, Sequence

import duckdb

from pipeline.duplicates import THRESHOLD, bands_of, signature
from pipeline.store import Store
from pipeline.store_revisions import append_rows

# Texts in one pass: their signatures and candidates fit into memory at any size of the store.
_PASS = 2_000
# A fingerprint that hundreds share is compared with this many of them: they are one group anyway.
_MOST_ALIKE = 8
_NEW = """
SELECT t.version_id, t.text
FROM article_text AS t
ANTI JOIN text_group AS g USING (version_id)
ORDER BY t.version_id
LIMIT ?
"""
_CANDIDATES = """
WITH alike AS (
  SELECT n.version_id, b.version_id AS other
  FROM (FROM text_band WHERE version_id IN (SELECT unnest($new))) AS n
  JOIN text_band AS b USING (band, hash)
  WHERE b.version_id <> n.version_id
  QUALIFY row_number() OVER (PARTITION BY n.version_id, n.band ORDER BY b.version_id) <= $most
)
SELECT DISTINCT a.version_id, a.other, g.group_id
FROM alike AS a
LEFT JOIN text_group AS g ON g.version_id = a.other
ORDER BY a.version_id, a.other
"""


def group_texts(store: Store) -> int:
    """Put every text that has no group yet into one; return how many rows changed.

    Each pass is one transaction: a kill loses the pass, and the next refresh does it.
    """
    con, changed = store.con, 0
    while texts := dict(con.execute(_NEW, [_PASS]).fetchall()):
        con.execute("BEGIN")
        try:
            changed += _group(con, texts)
            store.commit()
        except BaseException:
            con.execute("ROLLBACK")
            raise
    return changed


def _group(con: duckdb.DuckDBPyConnection, texts: Mapping[str, str]) -> int:
    made = {version: signature(text) for version, text in texts.items()}
    append_rows(
        con,
        "text_band",
        [
            {"version_id": version, "band": band, "hash": value}
            for version, one in made.items()
            for band, value in enumerate(bands_of(one))
        ],
    )
    rows = con.execute(_CANDIDATES, {"new": list(texts), "most": _MOST_ALIKE}).fetchall()
    strange = sorted({other for _, other, _ in rows} - made.keys())
    for start in range(0, len(strange), _PASS):
        told = con.execute(
            "SELECT version_id, text FROM article_text WHERE version_id IN (SELECT unnest(?))",
            [strange[start : start + _PASS]],
        ).fetchall()
        made |= {version: signature(text) for version, text in told}
    alike = [
        (version, group or other)
        for version, other, group in rows
        if other in made and made[version].jaccard(made[other]) >= THRESHOLD
    ]
    return _write(con, list(texts), alike)


def _write(
    con: duckdb.DuckDBPyConnection, versions: Sequence[str], alike: Iterable[tuple[str, str]]
) -> int:
    """Write the groups of new texts; groups that a new text joins become one."""
    leader = _joined(versions, alike)
    moved = {
        group: least for group, least in leader.items() if group != least and group not in versions
    }
    for group, least in sorted(moved.items()):
        con.execute("UPDATE text_group SET group_id = ? WHERE group_id = ?", [least, group])
    append_rows(
        con,
        "text_group",
        [{"version_id": version, "group_id": leader[version]} for version in versions],
    )
    return len(versions) + len(moved)


def _joined(versions: Iterable[str], alike: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the least member of the group of each text and each group that was there."""
    parent = {version: version for version in versions}

    def find(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for one, other in alike:
        first, second = sorted((find(one), find(other)))
        parent[second] = first
    return {name: find(name) for name in parent}
