"""What the hosts of the hostile site do, one behaviour a host; importing this registers them."""

import asyncio
import gzip
import itertools
import struct
import time
import zlib
from email.utils import formatdate

import brotli
from hostile_site import PAGE, Behave, Visit, behaviour, redirect, simple, site_file

EARLY_ALLOW = b"User-agent: *\nDisallow: /private/\n"


def packed(data_mb: int, packer: object) -> bytes:
    """Return zeros, compressed without ever holding them."""
    feed = packer.process if hasattr(packer, "process") else packer.compress  # type: ignore[attr-defined]
    return b"".join(feed(bytes(1 << 20)) for _ in range(data_mb)) + (
        packer.finish() if hasattr(packer, "finish") else packer.flush()  # type: ignore[attr-defined]
    )


GZIP_BOMB = packed(60, zlib.compressobj(9, zlib.DEFLATED, 31))
BROTLI_BOMB = packed(200, brotli.Compressor(quality=4))
DEFLATE_BOMB = packed(60, zlib.compressobj())
HTML = "Content-Type: text/html"


@behaviour("timeout")
async def slow_drip(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n")
    for _ in range(400):
        await visit.send(b".")
        await asyncio.sleep(0.05)


@behaviour("timeout")
async def slow_head(visit: Visit) -> None:
    for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 400:
        await visit.send(bytes([letter]))
        await asyncio.sleep(0.05)


@behaviour("timeout")
async def never_answers(visit: Visit) -> None:
    await asyncio.sleep(30)


@behaviour("too_large")
async def endless_body(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        await visit.send(b"<p>more</p>" * 1000)


@behaviour("too_large")
async def endless_chunks(visit: Visit) -> None:
    await visit.send(
        b"HTTP/1.1 200 OK\r\n" + HTML.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    while True:
        await visit.send(b"1000\r\n" + b"y" * 4096 + b"\r\n")


@behaviour("http_error")
async def endless_head(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        await visit.send(b"X-%d: %s\r\n" % (number, b"v" * 500))


@behaviour("timeout")
async def endless_interim(visit: Visit) -> None:
    while True:
        await visit.send(b"HTTP/1.1 102 Processing\r\n\r\n")
        await asyncio.sleep(0.01)


@behaviour("http_error")
async def chunked_garbage(visit: Visit) -> None:
    await visit.send(
        b"HTTP/1.1 200 OK\r\n" + HTML.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    await visit.send(b"zz\r\nnot a chunk\r\n")


@behaviour("http_error")
async def cut_short(visit: Visit) -> None:
    await visit.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n<p>"
    )


@behaviour("unreachable")
async def hangs_up(visit: Visit) -> None:
    visit.writer.close()


@behaviour("unreachable")
async def resets(visit: Visit) -> None:
    sock = visit.writer.get_extra_info("socket")
    sock.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER 0: the close is a reset
    visit.writer.transport.abort()


@behaviour("http_error")
async def speaks_ssh(visit: Visit) -> None:
    await visit.send(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")


@behaviour("http_error")
async def two_lengths(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n<p>12</p>")


@behaviour("page")
async def more_than_said(visit: Visit) -> None:
    await visit.answer()
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")


@behaviour("page")
async def early_hints(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
    await visit.answer()


@behaviour("page")
async def bare_line_feeds(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 3\n\n<p>")


@behaviour("page")
async def cookies(visit: Visit) -> None:
    await visit.answer(PAGE, "Set-Cookie: id=1; Max-Age=999999", "Set-Cookie: spy=2; Path=/")


@behaviour("page")
async def changes_each_time(visit: Visit) -> None:
    await visit.answer(PAGE + b"<!-- %d -->" % visit.number)


@behaviour("page")
async def calendar(visit: Visit) -> None:
    month = int(visit.path.rpartition("=")[2] or 0) if "=" in visit.path else 0
    await visit.answer(b"<a href='/calendar?month=%d'>next</a>" % (month + 1))


@behaviour("page")
async def passing_503(visit: Visit) -> None:
    if visit.number == 1:
        await visit.answer(b"", "Retry-After: 1", status="503 Busy")
    else:
        await visit.answer()


@behaviour("http_error")
async def busy_until_a_date(visit: Visit) -> None:
    later = formatdate(time.time() + 7200, usegmt=True)
    await visit.answer(b"", f"Retry-After: {later}", status="429 Too Many Requests")


@behaviour("too_many_redirects")
async def endless_redirects(visit: Visit) -> None:
    await visit.answer(b"", f"Location: /deeper/{visit.number}", status="302 Found")


@behaviour("page")
async def chunks(visit: Visit) -> None:
    await visit.send(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + HTML.encode() + b"\r\n\r\n"
    )
    for part in (PAGE, PAGE):
        await visit.send(b"%x\r\n%s\r\n" % (len(part), part))
    await visit.send(b"0\r\n\r\n")


simple("packed", "page", gzip.compress(PAGE), "Content-Encoding: gzip", "X-Odd:  two  ")
simple("packed-brotli", "page", brotli.compress(PAGE), "content-encoding: br")
simple("gzip-bomb", "too_large", GZIP_BOMB, "Content-Encoding: gzip")
simple("brotli-bomb", "too_large", BROTLI_BOMB, "Content-Encoding: br")
simple("deflate-bomb", "too_large", DEFLATE_BOMB, "Content-Encoding: deflate")
simple("packed-bomb", "too_large", gzip.compress(GZIP_BOMB), "Content-Encoding: gzip, gzip")
simple("ten-codings", "wrong_content_type", PAGE, "Content-Encoding: " + "gzip," * 9 + "gzip")
simple("unknown-coding", "wrong_content_type", PAGE, "Content-Encoding: zstd")
simple("false-gzip", "http_error", PAGE, "Content-Encoding: gzip")
simple("huge", "too_large", b"<p>long</p>" * 100_000)
simple("picture", "wrong_content_type", b"\x89PNG\r\n", kind="image/png")
simple("pdf-as-html", "wrong_content_type", b"%PDF-1.7 and so on")
simple("program-untyped", "wrong_content_type", b"\x7fELF\x00\x01", kind="")
simple("error-500", "http_error", b"oops", status="500 Oops")
simple("error-404", "http_error", b"none", status="404 Not Found")
simple("status-999", "http_error", b"no", status="999 Go Away")
simple("not-modified-unasked", "http_error", b"", status="304 Not Modified")
simple("busy", "http_error", b"", "Retry-After: 3600", status="429 Too Many Requests")
simple("soft-404", "page", b"<title>Page not found</title><p>Sorry, nothing is here.</p>")
simple("login-wall", "page", b"<form action='/login'><input name=user type=password></form>")
simple(
    "charset-lie",
    "page",
    "<p>Wirtschaft für Erze</p>".encode("latin-1"),
    kind="text/html; charset=utf-8",
)
simple("frames", "page", b"<frameset><frame src='/'><frame src='/?again'></frameset>")
simple("noai-header", "opted_out", PAGE, "X-Robots-Tag: noindex, noai, noimageai")
simple("tdm-header", "opted_out", PAGE, "tdm-reservation: 1")
simple(
    "noai-meta", "opted_out", b"<head><META content='noai, noimageai' NAME=robots></head>" + PAGE
)
simple("tdm-meta", "opted_out", b'<meta name="tdm-reservation" content="1">' + PAGE)
simple("other-robots-tag", "page", PAGE, "X-Robots-Tag: otherbot: noai")
redirect("circle", "too_many_redirects", "/")
redirect("to-private", "address_forbidden", "http://10.0.0.8/admin")
redirect("to-metadata", "address_forbidden", "http://169.254.169.254/latest/meta-data/")
redirect("to-mapped", "address_forbidden", "http://[::ffff:127.0.0.1]/")
redirect("to-decimal", "address_forbidden", "http://2130706433/")
redirect("to-inner-name", "address_forbidden", "http://inner.hostile.example/")
redirect("to-brackets", "bad_url", "http://[oops/")
redirect("to-file", "bad_url", "file:///etc/hostname")
redirect("to-credentials", "bad_url", "http://ann:pw@circle.hostile.example/")


async def endless_robots(visit: Visit) -> None:
    """A robots.txt of 10 MB whose first rule forbids `/private/`."""
    await visit.answer(EARLY_ALLOW + b"Disallow: /x\n" * 800_000, kind="text/plain")


async def dripping_robots(visit: Visit) -> None:
    await slow_drip(visit)


def text(body: bytes, **kwargs: str) -> Behave:
    """Return a behaviour that sends a text file."""

    async def act(visit: Visit) -> None:
        await visit.answer(body, kind="text/plain", **kwargs)

    return act


async def circling_robots(visit: Visit) -> None:
    await visit.answer(b"", "Location: /robots.txt", status="301 Moved")


site_file("robots-huge", "/robots.txt", "page", endless_robots)
site_file("robots-503", "/robots.txt", "robots_disallowed", text(b"", status="503 Busy"))
site_file("robots-404", "/robots.txt", "page", text(b"Disallow: /", status="404 None"))
site_file("robots-drip", "/robots.txt", "timeout", dripping_robots)
site_file("robots-circle", "/robots.txt", "page", circling_robots)
site_file("robots-forbids", "/robots.txt", "robots_disallowed", text(b"User-agent: *\nDisallow: /"))
site_file("robots-delay", "/robots.txt", "page", text(b"User-agent: *\nCrawl-delay: 0.6\n"))
site_file(
    "robots-long", "/robots.txt", "robots_disallowed", text(b"User-agent: *\nCrawl-delay: 1200\n")
)
site_file(
    "tdmrep",
    "/.well-known/tdmrep.json",
    "opted_out",
    text(b'[{"location": "/", "tdm-reservation": 1}]'),
)
site_file("ai-txt", "/ai.txt", "opted_out", text(b"User-Agent: *\nDisallow: /\n"))
