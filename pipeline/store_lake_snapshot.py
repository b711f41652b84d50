"""The snapshot of a lake: an ordinary read-only DuckDB file, brought up to the lake's newest state.

Why a file and not the lake itself: every view, macro, comment and export works on it as it does
on one machine, a query costs no round trip to the catalog, and a catalog that is down stops no
analyst. Only tables that changed are read; of those that only grew, only the new rows.
"""

import logging
import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from models.errors import StoreError
from pipeline.settings import Settings
from pipeline.store_file import FILE_CONFIG
from pipeline.store_lake_connect import LAKE, attach_lake, where
from pipeline.store_migrations import is_of_this_version, migrate, migrations
from pipeline.store_snapshot import settle, sweep

log = logging.getLogger(__name__)

_COPY = "snapshot"
# A reader looks for news in the lake when nobody has for this long.
FRESH_S = 60.0
# The table `lake.shown` of a snapshot says which lake, and which state of it, it shows.
# Entries in the log of a lake that change no row, that only add rows, and that take rows away;
# after any other one, the snapshot is made anew.
_HARMLESS = re.compile(r"(views|macros|table_macros|scalar_macros|schemas)_\w+")
_GROWN = frozenset({"tables_inserted_into", "inlined_insert"})
_SHRUNK = frozenset({"tables_deleted_from", "inlined_delete"})
_LEDGER = "schema_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """A state of the lake: its number, and what became of each table since the one shown."""

    lake_id: str
    number: int
    shown: int | None
    grown: frozenset[str]
    rewritten: frozenset[str]


def pull(
    settings: Settings,
    *,
    lake: duckdb.DuckDBPyConnection | None = None,
    is_waiting: bool = True,
) -> None:
    """Bring the snapshot up to the lake, by atomic rename; readers keep what they opened.

    Args:
        settings: The data folder and the lake.
        lake: A connection to the lake, when there is one already.
        is_waiting: Wait for another process that does the same; else leave it to that one.

    Raises:
        StoreError: The lake cannot be read or the disk refuses; the old snapshot stays.
    """
    lock = FileLock(f"{settings.snapshot_file}.lock")
    try:
        lock.acquire(timeout=settings.lock_wait_s if is_waiting else 0)
    except Timeout:
        return
    try:
        sweep(settings)
        if lake is not None:
            _pull(settings, lake)
        else:
            with attach_lake(settings, is_read_only=True) as own:
                _pull(settings, own)
    finally:
        lock.release()


def pull_for_reader(settings: Settings) -> None:
    """Bring the snapshot up to the lake when that was not done lately.

    A lake that cannot be reached is logged: the snapshot shows what was known.

    Raises:
        StoreError: There is no snapshot yet, and the lake cannot be reached.
    """
    file = settings.snapshot_file
    is_there = file.exists()
    if is_there and time.time() - file.stat().st_mtime < FRESH_S:
        return
    try:
        settings.prepare()
        pull(settings, is_waiting=not is_there)
    except StoreError as error:
        if not is_there:
            raise
        log.warning("showing the last snapshot", extra={"why": str(error)})


def _pull(settings: Settings, lake: duckdb.DuckDBPyConnection) -> None:
    target = settings.snapshot_file
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        state = _state(lake, settings)
        if state.shown == state.number:
            os.utime(target)  # readers need not ask again soon
            return
        if state.shown is not None:
            shutil.copyfile(target, temporary)
            temporary.chmod(0o644)
        _prepare(temporary, state)
        _fill(lake, temporary, state)
        settle(temporary, target)
    except (OSError, duckdb.Error) as error:
        raise StoreError(
            f"the snapshot {target} cannot be made from {where(settings)}: {error}; the rows are "
            "kept there, and the next run publishes them"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    log.info("snapshot of the lake", extra={"state": state.number, "before": state.shown})


def _state(con: duckdb.DuckDBPyConnection, settings: Settings) -> _State:
    """Compare the lake with the snapshot that is there."""
    tables = dict(
        con.execute(
            "SELECT CAST(table_id AS VARCHAR), table_name FROM ducklake_table_info(?)", [LAKE]
        ).fetchall()
    )
    if _LEDGER not in tables.values():
        raise StoreError(
            f"{where(settings)} is empty: run `reeline ingest` or `reeline demo` first"
        )
    _refuse_newer(con, settings)
    lake_id, number = con.execute(
        "SELECT CAST(min(table_uuid) AS VARCHAR), "
        "(SELECT id FROM ducklake_current_snapshot($lake)) "
        "FROM ducklake_table_info($lake) WHERE table_name = $ledger",
        {"lake": LAKE, "ledger": _LEDGER},
    ).fetchall()[0]
    shown = _shown(settings.snapshot_file, lake_id)
    changes = None if shown is None else _changes(con, shown)
    names = frozenset(tables.values()) - {_LEDGER}
    if changes is None:
        return _State(
            lake_id=lake_id, number=number, shown=None, grown=frozenset(), rewritten=names
        )
    grown, shrunk = ({tables[key] for key in keys if key in tables} for keys in changes)
    return _State(
        lake_id=lake_id,
        number=number,
        shown=shown,
        grown=names & (grown - shrunk),
        rewritten=names & shrunk,
    )


def _refuse_newer(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    newest = con.execute(f"SELECT max(version) FROM {_LEDGER}").fetchone()  # noqa: S608
    if newest and newest[0] > len(migrations()):
        raise StoreError(
            f"{where(settings)} has schema version {newest[0]}, this program knows "
            f"{len(migrations())}: update reeline"
        )


def _shown(file: Path, lake_id: str) -> int | None:
    """Return the state of this lake that a snapshot shows; None when it is no such snapshot."""
    if not file.exists():
        return None
    try:
        with duckdb.connect(str(file), read_only=True) as con:
            row = con.execute("SELECT lake_id, state FROM lake.shown").fetchone()
            is_current = is_of_this_version(con)
    except duckdb.Error:  # damaged, or of a store in a file
        return None
    return int(row[1]) if row and row[0] == lake_id and is_current else None


def _changes(con: duckdb.DuckDBPyConnection, shown: int) -> tuple[set[str], set[str]] | None:
    """Return the ids of tables that got and that lost rows since a state; None: cannot tell."""
    rows = con.execute(
        "SELECT snapshot_id, changes FROM ducklake_snapshots(?) WHERE snapshot_id >= ?",
        [LAKE, shown],
    ).fetchall()
    if shown not in {row[0] for row in rows}:  # an expired state
        return None
    grown: set[str] = set()
    shrunk: set[str] = set()
    for number, changes in rows:
        for what, ids in changes.items() if number > shown else ():
            if what in _GROWN:
                grown |= set(ids)
            elif what in _SHRUNK:
                shrunk |= set(ids)
            elif not _HARMLESS.fullmatch(what):
                return None
    return grown, shrunk


def _prepare(file: Path, state: _State) -> None:
    """Give the copy this program's tables and views, and the number of the state."""
    with duckdb.connect(str(file), config=FILE_CONFIG) as con:
        con.execute("SET TimeZone = 'UTC'")
        migrate(con, where=str(file))
        con.execute("CREATE SCHEMA IF NOT EXISTS lake")
        con.execute("DROP TABLE IF EXISTS lake.shown")
        con.execute("CREATE TABLE lake.shown (lake_id VARCHAR, state BIGINT)")
        con.execute("INSERT INTO lake.shown VALUES (?, ?)", [state.lake_id, state.number])


def _fill(con: duckdb.DuckDBPyConnection, file: Path, state: _State) -> None:
    """Bring the tables of the copy up to the state. Names come from the lake's own catalog."""
    path = str(file).replace("'", "''")
    con.execute(f"ATTACH '{path}' AS {_COPY}")
    for table in sorted(state.rewritten):
        con.execute(f"DELETE FROM {_COPY}.{table}")  # noqa: S608
        con.execute(
            f"INSERT INTO {_COPY}.{table} BY NAME "
            f"FROM {LAKE}.{table} AT (VERSION => {state.number})"
        )
    for table in sorted(state.grown):
        con.execute(
            f"INSERT INTO {_COPY}.{table} BY NAME "
            "FROM ducklake_table_insertions(?, 'main', ?, ?, ?)",
            [LAKE, table, (state.shown or 0) + 1, state.number],
        )
    con.execute(f"DETACH {_COPY}")
