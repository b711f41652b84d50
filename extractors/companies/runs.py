"""Capitalised runs of a text: where the name of a firm can stand.

Reads tokens and sentence starts, returns token spans. What a run is (firm, body, person,
heading) is decided in `extractors/companies/names.py`.
"""

from dataclasses import dataclass

from spacy.attrs import SENT_START, SPACY
from spacy.tokens import Doc

from extractors.companies.lexicon import place_words, words

# Legal forms that may follow a comma ("Halden Alloys, Inc.").
_AFTER_COMMA = frozenset(
    {"Inc", "Inc.", "Ltd", "Ltd.", "LLC", "Limited", "Incorporated", "Corp.", "Corp", "L.L.C."}
)
_IN_PARENTHESES = frozenset({"Group", "Holding", "Holdings"})
_MAX_RUN = 12
# A line of this share of capitalised words is a heading: capitals say nothing there.
_HEADING_SHARE = 0.7
_HEADING_WORDS = 4
_LONG_TOKEN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The tokens of a Doc as plain lists; made once, read by every rule.

    Attributes:
        caps: Token begins with a capital, or with a digit and has one ("5E").
        starts: Token begins a sentence.
        tight: No space follows the token.
        headings: Token stands in a heading (title case or capitals throughout).
    """

    doc: Doc
    words: tuple[str, ...]
    lowers: tuple[str, ...]
    caps: tuple[bool, ...]
    starts: tuple[bool, ...]
    tight: tuple[bool, ...]
    headings: tuple[bool, ...]
    lower_seen: frozenset[str]


def read_page(doc: Doc) -> Page:
    """Return the plain view of a Doc."""
    texts = tuple(token.text for token in doc)
    lowers = tuple(text.lower() for text in texts)
    columns = doc.to_array([SENT_START, SPACY])
    return Page(
        doc=doc,
        words=texts,
        lowers=lowers,
        caps=tuple(map(_is_capitalised, texts)),
        starts=tuple(bool(value == 1) for value in columns[:, 0]),
        tight=tuple(not value for value in columns[:, 1]),
        headings=_headings(texts),
        lower_seen=frozenset(text for text in texts if text.islower()),
    )


def _is_capitalised(text: str) -> bool:
    if text[:1].isupper():
        return True
    is_code = text[:1].isdigit() and len(text) < _LONG_TOKEN
    return is_code and text[-1].isalpha() and any(char.isupper() for char in text)


def _headings(texts: tuple[str, ...]) -> tuple[bool, ...]:
    """Tell of each token whether its line is written like a heading."""
    flags: list[bool] = []
    line_start = 0
    for index in range(len(texts) + 1):
        if index < len(texts) and "\n" not in texts[index]:
            continue
        end = min(index + 1, len(texts))
        flags.extend([_is_heading(texts[line_start:end])] * (end - line_start))
        line_start = end
    return tuple(flags)


def _is_heading(line: tuple[str, ...]) -> bool:
    telling = [word for word in line if len(word) > 3 and word.isalpha()]
    # A sentence full of names ends as a sentence does.
    last = next((word for word in reversed(line[-3:]) if not word.isspace()), "")
    if len(telling) < _HEADING_WORDS or last in {".", ";", ",", "”", '"'}:
        return False
    return sum(word[0].isupper() for word in telling) >= _HEADING_SHARE * len(telling)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Capitalised tokens `[start, end)` with the joints between them."""

    start: int
    end: int


def find_runs(page: Page) -> tuple[Run, ...]:
    """Return the capitalised runs of a text, in order, never across sentences."""
    found: list[Run] = []
    index, size = 0, len(page.words)
    while index < size:
        if not page.caps[index]:
            index += 1
            continue
        end = _run_end(page, index)
        found.append(Run(start=index, end=end))
        index = end
    return tuple(found)


def _run_end(page: Page, start: int) -> int:
    end = start + 1
    while end < len(page.words) and end - start < _MAX_RUN:
        step = _step(page, end)
        if not step:
            break
        end += step
    return end


def _step(page: Page, index: int) -> int:
    """Return how many tokens at `index` carry the run on: 0 when it ends."""
    if page.starts[index]:
        return 0
    if page.caps[index]:
        return 1
    word, following = page.words[index], index + 1
    if following >= len(page.words):
        return 0
    if word == "&" and page.caps[following]:
        return 2
    if word == "-" and page.caps[following] and page.tight[index] and page.tight[index - 1]:
        return 2
    if word == "," and page.words[following] in _AFTER_COMMA:
        return 2
    return _parenthesis_step(page, index)


def _parenthesis_step(page: Page, index: int) -> int:
    """Return 3 for "(Group)" or "(India)" in the middle of a name that goes on."""
    inside = page.words[index : index + 3]
    if len(inside) < 3 or inside[0] != "(" or inside[2] != ")":
        return 0
    goes_on = index + 3 < len(page.words) and page.caps[index + 3]
    known = inside[1] in _IN_PARENTHESES or inside[1].lower() in place_words()
    return 3 if goes_on and known and not page.starts[index + 3] else 0


def joins_list(page: Page, left_end: int, right_start: int) -> bool:
    """Tell whether two names are items of one list: joined by a comma, "and", "as well as"."""
    gap = [word for word in page.lowers[left_end:right_start] if word not in {"the", "'s", "’s"}]
    return 0 < len(gap) <= 3 and set(gap) <= {",", "and", "or", "&", "/", "as", "well"}


def legal_start(page: Page, start: int, end: int) -> int:
    """Return where the legal form at the end of a name begins; `end` when there is none."""
    index = end
    while index - 1 > start and page.words[index - 1] in (words("legal_forms") | {",", "&", "."}):
        index -= 1
    return index
