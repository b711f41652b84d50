"""What a source file may hold: the fields of the TOML, checked, and turned into a `Source`.

Pure. Reading folders is `pipeline/catalog.py`; making a file is `pipeline/source_writer.py`.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from models.pages import ApiKind, ApiQuery, Source, SourceAssertions
from models.vocabulary import SourceKind
from pipeline.urls import clean_url

_HOUR_S = 3600.0
_YEAR = "{year}"
_GROUPS = {
    SourceKind.REGULATOR: "regulators",
    SourceKind.WIRE: "wires",
    SourceKind.NEWS: "press",
    SourceKind.TRADE_PRESS: "press",
    SourceKind.COMPANY: "companies",
    SourceKind.THINK_TANK: "think_tanks",
    SourceKind.AGGREGATOR: "aggregators",
    SourceKind.OTHER: "other",
}


def _check_address(value: str) -> str:
    # Kept as written: a server may want the parameters of a feed in the order it gave them.
    if clean_url(value) is None:
        message = "an absolute http or https address without user name or password"
        raise ValueError(message)
    return value


def _check_listing(value: str) -> str:
    _check_address(value.replace(_YEAR, "2026"))
    return value


def in_years(listings: Iterable[str], today: date) -> tuple[str, ...]:
    """Return addresses with `{year}` as those of this year, in January also of the last one.

    Pages of a year are continued for some days of the next.
    """
    years = (today.year, today.year - 1) if today.month == 1 else (today.year,)
    found = [url.replace(_YEAR, str(year)) for url in listings for year in years]
    return tuple(dict.fromkeys(found))


def _check_pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        message = f"a regular expression ({error})"
        raise ValueError(message) from error
    return value


def _check_page_pattern(value: str) -> str:
    if value.count("{page}") != 1 or re.search(r"[{}]", value.replace("{page}", "")):
        message = "an address, absolute or relative to the listing, with {page} in it once"
        raise ValueError(message)
    return value


_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Address = Annotated[str, AfterValidator(_check_address)]
_Listing = Annotated[str, AfterValidator(_check_listing)]
_Pattern = Annotated[str, AfterValidator(_check_pattern)]
_Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
_Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
_Count = Annotated[float, Field(ge=0, le=100_000)]


class _Strict(BaseModel):
    """An unknown field is an error: it is mostly a typing error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ApiTable(_Strict):
    """One `[[apis]]` table. For `wayback`, `term` is an address pattern such as `x.org/news/*`."""

    kind: ApiKind
    term: str = ""
    address: _Address | None = None
    agencies: tuple[_Name, ...] = ()
    since: date | None = None
    until: date | None = None
    max_pages: Annotated[int, Field(ge=1, le=50)] = 1

    @model_validator(mode="after")
    def _check_question(self) -> Self:
        if self.agencies and self.kind is not ApiKind.FEDERAL_REGISTER:
            message = "agencies only beside kind = federal_register"
            raise ValueError(message)
        if not (self.term.strip() or self.agencies):
            message = "a term, or for federal_register agencies"
            raise ValueError(message)
        return self


class ExceptionsTable(_Strict):
    """The `[exceptions]` table: regular expressions for what is never fetched."""

    urls: tuple[_Pattern, ...] = ()
    titles: tuple[_Pattern, ...] = ()


class PollingTable(_Strict):
    """The `[polling]` table: the bounds, in hours, between which the interval adapts."""

    min_hours: Annotated[float, Field(gt=0, le=24 * 365)] = 1.0
    max_hours: Annotated[float, Field(gt=0, le=24 * 365)] = 48.0

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.min_hours > self.max_hours:
            message = "min_hours of at most max_hours"
            raise ValueError(message)
        return self


class AssertionsTable(_Strict):
    """The `[assertions]` table: what the source is expected to give."""

    articles_a_week: tuple[_Count, _Count] | None = None
    required_fields: tuple[Literal["title", "published", "byline", "language"], ...] = ()

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.articles_a_week is not None and self.articles_a_week[0] > self.articles_a_week[1]:
            message = "articles_a_week as [least, most]"
            raise ValueError(message)
        return self


class SourceFile(_Strict):
    """What a source file may hold.

    `delay_s` is the least time between two requests to one host of the source, in seconds.
    `article_pattern` is searched in the whole address of a link; `country` is ISO 3166 alpha-2 or
    `EU`, `languages` are ISO 639. `confirmed` says where the addresses were seen: a repository and
    path, a page, a day. `group` defaults to the plural of `kind`.
    """

    name: _Name
    homepage: _Address
    kind: SourceKind
    group: Annotated[str, StringConstraints(pattern=r"^[a-z]+(_[a-z]+)*$")] | None = None
    country: _Country | None = None
    languages: Annotated[tuple[_Language, ...], Field(min_length=1)]
    owner_group: _Name | None = None
    feeds: tuple[_Address, ...] = ()
    sitemaps: tuple[_Address, ...] = ()
    listings: tuple[_Listing, ...] = ()
    apis: tuple[ApiTable, ...] = ()
    article_pattern: _Pattern | None = None
    listing_pages: Annotated[int, Field(ge=1, le=50)] = 1
    page_pattern: Annotated[str, AfterValidator(_check_page_pattern)] | None = None
    delay_s: Annotated[float, Field(ge=0, le=3600)] = 5.0
    relevance_terms: tuple[_Name, ...] = ()
    duplicate_days: Annotated[float, Field(ge=0, le=90)] = 3.0
    exceptions: ExceptionsTable = ExceptionsTable()
    polling: PollingTable = PollingTable()
    assertions: AssertionsTable = AssertionsTable()
    verified: bool = True
    confirmed: _Name | None = None
    enabled: bool = True

    @model_validator(mode="after")
    def _check_discovery(self) -> Self:
        if self.enabled and not (self.feeds or self.sitemaps or self.listings or self.apis):
            message = "at least one address in feeds, sitemaps, listings or apis, or "
            raise ValueError(message + "enabled = false")
        if self.listings and self.article_pattern is None:
            message = "article_pattern, because listings cannot be read without it"
            raise ValueError(message)
        if self.enabled and not self.verified:
            message = "enabled = false beside verified = false: nobody has seen its addresses work"
            raise ValueError(message)
        return self

    def to_source(self, slug: str) -> Source:
        """Return the record that the stages work with."""
        week = self.assertions.articles_a_week or (None, None)
        return Source(
            slug=slug,
            name=self.name,
            homepage=self.homepage,
            kind=self.kind,
            country=self.country,
            languages=self.languages,
            owner_group=self.owner_group,
            feeds=self.feeds,
            sitemaps=self.sitemaps,
            listings=in_years(self.listings, datetime.now(UTC).date()),
            article_pattern=self.article_pattern,
            delay_s=self.delay_s,
            relevance_terms=self.relevance_terms,
            enabled=self.enabled,
            group=self.group or _GROUPS[self.kind],
            apis=tuple(ApiQuery(**dict(table)) for table in self.apis),
            listing_pages=self.listing_pages,
            page_pattern=self.page_pattern,
            except_urls=self.exceptions.urls,
            except_titles=self.exceptions.titles,
            duplicate_days=self.duplicate_days,
            poll_min_s=self.polling.min_hours * _HOUR_S,
            poll_max_s=self.polling.max_hours * _HOUR_S,
            assertions=SourceAssertions(
                min_articles_a_week=week[0],
                max_articles_a_week=week[1],
                required_fields=self.assertions.required_fields,
            ),
            verified=self.verified,
            confirmed=self.confirmed,
        )
