"""Characters to numbers, words and signs, with offsets: what the quantity grammar reads.

spaCy tokens split "47,000+ t", "12,000–15,000 t" and "7.2万吨" in ways that change with their
neighbours; these do not. Linear in the text. Not here: what a run of lexemes means.
"""

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

# A number of more characters than this is an identifier or noise, never a quantity.
MAX_NUMBER_CHARS = 20
MAX_WORD_CHARS = 60

_LEXEME = re.compile(
    r"(?P<number>(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?!\d)|\d+)"
    r"(?:\.\d+|,\d{1,2}(?!\d))?|\.\d+)"
    r"|(?P<cjk>[\u4e00-\u9fff])"
    r"|(?P<word>[^\W\d_\u4e00-\u9fff](?:[^\W_\u4e00-\u9fff])*)"
    r"|(?P<sign>[^\s\w]|_)",
)


class Kind(Enum):
    """What a lexeme is made of."""

    NUMBER = "number"
    WORD = "word"
    SIGN = "sign"


class Lexeme(NamedTuple):
    """One number, word or sign at `[start, end)`; `value` of a number in digits."""

    kind: Kind
    text: str
    lower: str
    start: int
    end: int
    value: float | None = None


def _number(text: str) -> float | None:
    if len(text) > MAX_NUMBER_CHARS:
        return None
    plain = re.sub("[\u00a0\u2009\u202f]", "", text)
    head, comma, tail = plain.rpartition(",")
    if comma and len(tail) < 3 and "." not in tail:
        plain = head.replace(",", "") + "." + tail
    return float(plain.replace(",", ""))


@lru_cache(maxsize=4)
def read_lexemes(text: str) -> tuple[Lexeme, ...]:
    """Return the lexemes of a text in order; zero-width and bidi marks are dropped as spaces."""
    found: list[Lexeme] = []
    for match in _LEXEME.finditer(text):
        piece = match.group()
        if match.lastgroup == "number":
            value = _number(piece)
            kind = Kind.SIGN if value is None else Kind.NUMBER
            found.append(Lexeme(kind, piece, piece, match.start(), match.end(), value))
        elif match.lastgroup == "sign":
            if piece.isprintable():
                found.append(Lexeme(Kind.SIGN, piece, piece, match.start(), match.end()))
        else:
            short = piece if len(piece) <= MAX_WORD_CHARS else ""
            found.append(Lexeme(Kind.WORD, short, short.lower(), match.start(), match.end()))
    return tuple(found)


def adjacent(left: Lexeme, right: Lexeme) -> bool:
    """Tell whether nothing stands between two lexemes."""
    return left.end == right.start
