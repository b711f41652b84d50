"""The raw archive: pages as served, in WARC 1.1 files, so that everything can be read again.

One file a run, never appended to afterwards: bytes behind a torn tail cannot be read. Not for
finding pages: the store keeps the `ArchiveEntry` (file, offset, length, digest) of each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.errors import ArchiveError
from models.pages import ArchiveEntry, RawPage
from pipeline.archive_members import read_member, walk_members
from pipeline.archive_records import (
    PAGE_TYPES,
    ParsedRecord,
    check_block,
    page_of,
    parse_record,
)
from pipeline.archive_recovery import RecoveredFile, left_open_bytes, recover_file
from pipeline.archive_scan import read_page, scan_pages
from pipeline.archive_writer import OPEN_SUFFIX, WARC_SUFFIX, ArchiveWriter

__all__ = ["ArchiveProblem", "ArchiveWriter", "FileReport", "RawArchive", "RecoveredFile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveProblem:
    """Something in the archive that cannot be read; `offset` is where it starts, in bytes."""

    warc_file: str
    offset: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """One file of the archive after every record of it was read.

    `pages` counts responses and revisits; `revisits` those whose payload lies elsewhere.
    """

    warc_file: str
    size_bytes: int
    pages: int
    revisits: int
    problems: tuple[ArchiveProblem, ...]


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
        where = f"{self.folder / entry.warc_file} at {entry.offset}"
        packed = self._packed(entry.warc_file, entry.offset, entry.length)
        page = read_page(packed)
        if page is None:
            page = self._page(parse_record(read_member(packed, where=where), where=where), where)
        if page.body_sha256 != entry.body_sha256:
            found = page.body_sha256
            message = f"{where}: expected a page with digest {entry.body_sha256}, found {found}"
            raise ArchiveError(message)
        return page

    def read_response(self, entry: ArchiveEntry) -> bytes:
        """Return the HTTP response of an entry: head and payload, as served where that is known.

        Raises:
            ArchiveError: File missing, record torn or altered; names file and offset.
        """
        self.read(entry)
        record = self._record(entry.warc_file, entry.offset, entry.length)
        origin = self._origin(record)
        if origin is None:
            return record.block
        return record.block + origin.block.partition(b"\r\n\r\n")[2]

    def entries(self, warc_file: str) -> Iterator[ArchiveEntry]:
        """Yield the entries of a file in order, for rebuilding the store's index.

        Raises:
            ArchiveError: At the first record that cannot be read.
        """
        for entry, _ in self.pages(warc_file):
            yield entry

    def pages(self, warc_file: str) -> Iterator[tuple[ArchiveEntry, RawPage]]:
        """Yield the pages of a file in order, each with its entry.

        Raises:
            ArchiveError: At the first record that cannot be read.
        """
        for found in scan_pages(self._path(warc_file)):
            if found.page is not None:
                page = found.page
            else:
                record = self._record(warc_file, found.offset, found.length)
                page = self._page(record, f"{warc_file} at {found.offset}")
            yield _entry(page, warc_file, found.offset, found.length), page

    def files(self) -> tuple[str, ...]:
        """Return the names of the files that are closed, in order."""
        return tuple(sorted(path.name for path in self.folder.glob(f"*{WARC_SUFFIX}")))

    def verify(self) -> tuple[ArchiveProblem, ...]:
        """Return what cannot be read, file by file; empty when every byte is right.

        A file that a writer still holds is skipped; one that a dead run left open is a problem.
        """
        return tuple(problem for report in self.check_files() for problem in report.problems)

    def check_files(self) -> Iterator[FileReport]:
        """Read every record of every file and yield what was found, file by file."""
        for warc_file in self.files():
            yield self._check_file(warc_file)
        for path in sorted(self.folder.glob(f"*{OPEN_SUFFIX}")):
            size_bytes = left_open_bytes(path)
            if size_bytes is not None:
                message = "left open by a run that ended early; the next ingest closes it"
                problem = ArchiveProblem(warc_file=path.name, offset=0, message=message)
                yield FileReport(
                    warc_file=path.name,
                    size_bytes=size_bytes,
                    pages=0,
                    revisits=0,
                    problems=(problem,),
                )

    def recover_open_files(self) -> tuple[RecoveredFile, ...]:
        """Close what dead runs left open: cut each file behind its last whole record, rename it.

        Files of running writers are left alone (they hold a lock). A file without a whole page
        record is removed.
        """
        found = map(recover_file, sorted(self.folder.glob(f"*{OPEN_SUFFIX}")))
        return tuple(recovered for recovered in found if recovered is not None)

    def _check_file(self, warc_file: str) -> FileReport:
        """Read a file whole; behind a record that cannot be unpacked nothing is readable."""
        path = self._path(warc_file)
        problems: list[ArchiveProblem] = []
        pages = revisits = offset = 0

        def note(error: ArchiveError) -> None:
            problems.append(ArchiveProblem(warc_file=warc_file, offset=offset, message=str(error)))

        try:
            for member in walk_members(path):
                offset = member.offset
                try:
                    record = parse_record(member.record, where=f"{warc_file} at {offset}")
                    check_block(record, where=f"{warc_file} at {offset}")
                    if record.kind in PAGE_TYPES:
                        self._page(record, f"{warc_file} at {offset}")
                        pages += 1
                        revisits += record.kind == "revisit"
                except ArchiveError as error:
                    note(error)
                offset += member.length
        except ArchiveError as error:
            note(error)
        return FileReport(
            warc_file=warc_file,
            size_bytes=path.stat().st_size,
            pages=pages,
            revisits=revisits,
            problems=tuple(problems),
        )

    def _page(self, record: ParsedRecord, where: str) -> RawPage:
        if record.kind not in PAGE_TYPES:
            message = f"{where}: expected a page, found a record of type {record.kind!r}"
            raise ArchiveError(message)
        return page_of(record, where=where, origin=self._origin(record))

    def _origin(self, record: ParsedRecord) -> ParsedRecord | None:
        """Return the record that holds the payload of a revisit, None for a response."""
        place = record.origin()
        if place is None:
            return None
        found = self._record(*place)
        if found.fields.get("warc-payload-digest") != record.fields.get("warc-payload-digest"):
            file, offset, _ = place
            message = f"{file} at {offset}: expected the payload of a revisit, found another"
            raise ArchiveError(message)
        return found

    def _record(self, warc_file: str, offset: int, length: int) -> ParsedRecord:
        """Return one record by its place; raises as `_packed` does, or when it is torn."""
        packed = self._packed(warc_file, offset, length)
        where = f"{self.folder / warc_file} at {offset}"
        return parse_record(read_member(packed, where=where), where=where)

    def _packed(self, warc_file: str, offset: int, length: int) -> bytes:
        """Return the bytes at a place of a file.

        Raises:
            ArchiveError: File missing or unreadable; names file and offset.
        """
        path = self._path(warc_file)
        try:
            with path.open("rb") as file:
                file.seek(offset)
                return file.read(length)
        except OSError as error:
            message = f"{path} at {offset}: expected a readable file, found: {error}"
            raise ArchiveError(message) from error

    def _path(self, warc_file: str) -> Path:
        if Path(warc_file).name != warc_file:
            message = f"{warc_file}: expected a file name without folders"
            raise ArchiveError(message)
        path = self.folder / warc_file
        # A run's entries can be read before its file gets its final name.
        return path if path.exists() else self.folder / f"{warc_file}.open"


def _entry(page: RawPage, warc_file: str, offset: int, length: int) -> ArchiveEntry:
    return ArchiveEntry(
        url=page.url,
        warc_file=warc_file,
        offset=offset,
        length=length,
        body_sha256=page.body_sha256,
        fetched_at=page.fetched_at,
    )
