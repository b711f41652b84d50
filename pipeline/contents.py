"""What kind of bytes a response holds, told by its type or its first bytes. Pure.

Keeps out pictures, films and programs before their bodies are read, and says which header lines
still describe a body once its transport encoding is undone.
"""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from models.ids import sha256_hex
from models.pages import RawPage
from models.vocabulary import FetchMethod

_TEXT_TYPES = frozenset(
    {
        "text/html",
        "text/plain",
        "text/xml",
        "application/xhtml+xml",
        "application/xml",
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/json",
        "application/feed+json",
        "text/rss+xml",
        "text/json",
    }
)
_PACKED_TYPES = frozenset({"application/gzip", "application/x-gzip", "application/octet-stream"})
_BINARY_STARTS = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x7fELF",
    b"MZ",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"7z\xbc\xaf",
    b"Rar!",
)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_TRANSPORT_HEADERS = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "keep-alive",
        "set-cookie",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def is_wanted_type(content_type: str, url: str) -> bool:
    """Return whether a declared type may be read: markup, feeds, plain text, JSON.

    A packed type is wanted only where the path says `.gz` (sitemaps).
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind in _PACKED_TYPES:
        return is_packed_path(url)
    return kind in _TEXT_TYPES


def is_packed_path(url: str) -> bool:
    """Return whether the path of an address names a gzip file."""
    return urlsplit(url).path.lower().endswith(".gz")


def has_binary_mark(start: bytes) -> bool:
    """Return whether the first bytes are the mark of a picture, an archive, a program."""
    return start.startswith(_BINARY_STARTS)


def is_binary(start: bytes) -> bool:
    """Return whether the first bytes (512 or more are enough) are those of no text."""
    if start.startswith(_UTF16_MARKS):
        return False
    head = start[:512]
    if has_binary_mark(head):
        return True
    # A zero byte is no text, except in UTF-16 without a mark: every second byte.
    nuls = head.count(0)
    return nuls > 0 and not 0.3 < nuls / len(head) < 0.6


def page_headers(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the header lines that hold for the decoded body, names in lower case.

    Transport coding and length describe bytes that are gone; cookies are none of our business.
    """
    return tuple(
        (name.lower(), value) for name, value in headers if name.lower() not in _TRANSPORT_HEADERS
    )


def make_raw_page(
    source: str,
    url: str,
    body: bytes,
    *,
    fetched_at: datetime,
    method: FetchMethod,
    headers: Iterable[tuple[str, str]] = (),
    status: int = 200,
    final_url: str | None = None,
) -> RawPage:
    """Return the record of a page whose bytes are at hand; its digest is that of the bytes."""
    return RawPage(
        source=source,
        url=url,
        final_url=final_url or url,
        fetched_at=fetched_at,
        status=status,
        headers=tuple(headers),
        body=body,
        body_sha256=sha256_hex(body),
        method=method,
    )
