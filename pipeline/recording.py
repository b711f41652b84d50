"""Keeping what was acquired: bytes into the raw archive, rows into the store, a batch at a time.

The order makes kills harmless: bytes are archived and fsynced before the row that points at them
is staged. What is worth acquiring is decided in `pipeline/acquire.py`.
"""

import logging
import secrets
from collections import Counter
from dataclasses import dataclass, field

from models.ids import stable_id
from models.pages import RawPage, Rejected
from pipeline.archive import ArchiveWriter
from pipeline.rows import fetch_id, fetch_row, rejection_row
from pipeline.settings import Settings
from pipeline.staging import Batch, Row, stage
from pipeline.store import Store

log = logging.getLogger(__name__)

# Pages per transaction. A commit takes as long as fetching ten pages, and a killed run loses none
# of them: what is archived without a row is adopted (`pipeline/recovery.py`).
_PAGES_PER_BATCH = 400


@dataclass(slots=True)
class AcquireReport:
    """What acquiring did, in pages. `rejected` counts by reason.

    `copies` are addresses left alone because the source has the same title elsewhere, `not_due`
    counts the sources that were passed over.
    """

    found: int = 0
    fetched: int = 0
    unchanged: int = 0
    adopted: int = 0
    copies: int = 0
    not_due: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def add(self, other: "AcquireReport") -> None:
        """Add the counts of another report."""
        self.found += other.found
        self.fetched += other.fetched
        self.unchanged += other.unchanged
        self.adopted += other.adopted
        self.copies += other.copies
        self.not_due += other.not_due
        self.rejected.update(other.rejected)


class Recorder:
    """Archives pages and stages their rows, a batch at a time."""

    def __init__(self, settings: Settings, writer: ArchiveWriter, known: set[str]) -> None:
        self._settings = settings
        self._writer = writer
        self._known = known
        self._fetches: dict[str, Row] = {}
        self._rejections: dict[str, Row] = {}
        self.report = AcquireReport()

    def page(self, page: RawPage) -> None:
        """Keep a page, unless these bytes of this address are known."""
        key = fetch_id(page.url, page.body_sha256)
        if key in self._known:
            self.report.unchanged += 1
            return
        entry = self._writer.write(page)
        self._known.add(key)
        self._fetches[key] = fetch_row(page, entry)
        self.report.fetched += 1
        if len(self._fetches) >= _PAGES_PER_BATCH:
            self.flush()

    def reject(self, rejected: Rejected) -> None:
        """Keep a rejection."""
        row = rejection_row(rejected)
        self._rejections.setdefault(row["rejection_id"], row)
        self.report.rejected[rejected.reason.value] += 1
        log.info("rejected", extra={"url": rejected.url, "reason": rejected.reason.value})

    def flush(self) -> None:
        """Make what was kept durable: bytes first, then rows."""
        if not self._fetches and not self._rejections:
            return
        self._writer.flush()
        load_rows(
            self._settings,
            {
                "page_fetch": list(self._fetches.values()),
                "rejection": list(self._rejections.values()),
            },
        )
        self._fetches.clear()
        self._rejections.clear()


def load_rows(settings: Settings, rows: dict[str, list[Row]]) -> int:
    """Stage and load index or reference rows, which replace no facts; return how many are new."""
    # The key is new each time: a reference row may well go back to what it was before.
    batch_id = stable_id("batch", "rows", secrets.token_hex(16))
    staged = stage(settings.staging_dir, Batch(batch_id=batch_id, replaces=(), rows=rows))
    with Store(settings) as store:
        return store.load(staged)
