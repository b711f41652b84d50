"""Names of the registry in a text, by exact phrase with rules of case.

Reads tokens, returns token spans with the firm. Linking of names that are not in the registry
letter by letter: `extractors/companies/linking.py`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from spacy.matcher import PhraseMatcher
from spacy.vocab import Vocab

from extractors.companies.lexicon import words
from extractors.companies.runs import Page, Run
from extractors.nlp import load_nlp
from extractors.registry import companies, companies_by_id

_MIN_SHOUTED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A registry alias at tokens `[start, end)`."""

    start: int
    end: int
    company_id: str


@lru_cache(maxsize=1)
def _matcher(vocab: Vocab) -> tuple[PhraseMatcher, dict[int, tuple[str, tuple[str, ...]]]]:
    """Return the matcher over lower-case aliases, and firm and spellings by match id."""
    tokenizer = load_nlp().tokenizer
    matcher = PhraseMatcher(vocab, attr="LOWER")
    spellings: dict[str, tuple[str, list[str]]] = {}
    for company in companies():
        for alias in company.aliases:
            for form in {alias, alias.replace("'", "’")}:
                owner = spellings.setdefault(form.lower(), (company.company_id, []))
                owner[1].append(form)
    for key, (_, forms) in spellings.items():
        matcher.add(key, [tokenizer(forms[0])])
    ids = vocab.strings
    return matcher, {ids[key]: (owner, tuple(forms)) for key, (owner, forms) in spellings.items()}


def find_known(page: Page) -> tuple[Known, ...]:
    """Return the registry aliases of a text in order, longest first where they overlap."""
    matcher, table = _matcher(page.doc.vocab)
    hits: list[Known] = []
    for match_id, start, end in matcher(page.doc):
        owner, forms = table[match_id]
        if _case_fits(page.doc[start:end].text, forms) and not _is_ticker(page, start):
            hits.append(Known(start=start, end=end, company_id=owner))
    hits.sort(key=lambda hit: (hit.start - hit.end, hit.start))
    taken: set[int] = set()
    kept: list[Known] = []
    for hit in hits:
        span = range(hit.start, hit.end)
        if taken.isdisjoint(span) and not _is_other_name(page, hit):
            kept.append(hit)
        taken.update(span)
    return tuple(sorted(kept, key=lambda hit: hit.start))


# "Traxys North America" is an arm of Traxys, and its mention ends with the region.
_REGIONS = (
    ("North", "America"),
    ("South", "America"),
    ("Latin", "America"),
    ("Asia", "Pacific"),
    ("Americas",),
    ("America",),
    ("Europe",),
    ("Asia",),
    ("USA",),
)
_GROUPS = frozenset({"Group", "Holding", "Holdings"})


def widen(page: Page, runs: Iterable[Run], known: Iterable[Known]) -> Iterator[Known]:
    """Yield the aliases with the seat before ("Jiangxi X") and the region behind them."""
    run_of = {index: run for run in runs for index in range(run.start, run.end)}
    for hit in known:
        run = run_of.get(hit.start)
        if run is None or hit.end > run.end or page.headings[hit.start]:
            yield hit
            continue
        yield replace(hit, start=_seat_start(page, run, hit), end=_region_end(page, run, hit))


def _seat_start(page: Page, run: Run, hit: Known) -> int:
    """Return where the province or city before a Chinese firm begins."""
    seat = page.words[run.start : hit.start]
    is_chinese = companies_by_id()[hit.company_id].country == "CN"
    is_seat = bool(seat) and all(word in words("chinese_places") for word in seat)
    return run.start if is_chinese and is_seat else hit.start


def _region_end(page: Page, run: Run, hit: Known) -> int:
    rest = page.words[hit.end : run.end]
    is_form = all(word in words("legal_forms") | _GROUPS for word in rest)
    return run.end if rest in _REGIONS or is_form else hit.end


def _case_fits(text: str, forms: tuple[str, ...]) -> bool:
    """Tell whether the capitals of a match are those of a name."""
    if text in forms:
        return True
    if len(text) >= _MIN_SHOUTED and text.isupper():
        return True
    if " " not in text:
        return text.istitle() and any(form.isupper() and len(form) > 4 for form in forms)
    return any(
        all(
            mine[:1].isupper() or not theirs[:1].isupper()
            for mine, theirs in zip(text.split(), form.split(), strict=False)
        )
        for form in forms
    )


def _is_ticker(page: Page, start: int) -> bool:
    """Tell whether the name is the code of "(NYSE: MP)"."""
    return start >= 2 and page.words[start - 1] == ":" and page.words[start - 2].isupper()


def _is_other_name(page: Page, hit: Known) -> bool:
    """Tell whether the alias is only a part of the name of a person or a public body."""
    after = page.words[hit.end] if hit.end < len(page.words) else ""
    if after in words("public_heads") and after not in {"Line", "Deal", "Deals"}:
        return page.words[hit.end - 1] not in words("legal_forms") and not page.headings[hit.start]
    if hit.end - hit.start > 1 or hit.start == 0:
        return False
    before = page.words[hit.start - 1]
    if page.words[hit.start] not in words("surnames") or page.starts[hit.start]:
        return False
    return before in words("given_names") or before in words("person_titles") - {"Chairman"}
