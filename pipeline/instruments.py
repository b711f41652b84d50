"""Legal instruments: which spellings are one, and which announcements a sentence cites.

Pure functions on strings. Which instrument a mention is of is read by the extractors.
"""

import re
from datetime import date
from itertools import islice

from extractors.chinese.announcements import find_cited
from models.timeline import Mention

_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[a-z]+")
_YEAR_DIGITS = 4
# A bare "No. 61" is an announcement too: nothing else is cited by its number alone.
_ANNOUNCEMENTS = frozenset({"announcement", "announcements", "notice", "circular"})
_CITING = re.compile(r"\b(?:announcement|notice|circular)s?\b", re.IGNORECASE)
CITING = re.compile(rf"{_CITING.pattern}|公告|通告|令", re.IGNORECASE)
"""What a sentence that cites a paper has somewhere, in English or Chinese."""
_TOKEN = re.compile(r"[A-Za-z]+|\d+|[^\sA-Za-z\d]")
_JOINING = frozenset({"no", "nos", "number", "numbers", ".", ",", "and", "or", "&"})
_RANGE = frozenset({"to", "-", "–", "through"})
# Tokens and characters that a list of numbers may take; longer lists are cut.
_MOST_TOKENS = 60
_MOST_CHARS = 300
_MOST_CITED = 500
_LARGEST = 999


def instrument_key(mention: Mention) -> str | None:
    """Return what two spellings of one instrument share: its sort and its numbers.

    A number without a year is of the year of the act, else of the report.
    """
    day = mention.date_start or mention.published_on
    return key_of_instrument(mention.instrument, day)


def key_of_instrument(instrument: str | None, day: date | None) -> str | None:
    """Return the key of an instrument; `day` gives the year where the text gives none."""
    if not instrument:
        return None
    numbers = _NUMBER.findall(instrument)
    if len(numbers) == 1 and len(numbers[0]) < _YEAR_DIGITS and day:
        numbers.append(str(day.year))
    words = [word for word in _WORD.findall(instrument.casefold()) if len(word) > 2]
    sort = "announcement" if _ANNOUNCEMENTS & set(words) or not words else " ".join(words[:2])
    return f"{sort} {'/'.join(numbers)}".strip()


def cited_instruments(sentence: str, year: int | None) -> frozenset[str]:
    """Return the keys of the announcements that a sentence cites: lists and ranges too.

    Args:
        sentence: The sentence, e.g. "Announcements No. 55 to 58 and 61 of 2025 are suspended" or
            "暂停实施2025年第55号、61号公告".
        year: The year of numbers without one; None leaves them out.
    """
    found: set[str] = set()
    for match in _CITING.finditer(sentence):
        numbers, stated = _read_numbers(sentence[match.end() : match.end() + _MOST_CHARS])
        of_year = stated or year
        if of_year:
            found |= {f"announcement {number}/{of_year}" for number in numbers}
    chinese = islice(find_cited(sentence, year=year), _MOST_CITED)
    keys = (key_of_instrument(cited.instrument, None) for cited in chinese if cited.year)
    return frozenset(found.union(key for key in keys if key))


def _read_numbers(tail: str) -> tuple[set[int], int | None]:
    numbers: set[int] = set()
    last, in_range = None, False
    tokens = [token.casefold() for token in _TOKEN.findall(tail)[:_MOST_TOKENS]]
    for place, token in enumerate(tokens):
        if token.isdigit() and int(token) <= _LARGEST:
            number = int(token)
            numbers |= set(range(last, number + 1)) if in_range and last else {number}
            last, in_range = number, False
        elif token in _RANGE:
            in_range = True
        elif token in {"of", "/"} and tokens[place + 1 : place + 2]:
            following = tokens[place + 1]
            return numbers, int(following) if len(following) == 4 and following.isdigit() else None
        elif token not in _JOINING:
            break
    return numbers, None
