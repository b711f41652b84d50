"""Records between the stages from a source to an article, and what was rejected on the way."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from models.vocabulary import (
    DateBasis,
    FetchMethod,
    RejectionReason,
    SourceKind,
    Stage,
    TextChoice,
)


class ApiKind(StrEnum):
    """The programming interfaces that discovery can ask for addresses."""

    FEDERAL_REGISTER = "federal_register"
    GDELT = "gdelt"
    WAYBACK = "wayback"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiQuery:
    """One question to an interface. `address` is where it is asked; None is its usual place.

    `term` is what is searched for (Federal Register, GDELT) or, for the Wayback Machine, the
    address pattern whose captures are wanted. `since` and `until` are inclusive UTC days.
    """

    kind: ApiKind
    term: str
    address: str | None = None
    agencies: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    max_pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAssertions:
    """What a source is expected to give; what it does not give is a sign that it broke.

    Articles a week are a closed range over the weeks in which the source was read; None is open.
    """

    min_articles_a_week: float | None = None
    max_articles_a_week: float | None = None
    required_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One publisher, as its TOML file describes it. `slug` is the file's stem and the key.

    `group` is what schedules run together. `listing_pages` bounds how far a listing is followed,
    by `page_pattern` (with `{page}`, from 2 on) or else by the page's own link to the next one.
    What `except_urls` or `except_titles` match (regular expressions, searched) is never fetched.
    Within `duplicate_days` the same title at another address is a copy; 0 turns that off.
    `confirmed` says where the addresses were seen to work; None where they were not (`verified`).
    """

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
    group: str = "other"
    apis: tuple[ApiQuery, ...] = ()
    listing_pages: int = 1
    page_pattern: str | None = None
    except_urls: tuple[str, ...] = ()
    except_titles: tuple[str, ...] = ()
    duplicate_days: float = 3.0
    poll_min_s: float = 3600.0
    poll_max_s: float = 172_800.0
    assertions: SourceAssertions = SourceAssertions()
    verified: bool = True
    confirmed: str | None = None


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
class TextAgreement:
    """How far a second reader of the page agrees with the text of an article.

    `agreement` is the Jaccard of 3-word shingles in lines of prose, `text_share` the part of the
    text's that the second reader has, `other_share` the part of its that the text has: 0 to 1,
    None when the page has too little prose to tell. Words are those of prose.
    """

    agreement: float | None
    text_share: float | None
    other_share: float | None
    text_words: int
    other_words: int
    chosen: TextChoice
    is_doubtful: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The article of a page. `text` is what every offset counts in.

    `text_agreement` is None where no second reader was asked (texts given by hand).
    """

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
    text_agreement: TextAgreement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Something seen that did not become facts, and why. A row, never only a log line."""

    stage: Stage
    reason: RejectionReason
    detail: str
    source: str
    url: str
    seen_at: datetime
