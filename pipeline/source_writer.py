"""A source file made by the program: TOML that a person can go on with, checked before it is kept.

What a site says of itself (its name) is foreign text: it is escaped, and the file is read back.
"""

import json
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from models.errors import SourceError
from models.pages import Source
from pipeline.catalog import parse_source
from pipeline.urls import host_of

Value = str | bool | float | Sequence[str]
_MAX_NAME_CHARS = 120
_MAX_RAW_CHARS = 5_000


def slug_of(url: str) -> str:
    """Return a slug for the site of an address: its host with underscores, without `www`."""
    host = host_of(url).removeprefix("www.")
    return re.sub(r"[^a-z0-9]+", "_", host).strip("_") or "site"


def plain_name(text: str) -> str:
    """Return foreign text as a name: printable, one line, not too long."""
    shown = (c if unicodedata.category(c)[0] not in "CZ" else " " for c in text[:_MAX_RAW_CHARS])
    return " ".join("".join(shown).split())[:_MAX_NAME_CHARS].strip()


def source_toml(fields: Mapping[str, Value], *, slug: str, note: str = "") -> str:
    """Return the text of a source file, fields in the given order.

    Args:
        fields: Top-level fields; empty lists and texts are left out.
        slug: What the file will be called, for messages.
        note: A comment for the top of the file.

    Raises:
        SourceError: The fields do not make a valid source.
    """
    lines = [f"# {plain_name(line)}" for line in note.splitlines()]
    lines += [f"{name} = {_toml(value)}" for name, value in fields.items() if value not in ("", [])]
    text = "\n".join(lines) + "\n"
    parse_source(text.encode(), f"{slug}.toml")
    return text


def save_source(folder: Path, slug: str, text: str, *, replace: bool = False) -> Source:
    """Write a source file, whole or not at all, and return what it describes.

    Args:
        folder: Made when missing.
        slug: Stem of the file.
        text: Its content.
        replace: Whether a file of this name may be overwritten.

    Raises:
        SourceError: Not valid, there already, or the folder cannot be written.
    """
    # The whole slug is checked: the name of the path alone would let `../x` out of the folder.
    source = parse_source(text.encode(), f"{slug}.toml")
    file = folder / f"{slug}.toml"
    if file.exists() and not replace:
        message = f"{file}: there is a source of this name already; choose another with --slug"
        raise SourceError(message)
    temporary = folder / f".{slug}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(file)
    except OSError as error:
        message = f"{file} cannot be written: {error}"
        raise SourceError(message) from error
    return source


def _toml(value: Value) -> str:
    """Return a value as TOML. Its basic strings are those of JSON, but for U+007F."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Sequence):
        items = [_toml(item) for item in value]
        line = f"[{', '.join(items)}]"
        return line if len(line) <= 80 else "[\n" + "".join(f"  {i},\n" for i in items) + "]"
    return str(value)
