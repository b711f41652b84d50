"""How a database reaches the schema of this program: numbered migrations, then definitions.

`models/sql/migrations/NNNN_name.sql` change tables, once each, in order, whole or not at all.
Views, macros, checks and comments hold no rows: all are made anew whenever one of them differs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from graphlib import TopologicalSorter
from importlib.resources import files
from importlib.resources.abc import Traversable

import duckdb

from models.errors import StoreError
from models.ids import sha256_hex
from pipeline.store_lake_sql import lake_definition, lake_tables

_FILE_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
_INCLUDE = re.compile(r"^-- include (\w+)/([\w*]+)\.sql$", re.MULTILINE)
_COMMENT = re.compile(r"^COMMENT ON .*?;$", re.MULTILINE | re.DOTALL)
_LINE_COMMENT = re.compile(r"--.*")
_READS = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")
_DEFINITION_FOLDERS = ("views", "macros", "checks")
# The table of versions is there before the first migration and belongs to none.
_LEDGER = "schema_version"
_DEFINITIONS_NAME = "views, macros, checks, comments"
_REBUILD = "or move it away: `reeline ingest` rebuilds it from the raw archive"
# A connection to a lake also sees the tables of its catalog.
_TABLES = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
_VIEWS = (
    "SELECT view_name FROM duckdb_views() WHERE NOT internal AND database_name = current_database()"
)
_MACROS = (
    "SELECT DISTINCT function_name, function_type = 'table_macro' FROM duckdb_functions() "
    "WHERE NOT internal AND function_type IN ('macro', 'table_macro') "
    "AND database_name = current_database()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step of the tables: its number, its name, and its SQL without comments on columns."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Hash of the SQL."""
        return sha256_hex(self.sql.encode())


def _folder(name: str) -> list[Traversable]:
    entries = files("models").joinpath("sql", name).iterdir()
    return sorted((e for e in entries if e.name.endswith(".sql")), key=lambda entry: entry.name)


def _included(folder: str, pattern: str) -> str:
    wanted = re.compile(pattern.replace("*", r"\w+") + r"\.sql")
    texts = [
        entry.read_text(encoding="utf-8")
        for entry in _folder(folder)
        if wanted.fullmatch(entry.name) and entry.name != f"{_LEDGER}.sql"
    ]
    if not texts:
        raise StoreError(f"a migration includes {folder}/{pattern}.sql, which is missing")
    return "\n".join(texts)


@lru_cache(maxsize=1)
def migrations() -> tuple[Migration, ...]:
    """Return the migrations in order.

    Raises:
        StoreError: A number is missing or doubled, or an included file is missing.
    """
    found: list[Migration] = []
    for number, entry in enumerate(_folder("migrations"), 1):
        named = _FILE_NAME.fullmatch(entry.name)
        if named is None or int(named[1]) != number:
            raise StoreError(f"migration {entry.name}: expected {number:04d}_name.sql")
        whole = _INCLUDE.sub(lambda m: _included(m[1], m[2]), entry.read_text(encoding="utf-8"))
        sql = _COMMENT.sub("", whole).strip()
        found.append(Migration(version=number, name=named[2], sql=sql))
    return tuple(found)


@lru_cache(maxsize=1)
def definitions() -> tuple[str, ...]:
    """Return the SQL of every view, macro and check, each after what it reads, then comments."""
    texts = {
        (folder, entry.name.removesuffix(".sql")): entry.read_text(encoding="utf-8")
        for folder in _DEFINITION_FOLDERS
        for entry in _folder(folder)
    }
    by_name: dict[str, list[tuple[str, str]]] = {}
    for key in texts:
        by_name.setdefault(key[1], []).append(key)
    order: TopologicalSorter[tuple[str, str]] = TopologicalSorter()
    for key, text in texts.items():
        body = _LINE_COMMENT.sub("", _COMMENT.sub("", text))
        read = {other for name in _READS.findall(body) for other in by_name.get(name, ())}
        order.add(key, *sorted(read - {key}))
    tables = "\n".join(entry.read_text(encoding="utf-8") for entry in _folder("tables"))
    return (*(texts[key] for key in order.static_order()), "\n".join(_COMMENT.findall(tables)))


@lru_cache(maxsize=1)
def definitions_sha256() -> str:
    """Return the hash of all definitions, which a database keeps as version 0."""
    return sha256_hex("\n".join(definitions()).encode())


def is_of_this_version(con: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether the views of a database are those of this program."""
    try:
        found = con.execute(f"SELECT sha256 FROM {_LEDGER} WHERE version = 0").fetchone()  # noqa: S608
    except duckdb.Error:
        return False
    return found is not None and found[0] == definitions_sha256()


def migrate(
    con: duckdb.DuckDBPyConnection,
    *,
    where: str = "the database",
    steps: Sequence[Migration] | None = None,
    is_lake: bool = False,
) -> bool:
    """Bring a database up to this program's schema and return whether anything changed.

    Args:
        con: An open, writable database; empty or made by an older version.
        where: What messages call it.
        steps: The migrations; default those of the package.
        is_lake: Make the tables without constraints, as a lake needs them. Hashes are those of
            the whole SQL: file and lake have the same history.

    Raises:
        StoreError: It is of a newer version, a migration that it went through has changed since,
            or a migration fails; the database is then as it was before that migration.
    """
    known = tuple(migrations() if steps is None else steps)
    applied = _applied(con, where)
    _refuse_strangers(applied, known, where)
    missing = [step for step in known if step.version not in applied]
    for step in missing:
        sql = lake_tables(step.sql) if is_lake else step.sql
        _in_transaction(con, [sql], step.version, step.name, step.sha256, where)
    wanted = definitions_sha256()
    if not missing and applied.get(0, ("", ""))[1] == wanted:
        return False
    made = [lake_definition(sql) for sql in definitions()] if is_lake else definitions()
    _in_transaction(con, [*_drops(con), *made], 0, _DEFINITIONS_NAME, wanted, where)
    return True


def _applied(con: duckdb.DuckDBPyConnection, where: str) -> dict[int, tuple[str, str]]:
    tables = {row[0] for row in con.execute(_TABLES).fetchall()}
    if not tables:
        return {}
    if _LEDGER not in tables:
        raise StoreError(
            f"{where} was made without migrations, by something other than a released reeline: "
            f"choose another data folder, {_REBUILD}"
        )
    rows = con.execute(f"SELECT version, name, sha256 FROM {_LEDGER}").fetchall()  # noqa: S608
    return {version: (name, digest) for version, name, digest in rows}


def _refuse_strangers(
    applied: dict[int, tuple[str, str]], known: Sequence[Migration], where: str
) -> None:
    newest = max(applied, default=0)
    if newest > len(known):
        raise StoreError(
            f"{where} has schema version {newest}, this program knows {len(known)}: "
            "update reeline, or choose another data folder"
        )
    for step in known:
        if step.version in applied and applied[step.version][1] != step.sha256:
            raise StoreError(
                f"migration {step.version:04d}_{step.name} is not the one that {where} went "
                f"through: tables change by a new migration only; install the matching reeline, "
                f"{_REBUILD}"
            )


def _drops(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return statements that remove every view and macro, also those that this version lost."""
    views = con.execute(_VIEWS).fetchall()
    macros = con.execute(_MACROS).fetchall()
    kinds = [("MACRO TABLE" if is_table else "MACRO", name) for name, is_table in macros]
    return [f'DROP {kind} "{name}"' for kind, name in [("VIEW", v[0]) for v in views] + kinds]


def _in_transaction(
    con: duckdb.DuckDBPyConnection,
    statements: Sequence[str],
    version: int,
    name: str,
    digest: str,
    where: str,
) -> None:
    row = [version, name, digest, datetime.now(UTC)]
    con.execute("BEGIN")
    try:
        con.execute(_ledger_sql())
        for statement in filter(str.strip, statements):
            con.execute(statement)
        con.execute(f"DELETE FROM {_LEDGER} WHERE version = ?", [version])  # noqa: S608
        con.execute(f"INSERT INTO {_LEDGER} VALUES (?, ?, ?, ?)", row)  # noqa: S608
        con.execute("COMMIT")
    except duckdb.Error as error:
        roll_back(con)
        raise StoreError(
            f"{where}: migration {version:04d} ({name}) failed, nothing was changed: {error}"
        ) from error


def _ledger_sql() -> str:
    """Return the SQL of the table of versions: without a key, which a lake does not know."""
    ledger = files("models").joinpath("sql", "tables", f"{_LEDGER}.sql")
    return lake_tables(_COMMENT.sub("", ledger.read_text(encoding="utf-8")))


def roll_back(con: duckdb.DuckDBPyConnection) -> None:
    """End a transaction that failed; on a full disk it is gone with its connection."""
    try:
        con.execute("ROLLBACK")
    except duckdb.Error:  # reopening gives every committed row
        return
