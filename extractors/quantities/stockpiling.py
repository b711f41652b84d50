"""Whether a mass is bought for a state reserve: by a stockpiling agency, or for its stock.

Reads the sentence of the mass, and whether the text named such an agency before.
"""

import re

from spacy.tokens import Span

_AGENCY = re.compile(
    r"\b(?:DLA|Defen[cs]e Logistics Agency|JOGMEC|KOMIR|(?i:(?:state|national|strategic)(?: [a-z]+"
    r"){0,4} reserves?(?: [a-z]+){0,2} (?:administration|bureau|agency|corporation|authority)"
    r"|(?:state|national) (?:material )?reserves?|reserves? (?:administration|bureau|agency)"
    r"|stockpil(?:e|ing) (?:manager|agency|authority)|(?:national|state|strategic|government)"
    r"(?: [a-z]+)? stockpiles?|strategic reserves?))\b"
)
_GETS = re.compile(
    r"\b(?:acquir\w+|acquisitions?|buy|buys|buying|bought|purchas\w+|procur\w+|solicit\w+|tender\w*"
    r"|award\w*|seek\w*|sought|bids?|stockpil\w+|offers? (?:for|are due)|request for"
    r" (?:proposals|quotations)|contracts? for|(?:to|will) (?:add|store|stock))\b",
    re.IGNORECASE,
)
_HOLDERS = frozenset({"agency", "bureau", "administration", "solicitation", "stockpile", "reserve"})
_WINDOW = 1_500
_COUNTRIES = {
    "dla": "United States", "defense logistics agency": "United States",
    "national defense stockpile": "United States", "jogmec": "Japan", "komir": "South Korea",
    "national food and strategic reserves": "China", "state reserves bureau": "China",
    "state reserve bureau": "China",
}  # fmt: skip
_NAMES = re.compile(
    r"\b(" + "|".join(sorted(_COUNTRIES, key=len, reverse=True)) + r")\b", re.IGNORECASE
)


def reserve_country(text: str, span: Span) -> str | None:
    """Return the country of the stockpiling agency named last before a mass in its sentence."""
    sent = span.sent
    before = text[max(sent.start_char, span.start_char - 400) : span.start_char]
    after = text[span.end_char : min(sent.end_char, span.end_char + 400)]
    named = _NAMES.findall(before)[-1:] or _NAMES.findall(after)[:1]
    return _COUNTRIES[named[0].lower()] if named else None


def is_for_reserve(text: str, span: Span) -> bool:
    """Tell whether the mass of a span is acquired by or for a state reserve.

    Args:
        text: The text of the Doc.
        span: The tokens of the mass.
    """
    sent = span.sent
    start = max(sent.start_char, span.start_char - 400)
    words = text[start : min(sent.end_char, start + 900)]
    if not _GETS.search(words):
        return False
    if _AGENCY.search(words):
        return True
    goes_on = any(token.lower_ in _HOLDERS for token in sent[:60])
    back = text[max(0, sent.start_char - _WINDOW) : sent.start_char]
    return goes_on and _AGENCY.search(back) is not None
