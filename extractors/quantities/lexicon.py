"""Lexicon files of this package (`extractors/lexicons/*.csv`) as rows."""

import csv
from functools import lru_cache
from importlib.resources import files

from models.errors import LexiconError


@lru_cache(maxsize=32)
def lexicon_rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a lexicon in file order.

    Raises:
        LexiconError: The file is not part of the package.
    """
    path = files("extractors").joinpath("lexicons", name)
    if not path.is_file():
        raise LexiconError(f"lexicon {name!r} is not in extractors/lexicons")
    return tuple(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
