"""What one discovery of a source has found: addresses merged, exceptions, limits, rejections.

Pure: asking and reading is `pipeline/discover.py`.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models.errors import FetchError
from models.ids import stable_id
from models.pages import PageRef, Rejected, Source
from models.vocabulary import RejectionReason, Stage
from pipeline.feeds import FeedEntry
from pipeline.fetch_settings import Validators
from pipeline.listings import ListingLink
from pipeline.politeness import is_put_off
from pipeline.sitemaps import SitemapEntry

MAX_REFS = 5000

log = logging.getLogger(__name__)

Entry = FeedEntry | SitemapEntry | ListingLink | PageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDocument:
    """A feed, sitemap or listing as it was read last, and what it named: what a 304 means."""

    validators: Validators
    refs: tuple[PageRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What a source offers, each address once, and what of it could not be read.

    `documents` counts the feeds, sitemaps, listings and answers that could be read, `excepted` the
    addresses that the source's exceptions leave out. `validators` are those of the documents that
    were taken over whole, `put_off` counts those that are to be asked for in a later run.
    """

    refs: tuple[PageRef, ...]
    rejected: tuple[Rejected, ...]
    documents: int = 0
    excepted: int = 0
    put_off: int = 0
    validators: Mapping[str, Validators] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether nothing of the source could be read, and not for want of a turn at its host."""
        return self.documents == 0 and len(self.rejected) > self.put_off


def reading_of(source: Source) -> str:
    """Return the hash of what decides which addresses of a document a source takes over.

    A document that was read for other patterns has to be read again, though it has not changed.
    """
    return stable_id(
        "reading",
        repr((source.article_pattern, source.except_urls, source.except_titles)),
        repr((source.homepage, source.listing_pages, source.page_pattern)),
    )


class Findings:
    """The addresses of one discovery in the order of their first mention.

    Args:
        source: Whose exceptions hold.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._refs: dict[str, PageRef] = {}
        self._rejected: list[Rejected] = []
        self._left_out = 0
        self._passing = 0
        self._put_off = 0
        self._excepted: set[str] = set()
        self._except_urls = [re.compile(pattern) for pattern in source.except_urls]
        self._except_titles = [re.compile(pattern) for pattern in source.except_titles]
        self.documents = 0
        self.validators: dict[str, Validators] = {}

    @property
    def unfinished(self) -> int:
        """How often something was left out, or not read, that another run may get."""
        return self._left_out + self._passing

    def add(self, entries: Iterable[Entry], found_in: str) -> int:
        """Take entries over, merging what is known of one address; return how many are new."""
        new = 0
        for entry in entries:
            if self._is_excepted(entry):
                self._excepted.add(entry.url)
                continue
            published = None if isinstance(entry, ListingLink) else entry.published
            known = self._refs.get(entry.url)
            if known is None and len(self._refs) >= MAX_REFS:
                self._left_out += 1
                continue
            new += known is None
            self._refs[entry.url] = PageRef(
                source=self._source.slug,
                url=entry.url,
                title=(known and known.title) or entry.title,
                published=(known and known.published) or published,
                found_in=known.found_in if known else found_in,
            )
        return new

    def _is_excepted(self, entry: Entry) -> bool:
        return any(pattern.search(entry.url) for pattern in self._except_urls) or any(
            pattern.search(entry.title or "") for pattern in self._except_titles
        )

    def reject(self, reason: RejectionReason, detail: str, url: str) -> None:
        """Note that a document, or a part of it, could not be read."""
        self._rejected.append(
            Rejected(
                stage=Stage.DISCOVER,
                reason=reason,
                detail=detail[:500],
                source=self._source.slug,
                url=url,
                seen_at=datetime.now(UTC),
            )
        )

    def reject_answer(self, error: FetchError, url: str) -> None:
        """Note that a document did not come."""
        self._passing += error.retryable
        self._put_off += is_put_off(error)
        self.reject(error.reason, str(error), url)

    def result(self) -> Discovery:
        """Return everything found so far."""
        if self._left_out:
            detail = f"{self._left_out} mentions of further addresses left out after {MAX_REFS}"
            self.reject(RejectionReason.TOO_LARGE, detail, self._source.homepage)
        log.info("discovered", extra={"source": self._source.slug, "refs": len(self._refs)})
        # An exception by title holds for the address, whichever mention of it had the title.
        refs = tuple(ref for ref in self._refs.values() if ref.url not in self._excepted)
        return Discovery(
            refs=refs,
            rejected=tuple(self._rejected),
            documents=self.documents,
            excepted=len(self._excepted),
            put_off=self._put_off,
            validators=self.validators,
        )
