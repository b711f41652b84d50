"""Finds the companies of a text: registry, form of the name, context, lists, short forms.

Reads tokens and sentence starts only (no syntax, no entity model), so that every sentence counts.
Longest mention wins; mentions of one firm share `name`.
"""

from collections.abc import Iterable

from spacy.tokens import Doc

from extractors.companies.context import context_rule
from extractors.companies.known import Known, find_known, widen
from extractors.companies.lexicon import place_words
from extractors.companies.linking import link_in_context, normalise
from extractors.companies.names import (
    form_rule,
    has_distinctive,
    has_head,
    is_blocked,
    is_distinctive,
    is_place,
    is_registered_short,
    trim,
)
from extractors.companies.runs import Page, Run, find_runs, joins_list, read_page
from extractors.companies.short_forms import Named, find_short_forms
from extractors.registry import companies_by_id
from models.facts import CompanyMention
from models.vocabulary import Link

_NEEDS_TELLING = frozenset(
    {
        "company.delivery",
        "company.owner",
        "company.permit_holder",
        "company.possession",
        "company.venture",
        "company.verb",
    }
)


def find_companies(doc: Doc) -> tuple[CompanyMention, ...]:
    """Return the mentions of firms in a Doc, in order, without overlaps."""
    page = read_page(doc)
    runs = find_runs(page)
    known = tuple(widen(page, runs, find_known(page)))
    candidates = tuple(_open_runs(page, runs, known))
    unlisted = _unlisted(page, candidates)
    listed = _add_list_members(page, candidates, known, unlisted)
    named = _named(page, known, {**unlisted, **listed})
    short = find_short_forms(page, runs, named)
    shorter = {(firm.start, firm.end) for firm in short if firm.rule_id == "company.short_form"}
    own = [firm for firm in named if firm.company_id or (firm.start, firm.end) not in shorter]
    return _mentions(page, _longest((*own, *short)))


def _open_runs(page: Page, runs: Iterable[Run], known: tuple[Known, ...]) -> Iterable[Run]:
    """Yield trimmed runs that the registry does not explain and nothing rules out."""
    by_start = {hit.start: hit for hit in known}
    inside = [index for hit in known for index in range(hit.start, hit.end)]
    covered = frozenset(inside)
    for run in runs:
        trimmed = trim(page, run)
        if trimmed is None or is_blocked(page, trimmed) or is_place(page, trimmed):
            continue
        hit = by_start.get(trimmed.start)
        if hit is not None and hit.end >= trimmed.end:
            continue
        touched = covered.intersection(range(trimmed.start, trimmed.end))
        if touched and form_rule(page, trimmed) is None:
            continue
        yield trimmed


def _unlisted(page: Page, candidates: tuple[Run, ...]) -> dict[Run, str]:
    """Return the runs that form or context makes firms, with the rule."""
    found: dict[Run, str] = {}
    for run in candidates:
        rule = form_rule(page, run)
        if rule is None and _may_be_name(page, run):
            rule = context_rule(page, run)
            if rule in _NEEDS_TELLING and not _is_telling(page, run, rule):
                rule = None
        if rule is not None:
            found[run] = rule
    return found


def _is_telling(page: Page, run: Run, rule: str) -> bool:
    """Tell whether the words of a run can name one firm; "Korean Air will" can, "U.S. LNG" not."""
    if has_distinctive(page, run.start, run.end) or is_registered_short(page, run):
        return True
    return rule == "company.verb" and has_head(page, run)


def _may_be_name(page: Page, run: Run) -> bool:
    """Tell whether a run without the form of a firm may be one, given the context."""
    if page.headings[run.start]:
        return False
    if run.end - run.start == 1:
        if is_registered_short(page, run):
            return page.lowers[run.start] not in page.lower_seen
        return is_distinctive(page, run.start) and page.lowers[run.start] not in page.lower_seen
    return True


def _add_list_members(
    page: Page, candidates: tuple[Run, ...], known: tuple[Known, ...], unlisted: dict[Run, str]
) -> dict[Run, str]:
    """Return the runs that stand in one list with a firm: "Ford, Halden and BMW"."""
    firms = {(hit.start, hit.end) for hit in known} | {(run.start, run.end) for run in unlisted}
    spans = sorted(firms | {(run.start, run.end) for run in candidates})
    found: dict[Run, str] = {}
    for group in _list_groups(page, spans):
        if not firms.intersection(group):
            continue
        for start, end in group:
            run = Run(start=start, end=end)
            is_open = (start, end) not in firms and _may_be_name(page, run)
            is_telling = has_distinctive(page, start, end) or is_registered_short(page, run)
            if is_open and is_telling:
                found[run] = "company.list_member"
    return found


def _list_groups(page: Page, spans: list[tuple[int, int]]) -> Iterable[list[tuple[int, int]]]:
    group: list[tuple[int, int]] = []
    for span in spans:
        if group and not joins_list(page, group[-1][1], span[0]):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _named(page: Page, known: tuple[Known, ...], unlisted: dict[Run, str]) -> tuple[Named, ...]:
    """Return registry and unlisted firms in order, each with the key of its firm."""
    found = [
        Named(
            start=hit.start,
            end=hit.end,
            key=hit.company_id,
            company_id=hit.company_id,
            rule_id="company.alias",
        )
        for hit in known
    ]
    for run, rule in unlisted.items():
        text = page.doc[run.start : run.end].text
        company_id = link_in_context(text, seat_words=_seat_words(page, run))
        found.append(
            Named(
                start=run.start,
                end=run.end,
                key=company_id or f"?{normalise(text)}",
                company_id=company_id,
                rule_id=rule,
            )
        )
    return tuple(sorted(found, key=lambda firm: (firm.start, -firm.end)))


def _seat_words(page: Page, run: Run) -> int:
    """Return how many words at the start of a name are places."""
    count = 0
    while run.start + count < run.end and page.lowers[run.start + count] in place_words():
        count += 1
    return count


def _longest(named: Iterable[Named]) -> tuple[Named, ...]:
    """Return non-overlapping mentions, the longest first; earlier rules win ties."""
    taken: set[int] = set()
    kept: list[Named] = []
    for firm in sorted(named, key=lambda firm: (firm.start - firm.end, firm.start)):
        span = range(firm.start, firm.end)
        if taken.isdisjoint(span):
            kept.append(firm)
            taken.update(span)
    return tuple(sorted(kept, key=lambda firm: firm.start))


def _mentions(page: Page, named: tuple[Named, ...]) -> tuple[CompanyMention, ...]:
    longest: dict[str, str] = {}
    for firm in named:
        text = page.doc[firm.start : firm.end].text
        if len(text) > len(longest.get(firm.key, "")):
            longest[firm.key] = text
    return tuple(_mention(page, firm, longest[firm.key]) for firm in named)


def _mention(page: Page, firm: Named, longest: str) -> CompanyMention:
    span = page.doc[firm.start : firm.end]
    company = companies_by_id().get(firm.company_id) if firm.company_id else None
    return CompanyMention(
        text=span.text,
        char_start=span.start_char,
        char_end=span.end_char,
        company_id=firm.company_id,
        name=company.name if company else longest,
        role=company.role if company else None,
        link=_link(firm),
        rule_id=firm.rule_id,
    )


def _link(firm: Named) -> Link:
    if firm.rule_id == "company.short_form":
        return Link.SHORT_FORM
    return Link.REGISTRY if firm.company_id else Link.SUFFIX
