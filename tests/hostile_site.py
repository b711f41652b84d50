"""A site on loopback that does to a crawler what sites do: one behaviour a host, raw sockets.

Every request is noted with its time, so that the site itself tells how polite its visitor was.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Self

PAGE = (
    b"<html><head><title>Notice</title></head><body><h1>Notice</h1>"
    b"<p>The office of mines opened its register.</p></body></html>"
)


class Seen(NamedTuple):
    """One request: when its head was whole, and what it said."""

    at: float
    host: str
    path: str
    head: str


class Visit(NamedTuple):
    """What a behaviour works with."""

    host: str
    path: str
    number: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    site: "HostileSite"

    async def send(self, data: bytes) -> None:
        """Write, and wait until it is taken."""
        sent = self.site.sent[self.host]
        if len(sent) < 1_000_000:
            sent += data
        self.writer.write(data)
        await self.writer.drain()

    async def answer(
        self, body: bytes = PAGE, *headers: str, status: str = "200 OK", kind: str = "text/html"
    ) -> None:
        """Send a whole response."""
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
        lines += [f"Content-Type: {kind}"] if kind else []
        await self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)


Behave = Callable[[Visit], Awaitable[None]]
BEHAVIOURS: dict[str, tuple[Behave, str]] = {}
"""Label of the host -> (what it does with a page, the outcome: `page` or a rejection's reason)."""

FILES: dict[str, dict[str, Behave]] = {}
"""Label of the host -> what it does with robots.txt and the like; without: 404."""


def host_of(label: str) -> str:
    """Return the host of a behaviour."""
    return f"{label}.hostile.example"


def behaviour(outcome: str) -> Callable[[Behave], Behave]:
    """Register a behaviour under its function's name."""

    def register(function: Behave) -> Behave:
        BEHAVIOURS[function.__name__.replace("_", "-")] = (function, outcome)
        return function

    return register


def simple(label: str, outcome: str, *args: object, **kwargs: str) -> None:
    """Register a behaviour that is one whole response."""

    async def act(visit: Visit) -> None:
        await visit.answer(*args, **kwargs)  # type: ignore[arg-type]

    BEHAVIOURS[label] = (act, outcome)


def redirect(label: str, outcome: str, location: str, status: str = "302 Found") -> None:
    """Register a redirect."""
    simple(label, outcome, b"", f"Location: {location}", status=status)


def site_file(label: str, path: str, outcome: str, act: Behave) -> None:
    """Register a host whose pages are fine and whose robots.txt (or the like) is special."""
    FILES[label] = {path: act}
    simple(label, outcome)


class HostileSite:
    """The site on a free port of 127.0.0.1, in a thread.

    `seen` is what its visitor did, `sent` the newest answer of each host, up to a megabyte.
    """

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.sent: dict[str, bytearray] = {}
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="hostile site", daemon=True)
        self._is_ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._is_ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._is_ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0.05))  # transports close on the loop
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                at = time.monotonic()
                path = head.split(" ", 2)[1]
                host = head.lower().partition("\r\nhost: ")[2].split("\r\n")[0].split(":")[0]
                self.seen.append(Seen(at, host, path, head))
                self.sent[host] = bytearray()
                number = sum(s.host == host and s.path not in _FILES for s in self.seen)
                visit = Visit(host, path, number, reader, writer, self)
                await self._act(host.partition(".")[0], visit)
                if host.partition(".")[0] in _CLOSING:
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass  # the visitor left
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _act(self, label: str, visit: Visit) -> None:
        if visit.path in _FILES:
            act = FILES.get(label, {}).get(visit.path)
            await (act(visit) if act else visit.answer(b"", status="404 None"))
        else:
            await BEHAVIOURS[label][0](visit)


_FILES = frozenset({"/robots.txt", "/.well-known/tdmrep.json", "/ai.txt"})
# Their answer ends with the connection.
_CLOSING = frozenset({"cut-short", "chunked-garbage", "speaks-ssh", "two-lengths"})
