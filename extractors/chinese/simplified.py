"""Traditional to simplified characters, wide digits to narrow ones, one by one: offsets stay.

What the finders return carries the stretches of the given text again (`in_words_of`).
"""

from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

import opencc

from models.facts import (
    Announcement,
    CompanyMention,
    DateMention,
    LicenseEvent,
    Percentage,
    Tonnage,
)

Fact = TypeVar("Fact", Announcement, CompanyMention, DateMention, LicenseEvent, Percentage, Tonnage)


# Punctuation stays wide: the rules read it as Chinese papers write it.
_WIDE = {
    chr(code + 0xFEE0): chr(code)
    for code in range(0x21, 0x7F)
    if chr(code).isalnum() or chr(code) in ".%-+"
}


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=20_000)
def _one(char: str) -> str:
    if char in _WIDE:
        return _WIDE[char]
    simple: str = _converter().convert(char)
    return simple if len(simple) == 1 else char


def simplified(text: str) -> str:
    """Return a text of the same length in simplified characters, digits and letters narrow."""
    return "".join(char if char.isascii() else _one(char) for char in text)


def in_words_of(original: str, read: str, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return the facts with their texts, and the parties of events, as the original has them.

    Args:
        original: The text that was given.
        read: What the finders read: the same length, other characters.
        facts: Facts of `read`, in order.
    """
    if original[: len(read)] == read:
        return facts
    return tuple(_restored(original, read, fact) for fact in facts)


def _restored(original: str, read: str, fact: Fact) -> Fact:
    text = original[fact.char_start : fact.char_end]
    if not isinstance(fact, LicenseEvent):
        return replace(fact, text=text)

    def surfaces(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_surface(original, read, fact.char_start, name) for name in names)

    return replace(
        fact,
        text=text,
        licensees=surfaces(fact.licensees),
        beneficiaries=surfaces(fact.beneficiaries),
        applicants=surfaces(fact.applicants),
        excluded=surfaces(fact.excluded),
    )


def _surface(original: str, read: str, start: int, name: str) -> str:
    place = read.find(name, start)
    return original[place : place + len(name)] if place >= 0 else name
