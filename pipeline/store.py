"""The writer's side of the store: one process at a time, one transaction a batch.

The tables lie in a file (`pipeline/store_file.py`) or in a lake (`pipeline/store_lake.py`).
Analysts never open either: on closing, a read-only snapshot is published. How the tables come to
be: `pipeline/store_migrations.py`.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import duckdb

from models.errors import StoreError
from pipeline.settings import Settings
from pipeline.staging import StagedBatch, discard, staged_batches
from pipeline.store_file import FileStore
from pipeline.store_lake import LakeStore
from pipeline.store_linger import OpenFile, lingering
from pipeline.store_lock import WriterLock
from pipeline.store_migrations import roll_back
from pipeline.store_statistics import renew_statistics

log = logging.getLogger(__name__)

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
    "announcement",
    "text_agreement",
)
# A batch that replaces this many texts or more goes straight into the file.
_LARGE = 5000
# A snapshot of this size costs a second or two; one of twice the size is renewed half as often.
_SMALL_BYTES = 128 * 1024 * 1024
# How often a batch is tried when another program's commits to the lake come first.
_TRIES = 10


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
        self._lock = WriterLock(settings)
        self._place: LakeStore | FileStore = (
            LakeStore(settings) if settings.is_lake else FileStore(settings)
        )
        self._changed = False
        self._con: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Self:
        self._settings.prepare()
        left = lingering.take(self._settings.store_file)
        if left is not None:
            self._lock, self._place, self._con = left.lock, left.place, left.con
            return self
        self._lock.acquire()
        try:
            self._con = self._place.open()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        is_due = kind is None and not self._is_young()
        if kind is None and not is_due and self._lingers():
            return
        try:
            self._close(is_due=is_due)
            if is_due:
                self._place.publish(is_changed=self._changed)
        finally:
            self._place.leave()
            self._lock.release()

    def _lingers(self) -> bool:
        """Leave the file open for the step that follows at once."""
        if self._con is None or not isinstance(self._place, FileStore):
            return False
        file = OpenFile(lock=self._lock, place=self._place, con=self._con)
        self._con = None
        lingering.leave(self._settings.store_file, file)
        return True

    def _close(self, *, is_due: bool) -> None:
        """Close the tables; what only the snapshot shows is made when the snapshot is."""
        con, self._con = self._con, None
        if con is None:
            return
        try:
            if is_due:
                self._changed = renew_statistics(con) or self._changed
        except duckdb.Error as error:
            raise StoreError(
                f"the tables in {self._settings.data} cannot be finished: {error}; everything "
                "committed is kept, and the next run goes on from it"
            ) from error
        finally:
            self._place.close(con, is_due=is_due)

    def _is_young(self) -> bool:
        """Tell whether the snapshot may stay for now: who closes the store later renews it."""
        if not self._settings.publish_every_s:
            return False
        try:
            snapshot = self._settings.snapshot_file.stat()
        except OSError:
            return False
        # Making it costs what it holds: a large one is made less often.
        times = max(1.0, snapshot.st_size / _SMALL_BYTES)
        return 0 <= time.time() - snapshot.st_mtime < self._settings.publish_every_s * times

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection, for the other store modules only."""
        if self._con is None:
            raise StoreError("the store is not open: use it in a `with` block")
        return self._con

    def mark_changed(self) -> None:
        """Say that rows changed, so that closing publishes a snapshot."""
        self._changed = True

    def commit(self) -> None:
        """Commit what a store module began; on a lake, only while the writers' lock is held."""
        self._place.commit(self.con, is_large=False)

    def load(self, staged: StagedBatch) -> int:
        """Load one batch in one transaction and return the number of rows that are new.

        A batch that the load log knows is skipped. The staged files are removed afterwards.
        """
        con = self.con
        if con.execute("FROM load_log WHERE batch_id = ?", [staged.batch_id]).fetchone():
            discard(staged)
            return 0
        if not staged.is_there:
            # Another process took it for left over, and found nothing new in it.
            return 0
        for left in reversed(range(_TRIES)):
            try:
                rows, deleted = self._load_once(staged)
                break
            except duckdb.Error as error:
                roll_back(con)
                if left and self._place.is_conflict(error):
                    log.warning("trying again", extra={"batch": staged.batch_id})
                    continue
                raise StoreError(f"batch {staged.folder} cannot be loaded: {error}") from error
        self._changed = self._changed or rows > 0 or deleted > 0
        discard(staged)
        log.info("loaded", extra={"batch": staged.batch_id, "rows": rows})
        return rows

    def _load_once(self, staged: StagedBatch) -> tuple[int, int]:
        """Return the numbers of rows that are new and that were deleted."""
        con = self.con
        con.execute("BEGIN")
        deleted = self._delete_facts(staged)
        rows = sum(self._insert(staged, table) for table in staged.tables)
        if rows or deleted:
            log_row = [staged.batch_id, datetime.now(UTC), len(staged.replaces), rows]
            con.execute("INSERT INTO load_log VALUES (?, ?, ?, ?)", log_row)
        self._place.commit(con, is_large=len(staged.replaces) >= _LARGE)
        return rows, deleted

    def load_staged(self) -> LoadReport:
        """Load every batch that producers have staged, oldest first."""
        loaded = [self.load(staged) for staged in staged_batches(self._settings.staging_dir)]
        return LoadReport(batches=len(loaded), rows=sum(loaded))

    def _delete_facts(self, staged: StagedBatch) -> int:
        if not self._has_known(staged):
            return 0
        return sum(
            _count(
                self.con.execute(
                    f"DELETE FROM {table} WHERE version_id IN (FROM replaced)"  # noqa: S608
                ).fetchall()
            )
            for table in _FACTS
        )

    def _has_known(self, staged: StagedBatch) -> bool:
        """Put the texts whose facts are replaced into `replaced`; tell whether there are any.

        A text that comes with this very batch has none, and looking for them would read all that
        the store holds.
        """
        if not staged.replaces:
            return False
        params: list[object] = [list(staged.replaces)]
        new = ""
        if "article_version" in staged.tables:
            params.append(str(staged.file("article_version")))
            new = (
                "ANTI JOIN (FROM read_parquet(?) ANTI JOIN article_version USING (version_id)) "
                "USING (version_id)"
            )
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE replaced AS FROM (SELECT unnest(?) AS version_id) {new}",
            params,
        )
        return self.con.execute("FROM replaced LIMIT 1").fetchone() is not None

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
            self._follow_versions(file, is_new=inserted > 0)
        return inserted

    def _follow_versions(self, file: str, *, is_new: bool) -> None:
        """Point articles at their newest text, and versions at the extractor that read them."""
        self.con.execute(
            "UPDATE article_version AS v SET extractor_version = n.extractor_version "
            "FROM read_parquet(?) AS n WHERE n.version_id = v.version_id "
            "AND n.extractor_version <> v.extractor_version",
            [file],
        )
        if not is_new:
            return
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
            key = _REFERENCE[table]
            # A lake knows no INSERT OR REPLACE.
            self.con.execute(
                f"MERGE INTO {table} USING (FROM read_parquet(?)) AS n USING ({key}) "
                "WHEN MATCHED THEN UPDATE WHEN NOT MATCHED THEN INSERT BY NAME",
                [file],
            )
        return changed


def _count(rows: Sequence[tuple[object, ...]]) -> int:
    return int(str(rows[0][0])) if rows else 0
