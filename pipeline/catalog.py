"""The sources: one TOML file each in `pipeline/sources/`, read into `Source` records.

Not for anything about a source that changes while running (that is in the store).
First in the flow: discovery and fetching get what is read here.
"""

import re
import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from models.errors import SourceError
from models.pages import Source
from models.vocabulary import SourceKind
from pipeline.urls import clean_url

_SLUG = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


def _check_address(value: str) -> str:
    # Kept as written: a server may want the parameters of a feed in the order it gave them.
    if clean_url(value) is None:
        message = "an absolute http or https address without user name or password"
        raise ValueError(message)
    return value


def _check_pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        message = f"a regular expression ({error})"
        raise ValueError(message) from error
    return value


_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Address = Annotated[str, AfterValidator(_check_address)]
_Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
_Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


# The source of addresses given by hand, which no file describes.
ADHOC_SOURCE = "adhoc"


class SourceFile(BaseModel):
    """What a source file may hold. An unknown field is an error: it is mostly a typing error.

    `delay_s` is the least time between two requests to one host of the source, in seconds.
    `article_pattern` is searched in the whole address of a link; `country` is ISO 3166 alpha-2 or
    `EU`, `languages` are ISO 639.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: _Name
    homepage: _Address
    kind: SourceKind
    country: _Country | None = None
    languages: Annotated[tuple[_Language, ...], Field(min_length=1)]
    owner_group: _Name | None = None
    feeds: tuple[_Address, ...] = ()
    sitemaps: tuple[_Address, ...] = ()
    listings: tuple[_Address, ...] = ()
    article_pattern: Annotated[str, AfterValidator(_check_pattern)] | None = None
    delay_s: Annotated[float, Field(ge=0, le=3600)] = 5.0
    relevance_terms: tuple[_Name, ...] = ()
    enabled: bool = True

    @model_validator(mode="after")
    def _check_discovery(self) -> Self:
        if self.enabled and not (self.feeds or self.sitemaps or self.listings):
            message = "at least one address in feeds, sitemaps or listings, or enabled = false"
            raise ValueError(message)
        if self.listings and self.article_pattern is None:
            message = "article_pattern, because listings cannot be read without it"
            raise ValueError(message)
        return self


def load_sources(folder: Path | None = None) -> tuple[Source, ...]:
    """Return every source of a folder, sorted by slug; disabled ones too.

    Args:
        folder: Where the TOML files are; the package's own sources when None.

    Raises:
        SourceError: A file is not valid; the message names file, field, expected and found.
    """
    root: Traversable = folder if folder is not None else files("pipeline") / "sources"
    if not root.is_dir():
        message = f"{folder}: expected a folder of source files, found no folder"
        raise SourceError(message)
    entries = sorted(root.iterdir(), key=lambda entry: entry.name)
    return tuple(_load_source(entry) for entry in entries if entry.name.endswith(".toml"))


def _load_source(entry: Traversable) -> Source:
    slug = entry.name.removesuffix(".toml")
    if not _SLUG.fullmatch(slug):
        message = f"{entry.name}: expected a file name of a-z, 0-9 and _, found {slug!r}"
        raise SourceError(message)
    try:
        table = tomllib.loads(entry.read_bytes().decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        message = f"{entry.name}: expected a TOML file in UTF-8, found: {error}"
        raise SourceError(message) from error
    try:
        found = SourceFile.model_validate(table)
    except ValidationError as error:
        raise SourceError(_describe(entry.name, error)) from error
    return Source(slug=slug, **{name: getattr(found, name) for name in SourceFile.model_fields})


def _describe(file_name: str, error: ValidationError) -> str:
    """Return one line per wrong field: file, field, what was expected, what was found."""
    lines = []
    for problem in error.errors(include_url=False):
        name = ".".join(str(part) for part in problem["loc"]) or "the whole file"
        expected = problem["msg"].removeprefix("Value error, ")
        found = "nothing" if problem["type"] == "missing" else repr(problem["input"])[:120]
        lines.append(f"{file_name}: field {name}: expected {expected}; found {found}")
    return "\n".join(lines)
