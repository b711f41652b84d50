"""The store as a DuckLake: a catalog in PostgreSQL, rows in Parquet, writers on many machines.

The tables are those of the file without their constraints, which a lake does not know: keys are
hashes that the loader compares, checks are views. Readers open a snapshot, as ever
(`pipeline/store_lake_snapshot.py`).
"""

import logging
import re
import time
from contextlib import suppress

import duckdb

from models.errors import StoreBusyError
from pipeline.settings import Settings
from pipeline.store_lake_connect import attach_lake, catalog_cursor, lake_cursor, where
from pipeline.store_lake_snapshot import pull
from pipeline.store_migrations import migrate

log = logging.getLogger(__name__)

_POLL_S = 0.1
# Any number will do, as long as every reeline uses the same: the writers' lock of one catalog.
_LOCK_KEY = 731_533_946
_CONFLICT = re.compile(r"conflict", re.IGNORECASE)
_TRY_LOCK = f"SELECT pg_try_advisory_xact_lock({_LOCK_KEY})"
_HAS_LOCK = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted "  # noqa: S608
    f"AND objid = {_LOCK_KEY} AND pid = pg_backend_pid()"
)
# A machine that loses its power says no goodbye: PostgreSQL asks after it, and lets go of its lock
# in a minute. The default is two hours.
_KEEPALIVE = (
    "SELECT count(set_config('tcp_keepalives_' || name, value, true)) "
    "FROM (VALUES ('idle', '30'), ('interval', '10'), ('count', '3')) AS s (name, value)"
)
_HOLDER = (  # no value of it comes from outside
    "SELECT a.application_name FROM pg_locks AS l "  # noqa: S608
    "JOIN pg_stat_activity AS a USING (pid) "
    f"WHERE l.locktype = 'advisory' AND l.granted AND l.objid = {_LOCK_KEY}"
)


class LakeStore:
    """The lake that `REELINE_STORE` names, opened under a lock that spans machines."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # One instance of DuckDB: loading the extensions is half the price of a small batch.
        self._lake: duckdb.DuckDBPyConnection | None = None
        self._lock: duckdb.DuckDBPyConnection | None = None

    def open(self) -> duckdb.DuckDBPyConnection:
        """Wait for the writers on other machines, attach the lake and bring it up to date.

        Raises:
            StoreBusyError: Another machine kept the lock for longer than `lock_wait_s`.
            StoreError: The catalog cannot be reached, or is of a newer version.
        """
        lake = attach_lake(self._settings)
        try:
            self._lock = self._locked(lake)
            con = lake_cursor(lake)
            migrate(con, where=where(self._settings), is_lake=True)
        except BaseException:
            self._release()
            lake.close()
            raise
        self._lake = lake
        return con

    def commit(self, con: duckdb.DuckDBPyConnection, *, is_large: bool) -> None:  # noqa: ARG002
        """Commit, unless the lock was lost and another machine may write by now.

        Raises:
            duckdb.Error: The connection that holds the lock is gone; nothing was committed.
        """
        if self._lock is None or not _ask(self._lock, _HAS_LOCK):
            raise duckdb.OperationalError("the writers' lock of the lake was lost")
        con.execute("COMMIT")

    def close(self, con: duckdb.DuckDBPyConnection, *, is_due: bool) -> None:  # noqa: ARG002
        """Leave the lake and let the next writer in."""
        try:
            con.close()
        finally:
            self._release()

    def publish(self, *, is_changed: bool) -> None:  # noqa: ARG002 - the lake knows
        """Bring the snapshot of this data folder up to the lake."""
        pull(self._settings, lake=self._lake)

    def leave(self) -> None:
        """Close what `publish` still needed."""
        lake, self._lake = self._lake, None
        if lake is not None:
            lake.close()

    def is_conflict(self, error: duckdb.Error) -> bool:
        """Tell whether a commit lost against another writer's, so that trying again helps."""
        return isinstance(error, duckdb.TransactionException) and bool(_CONFLICT.search(str(error)))

    def _locked(self, lake: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        """Take a lock of PostgreSQL that ends with its transaction, also when a process dies."""
        lock = catalog_cursor(lake, self._settings)
        try:
            lock.execute("BEGIN")
            _ask(lock, _KEEPALIVE)
            if not _ask(lock, _TRY_LOCK):
                log.warning("waiting for the store", extra={"holder": _holder(lock)})
                self._wait_for(lock)
        except BaseException:
            lock.close()
            raise
        return lock

    def _wait_for(self, lock: duckdb.DuckDBPyConnection) -> None:
        deadline = time.monotonic() + self._settings.lock_wait_s
        while not _ask(lock, _TRY_LOCK):
            if time.monotonic() >= deadline:
                raise StoreBusyError(
                    f"{where(self._settings)} is still held by {_holder(lock)} after "
                    f"{self._settings.lock_wait_s:.0f} s; nothing was lost: run this again"
                )
            time.sleep(_POLL_S)

    def _release(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            with suppress(duckdb.Error):  # the lock ends with the connection
                lock.execute("ROLLBACK")
            lock.close()


def _ask(con: duckdb.DuckDBPyConnection, sql: str) -> object:
    row = con.execute("SELECT * FROM postgres_query('catalog', ?)", [sql]).fetchone()
    return row[0] if row else None


def _holder(con: duckdb.DuckDBPyConnection) -> str:
    try:
        return str(_ask(con, _HOLDER) or "another process")
    except duckdb.Error:
        return "another process"
