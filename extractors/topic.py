"""How much a text is about rare-earth and critical-mineral policy: counts of lexicon terms.

One compiled expression over `lexicons/relevance.csv` (Chinese: `zh_relevance.csv`), so that the
thousands of pages which are about something else never reach the language model. The decision is
`pipeline/relevance.py`.
"""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from extractors.chinese.script import is_chinese
from models.errors import LexiconError

_GROUPS = ("core", "minor", "control", "issuer", "policy")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicScore:
    """What the matcher found. `terms` are the distinct matches, lower case, most frequent first.

    core: mentions of terms that mean this topic alone (rare earths, neodymium, gallium).
    minor: mentions of minerals and products with other uses too (graphite, tungsten, magnets).
    control: mentions of export control and export licensing.
    issuer: mentions of the Chinese ministry that issues both.
    policy: mentions of other trade-policy terms.
    title: whether the title holds a core term, or a minor and a policy one of any kind.
    """

    core: int
    minor: int
    control: int
    issuer: int
    policy: int
    title: bool
    terms: tuple[str, ...]

    @property
    def mentions(self) -> int:
        """Core mentions, and minor ones when the text also speaks of policy."""
        return self.core + (self.minor if self.control + self.issuer + self.policy else 0)


@lru_cache(maxsize=2)
def load_terms(name: str = "relevance") -> dict[str, str]:
    """Return the group of each term of a lexicon.

    Raises:
        LexiconError: When a row has an unknown group, an empty or a repeated term.
    """
    lexicon = files("extractors").joinpath(f"lexicons/{name}.csv")
    terms: dict[str, str] = {}
    with lexicon.open(encoding="utf-8") as rows:
        for number, row in enumerate(csv.DictReader(rows), start=2):
            term, group = row["term"].strip(), row["group"].strip()
            if not term or term in terms or group not in _GROUPS:
                raise LexiconError(
                    f"{name}.csv line {number}: expected a new term and a group of "
                    f"{_GROUPS}, got {term!r}, {group!r}"
                )
            terms[term] = group
    return terms


def _key(term: str) -> str:
    """Return the form under which a match is looked up: hyphens and spaces are one."""
    return re.sub(r"[\s\-\u2010-\u2015]+", " ", term.lower())


def _expression(term: str) -> str:
    return r"[\s\-\u2010-\u2015]+".join(re.escape(word) for word in _key(term).split())


@lru_cache(maxsize=64)
def _matcher(extra: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    groups = {_key(term): group for term, group in load_terms().items()}
    groups |= {_key(term): "core" for term in extra if term.strip()}
    # Longest first: "rare earth magnet" is one mention, not two.
    ordered = sorted(groups, key=len, reverse=True)
    pattern = rf"\b(?P<term>{'|'.join(_expression(term) for term in ordered)})(?:e?s)?\b"
    return re.compile(pattern, re.IGNORECASE), groups


@lru_cache(maxsize=64)
def _chinese_matcher(extra: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return the matcher of Chinese terms, which have no word boundaries around them."""
    groups = {_key(term): group for term, group in load_terms("zh_relevance").items()}
    groups |= {_key(term): "core" for term in extra if term.strip()}
    ordered = sorted(groups, key=len, reverse=True)
    return re.compile(f"(?P<term>{'|'.join(map(re.escape, ordered))})", re.IGNORECASE), groups


def score_topic(title: str | None, text: str, *, extra: tuple[str, ...] = ()) -> TopicScore:
    """Return the counts of lexicon terms in a title and a text.

    Args:
        title: The headline, None when unknown. Its terms count as mentions too, unless the text
            repeats the headline as its first line.
        text: The article text.
        extra: Further core terms, for a source with a vocabulary of its own.
    """
    matcher, groups = (_chinese_matcher if is_chinese(text) else _matcher)(extra)
    counts = dict.fromkeys(_GROUPS, 0)
    found: dict[str, int] = {}
    in_title: set[str] = set()
    headline = title or ""
    repeated = text.startswith(headline)
    for match in matcher.finditer(headline):
        in_title.add(groups[_key(match.group("term"))])
        if not repeated:
            found[match.group().lower()] = found.get(match.group().lower(), 0) + 1
            counts[groups[_key(match.group("term"))]] += 1
    for match in matcher.finditer(text):
        term = match.group().lower()
        found[term] = found.get(term, 0) + 1
        counts[groups[_key(match.group("term"))]] += 1
    return TopicScore(
        core=counts["core"],
        minor=counts["minor"],
        control=counts["control"],
        issuer=counts["issuer"],
        policy=counts["policy"],
        title="core" in in_title or ("minor" in in_title and len(in_title) > 1),
        terms=tuple(sorted(found, key=lambda term: (-found[term], term))),
    )
