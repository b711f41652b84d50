"""Find the time expressions of a document: the public finder of dates.

Sentences with a trigger are matched leftmost-longest against the rules; each match is resolved at
its place (`resolve.py`) and limited by the words before it (`modifiers.py`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from spacy.tokens import Doc

from extractors.dates.anchor import find_anchor
from extractors.dates.atoms import ATOMS
from extractors.dates.clock import CLOCKS
from extractors.dates.counterparts import COUNTERPARTS
from extractors.dates.durations import DURATIONS
from extractors.dates.fiscal_parts import FISCAL_PARTS
from extractors.dates.grammar import Rule, trigger_classes
from extractors.dates.halves import HALVES
from extractors.dates.modifiers import (
    apply_prefix,
    approx_start,
    is_onward,
    may_be_approximate,
    prefix_before,
)
from extractors.dates.moments import MOMENTS
from extractors.dates.named import NAMED
from extractors.dates.onset import is_onset
from extractors.dates.phrases import PHRASES
from extractors.dates.proclaimed import PROCLAIMED
from extractors.dates.recurring import RECURRING
from extractors.dates.relative import RELATIVES
from extractors.dates.resolve import Site
from extractors.dates.spans import SPANS
from extractors.dates.stretches import STRETCHES
from extractors.dates.todate import TO_DATE
from extractors.dates.values import Reading
from extractors.dates.years import YEARS
from extractors.texts import published_of
from models.facts import DateMention
from models.vocabulary import DateKind, Granularity

RULES: tuple[Rule, ...] = (
    *SPANS,
    *STRETCHES,
    *PROCLAIMED,
    *COUNTERPARTS,
    *FISCAL_PARTS,
    *MOMENTS,
    *TO_DATE,
    *CLOCKS,
    *PHRASES,
    *YEARS,
    *HALVES,
    *ATOMS,
    *RELATIVES,
    *DURATIONS,
    *RECURRING,
    *NAMED,
)
# Rules that claim a span so that no other reads it: "58-year-old".
_BLOCKS = frozenset({"date.age"})
_MAX_PER_SENTENCE = 60
_REMEMBERED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    start: int
    end: int
    order: int
    rule: Rule
    match: re.Match[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    start: int
    end: int
    sentence: int
    rule_id: str
    reading: Reading
    opens: bool


def find_dates(doc: Doc) -> tuple[DateMention, ...]:
    """Return the dates, durations and recurring times of a document, in order of `char_start`.

    The period is the effective one: half-open, None on a side that is open, unknown, or (for
    durations and recurring times) without a place on the calendar. `anchor` is the day that an
    incomplete expression was resolved against.
    """
    published = published_of(doc)
    text = doc.text
    anchor = published or find_anchor(doc)
    found: list[_Found] = []
    for index, sent in enumerate(doc.sents):
        classes = trigger_classes(text, sent.start_char, sent.end_char)
        if classes:
            found.extend(
                _read_sentence(
                    doc,
                    text,
                    sent.start_char,
                    sent.end_char,
                    index,
                    classes,
                    published,
                    anchor,
                    found,
                )
            )
    return tuple(_mention(text, item, published) for item in found)


def _read_sentence(
    doc: Doc,
    text: str,
    low: int,
    high: int,
    index: int,
    classes: frozenset[str],
    published: date | None,
    anchor: date | None,
    before: list[_Found],
) -> list[_Found]:
    found: list[_Found] = []
    taken = low
    for candidate in _candidates(text, low, high, classes):
        if candidate.start < taken:
            continue
        if candidate.rule.rule_id in _BLOCKS:
            taken = candidate.end
            continue
        near = [item for item in before[-_REMEMBERED:] if item.sentence >= index - 1] + found
        site = Site(
            doc=doc,
            text=text,
            start=candidate.start,
            end=candidate.end,
            published=published,
            anchor=anchor,
            year=_clause_year(found, text, candidate.start)
            or (None if found else _retold_year(before, text, low, index, anchor)),
            earlier=tuple(item.reading for item in near),
            told=tuple(item.reading for item in (*before[-_REMEMBERED:], *found)),
            follows=_joined_before(found, text, candidate.start),
        )
        item = _build(candidate, site, index, low)
        if item is not None:
            found.append(item)
            taken = item.end
        if len(found) >= _MAX_PER_SENTENCE:
            break
    return found


@lru_cache(maxsize=64)
def _rules_for(classes: frozenset[str]) -> tuple[tuple[int, Rule], ...]:
    """Return the rules that triggers of these classes call for, with their rank."""
    return tuple(
        (order, entry) for order, entry in enumerate(RULES) if not entry.needs.isdisjoint(classes)
    )


def _candidates(text: str, low: int, high: int, classes: frozenset[str]) -> Iterator[_Candidate]:
    """Yield the matches of all rules that may fire, leftmost first, then the longest."""
    lower = text[low:high].lower()
    pool = [
        _Candidate(start=match.start(), end=match.end(), order=order, rule=entry, match=match)
        for order, entry in _rules_for(classes)
        if not entry.words or any(map(lower.__contains__, entry.words))
        for match in entry.compiled.finditer(text, low, high)
    ]
    return iter(sorted(pool, key=lambda item: (item.start, -item.end, item.order)))


def _build(candidate: _Candidate, site: Site, sentence: int, low: int) -> _Found | None:
    text = site.text
    reading = candidate.rule.build(candidate.match, site)
    if reading is None:
        return None
    start = candidate.start
    if reading.kind is DateKind.DATE:
        reading, start = _limit(reading, site)
    return _Found(
        start=start,
        end=candidate.end,
        sentence=sentence,
        rule_id=candidate.rule.rule_id,
        reading=reading,
        opens=len(text[low:start].split()) <= 1,
    )


def _limit(reading: Reading, site: Site) -> tuple[Reading, int]:
    """Apply the words around the span; "around" joins it."""
    text = site.text
    if is_onward(text, site.end) and reading.takes_prefix:
        return apply_prefix(reading, "from", site.published), site.start
    prefix = prefix_before(text, site.start)
    if prefix:
        return apply_prefix(reading, prefix, site.published), site.start
    if reading.takes_prefix and is_onset(reading, site):
        return apply_prefix(reading, "from", site.published), site.start
    approx = approx_start(text, site.start)
    if approx is not None and reading.takes_prefix and may_be_approximate(text, site.end):
        return replace(reading, modifier="approx"), approx
    return reading, site.start


# A retelling this many years old keeps its year for the sentences that follow in its paragraph.
_RETOLD_YEARS = 2
_RETOLD_SENTENCES = 2


def _retold_year(
    before: list[_Found], text: str, low: int, sentence: int, anchor: date | None
) -> int | None:
    """Return the year of a retelling: a sentence that opens with a date years back sets it."""
    for item in reversed(before[-_REMEMBERED:]):
        if sentence - item.sentence > _RETOLD_SENTENCES or "\n" in text[item.end : low].strip(" "):
            return None
        reading = item.reading
        start = reading.start
        if start is None or anchor is None or reading.kind is not DateKind.DATE:
            continue
        if start.year > anchor.year - _RETOLD_YEARS:
            return None
        if not item.opens or "/" in reading.timex:
            # A date that only belongs to the retelling neither sets nor ends it.
            continue
        plain = reading.modifier is None and reading.granularity is not Granularity.MULTI
        return start.year if plain else None
    return None


def _clause_year(found: list[_Found], text: str, position: int) -> int | None:
    """Return the year that the same clause named before: "In 2023 ... gallium in August"."""
    for item in reversed(found):
        between = text[item.end : position]
        if len(between) > 120 or ";" in between:
            return None
        reading = item.reading
        plain = reading.modifier is None and reading.start is not None
        if plain and reading.granularity is Granularity.YEAR and reading.timex.isdigit():
            opening = text[max(0, item.start - 4) : item.start].lower()
            return int(reading.timex) if opening.endswith("in ") else None
    return None


_YEAR_STATED = re.compile(r"(?:19|20)\d\d")


def _joined_before(found: list[_Found], text: str, position: int) -> date | None:
    """Return the start of a date with a year that "and" joins to the one at a position.

    "300 tons in Q1 2023 and 350 in Q2": the second lies in the year after the first began.
    """
    last = next(reversed(found), None)
    if last is None or not _YEAR_STATED.search(text[last.start : last.end]):
        return None
    between = text[last.end : position]
    joined = len(between) <= 80 and re.search(r"\b(?:and|then|before)\b", between)
    plain = last.reading.granularity in {Granularity.DAY, Granularity.MONTH, Granularity.QUARTER}
    return last.reading.start if joined and plain and ";" not in between else None


def _mention(text: str, item: _Found, published: date | None) -> DateMention:
    reading = item.reading
    start, end = reading.effective or (reading.start, reading.end)
    return DateMention(
        text=text[item.start : item.end],
        char_start=item.start,
        char_end=item.end,
        kind=reading.kind,
        timex=reading.timex,
        period_start=start,
        period_end=end,
        granularity=reading.granularity,
        modifier=reading.modifier,
        anchor=reading.anchor or published,
        rule_id=item.rule_id,
    )
