"""A small newspaper's server on this machine for the tests of the fetcher: one path a behavior."""

import asyncio
import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from models.pages import PageRef
from pipeline.fetch import Fetcher, FetchSettings

HOST = "gazette.example"
PAGE = b"<html><body><p>The ministry opened its window.</p></body></html>"
CHUNK = b"x" * 65536
SIGNALS = ["/.well-known/tdmrep.json", "/ai.txt"]


class Newsstand(BaseHTTPRequestHandler):
    """One path a behaviour; `hits` counts requests by path for the tests."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.server.hits.append((self.headers["Host"], self.path, time.monotonic()))
        self.server.seen_headers = dict(self.headers)
        name = self.path.strip("/").split("/")[0].split("?")[0].replace(".", "_").replace("-", "_")
        try:
            getattr(self, f"serve_{name}", self.serve_missing)()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def answer(self, status=200, body=PAGE, **headers):
        self.send_response(status)
        headers = {"Content_Type": "text/html; charset=utf-8", **headers}
        for key, value in headers.items():
            if value is not None:
                self.send_header(key.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def serve_missing(self):
        self.answer(404, b"no such page")

    def serve_robots_txt(self):
        status, body = self.server.robots
        self.answer(status, body, Content_Type="text/plain")

    def serve_page(self):
        self.answer(Set_Cookie="id=7", X_Office="caf\u00e9")

    def serve_claims(self):
        self.answer(body=b"", Content_Length=str(2 * 1024**3))

    def serve_streams(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.close_connection = True
        for _ in range(32768):  # 2 GB, if anyone reads on
            self.wfile.write(CHUNK)
            self.server.sent += len(CHUNK)

    def serve_drip(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(50):
            self.wfile.write(b".")
            self.wfile.flush()
            self.server.sent += 1
            time.sleep(0.1)

    def serve_slow(self):
        with self.server.lock:
            self.server.slow += 1
            self.server.most_slow = max(self.server.most_slow, self.server.slow)
        time.sleep(0.4)
        with self.server.lock:
            self.server.slow -= 1
        self.answer()

    def serve_gzipped(self):
        self.server.packed = gzip.compress(PAGE)
        self.answer(body=self.server.packed, Content_Encoding="gzip")

    def serve_bomb(self):
        self.answer(body=gzip.compress(b"\0" * 60_000_000), Content_Encoding="gzip")

    def serve_picture(self):
        self.answer(body=b"\x89PNG\r\n", Content_Type="image/png")

    def serve_disguised(self):
        self.answer(body=b"%PDF-1.7 and so on")

    def serve_sitemap_xml_gz(self):
        self.answer(body=gzip.compress(b"<urlset/>"), Content_Type="application/xml")

    def serve_untyped(self):
        self.answer(Content_Type=None)

    def serve_untyped_binary(self):
        self.answer(body=b"%PDF-1.7 \x00\x01", Content_Type=None)

    def serve_odd_coding(self):
        self.answer(Content_Encoding="snappy")

    def serve_inside(self):
        self.answer(302, b"", Location="http://10.0.0.8/admin")

    def serve_to_loopback_name(self):
        self.answer(302, b"", Location=f"http://localhost:{self.server.server_port}/page")

    def serve_to_dead(self):
        self.answer(302, b"", Location="http://dead.example/page")

    def serve_to_the_web(self):
        self.answer(302, b"", Location="http://www.example.org/")

    def serve_to_brackets(self):
        self.answer(302, b"", Location="http://[gazette/page")

    def serve_to_lookalike(self):
        self.answer(302, b"", Location="http://gazette\u2100.example/".encode().decode("latin-1"))

    def serve_to_file(self):
        self.answer(302, b"", Location="file:///etc/hosts")

    def serve_moved(self):
        self.answer(301, b"", Location="/page")

    def serve_circle(self):
        self.answer(302, b"", Location="/circle")

    def serve_to_forbidden(self):
        self.answer(302, b"", Location="/private/x")

    def serve_private(self):
        self.answer()

    def serve_tagged(self):
        if self.headers.get("If-None-Match") == '"v1"':
            self.answer(304, b"")
        else:
            self.answer(ETag='"v1"')

    def serve_flaky(self):
        self.server.flaky -= 1
        self.answer(503 if self.server.flaky >= 0 else 200)

    def serve_feed(self):
        self.answer(
            body=b"<rss version='2.0'><channel><item><link>/page?n=1</link></item>"
            b"<item><link>/slow</link></item></channel></rss>",
            Content_Type="application/rss+xml",
        )

    def serve_front(self):
        self.answer(body=b"<a href='/page?n=2'>Second notice</a><a href='/about'>About</a>")

    def serve_busy(self):
        self.answer(429, b"", Retry_After="3600")


class Stand(ThreadingHTTPServer):
    request_queue_size = 256  # the standard five are too few for sixty hosts at once


@contextmanager
def open_stand() -> Iterator[ThreadingHTTPServer]:
    """Yield a running server; `hits`, `sent` and `robots` are for the tests to read and set."""
    stand = Stand(("127.0.0.1", 0), Newsstand)
    stand.daemon_threads = True
    stand.hits, stand.sent, stand.flaky = [], 0, 0
    stand.lock, stand.slow, stand.most_slow = threading.Lock(), 0, 0
    stand.robots = (404, b"")
    thread = threading.Thread(target=stand.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield stand
    stand.shutdown()
    thread.join()
    stand.server_close()


def settings(server, *hosts, **options) -> FetchSettings:
    port = server.server_port
    defaults = {"default_delay_s": 0.0, "backoff_s": 0.01, "deadline_s": 5.0, "max_attempts": 1}
    hosts = hosts or (HOST,)
    connect_to = dict.fromkeys(hosts, ("127.0.0.1", port))
    return FetchSettings(connect_to=connect_to, **{**defaults, **options})


def fetch(config, path, *, validators=None, lookup=None):
    url = path if "://" in path else f"http://{HOST}{path}"

    async def run():
        async with Fetcher(config, lookup=lookup) as fetcher:
            return await fetcher.get(url, source="gazette", validators=validators)

    return asyncio.run(run())


def refs(*urls):
    return [PageRef(source="s", url=u, title=None, published=None, found_in="t") for u in urls]
