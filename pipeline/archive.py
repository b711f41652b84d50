"""The raw archive: pages as served, in WARC 1.1 files, so that everything can be read again.

One file a run, never appended to afterwards: bytes behind a torn tail cannot be read. Not for
finding pages: the store keeps the `ArchiveEntry` (file, offset, length, digest) of each.
"""

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from warcio.warcwriter import WARCWriter

from models.errors import ArchiveError
from models.ids import sha256_hex
from models.pages import ArchiveEntry, RawPage
from pipeline.archive_records import page_of, page_record, read_member, walk_members

_SUFFIX = ".warc.gz"
_OPEN_SUFFIX = ".warc.gz.open"
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveProblem:
    """Something in the archive that cannot be read; `offset` is where it starts, in bytes."""

    warc_file: str
    offset: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveredFile:
    """What recovery made of a file that its run left open. `lost_bytes` is the torn tail."""

    warc_file: str
    record_count: int
    lost_bytes: int


class RawArchive:
    """A folder of WARC files. Any number of readers and of writers, one file for each writer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def writer(self, run_label: str) -> "ArchiveWriter":
        """Return a writer to a new file, to be used in a `with` statement.

        Raises:
            ArchiveError: The label is no file name, or the folder cannot be written.
        """
        return ArchiveWriter(self.folder, run_label)

    def read(self, entry: ArchiveEntry) -> RawPage:
        """Return the page of an entry after checking its digest.

        Raises:
            ArchiveError: File missing, record torn or altered; names file and offset.
        """
        path = self._path(entry.warc_file)
        try:
            with path.open("rb") as file:
                file.seek(entry.offset)
                packed = file.read(entry.length)
        except OSError as error:
            message = f"{path} at {entry.offset}: expected a readable file, found: {error}"
            raise ArchiveError(message) from error
        where = f"{path} at {entry.offset}"
        page = page_of(read_member(packed, where=where), where=where)
        if page is None or page.body_sha256 != entry.body_sha256:
            found = "no page" if page is None else page.body_sha256
            message = f"{where}: expected a page with digest {entry.body_sha256}, found {found}"
            raise ArchiveError(message)
        return page

    def entries(self, warc_file: str) -> Iterator[ArchiveEntry]:
        """Yield the entries of a file in order, for rebuilding the store's index.

        Raises:
            ArchiveError: At the first record that cannot be read.
        """
        path = self._path(warc_file)
        for member in walk_members(path):
            page = page_of(member.record, where=f"{path} at {member.offset}")
            if page is not None:
                yield _entry(page, warc_file, member.offset, member.length)

    def verify(self) -> tuple[ArchiveProblem, ...]:
        """Return what cannot be read, file by file; empty when every byte is right.

        A file that a writer still holds is skipped; one that a dead run left open is a problem.
        """
        problems: list[ArchiveProblem] = []
        for path in sorted(self.folder.glob(f"*{_SUFFIX}")):
            problems.extend(_verify_file(path))
        for path in sorted(self.folder.glob(f"*{_OPEN_SUFFIX}")):
            if not _is_held(path):
                message = "left open by a run that ended early; recover_open_files() closes it"
                problems.append(ArchiveProblem(warc_file=path.name, offset=0, message=message))
        return tuple(problems)

    def recover_open_files(self) -> tuple[RecoveredFile, ...]:
        """Close what dead runs left open: cut each file behind its last whole record, rename it.

        Files of running writers are left alone (they hold a lock). A file without a whole page
        record is removed.
        """
        recovered = []
        for path in sorted(self.folder.glob(f"*{_OPEN_SUFFIX}")):
            with path.open("r+b") as file:
                if _lock(file):
                    recovered.append(_recover(path, file))
        return tuple(recovered)

    def _path(self, warc_file: str) -> Path:
        if Path(warc_file).name != warc_file:
            message = f"{warc_file}: expected a file name without folders"
            raise ArchiveError(message)
        path = self.folder / warc_file
        # A run's entries can be read before its file gets its final name.
        return path if path.exists() else self.folder / f"{warc_file}.open"


class ArchiveWriter:
    """Writes pages to one new file; made by `RawArchive.writer`.

    The file has a temporary name until it is closed, and is locked, so that recovery can tell it
    from the file of a dead run. It is closed properly after an error too: whole records are good.
    """

    def __init__(self, folder: Path, run_label: str) -> None:
        if not _LABEL.fullmatch(run_label):
            message = f"{run_label!r}: expected a run label of letters, digits, dot, _ and -"
            raise ArchiveError(message)
        self.warc_file = f"{run_label}-{secrets.token_hex(4)}{_SUFFIX}"
        self.page_count = 0
        self._final = folder / self.warc_file
        self._open = folder / f"{self.warc_file}.open"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self._open.open("xb")
        except OSError as error:
            message = f"{self._open}: expected a writable folder, found: {error}"
            raise ArchiveError(message) from error
        _lock(self._file)
        self._warc = WARCWriter(self._file, gzip=True, warc_version="1.1")
        info = {"software": "reeline", "format": "WARC File Format 1.1"}
        self._warc.write_record(self._warc.create_warcinfo_record(self.warc_file, info))

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
        offset = self._file.tell()
        try:
            self._warc.write_record(record)
        except OSError as error:
            message = f"{self._open} at {offset}: expected to write a record, found: {error}"
            raise ArchiveError(message) from error
        self.page_count += 1
        return _entry(page, self.warc_file, offset, self._file.tell() - offset)

    def flush(self) -> None:
        """Bring everything that was written to the disk: it survives a loss of power then."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Give the file its final name; remove it when it holds no page. Twice is harmless."""
        if self._file.closed:
            return
        try:
            self.flush()
            if self.page_count:
                self._open.rename(self._final)
            else:
                self._open.unlink()
            _sync_folder(self._final.parent)
        except OSError as error:
            message = f"{self._open}: expected to close the file, found: {error}"
            raise ArchiveError(message) from error
        finally:
            self._file.close()


def _entry(page: RawPage, warc_file: str, offset: int, length: int) -> ArchiveEntry:
    return ArchiveEntry(
        url=page.url,
        warc_file=warc_file,
        offset=offset,
        length=length,
        body_sha256=page.body_sha256,
        fetched_at=page.fetched_at,
    )


def _verify_file(path: Path) -> Iterator[ArchiveProblem]:
    """Yield the problems of a file; behind a record that cannot be unpacked nothing is readable."""
    offset = 0
    try:
        for member in walk_members(path):
            offset = member.offset
            try:
                page_of(member.record, where=f"{path} at {offset}")
            except ArchiveError as error:
                yield ArchiveProblem(warc_file=path.name, offset=offset, message=str(error))
            offset += member.length
    except ArchiveError as error:
        yield ArchiveProblem(warc_file=path.name, offset=offset, message=str(error))


def _recover(path: Path, file: IO[bytes]) -> RecoveredFile:
    """Cut a locked file behind its last whole record and give it its final name."""
    good_end = record_count = 0
    try:
        for member in walk_members(path):
            is_page = page_of(member.record, where=f"{path} at {member.offset}") is not None
            record_count += is_page
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
    _sync_folder(path.parent)
    return RecoveredFile(warc_file=final.name, record_count=record_count, lost_bytes=lost_bytes)


def _lock(file: IO[bytes]) -> bool:
    """Take the file's lock for as long as it is open; False when another process has it."""
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_held(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return not _lock(file)
    except FileNotFoundError:
        return True  # its writer has just closed it


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
