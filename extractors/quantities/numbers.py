"""Numbers in digits and words: "1.3 million", "three thousand two hundred", "half a million".

Reads a list of lexemes at a position, returns the number and where it stops, or None. Ranges,
lists and units are `scan`. Number words are read by text2num, which abstains rather than errs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from text_to_num import text2num

from extractors.quantities.lexemes import Kind, Lexeme, adjacent
from extractors.quantities.units import read_unit

SCALES: dict[str, float] = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "wan": 1e4,
    "万": 1e4,
    "萬": 1e4,
    "lakh": 1e5,
    "million": 1e6,
    "mln": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "crore": 1e7,
    "亿": 1e8,
    "billion": 1e9,
    "bln": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
}
# "hundreds of tonnes": a vague count, read as its span of one order of magnitude.
VAGUE: dict[str, tuple[float, float]] = {
    "tens": (20, 99),
    "dozens": (24, 99),
    "scores": (40, 99),
    "hundreds": (200, 999),
    "thousands": (2000, 9999),
    "millions": (2e6, 9.999e6),
}
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
)
_NUMBER_WORDS = frozenset(_UNITS.split()) | {"hundred", "thousand", "million", "billion"}
# No number in words begins otherwise: nearly every word is told apart by one look.
_OPENERS = _NUMBER_WORDS | VAGUE.keys() | {"a", "an", "few", "half", "several"}
_MAX_WORDS = 12
# One group of three after a point ("1.250 t") is a decimal in English, thousands in German copy.
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}\.\d{3}\Z")


@dataclass(frozen=True, slots=True)
class Number:
    """A number `[start, end)` in lexeme positions; `low < high` for vague or ambiguous ones.

    `scale_text` is the scale word that belongs to the unit ("million" in "million tons").
    """

    low: float
    high: float
    start: int
    end: int
    scale: float = 1.0
    scale_text: str = ""
    in_words: bool = False
    is_vague: bool = False


@lru_cache(maxsize=512)
def _words_value(words: str) -> float | None:
    try:
        return float(text2num(words, "en"))
    except ValueError:
        return None


def read_scale(lexemes: Sequence[Lexeme], at: int) -> tuple[float, int]:
    """Return the scale word at a position and where it ends; (1, at) when there is none."""
    scale, index = 1.0, at
    if index < len(lexemes) and lexemes[index].text == "-" and index + 1 < len(lexemes):
        scaled = SCALES.get(lexemes[index + 1].lower)
        return (scaled, index + 2) if scaled else (1.0, at)
    if index + 1 < len(lexemes) and lexemes[index].lower == "ten":
        # "2.6 ten thousand tons": the calque of 万.
        return (1e4, index + 2) if lexemes[index + 1].lower == "thousand" else (1.0, at)
    while index < len(lexemes) and index < at + 2:
        step = SCALES.get(lexemes[index].lower)
        if step is None or lexemes[index].kind is not Kind.WORD:
            break
        scale, index = scale * step, index + 1
    return scale, index


def _digits(lexemes: Sequence[Lexeme], at: int) -> Number:
    first = lexemes[at]
    value = first.value or 0.0
    low = high = value
    end = at + 1
    scale, after = read_scale(lexemes, end)
    if after == end and _AMBIGUOUS.match(first.text):
        high = value * 1000
    text = " ".join(item.text for item in lexemes[end:after] if item.text != "-")
    return Number(low, high, at, after, scale, text)


def _spelled(lexemes: Sequence[Lexeme], at: int) -> Number | None:
    words: list[str] = []
    index, last = at, at
    while index < len(lexemes) and index < at + _MAX_WORDS:
        item = lexemes[index]
        if item.lower in _NUMBER_WORDS:
            words.append(item.lower)
            last = index + 1
        elif not (words and (item.text == "-" or item.lower == "and")):
            break
        else:
            following = lexemes[index + 1].lower if index + 1 < len(lexemes) else ""
            if following not in _NUMBER_WORDS or (
                item.lower == "and" and words[-1] not in {"hundred", "thousand", "million"}
            ):
                break
        index += 1
    value = _words_value(" ".join(words)) if words else None
    return None if value is None else Number(value, value, at, last, in_words=True)


def _with_article(lexemes: Sequence[Lexeme], at: int) -> Number | None:
    """Read "a hundred", "half a million", "a million and a half" openings."""
    rest = [item.lower for item in lexemes[at : at + 4]]
    if rest[:1] == ["half"] and rest[1:2] in (["a"], ["of"]) and rest[2:3]:
        scale = SCALES.get(rest[2])
        if scale:
            return Number(0.5, 0.5, at, at + 3, scale, rest[2], in_words=True)
    if rest[:2] == ["half", "a"] and read_unit(lexemes, at + 2) is not None:
        return Number(0.5, 0.5, at, at + 2, in_words=True)
    if rest[:1] in (["a"], ["an"]) and rest[1:2]:
        if rest[1] == "dozen":
            return Number(12, 12, at, at + 2, in_words=True)
        scale = SCALES.get(rest[1], 0.0)
        if scale >= 100 and len(rest[1]) > 2:
            more, end = read_scale(lexemes, at + 1)
            return Number(1.0, 1.0, at, end, more, rest[1], in_words=True)
    return None


def _vague(lexemes: Sequence[Lexeme], at: int) -> Number | None:
    """Read "hundreds of", "tens of thousands of", "several hundred"."""
    words = [item.lower for item in lexemes[at : at + 4]]
    if words[0] in {"several", "few"} and words[1:2] and words[1] in SCALES and len(words[1]) > 2:
        scale, end = read_scale(lexemes, at + 1)
        return Number(2 * scale, 10 * scale - 1, at, end, in_words=True, is_vague=True)
    if words[0] not in VAGUE or words[1:2] != ["of"]:
        return None
    low, high = VAGUE[words[0]]
    inner = {"thousands": 1e3, "millions": 1e6, "hundreds": 1e2}.get(words[2] if words[2:] else "")
    if inner and words[3:4] == ["of"]:
        return Number(low * inner, (high + 1) * inner - 1, at, at + 4, is_vague=True, in_words=True)
    return Number(low, high, at, at + 2, in_words=True, is_vague=True)


def read_number(lexemes: Sequence[Lexeme], at: int) -> Number | None:
    """Return the number that starts at a position, None when none does."""
    first = lexemes[at]
    if first.kind is Kind.NUMBER:
        glued = at > 0 and adjacent(lexemes[at - 1], first)
        if glued and (lexemes[at - 1].kind is Kind.WORD or lexemes[at - 1].text in {"_", "#"}):
            return None
        return _digits(lexemes, at)
    if first.kind is not Kind.WORD:
        return None
    if first.lower not in _OPENERS:
        return None
    return _with_article(lexemes, at) or _vague(lexemes, at) or _spelled(lexemes, at)
