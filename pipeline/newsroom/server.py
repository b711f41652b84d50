"""The newsroom's HTTP server: one port of 127.0.0.1, many hosts told apart by the Host header.

For the demo and the tests; not a server for any network. A browser that cannot resolve the hosts
reads the same pages under `/~HOST/path`.
"""

import logging
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import unquote

from pipeline.newsroom.content import load_articles
from pipeline.newsroom.hazards import HAZARD_HOST, Hazard, find_hazard
from pipeline.newsroom.outlets import load_outlets
from pipeline.newsroom.render import Page, Site

log = logging.getLogger(__name__)

ADDRESS = "127.0.0.1"
_OWN_NAMES = frozenset({ADDRESS, "localhost", ""})
_REMEMBERED_REQUESTS = 100_000
_IDLE_S = 30.0


class SeenRequest(NamedTuple):
    """One answered request. `path` is as it came, with its query."""

    host: str
    path: str
    status: int


class Newsroom:
    """The fictional outlets on a port of 127.0.0.1, as a context manager.

    Args:
        port: Port to listen on; 0 takes a free one.
        articles: Folder of articles instead of the packaged ones.

    Raises:
        InputError: An article file is wrong.
        OSError: The port is taken (on entering).
    """

    def __init__(self, *, port: int = 0, articles: Path | None = None) -> None:
        self.site = Site(outlets=load_outlets(), articles=load_articles(articles))
        self.hosts = (*self.site.hosts, HAZARD_HOST)
        self._wanted_port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._seen: deque[SeenRequest] = deque(maxlen=_REMEMBERED_REQUESTS)

    @property
    def port(self) -> int:
        """The port that is listened on; the wanted one before entering."""
        return self._server.server_port if self._server else self._wanted_port

    @property
    def url(self) -> str:
        """The address for a browser: a list of the outlets."""
        return f"http://{ADDRESS}:{self.port}/"

    @property
    def connect_to(self) -> Mapping[str, tuple[str, int]]:
        """Where a client must connect for each virtual host."""
        return MappingProxyType(dict.fromkeys(self.hosts, (ADDRESS, self.port)))

    @property
    def requests(self) -> tuple[SeenRequest, ...]:
        """The newest 100,000 requests so far, oldest first; a request is there before its body."""
        with self._lock:
            return tuple(self._seen)

    def forget_requests(self) -> None:
        """Empty `requests`."""
        with self._lock:
            self._seen.clear()

    def remember(self, request: SeenRequest) -> None:
        """Add to `requests`; for the handler, from any thread."""
        with self._lock:
            self._seen.append(request)

    def __enter__(self) -> Self:
        self._server = _Server(self._wanted_port, self)
        # A short poll, because leaving waits for one.
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="newsroom", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None and self._thread is not None:
            self._server.stop()
            self._thread.join()
            self._wanted_port, self._server, self._thread = self.port, None, None

    def wait(self) -> None:
        """Block until the server stops or the user interrupts."""
        if self._thread is not None:
            self._thread.join()


def serve_forever(
    port: int,
    *,
    articles: Path | None = None,
    on_ready: Callable[[Newsroom], None] | None = None,
) -> None:
    """Serve until the user interrupts; an interrupt ends it without an error.

    Args:
        port: Port to listen on; 0 takes a free one.
        articles: Folder of articles instead of the packaged ones.
        on_ready: Called once the port is open, for instance to print `Newsroom.url`.

    Raises:
        InputError: An article file is wrong.
        OSError: The port is taken.
    """
    with Newsroom(port=port, articles=articles) as site:
        if on_ready is not None:
            on_ready(site)
        try:
            site.wait()
        except KeyboardInterrupt:
            log.info("newsroom stopped")


class _Server(ThreadingHTTPServer):
    """Knows its open connections, so that stopping does not wait for idle or endless ones."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((ADDRESS, port), _Handler)

    def server_bind(self) -> None:
        # HTTPServer would ask the name service for this machine's name, which may take seconds.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = ADDRESS, int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        if isinstance(sys.exception(), OSError):
            log.debug("client went away", extra={"client": client_address})
        else:
            log.exception("request failed", extra={"client": client_address})

    def stop(self) -> None:
        """Stop listening, cut every connection and end the endless answers."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._lock:
            connections = tuple(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                log.debug("connection was closed already")


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for every host of the newsroom."""

    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_S
    wbufsize = -1  # head and body in one packet: else each answer waits for a delayed ACK
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is inherited
        """Send the messages of the base class to the log instead of to stderr."""
        log.debug("request", extra={"line": format % args})

    def _answer(self) -> None:
        host = (self.headers.get("Host") or "").partition(":")[0].lower()
        target = self.path
        if target.startswith("http://"):  # the absolute form that a proxy's client sends
            host, _, rest = target.removeprefix("http://").partition("/")
            host, target = host.partition(":")[0].lower(), f"/{rest}"
        browsing = host in _OWN_NAMES
        if browsing and target.startswith("/~"):
            host, _, rest = target.removeprefix("/~").partition("/")
            target = f"/{rest}"
        self._seen_as = (host, target)
        path = unquote(target.partition("?")[0].partition("#")[0], errors="replace")
        if host == HAZARD_HOST:
            self._send_hazard(find_hazard(path) or find_hazard("/notfound"))
        elif host in self.server.newsroom.hosts:
            self._send_from_site(host, path, browsing=browsing)
        else:
            is_missing = not browsing or path != "/"
            self._send_page(self.server.newsroom.site.directory(missing=is_missing))

    def _send_from_site(self, host: str, path: str, *, browsing: bool) -> None:
        site = self.server.newsroom.site
        if site.has(host, path) or not site.has(host, f"{path}/"):
            self._send_page(site.page(host, path, browsing=browsing))
            return
        self._begin(301)
        self.send_header("Location", f"/~{host}{path}/" if browsing else f"{path}/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send_page(self, page: Page) -> None:
        is_fresh = page.status == 200 and self._client_has(page)
        self._begin(304 if is_fresh else page.status)
        self.send_header("ETag", page.etag)
        self.send_header("Last-Modified", format_datetime(page.modified, usegmt=True))
        self.send_header("Cache-Control", "max-age=0, must-revalidate")
        if not is_fresh:
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        if not is_fresh and self.command != "HEAD":
            self.wfile.write(page.body)

    def _send_hazard(self, hazard: Hazard | None) -> None:
        assert hazard is not None  # /notfound exists
        is_chunked = hazard.length is None
        self._begin(hazard.status)
        self.send_header("Content-Type", hazard.content_type)
        for name, value in hazard.headers:
            self.send_header(name, value)
        if is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(hazard.length))
        self.end_headers()
        if self.command == "HEAD":
            return
        for piece in hazard.pieces(self.server.stopping):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
            self.wfile.flush()
        if is_chunked and not self.server.stopping.is_set():
            self.wfile.write(b"0\r\n\r\n")

    def _begin(self, status: int) -> None:
        """Start an answer. No Date header: the same request gets the same bytes every time."""
        self.server.newsroom.remember(SeenRequest(*self._seen_as, status))
        self.send_response_only(status)
        self.send_header("Server", "newsroom")

    def _client_has(self, page: Page) -> bool:
        """Return whether the conditions of the request say that the client's copy is good."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return page.etag in known or "*" in known
        since = self.headers.get("If-Modified-Since")
        return since is not None and page.modified <= _http_date(since)


def _http_date(text: str) -> datetime:
    """Return the instant of an HTTP date; one that cannot be read is infinitely old."""
    try:
        parsed = parsedate_to_datetime(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
