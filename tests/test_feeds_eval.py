"""The stored feeds, sitemaps and WARC files: no reader crashes, and what they state is found."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "eval"))
import feeds as feeds_eval

needs_shared = pytest.mark.skipif(
    not feeds_eval.SHARED.is_dir(), reason="the shared samples are not beside this checkout"
)


@needs_shared
def test_every_stored_file_is_read_or_refused():
    found = list(feeds_eval.all_found())
    assert [item.name for item in found if item.outcome.startswith("CRASH")] == []
    feeds = [item for item in found if item.kind == "feed"]
    assert len(feeds) > 1500
    assert sum(item.outcome.startswith("refused") for item in feeds) <= 10
    assert sum(item.agrees is False for item in feeds) <= 1
    assert [
        item for item in found if item.kind == "sitemap" and item.stated not in {None, item.entries}
    ] == []


@needs_shared
def test_whole_archives_are_read_whole_and_broken_ones_reported():
    for item in feeds_eval.all_found():
        if item.kind == "warc":
            is_broken = item.stated is None or item.entries < item.stated
            assert is_broken == item.outcome.startswith("bad_archive"), item
