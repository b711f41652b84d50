"""Reading the raw archive back, beside bare fastwarc on the same files in the same run.

Both unpack, decode content codings, check digests and hand over every body. CPU seconds, the best
of some rounds in turn, because the machine is shared.
"""

import argparse
import gzip
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

from models.vocabulary import FetchMethod
from pipeline.answers import ServedPage, with_exchange
from pipeline.archive import RawArchive
from pipeline.contents import make_raw_page

TARGET = 0.8


def page(number: int, words: list[str]) -> ServedPage:
    """Return a page of about 60 kB of varied markup; half of them were served packed."""
    letters = random.Random(number)
    text = " ".join(letters.choices(words, k=6000))
    body = f"<html><title>Notice {number}</title><p>{text}</p></html>".encode()
    is_packed = number % 2 == 0
    payload = gzip.compress(body, 6, mtime=0) if is_packed else body
    lines = ["Content-Type: text/html; charset=utf-8", f"Content-Length: {len(payload)}"]
    lines += ["Content-Encoding: gzip"] if is_packed else []
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{line}\r\n" for line in lines) + "\r\n"
    made = make_raw_page(
        "farm",
        f"http://h{number % 40}.farm.example/news/{number}",
        body,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        method=FetchMethod.HTTP,
        headers=(("content-type", "text/html; charset=utf-8"),),
    )
    request = f"GET /news/{number} HTTP/1.1\r\nHost: farm.example\r\n\r\n".encode()
    return with_exchange(made, request=request, response=head.encode() + payload)


def read_bare(archive: RawArchive, *, checks_digests: bool) -> int:
    """Read every response with fastwarc alone and return the bytes of the bodies."""
    size = 0
    for name in archive.files():
        with (archive.folder / name).open("rb") as file:
            records = ArchiveIterator(
                file,
                record_types=WarcRecordType.response | WarcRecordType.revisit,
                parse_http=not checks_digests,
                auto_decode="content",
            )
            for record in records:
                if checks_digests:
                    assert record.verify_block_digest(consume=False)
                    record.parse_http(auto_decode="content")
                size += len(record.reader.read())
    return size


def read_ours(archive: RawArchive) -> int:
    """Read every page in the order of the files."""
    return sum(len(got.body) for name in archive.files() for _, got in archive.pages(name))


def read_scattered(archive: RawArchive, entries: list) -> int:  # type: ignore[type-arg]
    """Read every page by its entry, in another order than that of the files."""
    return sum(len(archive.read(entry).body) for entry in entries)


def cpu_s(work: Callable[[], int], expected: int) -> float:
    """Return the CPU seconds of one round."""
    start = time.process_time()
    assert work() == expected
    return time.process_time() - start


def main() -> None:
    """Write an archive, read it in four ways, print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="5,000 records")
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    count = 5000 if args.full else args.records
    letters = random.Random(3)
    words = [
        "".join(letters.choices("etaoinshrdlu", k=letters.randint(2, 11))) for _ in range(9000)
    ]
    with tempfile.TemporaryDirectory() as folder:
        archive = RawArchive(Path(folder))
        size, spent_s, entries = 0, 0.0, []
        with archive.writer("bench") as writer:
            for number in range(count):
                made = page(number, words)
                size += len(made.body)
                start = time.process_time()
                entries.append(writer.write(made))
                spent_s += time.process_time() - start
        random.Random(1).shuffle(entries)
        ways: dict[str, Callable[[], int]] = {
            "bare fastwarc, digests checked": lambda: read_bare(archive, checks_digests=True),
            "bare fastwarc, no digests": lambda: read_bare(archive, checks_digests=False),
            "archive, file by file": lambda: read_ours(archive),
            "archive, entry by entry": lambda: read_scattered(archive, entries),
        }
        best = dict.fromkeys(ways, float("inf"))
        for _ in range(args.rounds):
            for name, work in ways.items():
                best[name] = min(best[name], cpu_s(work, size))
        base = best["bare fastwarc, digests checked"]
        print(f"{count:,} records, {size / count / 1000:.0f} kB a body; CPU time")
        for name, taken_s in best.items():
            print(f"  {name:<32}{count / taken_s:8,.0f} records/s  {base / taken_s:5.2f}")
        print(f"  {'writing':<32}{count / spent_s:8,.0f} records/s")
        ratio = base / best["archive, file by file"]
        print(f"ratio {ratio:.2f} of bare fastwarc, wanted {TARGET}")


if __name__ == "__main__":
    main()
