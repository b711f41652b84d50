"""HTTP messages as the archive keeps them: head and payload apart, codings undone. Pure.

What is undone here was bounded when it was fetched; the bounds are for files that were altered.
"""

import zlib
from dataclasses import dataclass, field

import brotli  # type: ignore[import-untyped]

MAX_BODY_BYTES = 64_000_000
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An HTTP response: its status, its header lines as written, and what follows them."""

    status: int
    lines: tuple[tuple[str, str], ...]
    head: bytes = field(repr=False)
    payload: bytes = field(repr=False)

    def codings(self) -> tuple[str, ...]:
        """Return the codings of the payload in the order of undoing; none when it is the body."""
        by_kind = {"transfer-encoding": "", "content-encoding": ""}
        for name, value in self.lines:
            if (kind := name.lower()) in by_kind:
                by_kind[kind] = f"{by_kind[kind]},{value}"
        # Transfer codings lie around content codings (RFC 9112, 6.1).
        found = [
            coding.strip().lower()
            for value in by_kind.values()
            for coding in reversed(value.split(","))
        ]
        return tuple(coding for coding in found if coding not in {"", "identity"})


def split_message(block: bytes) -> Message:
    """Return the parts of a response. Header values keep every byte, as Latin-1.

    Raises:
        ValueError: It has no status line.
    """
    end = block.find(b"\r\n\r\n")
    head = block if end < 0 else block[: end + 4]
    payload = b"" if end < 0 else block[end + 4 :]
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    try:
        status = int(first.split(" ", 2)[1])
    except (IndexError, ValueError) as error:
        message = f"expected an HTTP status line, found {first[:80]!r}"
        raise ValueError(message) from error
    pairs = (line.partition(":") for line in lines)
    named = tuple((name, value.removeprefix(" ")) for name, _, value in pairs)
    return Message(status=status, lines=named, head=head, payload=payload)


def body_of(message: Message) -> bytes:
    """Return the body with its transfer and content codings undone, as the fetcher undoes them.

    Raises:
        ValueError: The codings are not those that the headers name.
    """
    body = message.payload
    try:
        for coding in message.codings():
            body = _undo(coding, body)
    except (zlib.error, brotli.error, ValueError) as error:
        what = f"expected a body in the codings {message.codings()}, found: {error}"
        raise ValueError(what) from error
    return body


def join_chunks(data: bytes) -> bytes:
    """Return a chunked body without its framing (RFC 9112, 7.1).

    Raises:
        ValueError: The framing is broken.
    """
    parts: list[bytes] = []
    at = 0
    while True:
        line_end = data.index(b"\r\n", at)
        size = int(data[at:line_end].partition(b";")[0].strip(), 16)
        at = line_end + 2
        if size <= 0:
            return b"".join(parts)
        parts.append(data[at : at + size])
        at += size + 2


def _undo(name: str, body: bytes) -> bytes:
    if name == "chunked":
        return join_chunks(body)
    if name in {"gzip", "x-gzip"}:
        return zlib.decompressobj(_GZIP).decompress(body, MAX_BODY_BYTES)
    if name == "deflate":
        try:
            return zlib.decompressobj().decompress(body, MAX_BODY_BYTES)
        except zlib.error:  # some servers leave the zlib wrapper out
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, MAX_BODY_BYTES)
    if name == "br":
        return _undo_brotli(body)
    message = f"no known coding: {name[:40]!r}"
    raise ValueError(message)


def _undo_brotli(body: bytes) -> bytes:
    unpacker, size = brotli.Decompressor(), 0
    parts: list[bytes] = []
    part = unpacker.process(body, output_buffer_limit=1 << 20)
    while part and size < MAX_BODY_BYTES:
        parts.append(part)
        size += len(part)
        part = unpacker.process(b"", output_buffer_limit=1 << 20)
    return b"".join(parts)
