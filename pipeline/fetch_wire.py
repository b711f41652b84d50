"""The very bytes of an exchange: recorded at the connection, cut to one response.

The HTTP library gives headers and a body that it has read; the raw archive keeps what was sent.
"""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore2

MAX_HEAD_BYTES = 256_000
"""More than the library accepts as a head, so that it refuses first."""


class RecordingStream(httpcore2.AsyncNetworkStream):
    """A connection that remembers its newest request and what came back since.

    Args:
        inner: The connection.
        max_bytes: What is remembered of one answer at most; `received` is None past that.
    """

    def __init__(self, inner: httpcore2.AsyncNetworkStream, *, max_bytes: int) -> None:
        self._inner = inner
        self._max_bytes = max_bytes
        self._sent = bytearray()
        self._received = bytearray()
        self._has_read = False

    @property
    def sent(self) -> bytes:
        """The newest request."""
        return bytes(self._sent)

    @property
    def received(self) -> bytes | None:
        """What came back to it, None when that was too much."""
        return bytes(self._received) if len(self._received) <= self._max_bytes else None

    def forget(self) -> None:
        """Free what is remembered; idle connections should hold nothing."""
        self._sent, self._received = bytearray(), bytearray()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read, and remember."""
        data = await self._inner.read(max_bytes, timeout)
        self._has_read = True
        if len(self._received) <= self._max_bytes:
            self._received += data
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write, and remember; the first write after a read begins a new exchange."""
        if self._has_read:
            self.forget()
            self._has_read = False
        self._sent += buffer
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Return the encrypted connection, recorded inside the encryption."""
        inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return RecordingStream(inner, max_bytes=self._max_bytes)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows of itself."""
        return self._inner.get_extra_info(info)


def response_message(received: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """Return the bytes of the one final response in what a connection received.

    Interim answers (1xx) before it and bytes behind it are cut off. None when the head is written
    in a way that readers of archives do not understand alike (bare line feeds, folded lines).
    """
    start = 0
    while True:
        head_end = received.find(b"\r\n\r\n", start, start + MAX_HEAD_BYTES)
        if head_end < 0:
            return None
        head = received[start:head_end]
        if not (head.startswith(b"HTTP/1.") and head[9:10] == b"1"):
            break
        start = head_end + 4
    is_folded = b"\r\n " in head or b"\r\n\t" in head
    if (
        is_folded
        or head.count(b"\n") != head.count(b"\r\n")
        or head.count(b"\r") != head.count(b"\r\n")
    ):
        return None
    end = _body_end(received, head_end + 4, {k.lower(): v for k, v in headers})
    return None if end is None else received[start:end]


def _body_end(received: bytes, start: int, headers: dict[bytes, bytes]) -> int | None:
    """Return where the body ends, None when its framing cannot be followed."""
    if b"transfer-encoding" in headers:
        return chunks_end(received, start)
    length = headers.get(b"content-length", b"")
    if not length.isdigit():
        return len(received)  # up to the end of the connection
    end = start + int(length)
    return end if end <= len(received) else None


def chunks_end(data: bytes, start: int) -> int | None:
    """Return the offset behind a chunked body (RFC 9112, 7.1), None when it is not whole."""
    at = start
    while True:
        line_end = data.find(b"\r\n", at, at + 4096)
        if line_end < 0:
            return None
        try:
            size = int(data[at:line_end].partition(b";")[0].strip(), 16)
        except ValueError:
            return None
        at = line_end + 2
        if size == 0:
            break
        at += size + 2
        if size < 0 or data[at - 2 : at] != b"\r\n":
            return None
    while (line_end := data.find(b"\r\n", at, at + MAX_HEAD_BYTES)) > at:
        at = line_end + 2  # a trailer
    return line_end + 2 if line_end == at else None
