"""Run every stored feed, sitemap and WARC file through the readers and print what was found.

`python tests/eval/feeds.py [--files]`. The files lie beside the checkout in `../shared/pages`;
without them the command says so and exits with 0. It leaves with 1 only when a reader crashed.
"""

import argparse
import ast
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

from models.errors import InputError
from models.pages import RawPage
from pipeline.feeds import FeedEntry, parse_feed
from pipeline.imports import iter_warc
from pipeline.sitemaps import parse_sitemap
from pipeline.urls import clean_url

SHARED = Path(__file__).resolve().parents[3] / "shared" / "pages"
_FEED_SUFFIXES = {".xml", ".rss", ".atom", ".json", ".html"}
_BASE = "http://example.com/feed"
# The suite states what holds of a file in a comment: "Expect: not bozo and entries[0][...] == ...".
_EXPECTED = re.compile(
    rb"entries\[0\]\[u?'(link|title)'\]\s*==\s*(u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")"
)
_ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_LOC = re.compile(rb"<(?:\w+:)?(?:url|sitemap)>")


@dataclass(frozen=True)
class Found:
    """What a reader made of one file: how many entries, against how many the file has."""

    kind: str
    name: str
    outcome: str
    entries: int
    stated: int | None
    agrees: bool | None = None


def read_feed(path: Path, root: Path) -> Found:
    """Read one feed and compare its first entry with what its comment states."""
    body = path.read_bytes()
    name = str(path.relative_to(root))
    stated = len(_ITEM.findall(body)) if b"<" in body else None
    try:
        entries = parse_feed(body, _BASE)
    except InputError as error:
        return Found("feed", name, f"refused: {error}", 0, stated)
    except Exception as error:  # a crash is what is looked for
        return Found("feed", name, f"CRASH {error!r}", 0, stated)
    return Found("feed", name, "read", len(entries), stated, _agrees(body, entries))


def _agrees(body: bytes, entries: list[FeedEntry]) -> bool | None:
    """Tell whether link and title of the first entry are those stated; None when none is."""
    if not entries:
        return None
    answers = []
    for field, literal in _EXPECTED.findall(body):
        try:
            value = ast.literal_eval(literal.decode("utf-8"))
        except (ValueError, SyntaxError, UnicodeDecodeError):
            continue
        if field == b"link" and (url := clean_url(value, _BASE)) is not None:
            answers.append(entries[0].url == url)
        elif field == b"title" and "<" not in value and "&" not in value:
            answers.append((entries[0].title or "") == " ".join(value.split()))
    return all(answers) if answers else None


def read_sitemap(path: Path) -> Found:
    """Read one sitemap and compare with a plain count of its elements."""
    body = path.read_bytes()
    stated = len(_LOC.findall(body)) or None
    try:
        found = parse_sitemap(body, "https://example.com/sitemap.xml")
    except InputError as error:
        return Found("sitemap", path.name, f"refused: {error}", 0, stated)
    except Exception as error:  # a crash is what is looked for
        return Found("sitemap", path.name, f"CRASH {error!r}", 0, stated)
    count = len(found.pages) + len(found.children)
    return Found("sitemap", path.name, "read", count, stated)


def read_warc(path: Path, root: Path) -> Found:
    """Read one WARC file and compare with its response and resource records of markup."""
    name = str(path.relative_to(root))
    try:
        found = list(iter_warc(path))
    except Exception as error:  # a crash is what is looked for
        return Found("warc", name, f"CRASH {error!r}", 0, None)
    pages = sum(isinstance(item, RawPage) for item in found)
    reasons = [f"{item.reason}: {item.detail}" for item in found if not isinstance(item, RawPage)]
    return Found("warc", name, "; ".join(reasons) or "read whole", pages, _records(path))


def _records(path: Path) -> int | None:
    """Count the answers of status 200 with markup that fastwarc sees; None when it fails."""
    wanted = WarcRecordType.response | WarcRecordType.resource
    count = 0
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, record_types=wanted):
                head = record.http_headers
                kind = record.http_content_type if head else record.headers.get("Content-Type")
                status = head.status_code if head else 200
                count += status == 200 and "html" in (kind or "")
    except (OSError, ValueError):
        return None
    return count


def all_found() -> Iterator[Found]:
    """Yield the outcome of every file, kind after kind."""
    feeds = SHARED / "feeds"
    for path in sorted(feeds.rglob("*")):
        if path.is_file() and path.suffix in _FEED_SUFFIXES:
            yield read_feed(path, feeds)
    for path in sorted((SHARED / "sitemaps").glob("*.xml*")):
        yield read_sitemap(path)
    for path in sorted((SHARED / "warc").rglob("*")):
        if path.is_file() and path.suffix != ".md":
            yield read_warc(path, SHARED / "warc")


def main() -> int:
    """Print a line for each kind, and for each file that is worth a look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", action="store_true", help="a line for every file")
    options = parser.parse_args()
    if not SHARED.is_dir():
        print(f"feeds: skipped, there is no {SHARED}")
        return 0
    start = time.process_time()
    found = list(all_found())
    cpu_s = time.process_time() - start
    for item in found:
        is_odd = item.kind != "feed" or item.outcome != "read" or item.agrees is False
        is_real = item.name.startswith(("real/", "json/"))
        if options.files or is_odd or is_real:
            stated = "-" if item.stated is None else item.stated
            outcome = item.outcome if item.agrees is not False else "read, first entry differs"
            print(
                f"  {item.kind:8}{item.name:45}{item.entries:>5} of {stated!s:>4}  {outcome[:90]}"
            )
    for kind in ("feed", "sitemap", "warc"):
        of_kind = [item for item in found if item.kind == kind]
        outcomes = Counter(item.outcome.split()[0].rstrip(":") for item in of_kind)
        stated = [item.agrees for item in of_kind if item.agrees is not None]
        print(
            f"{kind}: {len(of_kind)} files, {outcomes['CRASH']} crashes, "
            f"{sum(item.entries for item in of_kind)} entries, {outcomes['refused']} refused, "
            f"{outcomes['bad_archive']} reported as broken"
            + (f", first entry as stated {sum(stated)}/{len(stated)}" if stated else "")
        )
    print(f"{cpu_s:.1f} CPU-s")
    return 1 if any(item.outcome.startswith("CRASH") for item in found) else 0


if __name__ == "__main__":
    sys.exit(main())
