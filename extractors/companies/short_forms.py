"""Short forms of firms that the text has named in full: "Redwood", "San Huan", "BHE Renewables".

Valid in this document only. A short form with two owners goes to the one named last before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from extractors.companies.lexicon import dull_words, filters, place_words, words
from extractors.companies.names import core_words
from extractors.companies.runs import Page, Run
from extractors.registry import companies_by_id

_QUOTES = frozenset({'"', "“", "”", "'", "‘", "’"})
_ROLES = frozenset({"Buyer", "Company", "Corporation", "Group", "Issuer", "Seller"})
_JOINTS = frozenset({"&", "-", ",", ".", "(", ")"})
_MIN_ACRONYM = 2
_MAX_ACRONYM = 6
# "MP" or "VAC" before the long form may be anything; a headline's "Vulcan" is the firm below it.
_MAX_CODE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A firm named at tokens `[start, end)`; `key` is equal for mentions of one firm."""

    start: int
    end: int
    key: str
    company_id: str | None
    rule_id: str


def find_short_forms(
    page: Page, runs: Iterable[Run], named: tuple[Named, ...]
) -> tuple[Named, ...]:
    """Return the mentions of named firms by a shorter name, in order."""
    forms = _forms(page, named)
    found: list[Named] = []
    for run in runs:
        index = run.start
        while index < run.end:
            hit = _match(page, run, index, forms)
            if hit is None:
                index += 1
                continue
            found.append(hit)
            index = hit.end
    return tuple(found)


_Forms = dict[tuple[str, ...], list[tuple[Named, bool]]]


def _forms(page: Page, named: tuple[Named, ...]) -> _Forms:
    """Return short forms with their firms; True where it counts only after the long form."""
    forms: _Forms = {}
    defined: dict[tuple[str, ...], Named] = {}
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for firm in named:
        tokens = page.words[firm.start : firm.end]
        if (firm.key, tokens) in seen:
            continue
        seen.add((firm.key, tokens))
        for form in _derived(tokens) | {tokens}:
            forms.setdefault(form, []).append((firm, False))
        acronym = _acronym_after(page, firm)
        if acronym and _defines(page, firm):
            defined.setdefault(acronym, firm)
        if acronym:
            forms.setdefault(acronym, []).append((firm, True))
        if firm.company_id:
            for short in companies_by_id()[firm.company_id].short_forms:
                only_after = short.isupper() and len(short) <= _MAX_CODE
                forms.setdefault(tuple(short.split()), []).append((firm, only_after))
    # What the text defines in so many words has no other owner.
    return forms | {form: [(firm, True)] for form, firm in defined.items()}


def _derived(tokens: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Return the parts of a name that can stand for it: its telling first word or words."""
    core = [word for word in core_words(tokens) if word not in _JOINTS]
    forms = {tuple(core)} if 1 < len(core) < len(tokens) else set()
    first = next((at for at, word in enumerate(core) if _tells(word)), None)
    if first is None:
        return forms
    opening = core[:first]
    if all(word.lower() in place_words() for word in opening):
        forms.update(tuple(core[first:end]) for end in range(first + 1, len(core) + 1))
        forms.update(tuple(core[:end]) for end in range(first + 1, len(core)))
    return {form for form in forms if form != tuple(tokens)}


def _tells(word: str) -> bool:
    lower = word.lower()
    if lower in dull_words() or lower in filters() or word in words("given_names"):
        return False
    heads = words("strong_heads") | words("weak_heads") | words("public_heads")
    return word not in heads and len(word) >= _MIN_ACRONYM


def _acronym_after(page: Page, firm: Named) -> tuple[str, ...]:
    """Return the name in parentheses right after a name: "(BHE Renewables)", "(“REalloys”)"."""
    index = _past_ticker(page, firm.end)
    if index >= len(page.words) or page.words[index] != "(":
        return ()
    inside: list[str] = []
    for word in page.words[index + 1 : index + 7]:
        if word in {")", ",", "or"}:
            break
        if word not in _QUOTES and word != "the":
            inside.append(word)
    else:
        return ()
    if not inside or len(inside) > 3 or not all(word[0].isupper() for word in inside):
        return ()
    if set(inside) <= _ROLES or any(word in words("public_heads") for word in inside):
        return ()
    return tuple(inside) if _abbreviates(inside, page.words[firm.start : firm.end]) else ()


def _past_ticker(page: Page, index: int) -> int:
    """Return the end of "(ASX: KRM)" at `index`, or `index`."""
    inside = page.words[index + 1 : index + 5]
    if page.words[index : index + 1] != ("(",) or ":" not in inside or ")" not in inside:
        return index
    return index + 2 + inside.index(")")


def _defines(page: Page, firm: Named) -> bool:
    """Tell whether the name in parentheses stands in quotes: (“Kestrel” or the “Company”)."""
    index = _past_ticker(page, firm.end) + 1
    return any(word in _QUOTES for word in page.words[index : index + 2])


def _abbreviates(inside: list[str], full: tuple[str, ...]) -> bool:
    """Tell whether a short name keeps a word of the long one, or its initials."""
    if set(inside) & set(full):
        return True
    initials = "".join(word[0] for word in full if word[0].isalpha()).upper()
    heads = words("weak_heads") | words("strong_heads") | words("legal_forms")
    letters = "".join(word for word in inside if word not in heads).upper()
    is_acronym = _MIN_ACRONYM <= len(letters) <= _MAX_ACRONYM and letters[0] == initials[:1]
    return is_acronym and (letters in initials or letters[:2] == initials[:2] or len(initials) > 2)


def _match(page: Page, run: Run, index: int, forms: _Forms) -> Named | None:
    for end in range(run.end, index, -1):
        owners = forms.get(tuple(page.words[index:end]))
        if not owners or not _stands_alone(page, run, index, end):
            continue
        earlier = [firm for firm, _ in owners if firm.end <= index]
        allowed = earlier or [firm for firm, only_after in owners if not only_after]
        if not allowed:
            continue
        # The longer name owns the shorter one, also where that was read as a firm of its own.
        longer = [firm for firm in allowed if _is_shorter(page, firm, index, end)] or allowed
        firm = longer[-1] if earlier else longer[0]
        return Named(
            start=index,
            end=end,
            key=firm.key,
            company_id=firm.company_id,
            rule_id="company.short_form"
            if _is_shorter(page, firm, index, end)
            else "company.repeat",
        )
    return None


def _is_shorter(page: Page, firm: Named, start: int, end: int) -> bool:
    return page.words[start:end] != page.words[firm.start : firm.end]


def _stands_alone(page: Page, run: Run, start: int, end: int) -> bool:
    """Tell whether a part of a run is a name of its own ("Redwood" but not "Redwood City")."""
    before = page.words[start - 1] if start > run.start else ""
    after = page.words[end] if end < run.end else ""
    if before in words("given_names") or (before and before in {"-", "&"}):
        return False
    if start >= 2 and page.words[start - 1] == ":" and page.words[start - 2].isupper():
        return False
    return not after or page.headings[start] or after in words("product_followers")
