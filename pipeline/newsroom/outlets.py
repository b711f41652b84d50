"""The eight fictional outlets: names, hosts, URL patterns, feeds and page furniture.

Reads `outlets.toml`; the articles are read in `content.py`. Not the list of real sources.
"""

import string
import tomllib
from dataclasses import dataclass
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.errors import SourceError

_PACKAGE = "pipeline.newsroom"
_DATE_FIELDS = frozenset({"year", "month", "day"})
_PLAIN_FIELDS = frozenset({"section", "slug", "code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One fictional publisher.

    Paths start with "/" and are relative to `http://HOST`. `article_path` may hold the fields
    year, month, day, section, slug and code; the other patterns have no date in them. A feed path
    that is None does not exist. `tracking` is the query that the feed adds to its links, or "".
    """

    slug: str
    host: str
    name: str
    tagline: str
    about: str
    article_template: str
    list_template: str
    accent: str
    article_path: str
    undated_path: str
    disallowed_path: str
    section_path: str
    tag_path: str
    tag_name: str
    listing_path: str | None
    rss_path: str | None
    atom_path: str | None
    news_sitemap_path: str | None
    sitemap_index_path: str | None
    pages_sitemap_path: str | None
    tracking: str
    disallow: tuple[str, ...]
    crawl_delay_s: float
    cookie_text: str
    newsletter_text: str
    footer_text: str
    promos: tuple[str, ...]

    def absolute(self, path: str) -> str:
        """Return the canonical URL of a path. It never holds a port."""
        return f"http://{self.host}{path}"


class _OutletFile(BaseModel):
    """One `[[outlet]]` table, checked strictly before it becomes a record."""

    model_config = ConfigDict(extra="forbid", strict=True)

    slug: str = Field(pattern=r"^[a-z0-9-]+$")
    host: str = Field(pattern=r"^[a-z0-9-]+\.example$")
    name: str
    tagline: str
    about: str
    article_template: str
    list_template: str
    accent: str = Field(pattern=r"^#[0-9a-f]{6}$")
    article_path: str
    undated_path: str
    disallowed_path: str
    section_path: str
    tag_path: str
    tag_name: str
    listing_path: str | None = None
    rss_path: str | None = None
    atom_path: str | None = None
    news_sitemap_path: str | None = None
    sitemap_index_path: str | None = None
    pages_sitemap_path: str | None = None
    tracking: str = ""
    disallow: list[str]
    crawl_delay_s: float = Field(ge=0, le=1)
    cookie_text: str
    newsletter_text: str
    footer_text: str
    promos: list[str]


class _OutletsFile(BaseModel):
    """The whole `outlets.toml`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    outlet: list[_OutletFile]


def load_outlets(text: str | None = None) -> tuple[Outlet, ...]:
    """Return the outlets in file order.

    Args:
        text: TOML to read instead of the packaged `outlets.toml`.

    Raises:
        SourceError: A table has an unknown, missing or wrong field, or two outlets share a host.
    """
    if text is None:
        text = resources.files(_PACKAGE).joinpath("outlets.toml").read_text(encoding="utf-8")
    try:
        parsed = _OutletsFile.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise SourceError(f"outlets.toml cannot be read: {error}") from error
    outlets = tuple(_record(row) for row in parsed.outlet)
    for field in ("slug", "host"):
        values = [getattr(outlet, field) for outlet in outlets]
        if len(set(values)) < len(values):
            raise SourceError(f"outlets.toml: two outlets share a {field}; got {values}")
    return outlets


def _record(row: _OutletFile) -> Outlet:
    _check_pattern(row.slug, "article_path", row.article_path, _DATE_FIELDS | _PLAIN_FIELDS)
    _check_pattern(row.slug, "undated_path", row.undated_path, _PLAIN_FIELDS)
    _check_pattern(row.slug, "disallowed_path", row.disallowed_path, _PLAIN_FIELDS)
    _check_pattern(row.slug, "section_path", row.section_path, frozenset({"section"}))
    if not row.disallowed_path.startswith(tuple(row.disallow)):
        raise SourceError(f"outlets.toml: {row.slug}: disallowed_path lies outside disallow")
    fields = row.model_dump()
    fields["disallow"] = tuple(row.disallow)
    fields["promos"] = tuple(row.promos)
    return Outlet(**fields)


def _check_pattern(slug: str, field: str, pattern: str, allowed: frozenset[str]) -> None:
    found = {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}
    if not pattern.startswith("/") or not found <= allowed:
        raise SourceError(
            f"outlets.toml: {slug}: {field} must start with / and use only {sorted(allowed)};"
            f" got {pattern!r}"
        )
