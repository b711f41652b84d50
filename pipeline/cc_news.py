"""CC-NEWS, Common Crawl's daily WARC files of news: the pages of our sources out of them.

A file holds about a gigabyte, of which a few pages matter: the others are passed over unread. The
files are downloaded with other means (the fetcher takes no body of that size); where they are is
told at data.commoncrawl.org/crawl-data/CC-NEWS/index.html.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from models.pages import RawPage, Rejected, Source
from pipeline.imports import iter_warc
from pipeline.urls import host_of


def iter_cc_news(path: Path, sources: Sequence[Source]) -> Iterator[RawPage | Rejected]:
    """Yield the pages of the sources in a CC-NEWS file (any WARC will do), in its order.

    A page belongs to the source whose homepage, feed or sitemap has its host; of several the one
    whose `article_pattern` matches. Without a pattern every page of the host counts. The sources'
    exceptions hold.

    Args:
        path: The file. Never raises for what is in it.
        sources: Whose pages are wanted.
    """
    by_host: dict[str, list[_Wanted]] = {}
    for source in sources:
        wanted = _Wanted(source)
        for host in wanted.hosts:
            by_host.setdefault(host, []).append(wanted)

    def choose(url: str) -> str | None:
        candidates = by_host.get(_bare(host_of(url)), ())
        return next((wanted.slug for wanted in candidates if wanted.takes(url)), None)

    yield from iter_warc(path, choose=choose)


class _Wanted:
    """The pages of one source."""

    def __init__(self, source: Source) -> None:
        self.slug = source.slug
        # The hosts of interfaces are left out: what they list lies elsewhere.
        addresses = (source.homepage, *source.feeds, *source.sitemaps, *source.listings)
        self.hosts = {_bare(host_of(address)) for address in addresses}
        self._pattern = re.compile(source.article_pattern or "")
        self._excepted = [re.compile(pattern) for pattern in source.except_urls]

    def takes(self, url: str) -> bool:
        is_article = self._pattern.search(url) is not None
        return is_article and not any(pattern.search(url) for pattern in self._excepted)


def _bare(host: str) -> str:
    return host.removeprefix("www.")
