"""The store as one DuckDB file: what a single machine needs, and the default.

Beside it stands the lake (`pipeline/store_lake.py`); both hold the same tables.
"""

import logging
import re
import time
from pathlib import Path

import duckdb

from models.errors import StoreBusyError, StoreError
from pipeline.settings import Settings
from pipeline.store_migrations import migrate
from pipeline.store_snapshot import is_behind, log_file, publish, sweep

log = logging.getLogger(__name__)

# Both 1.5 and 2.0 read and write files of this format. A checkpoint rewrites keys of whole tables
# and the last 122,880 rows of each, texts among them (8,000 articles: 0.5 s): as few as possible.
FILE_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": "v1.5.0",
    "checkpoint_threshold": "256MB",
}
_FOREIGN_HOLDER = re.compile(r"Conflicting lock is held in (.*?)\(PID (\d+)\)", re.DOTALL)
_POLL_S = 0.2
# A log longer than this part of the file is written into it when the file closes; every opening
# until then reads the log again (5 MB, 800 articles: 0.1 s).
_LOG_PART = 64
_LOG_BYTES = (4 * 1024 * 1024, 16 * 1024 * 1024)


class FileStore:
    """The database file of a data folder, opened under the writers' lock."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def open(self) -> duckdb.DuckDBPyConnection:
        """Open the file and bring it up to this program's schema.

        Raises:
            StoreBusyError: A program outside of the writers' line keeps it open.
            StoreError: It is damaged, or of a newer version.
        """
        file = self._settings.store_file
        con = self._connect(file)
        try:
            sweep(self._settings)
            con.execute("SET TimeZone = 'UTC'")
            con.execute("PRAGMA disable_checkpoint_on_shutdown")  # `close` knows when
            migrate(con, where=str(file))
        except BaseException:
            con.close()
            raise
        return con

    def commit(self, con: duckdb.DuckDBPyConnection, *, is_large: bool) -> None:
        """Commit; a large change is written into the file at once, not into its log first."""
        if not is_large:
            con.execute("COMMIT")
            return
        con.execute("SET checkpoint_threshold = '1MB'")
        con.execute("COMMIT")
        con.execute(f"SET checkpoint_threshold = '{FILE_CONFIG['checkpoint_threshold']}'")

    def close(self, con: duckdb.DuckDBPyConnection, *, is_due: bool) -> None:
        """Close the file.

        Args:
            con: The connection.
            is_due: Write the log into the file, for the snapshot to be copied from it. Else what
                was committed may stay in the log: opening the file reads it, after a kill too.

        Raises:
            StoreError: The log cannot be written into the file.
        """
        try:
            if is_due or self._is_log_long():
                self._write_log(con)
            con.close()
        except duckdb.Error as error:
            raise StoreError(
                f"{self._settings.store_file} cannot be closed: {error}; everything committed is "
                "kept, and the next run goes on from it"
            ) from error
        finally:
            con.close()

    def _write_log(self, con: duckdb.DuckDBPyConnection) -> None:
        # Not left to DuckDB's own closing, which does not bring an index up to the log that a
        # killed program left.
        if self._log_bytes():
            con.execute("CHECKPOINT")

    def _log_bytes(self) -> int:
        try:
            return log_file(self._settings).stat().st_size
        except OSError:
            return 0

    def _is_log_long(self) -> bool:
        low, high = _LOG_BYTES
        part = self._settings.store_file.stat().st_size // _LOG_PART
        return self._log_bytes() > max(low, min(part, high))

    def publish(self, *, is_changed: bool) -> None:
        """Renew the snapshot when rows changed, or when it is not that of the closed file."""
        if is_changed or is_behind(self._settings):
            publish(self._settings)

    def leave(self) -> None:
        """Do nothing: what was open is closed."""

    def is_conflict(self, _error: duckdb.Error) -> bool:
        """Tell whether trying again may help: never, one process has the file."""
        return False

    def _connect(self, file: Path) -> duckdb.DuckDBPyConnection:
        """Open the file; wait while a program outside of the writers' line has it open."""
        deadline = time.monotonic() + self._settings.lock_wait_s
        is_first = True
        while True:
            try:
                return duckdb.connect(str(file), config=FILE_CONFIG)
            except duckdb.Error as error:
                holder = _FOREIGN_HOLDER.search(str(error))
                if holder is None:
                    raise StoreError(
                        f"{file} cannot be opened: {error}; if it is damaged, move it away: "
                        "`reeline ingest` rebuilds it from the raw archive"
                    ) from error
                name = f"{holder[1].strip() or 'a program'} (process {holder[2]})"
                if time.monotonic() >= deadline:
                    raise StoreBusyError(
                        f"{file} is open in {name}: close it there (analysts open "
                        f"{self._settings.snapshot_file.name}); nothing was lost: run this again"
                    ) from error
                if is_first:
                    log.warning("waiting for the store", extra={"holder": name})
                is_first = False
                time.sleep(_POLL_S)
