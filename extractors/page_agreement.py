"""Do two readers of a page agree on its text? What is done when they do not.

The second reader is resiliparse: built otherwise than trafilatura, fast, and greedy, so it seldom
loses what the first one loses. Low agreement never drops a page: the text is marked, and replaced
where most of it was lost. Thresholds and what they catch: `tests/eval/agreement.py`.
"""

import logging
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from resiliparse.extract.html2text import extract_plain_text

from extractors.page_repair import count_prose, fold
from extractors.page_text import normalize_text
from models.pages import TextAgreement
from models.vocabulary import TextChoice

log = logging.getLogger(__name__)

LOW_AGREEMENT = 0.9
"""Under it lies the lowest tenth of 129 news pages; half of them lie over .99."""

_MAX_HTML_CHARS = 3_000_000
# Prose is compared, not menus, captions and bylines: long lines that end as sentences do.
_LINE_WORDS = 12
_SENTENCE_ENDS = frozenset(".!?…。！？:;\"”“»’')]।؟")
# Lines are found again in a page by their first letters.
_KEY_CHARS = 60
# A text of fewer shingles agrees or not by chance.
_MIN_SHINGLES = 30
# Lines of the second reader that are taken when its text is: headings and captions go.
_SECOND_LINE_WORDS = 8
# A text was lost when it is held by another and much shorter. The second reader takes more than
# the article as a rule, the wider settings seldom do. Chosen on every second of the 129 pages
# read without mending, checked on the others.
_CONTAINED = 0.9
_WIDER_SHARE = 0.8
_WIDER_GAIN = 0.1
_SECOND_SHARE = 0.55
# Characters that are words of their own, in scripts that write none.
_CJK = re.compile(r"([\u3040-\u30ff\u3400-\u9fff])")
_WORD = re.compile(r"\w+")

_Shingles = frozenset[tuple[str, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The text that is stored, and how far the second reader agrees with it."""

    text: str = field(repr=False)
    agreement: TextAgreement


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """What a text is checked against.

    `html` is the page, its tree written out again before anything was taken from it. The others
    are asked for few pages: `read_wider` reads it with wider settings, `read_kept` returns the
    text of all that was not dropped as teasers, boxes and cards.
    """

    html: str = field(repr=False)
    read_wider: Callable[[], str]
    read_kept: Callable[[], str]


@dataclass(frozen=True, slots=True)
class _Prose:
    text: str
    shingles: _Shingles
    words: int


def read_second(html: str) -> str:
    """Return the main text of a page as resiliparse reads it, "" when it reads none.

    Args:
        html: A tree written out again. Of the page as served, 22 KB of open tags may take half a
            gigabyte: HTML 5 opens them anew in each paragraph. More than 3 million characters
            are not read.
    """
    if len(html) > _MAX_HTML_CHARS:
        return ""
    try:
        text = extract_plain_text(
            html,
            preserve_formatting=True,
            main_content=True,
            list_bullets=False,
            alt_texts=False,
            links=False,
            form_fields=False,
            noscript=False,
            comments=False,
        )
    except (RuntimeError, ValueError) as error:
        # A second opinion is never worth the page.
        log.info("no second reading", extra={"error": str(error)[:200]})
        return ""
    return normalize_text(text)


def check_text(text: str, page: PageView, *, may_replace: bool) -> Checked:
    """Return the text to store for a page, with how far a second reader agrees with it.

    What was dropped on purpose is no disagreement. A text that the second reader holds nearly
    whole and finds much longer has lost its body: then the wider settings are asked, and their
    text is taken if it lies nearer to the second reader's, else the second reader's own, if the
    text is little more than half of it or less.

    Args:
        text: What the usual reader found, maybe nothing.
        page: The page it was found in.
        may_replace: False where little text is right: stubs of paywalls.
    """
    first, second = _prose_of(text), _prose_of(read_second(page.html))
    if _agreement(first, second) >= LOW_AGREEMENT:
        return _checked(first, second, TextChoice.FIRST)
    kept = fold(page.read_kept())
    second = _only_kept(second.text, kept)
    if may_replace and _has_lost(first, second, share=_WIDER_SHARE):
        wider = _only_kept(page.read_wider(), kept)
        gain = _agreement(wider, second) - _agreement(first, second)
        if gain > _WIDER_GAIN and _has_lost(first, wider, share=_WIDER_SHARE):
            return _checked(wider, second, TextChoice.WIDER)
        if _has_lost(first, second, share=_SECOND_SHARE):
            return _checked(_long_lines(second), second, TextChoice.SECOND)
    return _checked(first, second, TextChoice.FIRST)


def compare_texts(text: str, other: str) -> float | None:
    """Return the agreement of two texts, 0 to 1; None when neither has prose enough to tell."""
    return _checked(_prose_of(text), _prose_of(other), TextChoice.FIRST).agreement.agreement


def _prose_of(text: str) -> _Prose:
    lines: list[str] = []
    count = 0
    for line in text.split("\n"):
        if line.rstrip()[-1:] in _SENTENCE_ENDS and (words := count_prose(line)) >= _LINE_WORDS:
            lines.append(line)
            count += words
    folded = "\n".join(lines).casefold()
    if not folded.isascii():
        folded = _CJK.sub(r" \1 ", unicodedata.normalize("NFKC", folded))
    found = _WORD.findall(folded)
    shingles = frozenset(zip(found, found[1:], found[2:], strict=False))
    return _Prose(text, shingles, count)


def _agreement(one: _Prose, other: _Prose) -> float:
    """Return the Jaccard of two sets of shingles; 0 when both are empty."""
    shared = len(one.shingles & other.shingles)
    return shared / max(1, len(one.shingles) + len(other.shingles) - shared)


def _only_kept(text: str, kept: str) -> _Prose:
    """Return a text without the lines that are not in the (folded) text of what was kept."""
    return _prose_of(
        "\n".join(line for line in text.split("\n") if fold(line)[:_KEY_CHARS] in kept)
    )


def _long_lines(prose: _Prose) -> _Prose:
    lines = (line for line in prose.text.split("\n") if count_prose(line) >= _SECOND_LINE_WORDS)
    return _prose_of("\n".join(lines))


def _has_lost(one: _Prose, other: _Prose, *, share: float) -> bool:
    """Tell whether a text is held by another one and shorter than this share of it."""
    if len(other.shingles) < _MIN_SHINGLES:
        return False
    inside = len(one.shingles & other.shingles)
    return len(one.shingles) < share * len(other.shingles) and inside >= _CONTAINED * len(
        one.shingles
    )


def _checked(chosen: _Prose, second: _Prose, choice: TextChoice) -> Checked:
    shared = len(chosen.shingles & second.shingles)
    is_known = max(len(chosen.shingles), len(second.shingles)) >= _MIN_SHINGLES
    agreement = round(_agreement(chosen, second), 3) if is_known else None
    is_low = agreement is not None and agreement < LOW_AGREEMENT
    return Checked(
        text=chosen.text,
        agreement=TextAgreement(
            agreement=agreement,
            text_share=_share(shared, chosen) if is_known else None,
            other_share=_share(shared, second) if is_known else None,
            text_words=chosen.words,
            other_words=second.words,
            chosen=choice,
            is_doubtful=is_low or choice is TextChoice.SECOND,
        ),
    )


def _share(shared: int, whole: _Prose) -> float:
    return round(shared / max(1, len(whole.shingles)), 3)
