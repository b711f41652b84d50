"""Keeping what was acquired: bytes into the raw archive, rows into the store, a batch at a time.

The order makes kills harmless: bytes are archived and fsynced before the row that points at them
is staged. What is worth acquiring is decided in `pipeline/acquire.py`.
"""

import logging
import secrets
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models.errors import FetchError
from models.ids import stable_id
from models.pages import PageRef, RawPage, Rejected
from models.vocabulary import RejectionReason, Stage
from pipeline.archive import ArchiveWriter, RawArchive
from pipeline.fetch_settings import NotModified
from pipeline.politeness import is_put_off
from pipeline.progress import Progress, no_progress
from pipeline.revisits import VisitMemory
from pipeline.rows import fetch_id, fetch_row, rejection_row
from pipeline.settings import Settings
from pipeline.staging import Batch, Row, stage
from pipeline.store import Store
from pipeline.store_read import known_fetches
from pipeline.wayback import unwrap

log = logging.getLogger(__name__)

# Pages per transaction. A commit takes as long as fetching ten pages, and a killed run loses none
# of them: what is archived without a row is adopted (`pipeline/recovery.py`).
_PAGES_PER_BATCH = 400

# No answer of the page itself: a rule of the site, or a host that is down, may be another tomorrow.
_NO_ANSWER = frozenset({RejectionReason.ROBOTS_DISALLOWED, RejectionReason.UNREACHABLE})


@dataclass(slots=True)
class AcquireReport:
    """What acquiring did, in pages. `rejected` counts by reason.

    `copies` are addresses left alone because the source has the same title elsewhere, `recent`
    those that were asked for a short while ago (`pipeline/revisits.py`), `not_due` counts the
    sources that were passed over. `put_off` counts by source the pages that are left to a later run
    because their host wants few requests; they are among the rejected.
    """

    found: int = 0
    fetched: int = 0
    unchanged: int = 0
    adopted: int = 0
    copies: int = 0
    recent: int = 0
    not_due: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    put_off: Counter[str] = field(default_factory=Counter)

    def add(self, other: "AcquireReport") -> None:
        """Add the counts of another report."""
        self.found += other.found
        self.fetched += other.fetched
        self.unchanged += other.unchanged
        self.adopted += other.adopted
        self.copies += other.copies
        self.recent += other.recent
        self.not_due += other.not_due
        self.rejected.update(other.rejected)
        self.put_off.update(other.put_off)


class Recorder:
    """Archives pages and stages their rows, a batch at a time.

    Args:
        settings: The data folder.
        writer: Where the bytes go.
        known: Ids of the bodies that are archived.
        visits: Where requests that brought nothing new are remembered; None forgets them.
    """

    def __init__(
        self,
        settings: Settings,
        writer: ArchiveWriter,
        known: set[str],
        visits: VisitMemory | None = None,
    ) -> None:
        self._settings = settings
        self._writer = writer
        self._known = known
        self._visits = visits
        self._fetches: dict[str, Row] = {}
        self._rejections: dict[str, Row] = {}
        self.report = AcquireReport()

    def outcome(
        self,
        ref: PageRef,
        outcome: RawPage | NotModified | FetchError,
        *,
        archives: Collection[str] = (),
    ) -> RawPage | None:
        """Keep what came of an address, and return the page when it is one.

        Args:
            ref: What was asked for.
            outcome: What the fetcher gave.
            archives: Hosts whose captures of other sites count as pages of these.
        """
        if isinstance(outcome, FetchError):
            self.reject(fetch_rejection(ref, outcome))
            if is_put_off(outcome):
                self.report.put_off[ref.source] += 1
            if not outcome.retryable and outcome.reason not in _NO_ANSWER:
                self._note(ref, has_failed=True)
            return None
        if isinstance(outcome, NotModified):
            self.report.unchanged += 1
            self._note(ref)
            return None
        page = unwrap(outcome, hosts=archives)
        if not self.page(page):
            self._note(ref)
        return page

    def page(self, page: RawPage) -> bool:
        """Keep a page and return True, unless these bytes of this address are known."""
        key = fetch_id(page.url, page.body_sha256)
        if key in self._known:
            self.report.unchanged += 1
            return False
        entry = self._writer.write(page)
        self._known.add(key)
        self._fetches[key] = fetch_row(page, entry)
        self.report.fetched += 1
        if len(self._fetches) >= _PAGES_PER_BATCH:
            self.flush()
        return True

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

    def _note(self, ref: PageRef, *, has_failed: bool = False) -> None:
        if self._visits is not None:
            self._visits.note(ref.url, has_failed=has_failed)


def fetch_rejection(ref: PageRef, error: FetchError) -> Rejected:
    """Return the row of an address that could not be fetched."""
    return Rejected(
        stage=Stage.FETCH,
        reason=error.reason,
        detail=str(error),
        source=ref.source,
        url=ref.url,
        seen_at=datetime.now(UTC),
    )


def import_pages(
    settings: Settings,
    pages: Iterable[RawPage | Rejected],
    *,
    run_label: str,
    progress: Progress = no_progress,
) -> AcquireReport:
    """Archive pages that come from files instead of the web."""
    with Store(settings) as store:
        known = known_fetches(store.con)
    with RawArchive(settings.archive_dir).writer(run_label) as writer:
        recorder = Recorder(settings, writer, known)
        for number, page in enumerate(pages, 1):
            if isinstance(page, Rejected):
                recorder.reject(page)
            else:
                recorder.page(page)
            recorder.report.found += 1
            progress("read", number, None)
        recorder.flush()
    return recorder.report


def load_rows(settings: Settings, rows: dict[str, list[Row]]) -> int:
    """Stage and load index or reference rows, which replace no facts; return how many are new."""
    # The key is new each time: a reference row may well go back to what it was before.
    batch_id = stable_id("batch", "rows", secrets.token_hex(16))
    staged = stage(settings.staging_dir, Batch(batch_id=batch_id, replaces=(), rows=rows))
    with Store(settings) as store:
        return store.load(staged)
