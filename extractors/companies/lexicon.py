"""Word lists of the company finder (`extractors/lexicons/company_*`), loaded once.

Only data access; what the words mean for a name is decided in the modules that use them.
"""

import csv
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from models.errors import LexiconError

FILTER_KINDS = frozenset({"agency", "media", "product", "topic"})


@lru_cache(maxsize=1)
def _sections() -> dict[str, frozenset[str]]:
    path = files("extractors").joinpath("lexicons", "company_words.toml")
    loaded: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: frozenset(section["words"]) for name, section in loaded.items()}


def words(section: str) -> frozenset[str]:
    """Return the words of one section, as written.

    Raises:
        LexiconError: There is no such section.
    """
    try:
        return _sections()[section]
    except KeyError:
        raise LexiconError(f"company_words.toml: no section {section!r}") from None


@lru_cache(maxsize=1)
def filters() -> dict[str, str]:
    """Return the kind of every phrase that is never a firm, by its case-folded text.

    Raises:
        LexiconError: A row has an unknown kind.
    """
    path = files("extractors").joinpath("lexicons", "company_filters.csv")
    found: dict[str, str] = {}
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        if row["kind"] not in FILTER_KINDS:
            raise LexiconError(f"company_filters.csv: row {row['phrase']!r}: kind {row['kind']!r}")
        found[row["phrase"].casefold()] = row["kind"]
    return found


@lru_cache(maxsize=1)
def place_words() -> frozenset[str]:
    """Return lower-case words that name places or belong to them ("ningbo", "chinese")."""
    found = {word.lower() for word in words("places")}
    path = files("models").joinpath("data", "places.csv")
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        cells = (row["name"], row["aliases"], row["adjectives"], row["metonyms"])
        found.update(word.lower() for cell in cells for word in cell.replace("|", " ").split())
    return frozenset(found - {"of", "the", "and"})


@lru_cache(maxsize=1)
def dull_words() -> frozenset[str]:
    """Return lower-case words that tell no firm from another: generic, topical, placing."""
    generic = {word.lower() for word in words("generic_words")}
    return frozenset(generic | place_words())


@lru_cache(maxsize=1)
def name_heads() -> frozenset[str]:
    """Return the last words of firm names, strong and weak."""
    return words("strong_heads") | words("weak_heads")


@lru_cache(maxsize=1)
def trade_endings() -> tuple[str, ...]:
    """Return the endings of compounds that end firm names ("technik")."""
    return tuple(sorted(words("trade_endings")))
