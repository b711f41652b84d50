"""What is checked before a feed or sitemap reaches a parser: packing, entities, depth. Pure.

A few hundred bytes can name gigabytes (nested entities, gzip) or keep a parser busy for minutes
(deep nesting); what could is refused, because no real feed needs it.
"""

import re
import zlib

from models.errors import InputError

MAX_UNPACKED_BYTES = 50_000_000
"""The limit of the sitemaps protocol for one file, unpacked."""

MAX_DEPTH = 500
MAX_BROKEN_TAGS = 20_000
"""The lenient feed parser takes a minute for a million tags that never close."""

_GZIP_MAGIC = b"\x1f\x8b"
_ENTITY = re.compile(rb"<!ENTITY\s", re.IGNORECASE)
_OPAQUE_START = re.compile(rb"<!\[CDATA\[|<!--")
_TAG = re.compile(rb"<(/?)[A-Za-z][^<>]{0,2000}?(/?)>")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def unpack(body: bytes, *, where: str) -> bytes:
    """Return the body, unpacked when it is gzip, whatever its name or type says.

    Raises:
        InputError: Torn, or larger than `MAX_UNPACKED_BYTES` when unpacked.
    """
    if not body.startswith(_GZIP_MAGIC):
        return body
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        plain = unpacker.decompress(body, MAX_UNPACKED_BYTES)
    except zlib.error as error:
        message = f"{where}: expected a gzip file, found: {error}"
        raise InputError(message) from error
    if not unpacker.eof:
        message = f"{where}: expected a whole gzip file of at most {MAX_UNPACKED_BYTES:,} bytes"
        raise InputError(message)
    return plain


def require_harmless(body: bytes, *, where: str, max_tags: int) -> None:
    """Refuse XML that declares entities, has too many tags, nests too deeply or is mostly broken.

    Args:
        body: The document, unpacked.
        where: What messages call it.
        max_tags: Start and end tags that the caller's parser is given at most.

    Raises:
        InputError: Says which.
    """
    # Two-byte encodings are looked at without their zero bytes, so that none can hide a tag.
    text = body.replace(b"\0", b"") if body.startswith(_WIDE_MARKS) else body
    visible = _strip_opaque(text)
    if _ENTITY.search(visible):
        message = f"{where}: expected XML without entity declarations, found one"
        raise InputError(message)
    depth = tag_count = 0
    for tag in _TAG.finditer(visible):
        closing, empty = tag.groups()
        tag_count += 1
        if tag_count > max_tags:
            message = f"{where}: expected XML of at most {max_tags:,} tags, found more"
            raise InputError(message)
        # Never below zero: stray end tags in front must not hide the nesting behind them.
        depth = max(0, depth - 1) if closing else depth + (not empty)
        if depth > MAX_DEPTH:
            message = f"{where}: expected XML at most {MAX_DEPTH} levels deep, found more"
            raise InputError(message)
    if visible.count(b"<") - tag_count > MAX_BROKEN_TAGS:
        message = f"{where}: expected XML, found over {MAX_BROKEN_TAGS:,} broken tags"
        raise InputError(message)


def _strip_opaque(text: bytes) -> bytes:
    """Return the text without CDATA sections and comments; an unclosed one stays in sight.

    One pass by hand: a lazy pattern would look for the end again from every unclosed start.
    """
    parts, position = [], 0
    while (start := _OPAQUE_START.search(text, position)) is not None:
        closing = b"-->" if start.group() == b"<!--" else b"]]>"
        end = text.find(closing, start.end())
        if end < 0:
            break
        parts.append(text[position : start.start()])
        position = end + len(closing)
    return b"".join([*parts, text[position:]])
