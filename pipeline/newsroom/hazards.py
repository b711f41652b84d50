"""Hostile answers for the tests of the fetcher: endless, nested, slow, looping, lying.

Served on the extra host `hazards.example`, which is no outlet and no source. Bodies are made
piece by piece, so that none of them costs the server what it would cost a careless client.
"""

import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

HAZARD_HOST = "hazards.example"
HUGE_BYTES = 2 * 1024**3
GZIP_BOMB_BYTES = 1024**3
NESTED_LEVELS = 200_000
_DRIP_S = 0.2
_PIECE_BYTES = 64 * 1024
_HTML = "text/html; charset=utf-8"

_ARTICLE = b"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Kiln firm wins export license</title>
<link rel="canonical" href="http://hazards.example/article">
<meta property="article:published_time" content="2025-06-17T09:00:00+00:00"></head>
<body><article><h1>Kiln firm wins export license</h1>
<p>Harrow Kilns said on Tuesday that it had received a license to export rare earth magnets to two
customers in Portugal, the first since the controls began in April.</p>
<p>The permit covers 12 tonnes of sintered magnets and runs for six months, the company said. Its
workshop shipped 30 tonnes in the whole of last year, most of it to makers of pumps and fans.</p>
<p>A spokesman declined to say how long the application had taken. Two further requests, both for
magnets that contain dysprosium, are still with the authorities.</p></article></body></html>
"""

_BOMB_LEVELS = 10
_XML_BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE rss [\n<!ENTITY a0 "ha">\n'
    + "".join(
        f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">\n' for level in range(1, _BOMB_LEVELS)
    )
    + ']>\n<rss version="2.0"><channel><title>Bomb</title><item>'
    + f"<title>&a{_BOMB_LEVELS - 1};</title><link>http://{HAZARD_HOST}/article</link>"
    + "</item></channel></rss>\n"
).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """One hostile answer.

    `length` is what Content-Length claims; None sends the body in chunks without a length.
    `pieces` gets an event that is set when the server stops, and must then end soon.
    """

    pieces: Callable[[threading.Event], Iterator[bytes]]
    status: int = 200
    content_type: str = _HTML
    length: int | None = None
    headers: tuple[tuple[str, str], ...] = ()


def find_hazard(path: str) -> Hazard | None:
    """Return what lies at a path of the hazard host, None when nothing does."""
    if path == "/gzip-bomb":
        bomb = _gzip_bomb()
        return _fixed(bomb, headers=(("Content-Encoding", "gzip"),))
    return _HAZARDS.get(path)


def _fixed(
    body: bytes,
    *,
    status: int = 200,
    content_type: str = _HTML,
    headers: tuple[tuple[str, str], ...] = (),
) -> Hazard:
    return Hazard(
        pieces=lambda _stop: iter((body,)),
        status=status,
        content_type=content_type,
        length=len(body),
        headers=headers,
    )


def _redirect(target: str) -> Hazard:
    body = b"<html><body><p>Moved.</p></body></html>"
    return _fixed(body, status=302, headers=(("Location", target),))


def _huge(stop: threading.Event) -> Iterator[bytes]:
    line = b"<p>Another line of a page that does not end.</p>\n"
    piece = (line * (_PIECE_BYTES // len(line) + 1))[:_PIECE_BYTES]
    for _ in range(HUGE_BYTES // _PIECE_BYTES):
        if stop.is_set():
            return
        yield piece


def _nested(stop: threading.Event) -> Iterator[bytes]:
    step = 1000
    yield b"<html><body>"
    for piece in (b"<div>" * step, b"</div>" * step):
        for _ in range(NESTED_LEVELS // step):
            if stop.is_set():
                return
            yield piece
        if piece.startswith(b"<div>"):
            yield b"<p>Deep down.</p>"
    yield b"</body></html>"


def _slow(stop: threading.Event) -> Iterator[bytes]:
    for at in range(len(_ARTICLE)):
        if stop.wait(_DRIP_S):
            return
        yield _ARTICLE[at : at + 1]


@cache
def _gzip_bomb() -> bytes:
    """Return about a megabyte of gzip that inflates to `GZIP_BOMB_BYTES`.

    One block is compressed and repeated: a full flush ends at a byte and forgets what came before,
    so the copies are one valid stream. Compressing the whole would take seconds.
    """
    block = b"<p>Nothing much.</p>" * (1024**2 // 20)
    block += b" " * (1024**2 - len(block))
    copies = GZIP_BOMB_BYTES // len(block)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(copies):
        checksum = zlib.crc32(block, checksum)
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    last = packer.flush(zlib.Z_FINISH)
    size = GZIP_BOMB_BYTES % 2**32
    return head + packed * copies + last + struct.pack("<II", checksum, size)


_HAZARDS = {
    "/": _fixed(b"<html><body><p>Nothing to see, much to fear.</p></body></html>"),
    "/robots.txt": _fixed(b"User-agent: *\nDisallow:\n", content_type="text/plain"),
    "/article": _fixed(_ARTICLE),
    "/huge": Hazard(pieces=_huge, length=HUGE_BYTES),
    "/huge-chunked": Hazard(pieces=_huge),
    "/nested": Hazard(pieces=_nested),
    "/slow": Hazard(pieces=_slow, length=len(_ARTICLE)),
    "/loop": _redirect("/loop-back"),
    "/loop-back": _redirect("/loop"),
    "/redirect-private": _redirect("http://10.0.0.1/"),
    "/redirect-file": _redirect("file:///etc/hosts"),
    "/xml-bomb": _fixed(_XML_BOMB, content_type="application/rss+xml"),
    "/binary": _fixed(bytes(range(256)) * 64, content_type="application/octet-stream"),
    "/pdf-as-html": _fixed(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n" * 40),
    "/error500": _fixed(b"<html><body><h1>Internal error</h1></body></html>", status=500),
    "/error503": _fixed(
        b"<html><body><h1>Try again</h1></body></html>", status=503, headers=(("Retry-After", "1"),)
    ),
    "/notfound": _fixed(b"<html><body><h1>Not found</h1></body></html>", status=404),
}
