"""Teasers, notices and buttons in plain text: what is in the text but not of the article.

Pages lose theirs in the article stage; this is for text that comes without mark-up. Masking keeps
every offset.
"""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

# A teaser heading this near the start is a navigation entry, not the end of the article.
_MIN_CHARS_BEFORE = 400
_LONG_RUN = re.compile(r"[!-~\u2010-\u2027\u2030-\u205e]{1000,}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_EDGE = " \t\r:.…»>›-–—|*#"


@lru_cache(maxsize=1)
def _lexicon() -> tuple[frozenset[str], tuple[str, ...]]:
    text = files("extractors").joinpath("lexicons", "boilerplate.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return frozenset(data["terminal"]), tuple(data["line_starts"])


def find_boilerplate(text: str) -> list[tuple[int, int]]:
    """Return the half-open character intervals that are not the article, in order."""
    terminal, starts = _lexicon()
    found: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        words = line.group()[:80].strip(_EDGE).casefold().replace("’", "'")
        if words in terminal and line.start() >= _MIN_CHARS_BEFORE:
            found.append((line.start(), len(text)))
            break
        if line.group()[:80].lstrip(_EDGE).casefold().startswith(starts):
            found.append(line.span())
    return found


def mask_boilerplate(text: str) -> str:
    """Return the text with boilerplate blanked out, every other character where it was.

    Long runs without a space go too: no word is that long, and the tokenizer's time grows with
    the square of such a run. Half surrogate pairs, which no encoding can write, are replaced.
    """
    pieces: list[str] = []
    end = 0
    for start, stop in _merged([*find_boilerplate(text), *_unreadable(text)]):
        pieces += [text[end:start], re.sub(r"[^\n]", " ", text[start:stop])]
        end = stop
    return _SURROGATE.sub("\ufffd", "".join([*pieces, text[end:]]))


def _unreadable(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _LONG_RUN.finditer(text)]


def _merged(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
