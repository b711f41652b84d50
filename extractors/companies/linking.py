"""Links a name to the registry: normalised exact match, then `token_sort_ratio` >= 90.

Looser measures join Mitsubishi Materials to Mitsubishi Corporation (measured) and are not used.
A name that stays unlinked is kept with `company_id` None.
"""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz, process

from extractors.companies.lexicon import words
from extractors.registry import Company, companies

MIN_TOKEN_SORT = 90.0
# Every differing word must have a near twin: "Northern"/"Southern" score 92 as whole names.
_MIN_WORD = 80.0
_MIN_FUZZY_CHARS = 9
_MIN_SEATLESS_WORDS = 4
_PUNCTUATION = re.compile(r"[^\w&]+")
_DOTTED = re.compile(r"\b(\w)\.(?=\w\b|\s|$)")


@lru_cache(maxsize=1)
def _legal() -> frozenset[str]:
    return frozenset(word.lower().replace(".", "") for word in words("legal_forms"))


@lru_cache(maxsize=4096)
def normalise(name: str, *, keep_form: bool = False) -> str:
    """Return a name without case, accents and punctuation, and without its legal form."""
    plain = unicodedata.normalize("NFKD", name.replace("’", "'"))
    plain = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    plain = _DOTTED.sub(r"\1", plain).replace("'s", "").replace("'", "")
    tokens = _PUNCTUATION.sub(" ", plain.replace("&", " and ")).split()
    if len(tokens) > 1 and tokens[0] == "the":
        tokens = tokens[1:]
    while not keep_form and len(tokens) > 1 and tokens[-1] in _legal():
        tokens.pop()
    return " ".join(tokens)


def _keys_of(company: Company) -> set[str]:
    """Return the keys of a firm; "Mitsubishi" without its form only if an alias."""
    names = (company.name, *company.aliases)
    plain = {normalise(name, keep_form=True) for name in names}
    return plain | {key for key in map(normalise, names) if " " in key}


@lru_cache(maxsize=1)
def _index() -> dict[str, str | None]:
    """Return the firm of every normalised name; None where two firms share it."""
    found: dict[str, str | None] = {}
    for company in companies():
        for key in _keys_of(company):
            owner = found.setdefault(key, company.company_id)
            if owner != company.company_id:
                found[key] = None
    return found


@lru_cache(maxsize=1)
def _keys() -> tuple[str, ...]:
    return tuple(_index())


@lru_cache(maxsize=1)
def _short_index() -> dict[str, str | None]:
    """Return the firm of every normalised short form; None where two firms share it."""
    found: dict[str, str | None] = {}
    for company in companies():
        for form in company.short_forms:
            owner = found.setdefault(normalise(form), company.company_id)
            if owner != company.company_id:
                found[normalise(form)] = None
    return found


@lru_cache(maxsize=1)
def short_words() -> frozenset[str]:
    """Return the short forms of the registry that are one word, as written."""
    forms = (form for company in companies() for form in company.short_forms)
    return frozenset(form for form in forms if " " not in form)


def link_in_context(name: str, *, seat_words: int) -> str | None:
    """Return the registry id of a name that its context has shown to be a firm.

    Args:
        name: The name as written.
        seat_words: Number of words at its start that name a place ("Anhui Earth-Panda ... Co").
    """
    found = link(name)
    if found is None:
        found = _short_index().get(normalise(name))
    rest = normalise(" ".join(name.split()[seat_words:]))
    # "Brazil Critical Metals" is not Critical Metals: only a long rest is telling.
    if found is None and seat_words and rest.count(" ") + 1 >= _MIN_SEATLESS_WORDS:
        found = _index().get(rest)
    return found


@lru_cache(maxsize=4096)
def link(name: str) -> str | None:
    """Return the registry id of a name, None when no firm or more than one fits."""
    for key in (normalise(name, keep_form=True), normalise(name)):
        if key in _index():
            return _index()[key]
    if len(key) < _MIN_FUZZY_CHARS:
        return None
    near = process.extract(
        key, _keys(), scorer=fuzz.token_sort_ratio, score_cutoff=MIN_TOKEN_SORT, limit=3
    )
    owners = {_index()[other] for other, _, _ in near if _words_agree(key, other)}
    return owners.pop() if len(owners) == 1 else None


def _words_agree(left: str, right: str) -> bool:
    """Tell whether every word of one name alone has a near twin in the other."""
    ours, theirs = set(left.split()), set(right.split())
    return all(
        any(fuzz.ratio(word, other) >= _MIN_WORD for other in there)
        for here, there in ((ours - theirs, theirs), (theirs - ours, ours))
        for word in here
    )
