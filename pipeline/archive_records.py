"""One WARC record: a page written as one and read back, byte for byte. No folders here.

A record is one gzip member, so that each can be read by its offset alone.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import IO
from uuid import UUID

from fastwarc.warc import ArchiveIterator
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders

from models.errors import ArchiveError
from models.ids import sha256_hex, stable_id
from models.pages import RawPage
from models.vocabulary import FetchMethod
from pipeline.contents import page_headers

MAX_RECORD_BYTES = 64_000_000
"""Six times the largest page that is fetched; more is a bomb or a broken file."""

_READ_BYTES = 1 << 20
_GZIP_MEMBER = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One unpacked gzip member of a file: where it lies and the record that it holds."""

    offset: int
    length: int
    record: bytes = field(repr=False)


def page_record(page: RawPage) -> ArcWarcRecord:
    """Return the WARC response record of a page.

    The block is built here because the library's own HTTP headers are re-encoded on the way.
    What WARC has no field for is kept in fields named `Reeline-…`, which other readers pass over.

    Raises:
        ArchiveError: A header or an address holds a line break.
    """
    block = _http_block(page)
    if page.fetched_at.tzinfo is None:
        message = f"{page.url}: expected an aware time, found {page.fetched_at}"
        raise ArchiveError(message)
    fetched_at = page.fetched_at.astimezone(UTC).isoformat(timespec="microseconds")
    record_id = stable_id(page.url, fetched_at, page.body_sha256, length=32)
    fields = [
        ("WARC-Type", "response"),
        ("WARC-Record-ID", f"<urn:uuid:{UUID(record_id)}>"),
        ("WARC-Date", fetched_at.replace("+00:00", "Z")),
        ("WARC-Target-URI", page.url),
        ("WARC-Payload-Digest", f"sha256:{page.body_sha256}"),
        ("Reeline-Source", page.source),
        ("Reeline-Final-URL", page.final_url),
        ("Reeline-Method", page.method.value),
    ]
    for name, value in fields:
        if "\r" in value or "\n" in value:
            message = f"{page.url!r}: expected one line in {name}, found a line break"
            raise ArchiveError(message)
    return ArcWarcRecord(
        "warc",
        "response",
        StatusAndHeaders("", fields, "WARC/1.1"),
        BytesIO(block),
        None,
        "application/http; msgtype=response",
        len(block),
    )


def page_of(record: bytes, *, where: str) -> RawPage | None:
    """Return the page of an unpacked record, None for a record of another kind (warcinfo).

    Raises:
        ArchiveError: The record is torn, or its body is not what its digest says.
    """
    try:
        for found in ArchiveIterator(BytesIO(record), parse_http=False):
            if found.headers.get("WARC-Type") != "response":
                return None
            declared = int(found.headers.get("Content-Length") or -1)
            block = found.reader.read()
            if len(block) != declared:
                message = f"{where}: expected a block of {declared} bytes, found {len(block)}"
                raise ArchiveError(message)
            return _page(found.headers.asdict(), block, found.record_date, where)
    except (OSError, ValueError, KeyError, IndexError) as error:
        if isinstance(error, ArchiveError):
            raise
        message = f"{where}: expected a WARC record of a page, found: {error!r}"
        raise ArchiveError(message) from error
    message = f"{where}: expected a WARC record, found none"
    raise ArchiveError(message)


def read_member(packed: bytes, *, where: str) -> bytes:
    """Return what one gzip member holds.

    Raises:
        ArchiveError: The member is torn, altered or too large.
    """
    unpacker = zlib.decompressobj(_GZIP_MEMBER)
    try:
        record = unpacker.decompress(packed, MAX_RECORD_BYTES)
    except zlib.error as error:
        message = f"{where}: expected a whole gzip member, found: {error}"
        raise ArchiveError(message) from error
    if not unpacker.eof:
        message = f"{where}: expected a whole gzip member, found a torn or too large one"
        raise ArchiveError(message)
    return record


def walk_members(path: Path) -> Iterator[Member]:
    """Yield the gzip members of a file in order.

    Raises:
        ArchiveError: At the first member that is torn, altered or too large; names file and offset.
    """
    offset = 0
    try:
        with path.open("rb") as file:
            pending = file.read(_READ_BYTES)
            while pending:
                record, length, pending = _unpack_next(file, pending)
                if record is None:
                    message = f"{path} at {offset}: expected a whole record, found a torn one"
                    raise ArchiveError(message)
                yield Member(offset=offset, length=length, record=record)
                offset += length
                pending = pending or file.read(_READ_BYTES)
    except zlib.error as error:
        message = f"{path} at {offset}: expected a gzip member, found: {error}"
        raise ArchiveError(message) from error


def _unpack_next(file: IO[bytes], pending: bytes) -> tuple[bytes | None, int, bytes]:
    """Return a member (None when torn or too large), its packed length, and what was read past it.

    A member may be longer than one read, so more is read until it ends.
    """
    unpacker = zlib.decompressobj(_GZIP_MEMBER)
    record, length = bytearray(), 0
    while pending:
        record += unpacker.decompress(pending, MAX_RECORD_BYTES)
        length += len(pending) - len(unpacker.unused_data)
        if unpacker.eof:
            return bytes(record), length, unpacker.unused_data
        if len(record) >= MAX_RECORD_BYTES:
            break
        pending = file.read(_READ_BYTES)
    return None, length, b""


def _http_block(page: RawPage) -> bytes:
    """Return status line, headers and body; the fetcher's headers are Latin-1, one byte a letter.

    Headers of the transport are left out: the body is stored decoded, and a reader that believed
    them would unpack it a second time.
    """
    try:
        phrase = HTTPStatus(page.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {page.status} {phrase}".rstrip()]
    for name, value in page_headers(page.headers):
        if any(mark in name + value for mark in "\r\n"):
            message = f"{page.url}: expected one line in header {name!r}, found a line break"
            raise ArchiveError(message)
        lines.append(f"{name}: {value}")
    text = "\r\n".join(lines) + "\r\n\r\n"
    try:
        return text.encode("latin-1") + page.body
    except UnicodeEncodeError:
        return text.encode("utf-8") + page.body


def _page(fields: dict[str, str], block: bytes, fetched_at: datetime, where: str) -> RawPage:
    head, _, body = block.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    digest = sha256_hex(body)
    if fields.get("WARC-Payload-Digest") != f"sha256:{digest}":
        expected = fields.get("WARC-Payload-Digest")
        message = f"{where}: expected a body with digest {expected}, found sha256:{digest}"
        raise ArchiveError(message)
    return RawPage(
        source=fields["Reeline-Source"],
        url=fields["WARC-Target-URI"],
        final_url=fields["Reeline-Final-URL"],
        fetched_at=fetched_at,
        status=int(status_line.split(" ")[1]),
        headers=tuple((name, value) for name, _, value in (line.partition(": ") for line in lines)),
        body=body,
        body_sha256=digest,
        method=FetchMethod(fields["Reeline-Method"]),
    )
