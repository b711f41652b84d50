"""What tests of acquisition share: a source, documents by address, a small site on loopback."""

import sqlite3
import threading
import zlib
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from models.errors import FetchError
from models.pages import Source
from models.vocabulary import FetchMethod, RejectionReason, SourceKind
from pipeline.contents import make_raw_page
from pipeline.fetch_settings import NotModified
from pipeline.revisits import FILE_NAME
from pipeline.settings import Settings
from pipeline.store import Store

SITE = "https://www.harborpost.example"
NOON = datetime(2026, 1, 12, 12, 0, tzinfo=UTC)


class Library:
    """Serves documents by address, as the fetcher would; counts what was asked for.

    A document may be an error to raise. `unchanged` has what was answered with 304.
    """

    def __init__(self, documents):
        self.documents = documents
        self.asked = []
        self.unchanged = []

    async def get(self, url, *, source, validators=None):
        self.asked.append(url)
        body = self.documents.get(url)
        if isinstance(body, FetchError):
            raise body
        if body is None:
            message = f"{url}: 404"
            raise FetchError(message, reason=RejectionReason.HTTP_ERROR, status=404)
        etag = f'"{zlib.crc32(body)}"'
        if validators is not None and validators.etag == etag:
            self.unchanged.append(url)
            return NotModified(url=url, validators=validators)
        headers = (("etag", etag),)
        return make_raw_page(
            source.slug, url, body, fetched_at=NOON, method=FetchMethod.HTTP, headers=headers
        )


def make_source(**options) -> Source:
    fields = {
        "slug": "harborpost",
        "name": "Harbor Post",
        "homepage": f"{SITE}/",
        "kind": SourceKind.NEWS,
        "country": None,
        "languages": ("en",),
        "owner_group": None,
        "feeds": (),
        "sitemaps": (),
        "listings": (),
        "article_pattern": None,
        "delay_s": 0.0,
        "relevance_terms": (),
        "enabled": True,
    }
    return Source(**{**fields, **options})


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.server.hits[self.path] += 1
        found = self.server.documents.get(self.path)
        body = found if isinstance(found, bytes) else (found or "nothing here").encode()
        kind = "text/plain" if self.path == "/robots.txt" else "text/html; charset=utf-8"
        if body.lstrip().startswith((b"<?xml", b"<rss", b"<urlset")):
            kind = "application/xml"
        elif body.startswith((b"{", b"[")):
            kind = "application/json"
        etag = f'"{zlib.crc32(body)}"'
        if found is not None and self.headers.get("If-None-Match") == etag:
            self.server.unchanged[self.path] += 1
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(200 if found is not None else 404)
        self.send_header("ETag", etag)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class LoopbackSite:
    """Documents by path on a free port; `hits` and `unchanged` (304) count by path. Use in a `with` block."""

    def __init__(self, documents):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
        self._server.daemon_threads = True
        self._server.documents = documents
        self._server.hits = Counter()
        self._server.unchanged = Counter()
        self.documents = documents
        self.hits = self._server.hits
        self.unchanged = self._server.unchanged
        self.address = ("127.0.0.1", self._server.server_port)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def pass_hours(settings: Settings, hours: float) -> None:
    """Make everything that acquisition remembers older, as if the time had passed."""
    with Store(settings) as store:
        store.con.execute(
            "UPDATE page_fetch SET fetched_at = fetched_at - to_seconds(?)", [hours * 3600]
        )
    con = sqlite3.connect(settings.data / "hosts" / FILE_NAME)
    with con:
        con.execute(
            "UPDATE visit SET first_at = first_at - ?1, last_at = last_at - ?1", [hours * 3600]
        )
        con.execute("UPDATE open_run SET began_at = began_at - ?", [hours * 3600])
    con.close()
