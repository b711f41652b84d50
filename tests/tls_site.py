"""Hosts on loopback that speak TLS well and badly, each on a port of its own."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme

PAGE = b"<html><body><p>The bureau sealed its letter.</p></body></html>"
Serve = Callable[[socket.socket], None]
Address = tuple[str, int]


class TlsSite:
    """What serves the hosts of the tests.

    `requests` has (server name of the handshake, head) of each request, `answers` the response to
    a path where it is no page.
    """

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA(organization_name="Lindholm test authority")
        self.ca_file = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(str(self.ca_file))
        self.requests: list[tuple[str | None, str]] = []
        self.answers: dict[str, bytes] = {}
        self._listeners: list[socket.socket] = []

    def certified(self, *names: str, by: trustme.CA | None = None, **options: object) -> Serve:
        """Return what serves pages with a certificate for some names."""
        certificate = (by or self.authority).issue_cert(*names, **options)  # type: ignore[arg-type]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return self.spoken(context)

    def self_signed(self, folder: Path) -> Serve:
        """Return what serves pages with a certificate that only vouches for itself."""
        lone = trustme.CA(organization_name="Nobody")
        file = folder / "lone.pem"
        file.write_bytes(lone.private_key_pem.bytes() + lone.cert_pem.bytes())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return self.spoken(context)

    def old(self, name: str) -> Serve:
        """Return what serves pages with a good certificate and TLS 1.1 at most."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(name).configure_cert(context)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        return self.spoken(context)

    def spoken(self, context: ssl.SSLContext) -> Serve:
        """Return what shakes hands with this context and answers one request after another."""
        names: dict[object, str | None] = {}

        def note(sock: object, name: str | None, _: object) -> None:
            names[sock] = name

        context.sni_callback = note

        def serve(raw: socket.socket) -> None:
            with context.wrap_socket(raw, server_side=True) as sock:
                while head := sock.recv(65_536).decode("latin-1"):
                    self.requests.append((names.get(sock), head))
                    path = head.split(" ", 2)[1]
                    sock.sendall(self.answers.get(path) or message(path))

        return serve

    def listen(self, serve: Serve) -> Address:
        """Serve on a port of 127.0.0.1, each connection in a thread; return the address."""
        listener = socket.create_server(("127.0.0.1", 0))
        self._listeners.append(listener)

        def one(connection: socket.socket) -> None:
            with contextlib.suppress(OSError), connection:
                serve(connection)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=one, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        host, port = listener.getsockname()
        return host, port

    def close(self) -> None:
        """Close every port."""
        for listener in self._listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
            listener.close()


@contextmanager
def open_tls_site(folder: Path) -> Iterator[TlsSite]:
    """Yield a site without hosts; its ports are closed at the end."""
    site = TlsSite(folder)
    try:
        yield site
    finally:
        site.close()


def message(path: str) -> bytes:
    """Return the answer to a path: a page, and no rules for robots."""
    if path in {"/robots.txt", "/.well-known/tdmrep.json", "/ai.txt"}:
        return b"HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(PAGE)}\r\n\r\n"
    return head.encode() + PAGE


def redirect(location: str) -> bytes:
    """Return a redirect."""
    return f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def serve_plainly(connection: socket.socket) -> None:
    """Speak HTTP without TLS."""
    while head := connection.recv(65_536).decode("latin-1"):
        is_http = head.startswith("GET ")
        connection.sendall(
            message(head.split(" ", 2)[1]) if is_http else b"HTTP/1.1 400 Bad\r\n\r\n"
        )


def stall(connection: socket.socket) -> None:
    """Take the greeting and say nothing until the visitor leaves."""
    while connection.recv(4096):
        pass


def cut(connection: socket.socket) -> None:
    """Take the greeting, begin to answer, and hang up."""
    connection.recv(4096)
    connection.sendall(b"\x16\x03\x03\x00\x7a\x02\x00")


def drip(connection: socket.socket) -> None:
    """Send a handshake of 16 kB one byte at a time."""
    connection.recv(4096)
    connection.sendall(b"\x16\x03\x03\x40\x00")
    for _ in range(200):
        connection.sendall(b"\x02")
        time.sleep(0.05)
