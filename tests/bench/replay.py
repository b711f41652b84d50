"""Replaying the raw archive with pywb, from outside, and comparing each page with what was served.

pywb is under the GPL, so it is no dependency and runs as programs of its own. Give the folder of an
environment that has it: python -m venv E && E/bin/pip install pywb 'setuptools<80'
"""

import argparse
import contextlib
import gzip
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from fastwarc.warc import ArchiveIterator, WarcRecordType

from models.pages import RawPage
from models.vocabulary import FetchMethod
from pipeline.acquire import acquire_sources
from pipeline.answers import ServedPage, with_exchange
from pipeline.archive import RawArchive
from pipeline.archive_http import join_chunks, split_message
from pipeline.catalog import load_sources
from pipeline.contents import make_raw_page
from pipeline.fetch import FetchSettings
from pipeline.newsroom.server import Newsroom
from pipeline.settings import Settings

COLLECTION = "reeline"
BODY = "<html><body><p>稀土 notice, Erz für die Küste</p></body></html>".encode() * 40
DAY = datetime(2026, 2, 3, 4, 5, 6, 789_012, tzinfo=UTC)


def served(name: str, payload: bytes, *lines: str, body: bytes = BODY, day: int = 0) -> ServedPage:
    """Return a page with the bytes of its exchange."""
    first = ("HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8")
    head = "\r\n".join([*first, *lines, "", ""])
    request = f"GET /{name} HTTP/1.1\r\nHost: gazette.example\r\n\r\n".encode()
    return with_exchange(
        bare_page(name, body, day), request=request, response=head.encode() + payload
    )


def bare_page(name: str, body: bytes = BODY, day: int = 0) -> RawPage:
    """Return a page of which the exchange is not known."""
    return make_raw_page(
        "gazette",
        f"https://gazette.example/{name}",
        body,
        fetched_at=DAY + timedelta(days=day),
        method=FetchMethod.HTTP,
        headers=(("content-type", "text/html; charset=utf-8"),),
    )


def chunked(data: bytes) -> bytes:
    """Return a body in two chunks."""
    half = len(data) // 2
    parts = (b"%x\r\n%s\r\n" % (len(part), part) for part in (data[:half], data[half:]))
    return b"".join(parts) + b"0\r\n\r\n"


def odd_pages() -> list[RawPage]:
    """Return pages in every coding, addresses of several kinds, versions, and equal bodies."""
    packed = gzip.compress(BODY, mtime=0)
    is_chunked, is_gzip = "Transfer-Encoding: chunked", "Content-Encoding: gzip"
    pages: list[RawPage] = [
        served("plain", BODY),
        served("plain-again", BODY),
        served("gzip", packed, is_gzip),
        served("gzip-again", packed, is_gzip),
        served("brotli", brotli.compress(BODY), "Content-Encoding: br"),
        served("deflate", zlib.compress(BODY), "Content-Encoding: deflate"),
        served("chunks", chunked(BODY), is_chunked),
        served("packed-chunks", chunked(packed), is_chunked, is_gzip),
        served("query?b=2&a=%E7%A8%80", BODY),
        served("empty", b"", "Content-Length: 0", body=b""),
    ]
    for day in (1, 2, 9):  # versions of one address; the last is the first again
        text = BODY if day == 9 else BODY + b"<p>%d</p>" % day
        pages.append(served("plain", text, body=text, day=day))
    return [*pages, bare_page("no-exchange")]


def make_archive(data: Path) -> RawArchive:
    """Archive the demo's newsroom, fetched over HTTP, and the odd pages twice."""
    settings = Settings(data=data, lock_wait_s=60.0)
    settings.prepare()
    with Newsroom() as site, as_file(files("pipeline") / "newsroom" / "sources") as folder:
        sources = [replace(source, delay_s=0.0) for source in load_sources(folder)]
        manners = FetchSettings(connect_to=site.connect_to, default_delay_s=0.0)
        acquire_sources(settings, sources, manners, run_label="newsroom")
    archive = RawArchive(settings.archive_dir)
    for days, label in ((0, "odd"), (30, "odd-again")):
        with archive.writer(label) as writer:
            for page in odd_pages():
                writer.write(replace(page, fetched_at=page.fetched_at + timedelta(days=days)))
    return archive


def records(archive: RawArchive) -> Iterator[tuple[str, RawPage, bytes]]:
    """Yield (kind of record, page, payload as served without its chunks)."""
    for name in archive.files():
        kinds = {}
        with (archive.folder / name).open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                where = (record.headers.get("Reeline-Refers-To") or "").partition(" ")[0]
                is_revisit = record.record_type == WarcRecordType.revisit
                kind = f"revisit, {'own' if where == name else 'other'} file"
                kinds[record.stream_pos] = kind if is_revisit else "response"
        for entry, page in archive.pages(name):
            message = split_message(archive.read_response(entry))
            is_chunked = "chunked" in message.codings()
            payload = join_chunks(message.payload) if is_chunked else message.payload
            yield kinds[entry.offset], page, payload


@contextmanager
def replaying(environment: Path, folder: Path, warcs: list[Path]) -> Iterator[str]:
    """Run pywb over some files and give the address of the collection."""
    programs = environment / "bin"
    for words in (["init", COLLECTION], ["add", COLLECTION, *map(str, warcs)]):
        subprocess.run(
            [str(programs / "wb-manager"), *words], cwd=folder, check=True, capture_output=True
        )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [str(programs / "wayback"), "-b", "127.0.0.1", "-p", str(port)]
    address = f"http://127.0.0.1:{port}/{COLLECTION}"
    with (folder / "wayback.log").open("wb") as log:
        process = subprocess.Popen(words, cwd=folder, stdout=log, stderr=log)
        try:
            for _ in range(120):
                with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
                    break
                time.sleep(0.5)
            yield address
        finally:
            process.terminate()
            process.wait(20)


def replay(address: str, page: RawPage, *, mode: str = "") -> bytes | str:
    """Return what pywb gives for a page at its time, or why it gives nothing.

    Args:
        address: The collection.
        page: Whose address and time are asked for.
        mode: `id_` for the bytes as archived; empty for the page as a reader gets it.
    """
    moment = f"{page.fetched_at.astimezone(UTC):%Y%m%d%H%M%S}{mode}"
    headers = {"accept-encoding": "gzip, deflate, br" if mode else "identity"}
    request = urllib.request.Request(f"{address}/{moment}/{page.url}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            if f"/{moment}/" not in answer.geturl():
                return f"another time: {answer.geturl()}"
            return bytes(answer.read())
    except (urllib.error.URLError, OSError) as error:
        return str(error)


def compare(environment: Path) -> int:
    """Print a row for each kind of record; return how many pages differ."""
    totals: Counter[str] = Counter()
    equal: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        archive = make_archive(Path(name, "data"))
        folder = Path(name, "pywb")
        folder.mkdir()
        warcs = [archive.folder / file for file in archive.files()]
        with replaying(environment, folder, warcs) as address:
            for kind, page, payload in records(archive):
                found = replay(address, page, mode="id_")
                shown_page = replay(address, page, mode="mp_")
                totals[kind] += 1
                equal[kind] += found == payload
                shown[kind] += isinstance(shown_page, bytes) and bool(shown_page or not payload)
                if found != payload:
                    print(f"  differs: {page.url} {page.fetched_at}: {found[:200]!r}")
    print(f"replayed by pywb, {len(warcs)} files")
    print(f"{'record':24}{'pages':>8}{'byte-equal':>12}{'shown':>8}")
    for kind in sorted(totals):
        print(f"{kind:24}{totals[kind]:8}{equal[kind]:12}{shown[kind]:8}")
    return 2 * totals.total() - equal.total() - shown.total()


def main() -> None:
    """Compare, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "environment", nargs="?", type=Path, help="folder of an environment that has pywb"
    )
    given = parser.parse_args().environment
    if given is None or not (given / "bin" / "wb-manager").exists():
        where = f"there is no bin/wb-manager in {given}" if given else "no environment was given"
        print(f"replay with pywb: skipped, {where} (see --help)")
        return
    if compare(given.absolute()):
        sys.exit("pywb does not give back what was served")


if __name__ == "__main__":
    main()
