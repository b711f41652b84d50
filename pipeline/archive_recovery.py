"""Files of the raw archive that their run left open: told from those of running writers, closed.

What is in the records is not looked at. Rows for pages that were saved: `pipeline/recovery.py`.
"""

import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from models.errors import ArchiveError
from pipeline.archive_members import walk_members
from pipeline.archive_records import PAGE_TYPES, parse_record
from pipeline.archive_writer import is_at, lock_file, sync_folder

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveredFile:
    """What recovery made of a file that its run left open. `lost_bytes` is the torn tail."""

    warc_file: str
    record_count: int
    lost_bytes: int


def recover_file(path: Path) -> RecoveredFile | None:
    """Cut a file behind its last whole record and rename it; None when its writer still runs.

    A file without a whole page record is removed.
    """
    # A writer that finishes meanwhile takes the name away, before or after the file is opened.
    with suppress(FileNotFoundError), path.open("r+b") as file:
        if lock_file(file) and is_at(file, path):
            return _close(path, file)
    return None


def left_open_bytes(path: Path) -> int | None:
    """Return the size of a file whose writer is gone; None when it is held, or has its name now."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        if lock_file(file) and is_at(file, path):
            return os.fstat(file.fileno()).st_size
    return None


def _close(path: Path, file: IO[bytes]) -> RecoveredFile:
    good_end = record_count = 0
    try:
        for member in walk_members(path):
            record = parse_record(member.record, where=f"{path} at {member.offset}")
            record_count += record.kind in PAGE_TYPES
            good_end = member.offset + member.length
    except ArchiveError:
        pass  # the torn record; what lies before it is kept, and `lost_bytes` tells the rest
    lost_bytes = path.stat().st_size - good_end
    file.truncate(good_end)
    os.fsync(file.fileno())
    final = path.with_name(path.name.removesuffix(".open"))
    if record_count:
        path.rename(final)
    else:
        path.unlink()
    sync_folder(path.parent)
    if lost_bytes:
        log.warning("torn tail cut", extra={"file": final.name, "lost_bytes": lost_bytes})
    return RecoveredFile(warc_file=final.name, record_count=record_count, lost_bytes=lost_bytes)
