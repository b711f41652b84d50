"""Records between the stages from a source to an article, and what was rejected on the way."""

from dataclasses import dataclass, field
from datetime import datetime

from models.vocabulary import DateBasis, FetchMethod, RejectionReason, SourceKind, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One publisher, as its TOML file describes it. `slug` is the file's stem and the key."""

    slug: str
    name: str
    homepage: str
    kind: SourceKind
    country: str | None
    languages: tuple[str, ...]
    owner_group: str | None
    feeds: tuple[str, ...]
    sitemaps: tuple[str, ...]
    listings: tuple[str, ...]
    article_pattern: str | None
    delay_s: float
    relevance_terms: tuple[str, ...]
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRef:
    """A page that discovery saw and that may be worth fetching. `url` is clean and absolute."""

    source: str
    url: str
    title: str | None
    published: datetime | None
    found_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """The bytes of one page as served. `fetched_at` is aware UTC; header names are lower case."""

    source: str
    url: str
    final_url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    body_sha256: str
    method: FetchMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEntry:
    """Where the bytes of a page lie in the raw archive. Offsets and lengths in bytes."""

    url: str
    warc_file: str
    offset: int
    length: int
    body_sha256: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The article of a page. `text` is what every offset counts in."""

    article_id: str
    version_id: str
    source: str
    url: str
    title: str | None
    text: str = field(repr=False)
    published: datetime | None
    date_basis: DateBasis | None
    byline: str | None
    site: str | None
    language: str | None
    tags: tuple[str, ...]
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    fetched_at: datetime
    body_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Something seen that did not become facts, and why. A row, never only a log line."""

    stage: Stage
    reason: RejectionReason
    detail: str
    source: str
    url: str
    seen_at: datetime
