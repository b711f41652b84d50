"""An archive with pages that kill the process that reads them, and readers that die of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from models.pages import RawPage
from models.vocabulary import FetchMethod
from pipeline import page_process
from pipeline.acquire import import_pages
from pipeline.contents import make_raw_page
from pipeline.page_reader import PageLimits
from pipeline.page_workers import PageReaders
from pipeline.settings import Settings
from pipeline.store_read import query

_FETCHED_AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
_PAGE = """<html lang="en"><head><title>Canberra lists {name}</title>
<meta property="og:type" content="article">
<meta property="article:published_time" content="2026-01-05T06:00:00Z"></head>
<body><article><h1>Canberra lists {name}</h1>
<p>Australia's trade ministry imposed export controls on scandium on 2 January 2026, it said.</p>
<p>Rare earth exports fell 14% to 2,900 tonnes in December from November, page {name} of the
customs data showed.</p></article></body></html>"""


def fill(settings: Settings, names: Sequence[str]) -> None:
    """Put a page of each name into the archive; the name decides what it does to its reader."""
    import_pages(settings, map(_page, names), run_label="poison")


def _page(name: str) -> RawPage:
    body, url = _PAGE.format(name=name).encode(), f"https://mill.example/{name}"
    headers = [("content-type", "text/html")]
    return make_raw_page(
        "mill", url, body, fetched_at=_FETCHED_AT, headers=headers, method=FetchMethod.HTTP
    )


@contextmanager
def dying_readers(monkeypatch: pytest.MonkeyPatch, reader: str) -> Iterator[PageReaders]:
    """Let this process read with one reader that dies of poisoned pages.

    Args:
        monkeypatch: Puts everything back.
        reader: `poisoned_reader`, which reads the other pages, or the quicker `hostile_reader`,
            which finds them irrelevant.
    """
    monkeypatch.setattr(page_process, "_CODE", f"from {reader} import main; main()")
    monkeypatch.setenv("REELINE_PAGE_WORKERS", "1")
    with PageReaders(limits=PageLimits(memory_mb=200)) as readers:
        monkeypatch.setattr("pipeline.process.shared_readers", lambda: readers)
        yield readers


def left_out(settings: Settings) -> dict[str, tuple[str, str]]:
    """Return reason and detail of the rejections by the name of the page."""
    rows = query(settings, "SELECT url, reason, detail FROM rejection").itertuples(index=False)
    return {row.url.rsplit("/", 1)[-1]: (row.reason, row.detail) for row in rows}
