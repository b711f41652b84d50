"""Reading a whole archive file fast: fastwarc unpacks and decodes, every body is still checked.

What it cannot decode is left to the caller, who reads that record by its place.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from models.errors import ArchiveError
from models.ids import sha256_hex
from models.pages import RawPage
from pipeline.archive_fields import described_page
from pipeline.archive_members import walk_members
from pipeline.contents import page_headers

_PAGES = WarcRecordType.response | WarcRecordType.revisit


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPage:
    """A page and its place. `page` is None when it must be read by its place."""

    offset: int
    length: int
    page: RawPage | None


def scan_pages(path: Path) -> Iterator[ScannedPage]:
    """Yield the pages of a file in order.

    Raises:
        ArchiveError: The file cannot be unpacked.
    """
    at: int | None = 0
    try:
        while at is not None:
            at = yield from _scan_from(path, at)
    except ArchiveError:
        raise
    except (OSError, ValueError) as error:
        message = f"{path}: expected whole records, found: {error}"[:500]
        raise ArchiveError(message) from error


def _scan_from(path: Path, start: int) -> Generator[ScannedPage, None, int | None]:
    """Yield pages up to the end, or to one whose codings fastwarc fails at; return where to go on.

    A failure spoils its reader, so the next one begins behind that record.
    """
    waiting: tuple[int, RawPage | None] | None = None
    with path.open("rb") as file:
        file.seek(start)
        for record in ArchiveIterator(file, parse_http=False):
            offset = record.stream_pos
            if waiting is not None:
                # A record's length is known when the next one begins.
                yield _placed(waiting, offset)
            is_page = bool(record.record_type & _PAGES)
            try:
                waiting = (offset, _page(record)) if is_page else None
            except (OSError, ValueError):
                length = next(walk_members(path, start=offset)).length
                yield ScannedPage(offset=offset, length=length, page=None)
                return offset + length
        if waiting is not None:
            yield _placed(waiting, path.stat().st_size)
    return None


def read_page(packed: bytes) -> RawPage | None:
    """Return the page of one packed record, None when this is not the way to read it."""
    try:
        for record in ArchiveIterator(BytesIO(packed), parse_http=False):
            return _page(record)
    except (OSError, ValueError):
        return None  # torn or altered: the slower way says where and how
    return None


@lru_cache(maxsize=4096)
def _header_name(key: bytes) -> str:
    """Return a header's name in lower case, "" when it says nothing about the decoded body."""
    kept = page_headers([(key.decode("latin-1"), "")])
    return kept[0][0] if kept else ""


def _placed(waiting: tuple[int, RawPage | None], end: int) -> ScannedPage:
    offset, page = waiting
    return ScannedPage(offset=offset, length=end - offset, page=page)


def _page(record: Any) -> RawPage | None:
    """Return the page of a response that was kept as served, None for any other record.

    Raises:
        OSError: fastwarc fails at its codings.
    """
    fields = record.headers.asdict()
    digest = fields.get("Reeline-Body-Digest", "").removeprefix("sha256:")
    if record.record_type != WarcRecordType.response or not digest:
        return None
    try:
        record.parse_http(auto_decode="all")
        body = record.reader.read()
        if sha256_hex(body) != digest:
            return None
        head = record.http_headers
        headers = tuple(
            (name, value.decode("latin-1").strip(" \t"))
            for key, value in head.items_bytes()
            if (name := _header_name(key))
        )
        return described_page(
            fields.__getitem__, body, digest=digest, status=head.status_code, headers=headers
        )
    except KeyError:
        return None
