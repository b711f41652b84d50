"""Legal instruments by number: "Announcement No. 61 of 2025", "Decree No. 71", executive orders.

Reads text only. The canonical form is "Announcement No. 61 of 2025" without the issuer.
"""

import re
from dataclasses import dataclass, replace

_NUMBERED = re.compile(
    r"\b(?P<kind>Announcements?|Notices?|Decrees?|Orders?|Circulars?|Proclamations?|Notifications?)"
    r"\s+(?:[\[(](?P<before>20\d\d)[\])]\s+|(?P<plain>20\d\d)\s+)?"
    r"(?:No|Nos|Number|#)s?\.?\s*(?P<number>\d{1,5}(?:\s?(?:,|and|to|-|–)\s?\d{1,5}){0,6})(?!\d)"
    r"(?:\s+of\s+(?:the year\s+|[A-Z][a-z]{2,8}\.?\s+(?:\d{1,2},?\s+)?)?(?P<year>20\d\d)"
    r"|\s*[(/,\[]\s?(?P<slash>20\d\d)[)\]]?)?"
)
_UNNUMBERED = re.compile(
    r"\b(?P<kind>Announcement) (?P<number>\d{1,3})(?:/(?P<year>20\d\d))?\b(?!\.\d)"
)
_EXECUTIVE = re.compile(
    r"\b(?P<kind>Executive Order|Proclamation|E\.O\.)\s+(?:No\.\s*)?(\d{4,6})\b"
)
_BARE = re.compile(
    r"(?<!['’]s )\b(?:No|Nos)\.\s?(?P<number>\d{1,3})(?:\s+of\s+(?P<year>20\d\d))?\b"
)
_RANKED = re.compile(r"\s(?:carmaker|maker|producer|supplier|exporter|market|economy|player|buyer)")
# How far before a bare "No. 57" its kind must have been named.
_BACK_CHARS = 900
# Kinds whose numbers start anew each year.
_YEARLY = frozenset({"Announcement", "Notice", "Circular"})


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentMention:
    """One instrument as named at `[char_start, char_end)`; `year` where the text gives it."""

    kind: str
    number: str
    year: int | None
    char_start: int
    char_end: int

    @property
    def name(self) -> str:
        """The canonical form."""
        if self.kind in {"Executive Order", "Proclamation"} and len(self.number) > 3:
            return f"{self.kind} {self.number}"
        return f"{self.kind} No. {self.number}" + (f" of {self.year}" if self.year else "")


def find_instruments(text: str, earlier: str = "") -> tuple[InstrumentMention, ...]:
    """Return the instruments that a text names, in order.

    Args:
        text: The text.
        earlier: Text before it; lets a bare "No. 57" stand for an announcement named there.
    """
    found: dict[int, InstrumentMention] = {}
    for match in _EXECUTIVE.finditer(text):
        kind = "Proclamation" if match.group(0).startswith("Proc") else "Executive Order"
        _add(found, match, kind, match.group(2), None)
    for match in _NUMBERED.finditer(text):
        year = next(
            (match.group(n) for n in ("year", "slash", "before", "plain") if match.group(n)), None
        )
        _add(found, match, match.group("kind").rstrip("s"), match.group("number"), year)
    for match in _UNNUMBERED.finditer(text):
        _add(found, match, "Announcement", match.group("number"), match.group("year"))
    for match in _BARE.finditer(text):
        before = earlier + text[max(match.start() - _BACK_CHARS, 0) : match.start()]
        if "nnouncement" in before and not _RANKED.match(text, match.end()):
            _add(found, match, "Announcement", match.group("number"), match.group("year"))
    return tuple(found[start] for start in sorted(found))


def _add(
    found: dict[int, InstrumentMention],
    match: "re.Match[str]",
    kind: str,
    number: str,
    year: str | None,
) -> None:
    start, end = match.span()
    if any(item.char_start < end and start < item.char_end for item in _near(found, start)):
        return
    found[start] = InstrumentMention(
        kind=kind,
        number=re.sub(r"\s+", " ", number),
        year=int(year) if year else None,
        char_start=start,
        char_end=end,
    )


def _near(found: dict[int, InstrumentMention], start: int) -> list[InstrumentMention]:
    return [found[index] for index in range(max(start - 80, 0), start + 80) if index in found]


def with_years(
    found: tuple[InstrumentMention, ...], *, published_year: int | None
) -> tuple[InstrumentMention, ...]:
    """Return the mentions with years: as given elsewhere in the text, else that of publication.

    Two years for one number leave it without; only numbers that start anew each year get one.
    """
    known: dict[tuple[str, str], set[int]] = {}
    for item in found:
        if item.year:
            known.setdefault((item.kind, item.number), set()).add(item.year)
    completed: list[InstrumentMention] = []
    for item in found:
        years = known.get((item.kind, item.number), set())
        if item.year is None and len(years) == 1:
            item = replace(item, year=next(iter(years)))
        elif item.year is None and not years and item.kind in _YEARLY and item.number.isdigit():
            item = replace(item, year=published_year)
        completed.append(item)
    return tuple(completed)


def find_instrument(text: str, earlier: str = "") -> str | None:
    """Return the first instrument that a sentence names, None when it names none."""
    found = find_instruments(text, earlier)
    return found[0].name if found else None
