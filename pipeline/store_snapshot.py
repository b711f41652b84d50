"""The read-only copy of the store that analysts open: copied, synced, renamed.

A loader may die between its commit and the copy, and a copy may be damaged: whoever closes the
store next sees by the headers that the copy is not the store's, and makes a new one.
"""

import os
import shutil
import time
from pathlib import Path

from models.errors import StoreError
from pipeline.settings import Settings

# DuckDB keeps three headers of 4 KiB, and every checkpoint rewrites one with a new checksum.
_HEADER_BYTES = 3 * 4096


def log_file(settings: Settings) -> Path:
    """Return the log of the store: what was committed and is not in the file itself yet."""
    return settings.store_file.with_name(f"{settings.store_file.name}.wal")


def is_behind(settings: Settings) -> bool:
    """Tell whether the snapshot is missing, damaged, or older than the closed store."""
    store, snapshot = settings.store_file, settings.snapshot_file
    try:
        if store.stat().st_size != snapshot.stat().st_size:
            return True
        with store.open("rb") as one, snapshot.open("rb") as other:
            return one.read(_HEADER_BYTES) != other.read(_HEADER_BYTES)
    except OSError:
        return True


def publish(settings: Settings) -> None:
    """Copy the closed store to the snapshot by atomic rename; readers keep what they opened.

    Raises:
        StoreError: The disk refuses; the old snapshot stays, and the next opening tries again.
    """
    target = settings.snapshot_file
    wal = log_file(settings)
    if wal.exists() and wal.stat().st_size:
        raise StoreError(
            f"{settings.store_file} could not be written out (is the disk full?); everything "
            "committed is kept in its log, and the next run goes on from it"
        )
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        shutil.copyfile(settings.store_file, temporary)
        settle(temporary, target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StoreError(
            f"the snapshot {target} cannot be written: {error}; the rows are kept in "
            f"{settings.store_file.name}, and the next run publishes them"
        ) from error


def settle(temporary: Path, target: Path) -> None:
    """Put a whole copy in the place of the snapshot; an OSError leaves the old one."""
    with temporary.open("rb") as handle:
        os.fsync(handle.fileno())
    temporary.chmod(0o444)
    temporary.replace(target)


def sweep(settings: Settings) -> None:
    """Remove the half-made copies of loaders that died. Call under the writer's lock."""
    for left in settings.data.glob(f".{settings.snapshot_file.name}.*"):
        left.unlink(missing_ok=True)
