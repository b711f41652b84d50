"""Pages from elsewhere: WARC files of other crawlers and folders of saved HTML.

Gives the same `RawPage` records as the fetcher, so that the rest of the chain cannot tell. Not for
reading our own archive (`pipeline/archive.py`), whose records also name their source.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.parse import quote

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from models.pages import RawPage, Rejected
from models.vocabulary import FetchMethod, RejectionReason, Stage
from pipeline.contents import is_binary, is_wanted_type, make_raw_page, page_headers
from pipeline.urls import clean_url

Choose = Callable[[str], str | None]

MAX_PAGE_BYTES = 10_000_000
MAX_BLOCK_BYTES = 64_000_000
_HTML_SUFFIXES = (".html", ".htm", ".html.gz", ".htm.gz")
_WARC_TYPES = WarcRecordType.response | WarcRecordType.resource
_DIGESTS = ("sha1:", "sha256:", "md5:")
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_MEMBER = 16 + zlib.MAX_WBITS
_READ_BYTES = 1 << 18


def iter_warc(
    path: Path, *, source: str = "import", choose: Choose | None = None
) -> Iterator[RawPage | Rejected]:
    """Yield the pages of a WARC file (plain, gzip, zstd, lz4) in the order of the file.

    Only successful `response` and `resource` records of markup or text are pages; requests,
    revisits, errors and pictures are passed over, as they are no candidates for articles. A record
    that is damaged or too large is one rejection. A file that ends in the middle of a record gives
    its good records and then one `BAD_ARCHIVE` rejection that says how many were saved.

    Args:
        path: The file. Never raises for what is in it.
        source: The slug that the pages get.
        choose: Returns the slug for a clean address, None to pass the record over unread; what is
            passed over is neither a page nor a rejection.
    """
    saved = record_count = last_offset = 0
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                record_count += 1
                last_offset = record.stream_pos
                slug = source if choose is None else _choose(record, choose)
                if slug is None:
                    continue
                found = _read_record(record, path, slug)
                if found is not None:
                    yield found
                    saved += isinstance(found, RawPage)
    except (OSError, ValueError) as error:
        why = "an ARC file: `warcio recompress` makes a WARC of it" if _is_arc(path) else error
        yield _bad_archive(path, source, f"{why}; {saved} pages saved before")
        return
    if record_count == 0:
        yield _bad_archive(path, source, "expected WARC records, found none")
    elif not _ends_whole(path, last_offset):
        yield _bad_archive(path, source, f"the file ends inside a record; {saved} pages saved")


def _choose(record: WarcRecord, choose: Choose) -> str | None:
    """Return the slug of a record that may hold a page; cheap, nothing of its block is read."""
    if not record.record_type & _WARC_TYPES:
        return None
    url = clean_url((record.headers.get("WARC-Target-URI") or "").strip("<> "))
    return choose(url) if url is not None else None


def _read_record(record: WarcRecord, path: Path, source: str) -> RawPage | Rejected | None:
    """Return the page of a record, why it is none, or None for a record that is no candidate.

    Raises:
        ValueError: The file ends inside the record.
    """
    declared = int(record.headers.get("Content-Length") or -1)
    where = f"record at {record.stream_pos}"
    target = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    # Pages of imported files keep their placeholder when an archive of ours is read again.
    url = quote(target, safe="/:%") if target.startswith("file:///") else clean_url(target)
    # `metadata:`, `dns:` and the like name notes of the crawler, never pages.
    is_candidate = bool(record.record_type & _WARC_TYPES) and target.startswith(("http", "file"))
    if declared > MAX_BLOCK_BYTES:
        detail = f"{where}: expected at most {MAX_BLOCK_BYTES:,} bytes, found {declared:,}"
        return _rejected(RejectionReason.TOO_LARGE, detail, source, url or path.name)
    record.freeze()
    if record.content_length != declared:
        message = f"{where}: expected {declared} bytes, found {record.content_length}, then the end"
        raise ValueError(message)
    if not is_candidate:
        return None
    if url is None:
        detail = f"{where}: expected an http address, found {target}"
        return _rejected(RejectionReason.BAD_URL, detail[:300], source, path.name)
    digest = record.headers.get("WARC-Block-Digest") or ""
    if digest.lower().startswith(_DIGESTS) and not record.verify_block_digest():
        detail = f"{where}: expected a block with digest {digest}, found another"
        return _rejected(RejectionReason.BAD_ARCHIVE, detail, source, url)
    return _read_page(record, url, where, source)


def _read_page(record: WarcRecord, url: str, where: str, source: str) -> RawPage | Rejected | None:
    """Return the page of a whole record; its payload is decoded under the size limit."""
    status = 200
    headers: tuple[tuple[str, str], ...]
    headers = (("content-type", record.headers.get("Content-Type") or ""),)
    try:
        if record.is_http:
            record.parse_http(auto_decode="all")
            status = record.http_headers.status_code or 0
            headers = tuple(
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in record.http_headers.items_bytes()
            )
        if status not in {200, 203} or not _is_page_type(headers, url):
            return None
        body = record.reader.read(MAX_PAGE_BYTES + 1)
    except (OSError, ValueError) as error:
        detail = f"{where}: expected an HTTP response, found: {error}"
        return _rejected(RejectionReason.BAD_ARCHIVE, detail[:300], source, url)
    if len(body) > MAX_PAGE_BYTES:
        detail = f"{where}: expected a body of at most {MAX_PAGE_BYTES:,} bytes, found more"
        return _rejected(RejectionReason.TOO_LARGE, detail, source, url)
    return make_raw_page(
        source,
        url,
        body,
        fetched_at=record.record_date or datetime.now(UTC),
        method=FetchMethod.WARC,
        headers=page_headers(headers),
        status=status,
    )


def _is_page_type(headers: tuple[tuple[str, str], ...], url: str) -> bool:
    declared = next((value for name, value in headers if name.lower() == "content-type"), "")
    return not declared or is_wanted_type(declared, url)


def _is_arc(path: Path) -> bool:
    """Return whether a file is of the format before WARC, packed or not."""
    try:
        with path.open("rb") as file:
            head = file.read(2048)
        plain = zlib.decompressobj(_GZIP_MEMBER).decompress(head, 64)
    except zlib.error:
        plain = head
    except OSError:
        return False
    return plain.startswith(b"filedesc:")


def _ends_whole(path: Path, last_offset: int) -> bool:
    """Return whether the file ends where a record ends; the reader takes a torn end silently."""
    with path.open("rb") as file:
        if file.read(2) == _GZIP_MAGIC:
            # A file packed as one member has no member at the offset of its last record.
            file.seek(last_offset)
            file.seek(last_offset if file.read(2) == _GZIP_MAGIC else 0)
            return _ends_with_whole_member(file)
        if file.seek(0, 2) < 4 or path.suffix in {".lz4", ".zst"}:
            return True
        file.seek(-4, 2)
        return file.read().endswith((b"\r\n\r\n", b"\n\n"))


def _ends_with_whole_member(file: IO[bytes]) -> bool:
    """Return whether the gzip members from here to the end of the file are all complete."""
    unpacker = zlib.decompressobj(_GZIP_MEMBER)
    is_started = False
    packed = file.read(_READ_BYTES)
    while packed:
        if unpacker.eof:
            unpacker = zlib.decompressobj(_GZIP_MEMBER)
        try:
            unpacker.decompress(packed, _READ_BYTES)
        except zlib.error:
            return not packed.strip(b"\0\r\n")  # some writers pad the file
        is_started = True
        packed = unpacker.unused_data or unpacker.unconsumed_tail or file.read(_READ_BYTES)
    return is_started and unpacker.eof


def iter_html(path: Path, *, source: str = "import") -> Iterator[RawPage | Rejected]:
    """Yield the pages of a folder (its sub-folders too), sorted by name, or the one page of a file.

    Takes `*.html`, `*.htm` and both with `.gz`. The address of a page is a placeholder
    `file:///NAME`, NAME relative to the folder; `fetched_at` is when the file was last changed.
    What cannot be read, is no text or larger than 10 MB (unpacked) is rejected with `NOT_HTML`,
    and so is a link that leads out of the folder.

    Args:
        path: Folder or file. Never raises for what is in it.
        source: The slug that the pages get.
    """
    root = path if path.is_dir() else path.parent
    files = sorted(_html_files(path)) if path.is_dir() else [path]
    for file in files:
        name = file.relative_to(root).as_posix()
        url = f"file:///{quote(name)}"
        try:
            if path.is_dir():
                _require_inside(file, root)
            body = _read_html(file)
            changed_at = datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)
        except (OSError, ValueError, EOFError, zlib.error) as error:
            detail = f"{name}: {error}"
            yield _rejected(RejectionReason.NOT_HTML, detail[:300], source, url)
            continue
        yield make_raw_page(
            source,
            url,
            body,
            fetched_at=changed_at,
            method=FetchMethod.FILE,
            headers=(("content-type", "text/html"),),
        )


def _html_files(folder: Path) -> Iterator[Path]:
    # Linked folders are not entered on any supported Python; linked files are checked one by one.
    for found in folder.rglob("*"):
        if found.name.lower().endswith(_HTML_SUFFIXES) and not found.is_dir():
            yield found


def _require_inside(file: Path, folder: Path) -> None:
    if not file.resolve().is_relative_to(folder.resolve()):
        message = "expected a file of the folder, found a link that leads out of it"
        raise ValueError(message)


def _read_html(file: Path) -> bytes:
    if not file.is_file():
        message = "expected a file, found none or something else"
        raise ValueError(message)
    if file.name.lower().endswith(".gz"):
        with gzip.open(file, "rb") as unpacked:
            body = unpacked.read(MAX_PAGE_BYTES + 1)
    else:
        with file.open("rb") as plain:
            body = plain.read(MAX_PAGE_BYTES + 1)
    if len(body) > MAX_PAGE_BYTES:
        message = f"expected at most {MAX_PAGE_BYTES:,} bytes, found more"
        raise ValueError(message)
    if not body.strip() or is_binary(body):
        message = "expected HTML, found nothing or binary data"
        raise ValueError(message)
    return body


def _bad_archive(path: Path, source: str, detail: str) -> Rejected:
    text = f"{path.name}: {detail}"[:300]
    return _rejected(RejectionReason.BAD_ARCHIVE, text, source, path.name)


def _rejected(reason: RejectionReason, detail: str, source: str, url: str) -> Rejected:
    return Rejected(
        stage=Stage.ARCHIVE,
        reason=reason,
        detail=detail,
        source=source,
        url=url,
        seen_at=datetime.now(UTC),
    )
