"""Reads the newsroom's article files strictly and returns frozen records.

A file is TOML front matter between two `+++` lines, then plain paragraphs. Whatever the format
does not name is an error that tells file and field; nothing is guessed. HTML is made in
`render.py`.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.errors import InputError
from pipeline.newsroom.outlets import load_outlets

_FENCE = "+++"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_REFERENCE = r"^[a-z0-9-]+/[a-z0-9-]+$"
_HTML = re.compile(r"</?[a-zA-Z!]")
_WRONG_HEADING = re.compile(r"#(?!# \S)")


class Variant(StrEnum):
    """What is unusual about the page of an article."""

    PLAIN = "plain"
    PAYWALL = "paywall"
    UNDATED = "undated"
    WINDOWS1252 = "windows1252"
    CORRECTION = "correction"
    SYNDICATED = "syndicated"
    DISALLOWED = "disallowed"
    IRRELEVANT = "irrelevant"


class BlockKind(StrEnum):
    """The four things a body is made of."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTE = "quote"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, subheading, quotation or table. `rows` is empty unless it is a table."""

    kind: BlockKind
    text: str
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser:
    """A related-article box with figures that do not belong to the article."""

    title: str
    date: str | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsArticle:
    """One article file. `key` is "outlet/slug"; `published` is aware, in the newsroom's offset."""

    outlet: str
    slug: str
    title: str
    published: datetime
    byline: str | None
    section: str
    variant: Variant
    caption: str | None
    copy_of: str | None
    corrects: str | None
    teasers: tuple[Teaser, ...]
    events: tuple[str, ...]
    blocks: tuple[Block, ...] = field(repr=False)

    @property
    def key(self) -> str:
        """The name by which `copy_of` and `corrects` point at this article."""
        return f"{self.outlet}/{self.slug}"


class _TeaserMatter(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    title: str = Field(min_length=1)
    date: str | None = None
    text: str | None = None


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    title: str = Field(min_length=1)
    published: AwareDatetime
    byline: str | None = Field(default=None, min_length=1)
    section: str = Field(default="News", min_length=1)
    variant: Variant = Field(default=Variant.PLAIN, strict=False)
    caption: str | None = Field(default=None, min_length=1)
    copy_of: str | None = Field(default=None, pattern=_REFERENCE)
    corrects: str | None = Field(default=None, pattern=_REFERENCE)
    teasers: list[_TeaserMatter] = Field(default_factory=list)
    events: list[str]

    @model_validator(mode="after")
    def _references_fit_variant(self) -> "_FrontMatter":
        if (self.copy_of is not None) != (self.variant is Variant.SYNDICATED):
            raise ValueError("copy_of is needed by variant syndicated and by no other")
        if (self.corrects is not None) != (self.variant is Variant.CORRECTION):
            raise ValueError("corrects is needed by variant correction and by no other")
        return self


def load_articles(folder: Path | Traversable | None = None) -> tuple[NewsArticle, ...]:
    """Return every article, by outlet, newest first.

    Args:
        folder: Folder with one sub-folder per outlet slug; None for the packaged articles.
            A folder that does not exist holds no articles.

    Raises:
        InputError: Any file is not what the format asks for; the message lists every such file.
    """
    root = folder or resources.files("pipeline.newsroom").joinpath("articles")
    articles: list[NewsArticle] = []
    problems: list[str] = []
    for outlet, entry in _article_files(root):
        try:
            articles.append(read_article(entry, outlet=outlet))
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("\n".join(problems))
    articles.sort(key=lambda article: article.slug)
    articles.sort(key=lambda article: article.published, reverse=True)
    articles.sort(key=lambda article: article.outlet)
    return tuple(articles)


def read_article(entry: Path | Traversable, *, outlet: str) -> NewsArticle:
    """Return the article of one file.

    Args:
        entry: The file; its stem is the slug of the article.
        outlet: Slug of the outlet that publishes it.

    Raises:
        InputError: The message starts with "outlet/file" and names the field.
    """
    where = f"{outlet}/{entry.name}"
    stem, dot, ending = entry.name.rpartition(".")
    if not dot or ending != "md" or not _SLUG.fullmatch(stem):
        raise InputError(f"{where}: file name must be lower-case-words.md")
    try:
        text = entry.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: not UTF-8: {error}") from error
    matter, body = _split(text, where=where)
    try:
        front = _FrontMatter.model_validate(matter)
    except ValidationError as error:
        raise InputError(_describe(error, where=where)) from error
    return NewsArticle(
        outlet=outlet,
        slug=stem,
        title=front.title,
        published=front.published,
        byline=front.byline,
        section=front.section,
        variant=front.variant,
        caption=front.caption,
        copy_of=front.copy_of,
        corrects=front.corrects,
        teasers=tuple(Teaser(title=t.title, date=t.date, text=t.text) for t in front.teasers),
        events=tuple(front.events),
        blocks=_blocks(body, where=where),
    )


def unresolved_references(articles: Iterable[NewsArticle]) -> tuple[str, ...]:
    """Return one message per `copy_of` or `corrects` that points at no article."""
    known = {article.key: article for article in articles}
    return tuple(
        f"{key}: {name} points at {target!r}, which is no article"
        for key, article in known.items()
        for name, target in (("copy_of", article.copy_of), ("corrects", article.corrects))
        if target is not None and target not in known
    )


def _article_files(root: Path | Traversable) -> Iterable[tuple[str, Path | Traversable]]:
    """Yield (outlet slug, file) in a fixed order; hidden files are editors' business."""
    if not root.is_dir():
        return
    slugs = {outlet.slug for outlet in load_outlets()}
    for folder in sorted(root.iterdir(), key=lambda item: item.name):
        if not folder.is_dir() or folder.name.startswith((".", "__")):
            continue
        if folder.name not in slugs:
            raise InputError(f"{folder.name}/: folder must be an outlet of {sorted(slugs)}")
        for entry in sorted(folder.iterdir(), key=lambda item: item.name):
            if not entry.name.startswith("."):
                yield folder.name, entry


def _split(text: str, *, where: str) -> tuple[dict[str, object], str]:
    lines = text.lstrip("\ufeff").splitlines()
    if not lines or lines[0].strip() != _FENCE:
        raise InputError(f"{where}: first line must be {_FENCE}")
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), None)
    if end is None:
        raise InputError(f"{where}: front matter has no closing {_FENCE} line")
    try:
        matter = tomllib.loads("\n".join(lines[1:end]))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where}: front matter is not TOML: {error}") from error
    return matter, "\n".join(lines[end + 1 :])


def _describe(error: ValidationError, *, where: str) -> str:
    return "\n".join(
        f"{where}: {'.'.join(str(part) for part in item['loc']) or 'front matter'}: {item['msg']}"
        for item in error.errors()
    )


def _blocks(body: str, *, where: str) -> tuple[Block, ...]:
    if match := _HTML.search(body):
        raise InputError(f"{where}: body: HTML is not allowed near offset {match.start()}")
    blocks: list[Block] = []
    for chunk in re.split(r"\n\s*\n", body):
        lines = [line.strip() for line in chunk.splitlines() if line.strip()]
        while lines and lines[0].startswith("#"):
            blocks.append(_heading(lines.pop(0), where=where))
        if lines:
            blocks.append(_block(lines, where=where))
    if not any(block.kind is BlockKind.PARAGRAPH for block in blocks):
        raise InputError(f"{where}: body: expected at least one paragraph")
    return tuple(blocks)


def _heading(line: str, *, where: str) -> Block:
    if _WRONG_HEADING.match(line):
        raise InputError(f"{where}: body: a subheading starts with '## '; got {line[:40]!r}")
    return Block(kind=BlockKind.HEADING, text=line[3:].strip())


def _block(lines: list[str], *, where: str) -> Block:
    if all(line.startswith(">") for line in lines):
        text = " ".join(line.lstrip("> ") for line in lines)
        return Block(kind=BlockKind.QUOTE, text=text)
    if len(lines) > 1 and all(" | " in line for line in lines):
        rows = tuple(tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines)
        if len({len(row) for row in rows}) > 1:
            raise InputError(f"{where}: body: table rows differ in length near {lines[0]!r}")
        return Block(kind=BlockKind.TABLE, text="", rows=rows)
    return Block(kind=BlockKind.PARAGRAPH, text=" ".join(lines))
