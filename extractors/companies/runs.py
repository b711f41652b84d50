"""Capitalised runs of a text: where the name of a firm can stand.

Reads tokens and sentence starts, returns token spans. What a run is (firm, body, person,
heading) is decided in `extractors/companies/names.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.attrs import SENT_START, SPACY
from spacy.tokens import Doc

from extractors.companies.lexicon import dull_words, place_words, words

# Legal forms that may follow a comma ("Halden Alloys, Inc.").
_AFTER_COMMA = frozenset(
    {"Inc", "Inc.", "Ltd", "Ltd.", "LLC", "Limited", "Incorporated", "Corp.", "Corp", "L.L.C."}
)
_DOTTED = frozenset({"Bhd", "Pte", "Pty", "Pvt", "Sdn", "Tbk"})
_CLOSING = frozenset({"GmbH", "Inc.", "LLC", "Ltd.", "plc"})
_IN_PARENTHESES = frozenset({"Group", "Holding", "Holdings"})
_MAX_RUN = 12
# A line of this share of capitalised words is a heading: capitals say nothing there.
_HEADING_SHARE = 0.7
_HEADING_WORDS = 4
_LONG_TOKEN = 60
_MIN_CAMEL = 5
_SEAT_LEADS = frozenset({",", "at", "in", "near", "outside"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The tokens of a Doc as plain lists; made once, read by every rule.

    Attributes:
        caps: Token begins with a capital, or with a digit and has one ("5E").
        starts: Token begins a sentence.
        tight: No space follows the token.
        headings: Token stands in a heading (title case or capitals throughout).
        lower_seen: Words that the text writes without capitals.
        tails: Words that end a run of capitals, as family names do.
        seats: Words that the text shows to be towns ("in Albany, Oregon,").
    """

    doc: Doc
    words: tuple[str, ...]
    lowers: tuple[str, ...]
    caps: tuple[bool, ...]
    starts: tuple[bool, ...]
    tight: tuple[bool, ...]
    headings: tuple[bool, ...]
    lower_seen: frozenset[str]
    tails: frozenset[str]
    seats: frozenset[str]


def read_page(doc: Doc) -> Page:
    """Return the plain view of a Doc."""
    texts = tuple([token.text for token in doc])
    lowers = tuple(map(str.lower, texts))
    columns = doc.to_array([SENT_START, SPACY])
    caps = tuple(map(_is_capitalised, texts))
    return Page(
        doc=doc,
        words=texts,
        lowers=lowers,
        caps=caps,
        starts=tuple((columns[:, 0] == 1).tolist()),
        tight=tuple((columns[:, 1] == 0).tolist()),
        headings=_headings(texts),
        lower_seen=frozenset(text for text in texts if text.islower()),
        tails=frozenset(_tails(texts, lowers, caps)),
        seats=frozenset(_seats(texts, lowers, caps)),
    )


def _is_capitalised(text: str) -> bool:
    if text[:1].isupper():
        return True
    if text.islower():
        return False
    if _MIN_CAMEL <= len(text) < _LONG_TOKEN and text.isalpha():
        return _is_camel(text)
    is_code = text[:1].isdigit() and len(text) < _LONG_TOKEN
    return is_code and text[-1].isalpha() and any(char.isupper() for char in text)


def _tails(
    texts: tuple[str, ...], lowers: tuple[str, ...], caps: tuple[bool, ...]
) -> Iterator[str]:
    """Yield words that follow a telling capitalised word, as family names do."""
    dull = dull_words()
    for index in range(1, len(texts)):
        if caps[index] and caps[index - 1] and lowers[index - 1] not in dull:
            yield texts[index]


def _seats(
    texts: tuple[str, ...], lowers: tuple[str, ...], caps: tuple[bool, ...]
) -> Iterator[str]:
    """Yield the last words of towns before their state or country, between commas."""
    places = place_words()
    for index in range(1, len(texts) - 3):
        if texts[index + 1] != "," or not caps[index] or lowers[index + 2] not in places:
            continue
        first = index - 1 if caps[index - 1] and index > 1 else index
        last = index + 4 if caps[index + 3] and lowers[index + 3] in places else index + 3
        is_closed = last < len(texts) and texts[last] in {",", ".", ")", ";"}
        if is_closed and lowers[first - 1] in _SEAT_LEADS:
            yield texts[index]


def _is_camel(text: str) -> bool:
    """Tell whether a word has a capital inside ("magnaLoop"), unlike "kWh" and "mRNA"."""
    return any(text[at].isupper() and text[at + 1].islower() for at in range(1, len(text) - 1))


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
        # "Halden Alloys Ltd. Corvane" is two names where no sentence was seen to end.
        is_over = page.words[index - 1] in _CLOSING and page.words[index] not in words(
            "legal_forms"
        )
        return 0 if is_over else 1
    word, following = page.words[index], index + 1
    if following >= len(page.words):
        return 0
    if word == "&" and page.caps[following]:
        return 2
    if word == "-" and page.caps[following] and page.tight[index] and page.tight[index - 1]:
        return 2
    if word == "," and page.words[following] in _AFTER_COMMA:
        return 2
    if word in {"plc", "p.l.c."} or (word == "." and is_dotted_form(page, index)):
        return 1
    if word == "and" and _is_double_head(page, index):
        return 2
    return _parenthesis_step(page, index)


def is_dotted_form(page: Page, index: int) -> bool:
    """Tell whether a full stop belongs to the "Sdn" before it and ends no sentence."""
    before, after = page.words[index - 1], index + 1
    return before in _DOTTED and after < len(page.words) and not page.starts[after]


def _is_double_head(page: Page, index: int) -> bool:
    """Tell whether "and" joins the two trades of one name ("Utkal Sands and Minerals")."""
    heads = words("trades")
    first, second = page.words[index - 1], page.words[index + 1]
    if index < 2 or first not in heads or second not in heads or not page.caps[index - 2]:
        return False
    if page.words[index - 2].lower() in place_words() or page.starts[index - 1]:
        return False
    after = index + 2
    if after >= len(page.words) or page.starts[after] or page.words[after] in words("legal_forms"):
        return True
    return not page.caps[after] and page.words[after] not in {"-", "&"}


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
