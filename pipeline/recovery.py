"""What a killed run left: staged batches, and archived pages whose rows were never staged."""

import logging
from datetime import UTC, datetime

from models.errors import ArchiveError
from models.pages import Rejected
from models.vocabulary import RejectionReason, Stage
from pipeline.archive import RawArchive, RecoveredFile
from pipeline.catalog import ADHOC_SOURCE
from pipeline.recording import AcquireReport, load_rows
from pipeline.rows import fetch_row, rejection_row
from pipeline.settings import Settings
from pipeline.staging import Row
from pipeline.store import Store
from pipeline.store_read import archived_files, known_fetches

log = logging.getLogger(__name__)


def recover(settings: Settings) -> AcquireReport:
    """Finish what a killed run left: staged batches and archived pages without rows."""
    report = AcquireReport()
    archive = RawArchive(settings.archive_dir)
    recovered = archive.recover_open_files()
    torn = [found for found in recovered if found.lost_bytes]
    if torn:
        rejections = [_torn_row(found) for found in torn]
        load_rows(settings, {"rejection": rejections})
        report.rejected[RejectionReason.BAD_ARCHIVE.value] += len(torn)
    with Store(settings) as store:
        store.load_staged()
        indexed, known = archived_files(store.con), known_fetches(store.con)
    # Of a file that its run left open only the last pages have no rows.
    indexed -= {found.warc_file for found in recovered}
    for name in archive.files():
        if name not in indexed:
            report.adopted += _adopt(settings, archive, name, known)
    return report


def _torn_row(found: RecoveredFile) -> Row:
    detail = (
        f"a run ended inside a record: its last {found.lost_bytes} bytes were cut off, "
        f"{found.record_count} pages were kept; what was lost is fetched again"
    )
    return rejection_row(
        Rejected(
            stage=Stage.ARCHIVE,
            reason=RejectionReason.BAD_ARCHIVE,
            detail=detail,
            source=ADHOC_SOURCE,
            url=found.warc_file,
            seen_at=datetime.now(UTC),
        )
    )


def _adopt(settings: Settings, archive: RawArchive, name: str, known: set[str]) -> int:
    rows: dict[str, Row] = {}
    try:
        for entry, page in archive.pages(name):
            row = fetch_row(page, entry)
            if row["fetch_id"] not in known:
                rows.setdefault(row["fetch_id"], row)
    except ArchiveError as error:
        log.warning("archive file is damaged", extra={"file": name, "error": str(error)})
    if rows:
        load_rows(settings, {"page_fetch": list(rows.values())})
        known.update(rows)
    return len(rows)
