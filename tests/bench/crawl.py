"""Crawling a farm of hosts on loopback: pages a second, CPU a page, memory, and kill -9.

The farm is one process behind one port; hosts are names mapped to it. It counts what it serves, so
that it, not the crawler, says which pages were fetched twice.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import psutil

from pipeline.acquire import acquire_urls
from pipeline.fetch import FetchSettings
from pipeline.recovery import recover
from pipeline.settings import Settings
from pipeline.store_read import query

DELAY_S = 0.02
WORDS = ("ministry", "license", "export", "rare", "earth", "magnet", "oxide", "quota", "customs")


def page_url(number: int, hosts: int) -> str:
    """Return the address of a page; neighbours lie on different hosts."""
    return f"http://h{number % hosts}.farm.example/news/{number}"


class Farm(asyncio.Protocol):
    """One connection to the farm; the counts are shared."""

    served: ClassVar[Counter[str]] = Counter()
    asked: ClassVar[Counter[str]] = Counter()
    newest: ClassVar[dict[str, float]] = {}
    gaps: ClassVar[dict[str, float]] = {}
    text = " ".join(random.Random(7).choices(WORDS, k=2500))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].decode("latin-1")
            self.buffer = self.buffer[end + 4 :]
            self.transport.write(self.answer(head))  # type: ignore[attr-defined]

    def answer(self, head: str) -> bytes:
        """Return the response to a request, and count it."""
        path = head.split(" ", 2)[1]
        if path == "/counts":
            counts = {
                "served": self.served,
                "asked": self.asked,
                "least_gap_s": min(self.gaps.values(), default=0.0),
            }
            return self.message("200 OK", json.dumps(counts).encode())
        now = time.monotonic()
        host = head.lower().partition("\r\nhost: ")[2].split("\r\n")[0]
        if host in self.newest:
            self.gaps[host] = min(self.gaps.get(host, 99.0), now - self.newest[host])
        self.newest[host] = now
        number = path.rpartition("/")[2]
        if not number.isdigit():
            return self.message("404 Not Found", b"")
        self.asked[path] += 1
        if f'if-none-match: "{number}"' in head.lower():
            return self.message("304 Not Modified", b"")
        self.served[path] += 1
        body = f"<html><head><title>Notice {number}</title></head><body><h1>Notice {number}</h1>"
        at = int(number) * 31 % 2000
        body += f"<p>{number} {self.text[at:]}</p><p>{self.text[:at]}</p></body></html>"
        return self.message("200 OK", body.encode(), f'ETag: "{number}"\r\n')

    @staticmethod
    def message(status: str, body: bytes, more: str = "") -> bytes:
        """Return a response."""
        head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
        return f"{head}{more}\r\n".encode() + body


async def run_farm() -> None:
    """Serve until killed; the first line of output is the port."""
    server = await asyncio.get_running_loop().create_server(Farm, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def run_crawl(data: Path, port: int, hosts: int, pages: int) -> None:
    """Fetch the farm's pages into a data folder, after what a killed run left."""
    settings = Settings(data=data, lock_wait_s=60.0)
    settings.prepare()
    recover(settings)
    names = [f"h{number}.farm.example" for number in range(hosts)]
    fetch_settings = FetchSettings(
        connect_to=dict.fromkeys(names, ("127.0.0.1", port)),
        default_delay_s=DELAY_S,
        hosts_dir=data / "hosts",
    )
    urls = [page_url(number, hosts) for number in range(pages)]
    report = acquire_urls(settings, urls, fetch_settings, run_label="bench")
    assert report.rejected.total() == 0, report.rejected


@contextmanager
def farm() -> Iterator[int]:
    """Run the farm in a process of its own and give its port."""
    process = subprocess.Popen([sys.executable, __file__, "--farm"], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def counts(port: int) -> dict[str, dict[str, int]]:
    """Return what the farm has served."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/counts", timeout=30) as answer:
        found: dict[str, dict[str, int]] = json.load(answer)
        return found


def crawl(
    data: Path, port: int, args: argparse.Namespace, *, kill_at: int | None = None
) -> list[int]:
    """Run the crawler in a process of its own and return its memory in MB, twice a second."""
    words = [
        "--crawl",
        str(data),
        str(port),
        "--hosts",
        str(args.hosts),
        "--pages",
        str(args.pages),
    ]
    process = subprocess.Popen([sys.executable, __file__, *words])
    memory_mb = []
    try:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            memory_mb.append(watched.memory_info().rss >> 20)
            if kill_at is not None and sum(counts(port)["served"].values()) >= kill_at:
                process.send_signal(signal.SIGKILL)
                process.wait()
                return memory_mb
            time.sleep(0.5)
    except psutil.NoSuchProcess:
        pass
    finally:
        if process.poll() is None:
            process.kill()
        code = process.wait()
    assert code == 0, f"the crawler left with {code}"
    return memory_mb


def measure_speed(args: argparse.Namespace) -> None:
    """Print pages a second, CPU a page and memory of a whole crawl."""
    with tempfile.TemporaryDirectory() as folder, farm() as port:
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        memory_mb = crawl(Path(folder), port, args)
        wall_s = time.monotonic() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found = counts(port)
        assert len(found["served"]) == args.pages
        quarters = [memory_mb[len(memory_mb) * n // 4 - (n == 4)] for n in (1, 2, 3, 4)]
        print(f"{args.pages:,} pages of {args.hosts} hosts, {DELAY_S} s between requests to a host")
        print(f"  pages a second   {args.pages / wall_s:8.0f}   ({wall_s:.0f} s, start included)")
        print(f"  CPU a page       {1000 * cpu_s / args.pages:8.2f} ms")
        print(f"  memory           {quarters} MB after each quarter, at most {max(memory_mb)}")
        print(f"  least time between two requests to a host  {found['least_gap_s']:.4f} s")
        size = sum(path.stat().st_size for path in Path(folder, "archive").glob("*.gz"))
        print(f"  archive          {size / args.pages / 1000:8.1f} kB a page")


def measure_kill(args: argparse.Namespace) -> None:
    """Print which pages a crawl that is killed in the middle and run again asks for twice.

    What the killed run had asked for by then and had no row of was in flight: at most one page a
    host and what waited to be archived. A third run, after a whole one, must ask for nothing.
    """
    with tempfile.TemporaryDirectory() as folder, farm() as port:
        data = Path(folder)
        crawl(data, port, args, kill_at=args.pages // 2)
        killed_at = datetime.now(UTC)
        at_kill = sum(counts(port)["asked"].values())
        crawl(data, port, args)
        found = counts(port)
        twice = [path for path, times in found["asked"].items() if times > 1]
        sql = "SELECT split_part(url, '.example', 2) AS path, fetched_at FROM page_fetch"
        rows = query(Settings(data=data), sql)
        came_at: dict[str, datetime] = dict(rows.itertuples(index=False))
        had = [path for path in twice if came_at[path] < killed_at]
        crawl(data, port, args)
        third = sum(counts(port)["asked"].values()) - sum(found["asked"].values())
        print(f"kill -9 after {at_kill:,} requests for pages, then run again; counted by the farm")
        print(f"  pages served              {len(found['served']):8,}   rows {len(rows):,}")
        print(f"  requested twice           {len(twice):8,}   in flight at the kill")
        print(f"    archived before it      {len(had):8,}")
        print(f"  requested by a third run  {third:8,}")
        assert len(found["served"]) == len(came_at) == len(rows) == args.pages
        assert had == []
        assert len(twice) <= args.hosts + 8  # one a host, and the queue before the archive
        assert third == 0


def main() -> None:
    """Run the benchmark, or one of its processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="200 hosts, 20,000 pages")
    parser.add_argument("--part", choices=["speed", "kill"], help="only one of the two")
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--farm", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--crawl", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.full:
        args.hosts, args.pages = 200, 20_000
    if args.farm:
        asyncio.run(run_farm())
    elif args.crawl:
        run_crawl(Path(args.crawl[0]), int(args.crawl[1]), args.hosts, args.pages)
    else:
        os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
        if args.part != "kill":
            measure_speed(args)
        if args.part != "speed":
            measure_kill(args)


if __name__ == "__main__":
    main()
