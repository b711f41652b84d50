"""The writer's side of the store: one process at a time, one transaction a batch.

Analysts never open this file: after it is closed it is copied to the read-only snapshot
(`pipeline/store_snapshot.py`). How its tables come to be: `pipeline/store_migrations.py`.
"""

import logging
import os
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
from filelock import FileLock, Timeout

from models.errors import StoreBusyError, StoreError
from pipeline.settings import Settings
from pipeline.staging import StagedBatch, discard, staged_batches
from pipeline.store_migrations import migrate, roll_back
from pipeline.store_snapshot import is_behind, publish, sweep

log = logging.getLogger(__name__)

# Both 1.5 and 2.0 read and write files of this format. A checkpoint rewrites the keys of whole
# tables: one when the file closes, not one a batch (40,000 articles: 140 of 300 ms a batch).
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": "v1.5.0",
    "checkpoint_threshold": "256MB",
}
# Tables whose rows are never rewritten: a row with a known key is already there.
_INSERT_ONCE = {
    "page_fetch": ("fetch_id",),
    "page_outcome": ("fetch_id", "extractor_version"),
    "article": ("article_id",),
    "article_version": ("version_id",),
    "article_text": ("version_id",),
    "rejection": ("rejection_id",),
    "load_log": ("batch_id",),
}
# Small reference tables: the newest file wins.
_REFERENCE = {"source": "source", "company": "company_id"}
_FACTS = (
    "article_sentence",
    "company_mention",
    "tonnage",
    "percentage",
    "date_mention",
    "license_event",
    "license_event_party",
    "finding",
)
_FOREIGN_HOLDER = re.compile(r"Conflicting lock is held in (.*?)\(PID (\d+)\)", re.DOTALL)
_POLL_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a load did."""

    batches: int
    rows: int


class Store:
    """The open database, held under the writer's lock. Use as a context manager.

    Args:
        settings: Where the data folder is and how long to wait for the lock.

    Raises:
        StoreBusyError: Another process held the lock for longer than `lock_wait_s`.
        StoreError: The file cannot be opened, or is of a newer version.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = FileLock(f"{settings.store_file}.lock")
        self._holder = Path(f"{settings.store_file}.holder")
        self._changed = False
        self._con: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Self:
        self._settings.prepare()
        self._acquire()
        try:
            self._con = self._open()
        except BaseException:
            self._holder.unlink(missing_ok=True)
            self._lock.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._close()
            if kind is None and (self._changed or is_behind(self._settings)):
                publish(self._settings)
        finally:
            self._holder.unlink(missing_ok=True)
            self._lock.release()

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection, for the other store modules only."""
        if self._con is None:
            raise StoreError("the store is not open: use it in a `with` block")
        return self._con

    def _close(self) -> None:
        con, self._con = self._con, None
        if con is None:
            return
        try:
            con.close()  # writes its log into the file; `publish` sees whether it did
        except duckdb.Error as error:
            raise StoreError(
                f"{self._settings.store_file} cannot be closed: {error}; everything committed is "
                "kept, and the next run goes on from it"
            ) from error

    def mark_changed(self) -> None:
        """Say that rows changed, so that closing publishes a snapshot."""
        self._changed = True

    def _acquire(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            log.warning("waiting for the store", extra={"holder": self._holder_name()})
            try:
                self._lock.acquire(timeout=self._settings.lock_wait_s)
            except Timeout as error:
                raise StoreBusyError(
                    f"{self._settings.store_file} is still held by {self._holder_name()} after "
                    f"{self._settings.lock_wait_s:.0f} s; nothing was lost: run this again"
                ) from error
        except OSError as error:
            raise StoreError(f"{self._lock.lock_file} cannot be locked: {error}") from error
        started = datetime.now(UTC).isoformat(timespec="seconds")
        with suppress(OSError):  # only a courtesy to those who wait
            self._holder.write_text(f"process {os.getpid()} since {started}", encoding="utf-8")

    def _holder_name(self) -> str:
        try:
            return self._holder.read_text(encoding="utf-8") or "another process"
        except OSError:
            return "another process"

    def _open(self) -> duckdb.DuckDBPyConnection:
        file = self._settings.store_file
        con = self._connect(file)
        try:
            sweep(self._settings)
            con.execute("SET TimeZone = 'UTC'")
            migrate(con, where=str(file))
        except BaseException:
            con.close()
            raise
        return con

    def _connect(self, file: Path) -> duckdb.DuckDBPyConnection:
        """Open the file; wait while a program outside of the writers' line has it open."""
        deadline = time.monotonic() + self._settings.lock_wait_s
        is_first = True
        while True:
            try:
                return duckdb.connect(str(file), config=_CONFIG)
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

    def load(self, staged: StagedBatch) -> int:
        """Load one batch in one transaction and return the number of rows that are new.

        A batch that the load log knows is skipped. The staged files are removed afterwards.
        """
        con = self.con
        if con.execute("FROM load_log WHERE batch_id = ?", [staged.batch_id]).fetchone():
            discard(staged)
            return 0
        con.execute("BEGIN")
        try:
            self._delete_facts(staged)
            rows = sum(self._insert(staged, table) for table in staged.tables)
            if rows:
                log_row = [staged.batch_id, datetime.now(UTC), len(staged.replaces), rows]
                con.execute("INSERT INTO load_log VALUES (?, ?, ?, ?)", log_row)
            con.execute("COMMIT")
        except duckdb.Error as error:
            roll_back(con)
            raise StoreError(f"batch {staged.folder} cannot be loaded: {error}") from error
        self._changed = self._changed or rows > 0
        discard(staged)
        log.info("loaded", extra={"batch": staged.batch_id, "rows": rows})
        return rows

    def load_staged(self) -> LoadReport:
        """Load every batch that producers have staged, oldest first."""
        loaded = [self.load(staged) for staged in staged_batches(self._settings.staging_dir)]
        return LoadReport(batches=len(loaded), rows=sum(loaded))

    def _delete_facts(self, staged: StagedBatch) -> None:
        if not staged.replaces:
            return
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE replaced AS SELECT unnest(?) AS version_id",
            [list(staged.replaces)],
        )
        for table in _FACTS:
            self.con.execute(
                f"DELETE FROM {table} WHERE version_id IN (FROM replaced)"  # noqa: S608
            )

    def _insert(self, staged: StagedBatch, table: str) -> int:
        file = str(staged.file(table))
        if table in _REFERENCE:
            return self._replace_reference(table, file)
        keys = _INSERT_ONCE.get(table)
        # Table and key names come from the constants above, values from the file.
        known = f"ANTI JOIN {table} USING ({', '.join(keys)})" if keys else ""
        statement = f"INSERT INTO {table} BY NAME SELECT n.* FROM read_parquet(?) AS n {known}"  # noqa: S608
        inserted = _count(self.con.execute(statement, [file]).fetchall())
        if table == "article_version":
            self._follow_versions(file)
        return inserted

    def _follow_versions(self, file: str) -> None:
        """Point articles at their newest text, and versions at the extractor that read them."""
        self.con.execute(
            "UPDATE article_version AS v SET extractor_version = n.extractor_version "
            "FROM read_parquet(?) AS n WHERE n.version_id = v.version_id "
            "AND n.extractor_version <> v.extractor_version",
            [file],
        )
        self.con.execute(
            "UPDATE article AS a SET current_version_id = n.version_id FROM ("
            "  SELECT v.article_id, "
            "    max_by(v.version_id, (v.fetched_at, v.version_id)) AS version_id"
            "  FROM article_version AS v"
            "  SEMI JOIN read_parquet(?) AS n ON n.article_id = v.article_id"
            "  GROUP BY v.article_id"
            ") AS n WHERE n.article_id = a.article_id AND n.version_id <> a.current_version_id",
            [file],
        )

    def _replace_reference(self, table: str, file: str) -> int:
        changed = _count(
            self.con.execute(
                f"SELECT count(*) FROM (FROM read_parquet(?) EXCEPT FROM {table})",  # noqa: S608
                [file],
            ).fetchall()
        )
        if changed:
            self.con.execute(
                f"INSERT OR REPLACE INTO {table} BY NAME FROM read_parquet(?)",
                [file],
            )
        return changed


def _count(rows: Sequence[tuple[object, ...]]) -> int:
    return int(str(rows[0][0])) if rows else 0
