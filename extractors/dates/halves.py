"""Rules for halves of a year that the words do not name: "in the first half", "first-half output".

Halves of a named year ("the second half of 2031") are `phrases.py`.
"""

import re

from extractors.dates.grammar import Rule, rule
from extractors.dates.resolve import Site, bare_half
from extractors.dates.tense import Tense
from extractors.dates.values import Reading
from extractors.dates.words import S


def _half_words(match: re.Match[str], site: Site) -> Reading | None:
    return bare_half(site, 1 if match["half"].lower() in {"first", "1st"} else 2)


def _half_mark(_match: re.Match[str], site: Site) -> Reading | None:
    return bare_half(site.hinted(tense=Tense.PAST), 1)


HALVES: tuple[Rule, ...] = (
    rule(
        "half_words",
        r"\b(?:(?i:the) )?(?P<half>(?i:first|second|1st|2nd))[ -](?i:half)\b(?=(?<=\b(?i:i"
        r"n the (?:first|secon)) half)(?:[.,;)]|$)|(?<=\b(?i:in the second) half)(?:[.,;)]"
        r"|$)| (?i:results?|exports?|imports?|profits?|output"
        r"|production|sales|figures?|earnings|shipments?|revenues?"
        r"|was|were|as|and|to|from|compared|net|loss)\b)",
        _half_words,
        "unit",
    ),
    rule(
        "half_of_year",
        rf"(?:(?<=\bin )|(?<=\bfor )|(?<=\bIn )|(?<=\bFor )|(?<=\bduring )|(?<=\bover ))"
        rf"(?i:the){S}(?P<half>(?i:first|second)){S}(?i:half)\b"
        rf"(?=[.,;:)]|$|{S}(?i:and|but|while|after|with|when|as|against|than)\b)",
        _half_words,
        "unit",
    ),
    rule(
        "half_adjective",
        r"\b(?P<half>(?i:first|second))-(?i:half)\b(?= [a-z][a-z-]{2,})",
        _half_words,
        "unit",
    ),
    rule(
        "half_mark",
        r"\b(?i:the half[- ]?(?:year|way)[ -](?:mark|stage|point))\b",
        _half_mark,
        "unit",
    ),
)
