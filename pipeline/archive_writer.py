"""Writing to the raw archive: one new file a run and group of hosts, synced and then renamed.

A file is never appended to afterwards: bytes behind a torn tail cannot be read.
"""

import fcntl
import logging
import os
import re
import secrets
import zlib
from importlib.metadata import version
from pathlib import Path
from typing import IO, Self

from models.errors import ArchiveError
from models.ids import sha256_hex
from models.pages import ArchiveEntry, RawPage
from pipeline.archive_bodies import StoredPayloads
from pipeline.archive_records import Origin, info_record, page_record
from pipeline.urls import host_of

log = logging.getLogger(__name__)

WARC_SUFFIX = ".warc.gz"
OPEN_SUFFIX = ".warc.gz.open"
GROUP_COUNT = 8
"""Few enough that a batch needs few syncs; a publisher's pages of a run lie in one file."""

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class ArchiveWriter:
    """Writes the pages of one run; made by `RawArchive.writer`, used in a `with` statement.

    A payload that the archive holds already is not stored again: a revisit record refers to it.

    Args:
        folder: The archive's folder.
        run_label: Start of the file names.
    """

    def __init__(self, folder: Path, run_label: str) -> None:
        if not _LABEL.fullmatch(run_label):
            message = f"{run_label!r}: expected a run label of letters, digits, dot, _ and -"
            raise ArchiveError(message)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"{folder}: expected a writable folder, found: {error}"
            raise ArchiveError(message) from error
        self.page_count = 0
        self.revisit_count = 0
        self._folder = folder
        self._run_label = run_label
        self._files: dict[int, _OpenFile] = {}
        self._stored = StoredPayloads(folder)
        # Payloads that are written and not synced: only their own file may refer to them.
        self._unsynced: dict[str, Origin] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, page: RawPage) -> ArchiveEntry:
        """Append a page and return where it lies. Not yet on disk until `flush` or the end.

        Raises:
            ArchiveError: The page's digest is not that of its body, a header cannot be written,
                or the disk refuses; after the latter the record may be torn.
        """
        if sha256_hex(page.body) != page.body_sha256:
            message = f"{page.url}: expected a body with digest {page.body_sha256}"
            raise ArchiveError(message)
        record = page_record(page)
        file = self._file_for(page)
        origin = self._origin(record.payload_key, file) if page.body else None
        if origin is None:
            offset, length = file.append(record.response())
            self._unsynced[record.payload_key] = record.origin(file.warc_file, offset, length)
        else:
            offset, length = file.append(record.revisit(origin))
            self.revisit_count += 1
        if request := record.request_record():
            file.append(request)
        self.page_count += 1
        return ArchiveEntry(
            url=page.url,
            warc_file=file.warc_file,
            offset=offset,
            length=length,
            body_sha256=page.body_sha256,
            fetched_at=page.fetched_at,
        )

    def flush(self) -> None:
        """Bring everything that was written to the disk: it survives a loss of power then."""
        for file in self._files.values():
            file.sync()
        self._stored.add(self._unsynced)
        self._unsynced.clear()

    def close(self) -> None:
        """Give the files their final names. Twice is harmless."""
        try:
            self.flush()
            for file in self._files.values():
                file.finish()
            if self._files:
                sync_folder(self._folder)
        except OSError as error:
            message = f"{self._folder}: expected to close the run's files, found: {error}"
            raise ArchiveError(message) from error
        finally:
            for file in self._files.values():
                file.give_up()
            self._files.clear()
            self._stored.close()

    def _origin(self, payload_key: str, file: "_OpenFile") -> Origin | None:
        fresh = self._unsynced.get(payload_key)
        if fresh is not None:
            return fresh if fresh.warc_file == file.warc_file else None
        return self._stored.find(payload_key)

    def _file_for(self, page: RawPage) -> "_OpenFile":
        # The last two labels: hosts of one publisher nearly always share them.
        domain = ".".join(host_of(page.final_url).split(".")[-2:])
        group = zlib.crc32(domain.encode()) % GROUP_COUNT
        if group not in self._files:
            name = f"{self._run_label}-g{group}-{secrets.token_hex(4)}{WARC_SUFFIX}"
            self._files[group] = _OpenFile(self._folder, name)
        return self._files[group]


class _OpenFile:
    """One file that is being written.

    It has a temporary name until it is finished, and is locked, so that recovery can tell it from
    the file of a dead run.
    """

    def __init__(self, folder: Path, warc_file: str) -> None:
        self.warc_file = warc_file
        self._final = folder / warc_file
        self._open = folder / f"{warc_file}.open"
        self._is_dirty = False
        self._file = self._create()
        self.append(info_record(warc_file, f"reeline/{version('reeline')}"))

    def _create(self) -> IO[bytes]:
        """Make the file and take its lock.

        Between the two another process may take the file for that of a dead run, and lock it to
        look at it or remove it; it is made again then.
        """
        while True:
            try:
                file = self._open.open("xb")
            except OSError as error:
                message = f"{self._open}: expected a writable folder, found: {error}"
                raise ArchiveError(message) from error
            if lock_file(file) and is_at(file, self._open):
                return file
            file.close()
            self._open.unlink(missing_ok=True)

    def append(self, record: bytes) -> tuple[int, int]:
        """Write a packed record and return its offset and length."""
        offset = self._file.tell()
        try:
            self._file.write(record)
            # To the system at once: then a kill of this process loses no whole record.
            self._file.flush()
        except OSError as error:
            message = f"{self._open} at {offset}: expected to write a record, found: {error}"
            raise ArchiveError(message) from error
        self._is_dirty = True
        return offset, len(record)

    def sync(self) -> None:
        """Bring what was written to the disk."""
        if self._is_dirty:
            os.fsync(self._file.fileno())
            self._is_dirty = False

    def finish(self) -> None:
        """Give the file its final name and close it."""
        self.sync()
        self._open.rename(self._final)
        self._file.close()

    def give_up(self) -> None:
        """Close the file as it is; recovery saves what is whole. Harmless once it is finished."""
        try:
            self._file.close()
        except OSError as error:  # a full disk refuses the rest of the buffer
            log.warning("file was left open", extra={"file": self.warc_file, "error": str(error)})


def lock_file(file: IO[bytes]) -> bool:
    """Take the file's lock for as long as it is open; False when another process has it."""
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_at(file: IO[bytes], path: Path) -> bool:
    """Tell whether an open file still has this name: it may have been renamed or removed."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
