"""Is a capitalised run the name of a firm by its form alone? Legal forms and last words.

What stands around the name is read in `extractors/companies/context.py`.
"""

from collections.abc import Sequence

from extractors.companies.lexicon import (
    dull_words,
    filters,
    name_heads,
    place_words,
    trade_endings,
    words,
)
from extractors.companies.linking import short_words
from extractors.companies.runs import Page, Run, is_dotted_form, legal_start

_MIN_LETTERS = 3
# "King Harbour LLP" is no king.
_TITLES_IN_NAMES = frozenset({"General", "Justice", "King", "Premier", "Prince", "Queen"})
_MAX_BODY = 8
_MIN_SHORT_NAME = 4
# fmt: off
_DAYS = frozenset({
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
})
# fmt: on
_JOINTS = frozenset({"&", "-", ",", ".", "(", ")"})


def trim(page: Page, run: Run) -> Run | None:
    """Return a run without the words before its name ("While", "CEO"), None when none is left."""
    start, end = run.start, run.end
    has_form = legal_start(page, start, end) < end
    while start < end and _is_lead(page, start):
        if has_form and page.words[start] in _TITLES_IN_NAMES:
            break
        start += 1
    while end > start and page.words[end - 1] in _JOINTS and not is_dotted_form(page, end - 1):
        end -= 1
    return Run(start=start, end=end) if start < end else None


def _is_lead(page: Page, index: int) -> bool:
    word = page.words[index]
    if word in _JOINTS or word in words("person_titles"):
        return True
    if page.starts[index] and page.lowers[index] in words("opening_verbs"):
        return page.words[index + 1 : index + 2] != (".",)
    if page.starts[index] and page.lowers[index] in words("role_nouns") and not word.isupper():
        return page.words[index + 1 : index + 2] != ("Group",)
    is_code = word.isupper() and not (word == "A" and page.starts[index])
    return page.lowers[index] in words("leading_words") and not is_code


def is_distinctive(page: Page, index: int) -> bool:
    """Tell whether a token can tell one firm from all others."""
    word, lower = page.words[index], page.lowers[index]
    if lower in dull_words() or word in words("public_heads"):
        return False
    if word in words("legal_forms") or word in name_heads():
        return False
    letters = sum(char.isalpha() for char in word[:20])
    if sum(char.isdigit() for char in word[:20]) > letters:
        return False
    return letters >= _MIN_LETTERS or (letters == 2 and word.isupper()) or word[0].isdigit()


def is_blocked(page: Page, run: Run) -> bool:
    """Tell whether a run is a public body, medium, product, topic, place or person."""
    tokens = page.words[run.start : run.end]
    text = page.doc[run.start : run.end].text
    if text.casefold() in filters() or text.casefold().removeprefix("the ") in filters():
        return True
    has_form = legal_start(page, run.start, run.end) < run.end
    if tokens[-1] in words("public_heads") or tokens[0] in words("public_heads"):
        return not (has_form and tokens[0] not in words("public_heads"))
    if page.lowers[run.end - 1] in _DAYS and not has_form:
        return True
    if _follows_body(page, run) or _belongs_to_body(page, run):
        return True
    # "DLA Strategic Materials" is an office of the body that opens the name.
    if not has_form and tokens[0].isupper() and filters().get(tokens[0].casefold()) == "agency":
        return True
    return not has_form and is_person(page, run)


def _follows_body(page: Page, run: Run) -> bool:
    """Tell whether a run is the end of "Department of Energy" or "Secretary of War"."""
    index = run.start - 1
    if index >= 0 and page.lowers[index] == "the":
        index -= 1
    if index < 1 or page.lowers[index] not in {"of", "for", "and"}:
        return False
    if page.lowers[index] == "and":
        # "The Bureau of Fisheries and Aquatic Resources".
        index = _of_before(page, index - 1)
        return index > 0 and page.words[index - 1] in words("body_heads")
    return page.words[index - 1] in words("public_heads") and page.caps[index - 1]


def _of_before(page: Page, index: int) -> int:
    """Return where the "of" stands before capitalised words and commas; 0 when there is none."""
    for at in range(index, max(index - _MAX_BODY, 0), -1):
        if page.lowers[at] == "of":
            return at
        if page.starts[at] or not (page.caps[at] or page.words[at] == ","):
            return 0
    return 0


def _belongs_to_body(page: Page, run: Run) -> bool:
    """Match "National Police Chiefs’ Council": the name goes on behind its possessive."""
    if run.end + 1 >= len(page.words) or page.words[run.end] not in {"'", "’"}:
        return False
    return page.words[run.end + 1] in words("public_heads")


def is_person(page: Page, run: Run) -> bool:
    """Tell whether a run looks like the name of a person."""
    tokens = page.words[run.start : run.end]
    if any(token in words("given_names") for token in tokens[:2]):
        return tokens[-1] not in name_heads()
    before = page.words[run.start - 1] if run.start else ""
    return before in words("person_titles") and len(tokens) <= 3


def is_place(page: Page, run: Run) -> bool:
    """Tell whether every word of a run belongs to a place, or the text says that it is a town."""
    size = run.end - run.start
    if size <= 2 and page.words[run.end - 1] in page.seats and not has_head(page, run):
        return True
    return all(lower in place_words() | _JOINTS for lower in page.lowers[run.start : run.end])


def is_registered_short(page: Page, run: Run) -> bool:
    """Tell whether a run is one word that the registry has as a short form, no mere code."""
    word = page.words[run.start]
    is_word = run.end - run.start == 1 and len(word) >= _MIN_SHORT_NAME and not word.isupper()
    return is_word and word in short_words()


def has_distinctive(page: Page, start: int, end: int) -> bool:
    """Tell whether any token of a span is distinctive."""
    return any(is_distinctive(page, index) for index in range(start, end))


def form_rule(page: Page, run: Run) -> str | None:
    """Return the rule by which the form of a run makes it a firm, None when it does not."""
    core_end = legal_start(page, run.start, run.end)
    forms = set(page.words[core_end : run.end])
    is_telling = has_distinctive(page, run.start, core_end)
    if core_end < run.end and core_end > run.start:
        if forms - words("weak_legal_forms") - _JOINTS:
            return "company.legal_form"
        # "Korea Gas Corporation": two plain words and a form; public ones are in the filters.
        if (is_telling or core_end - run.start >= 2) and not page.headings[run.start]:
            return "company.weak_legal_form"
    if _opens_as_firm(page, run):
        return "company.opening_form"
    return _head_rule(page, run, is_telling=is_telling)


def _opens_as_firm(page: Page, run: Run) -> bool:
    """Match "PT Bukit Timur" and "Grupo Arandela", not "2 p.m. PT Monday"."""
    if page.words[run.start] not in words("opening_forms") or page.headings[run.start]:
        return False
    is_hour = run.start > 0 and page.lowers[run.start - 1] in {"a.m.", "p.m.", "am", "pm"}
    return not is_hour and has_distinctive(page, run.start + 1, run.end)


def _head_rule(page: Page, run: Run, *, is_telling: bool) -> str | None:
    head = page.words[run.end - 1]
    if run.end - run.start < 2 or not is_telling or page.headings[run.start]:
        return None
    if head in words("strong_heads"):
        return "company.strong_head"
    if head[:1].isupper() and _is_trade_compound(head):
        return "company.trade_head"
    if head not in words("weak_heads"):
        return None
    if any(word in words("public_heads") for word in page.words[run.start : run.end]):
        return None
    # A weak head needs its telling word in front of it, not at the far end of a long phrase.
    return "company.weak_head" if _front_is_telling(page, run) else None


def _is_trade_compound(head: str) -> bool:
    """Match the compounds that end German names ("Antriebstechnik", "Elektromotoren")."""
    return head.lower().endswith(trade_endings())


def _front_is_telling(page: Page, run: Run) -> bool:
    front = [index for index in range(run.start, run.end - 1) if page.words[index] not in _JOINTS]
    return bool(front) and any(is_distinctive(page, index) for index in front[:2])


def has_head(page: Page, run: Run) -> bool:
    """Tell whether a run of two or more words ends as firm names do."""
    head = page.words[run.end - 1]
    return run.end - run.start > 1 and head in name_heads()


def core_words(tokens: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a name without its legal form."""
    end = len(tokens)
    while end > 1 and tokens[end - 1] in words("legal_forms") | _JOINTS:
        end -= 1
    return tuple(tokens[:end])
