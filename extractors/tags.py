"""Which countries and industries an article is about: derived tags, ranked by mentions.

Counts of lexicon terms (`lexicons/regions.csv`, `lexicons/sectors.csv`), not readings of
sentences: good for filtering articles, never evidence of a fact.
"""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from models.errors import LexiconError

_MAX_TAGS = 4
# A headline names what the article is about; in the text one mention is often only passing.
_TITLE_WEIGHT = 2
_MIN_SCORE = 2
# A tag that the leading one outnumbers tenfold is scenery.
_MIN_SHARE_OF_TOP = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lexicon:
    matcher: re.Pattern[str]
    tags: dict[str, str]


def _read_rows(name: str, column: str) -> dict[str, str]:
    lexicon = files("extractors").joinpath(f"lexicons/{name}.csv")
    tags: dict[str, str] = {}
    with lexicon.open(encoding="utf-8") as rows:
        for number, row in enumerate(csv.DictReader(rows), start=2):
            term, tag = row["term"].strip(), row[column].strip()
            if not term or not tag or term in tags:
                raise LexiconError(
                    f"{name}.csv line {number}: expected a new term and a {column}, "
                    f"got {term!r}, {tag!r}"
                )
            tags[term] = tag
    return tags


@lru_cache(maxsize=1)
def _regions() -> _Lexicon:
    """Compile the places. Case counts ("US" is a country, "us" is not), capitals match too."""
    tags = _read_rows("regions", "region")
    tags |= {term.upper(): tag for term, tag in tags.items()}
    ordered = sorted(tags, key=len, reverse=True)
    # A place inside the name of a newspaper or firm stays: "China Northern" is about China.
    pattern = rf"(?<![\w.])(?:{'|'.join(map(re.escape, ordered))})(?!\w)"
    return _Lexicon(matcher=re.compile(pattern), tags=tags)


@lru_cache(maxsize=1)
def _sectors() -> _Lexicon:
    """Compile the industries: case is free except for names and acronyms, plurals are implied."""
    tags = _read_rows("sectors", "sector")
    parts = [
        re.escape(term) if term != term.lower() else f"(?i:{re.escape(term)})"
        for term in sorted(tags, key=len, reverse=True)
    ]
    pattern = rf"(?<!\w)(?P<term>{'|'.join(parts)})(?:e?s|ies)?(?!\w)"
    by_lower = {term.lower(): tag for term, tag in tags.items()}
    return _Lexicon(matcher=re.compile(pattern), tags=by_lower)


def _rank(scores: Counter[str], first_seen: dict[str, int]) -> tuple[str, ...]:
    top = max(scores.values(), default=0)
    kept = [
        tag
        for tag, score in scores.items()
        if score >= _MIN_SCORE and score >= top * _MIN_SHARE_OF_TOP
    ]
    kept.sort(key=lambda tag: (-scores[tag], first_seen[tag]))
    return tuple(kept[:_MAX_TAGS])


def _count(lexicon: _Lexicon, title: str | None, text: str, *, fold: bool) -> tuple[str, ...]:
    scores: Counter[str] = Counter()
    first_seen: dict[str, int] = {}
    for part, weight in ((title or "", _TITLE_WEIGHT), (text, 1)):
        for match in lexicon.matcher.finditer(part):
            surface = match.group("term").lower() if fold else match.group()
            tag = lexicon.tags[surface]
            scores[tag] += weight
            first_seen.setdefault(tag, len(first_seen))
    return _rank(scores, first_seen)


def find_regions(title: str | None, text: str) -> tuple[str, ...]:
    """Return up to four countries or blocs by mentions, the most mentioned first.

    Names are the common English ones of ISO 3166 ("South Korea"), or "European Union". Capitals
    and demonyms count for their country; one passing mention is not enough, the title is.
    """
    return _count(_regions(), title, text, fold=False)


def find_sectors(title: str | None, text: str) -> tuple[str, ...]:
    """Return up to four industries by mentions, the most mentioned first."""
    return _count(_sectors(), title, text, fold=True)
