"""The sources: one TOML file each in `pipeline/sources/`, read into `Source` records.

A user's own files lie beside them in the data folder and win over a file of the same name.
Not for anything about a source that changes while running (that is in the store).
"""

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from re import compile as compile_pattern

from pydantic import ValidationError

from models.errors import SourceError
from models.pages import Source
from pipeline.source_file import SourceFile

_SLUG = compile_pattern(r"[a-z0-9]+(_[a-z0-9]+)*")

# The source of addresses given by hand, which no file describes.
ADHOC_SOURCE = "adhoc"
USER_SOURCES = "sources"
"""The folder of a user's own source files, below the data folder."""


def load_sources(folder: Path | None = None, *, user: Path | None = None) -> tuple[Source, ...]:
    """Return every source of a folder, sorted by slug; disabled ones too.

    Args:
        folder: Where the TOML files are; the package's own sources when None.
        user: A second folder, which need not exist. Its files are added, and replace those of the
            same name. Left out when `folder` is given: who names a folder wants that one alone.

    Raises:
        SourceError: A file is not valid; the message names file, field, expected and found.
    """
    root: Traversable = folder if folder is not None else files("pipeline") / "sources"
    if not root.is_dir():
        message = f"{folder}: expected a folder of source files, found no folder"
        raise SourceError(message)
    found = {source.slug: source for source in _load_folder(root)}
    if folder is None and user is not None and user.is_dir():
        found.update({source.slug: source for source in _load_folder(user)})
    return tuple(found[slug] for slug in sorted(found))


def is_slug(text: str) -> bool:
    """Return whether a text can be the key of a source and the stem of its file."""
    return _SLUG.fullmatch(text) is not None


def parse_source(body: bytes, file_name: str) -> Source:
    """Return the source of one file.

    Args:
        body: The file, TOML in UTF-8.
        file_name: Its name, whose stem is the slug.

    Raises:
        SourceError: Name or content is not valid; one line per wrong field.
    """
    slug = file_name.removesuffix(".toml")
    if not is_slug(slug):
        message = f"{file_name}: expected a file name of a-z, 0-9 and _, found {slug!r}"
        raise SourceError(message)
    try:
        table = tomllib.loads(body.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{file_name}: expected a TOML file in UTF-8, found: {error}"
        raise SourceError(message) from error
    try:
        return SourceFile.model_validate(table).to_source(slug)
    except ValidationError as error:
        raise SourceError(_describe(file_name, error)) from error


def _load_folder(root: Traversable) -> list[Source]:
    entries = sorted(root.iterdir(), key=lambda entry: entry.name)
    return [_load_source(entry) for entry in entries if entry.name.endswith(".toml")]


def _load_source(entry: Traversable) -> Source:
    try:
        body = entry.read_bytes()
    except OSError as error:
        message = f"{entry.name}: expected a TOML file in UTF-8, found: {error}"
        raise SourceError(message) from error
    return parse_source(body, entry.name)


def _describe(file_name: str, error: ValidationError) -> str:
    """Return one line per wrong field: file, field, what was expected, what was found."""
    lines = []
    for problem in error.errors(include_url=False):
        name = ".".join(str(part) for part in problem["loc"]) or "the whole file"
        expected = problem["msg"].removeprefix("Value error, ")
        found = "nothing" if problem["type"] == "missing" else repr(problem["input"])[:120]
        lines.append(f"{file_name}: field {name}: expected {expected}; found {found}")
    return "\n".join(lines)
