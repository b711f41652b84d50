"""Where a number of a Chinese text stands: its clause, what it counts, of what, and when.

For tonnages and percentages alike (`tonnages.py`, `percentages.py`).
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from extractors.chinese.reading import Reading, Term
from models.facts import DateMention
from models.vocabulary import Basis, Bound, Direction, Flow, Granularity

# "To" between the ends of a range.
RANGE_TO = r"\s?(?:至|到|—|–|-|－|～|~)\s?"
# A number after it is where a movement ends, not how far it went.
TO_LEVEL = re.compile(r"(?:至|到|为|达)[^\d]{0,3}$")
BEFORE_CHARS = 14
_BOUNDS: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (Bound.AT_MOST, re.compile(r"(?:不超过|不多于|不高于|至多|最多|不大于|≤)\s?$")),
    (Bound.AT_LEAST, re.compile(r"(?:不少于|不低于|至少|最少|不小于|≥)\s?$")),
    (Bound.OVER, re.compile(r"(?:超过|高于|多于|逾|超|大于|突破|＞|>)\s?$")),
    (Bound.UNDER, re.compile(r"(?:不足|低于|少于|不到|未满|小于|＜|<)\s?$")),
    (Bound.APPROX, re.compile(r"(?:约|约为|大约|接近|近|将近|大概|达约)\s?$")),
)
_AFTER_BOUNDS: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (Bound.AT_LEAST, re.compile(r"\s?(?:（含）)?(?:以上|及以上)")),
    (Bound.AT_MOST, re.compile(r"\s?(?:（含）)?(?:以内|以下|及以下)")),
    (Bound.APPROX, re.compile(r"\s?(?:左右|上下)")),
)
PERIODS = frozenset(
    {Granularity.MONTH, Granularity.QUARTER, Granularity.HALF, Granularity.YEAR, Granularity.MULTI}
)
_BASES = {
    Granularity.MONTH: Basis.MONTH,
    Granularity.QUARTER: Basis.QUARTER,
    Granularity.HALF: Basis.HALF,
    Granularity.YEAR: Basis.YEAR,
}
_MATERIAL_CHARS = 120
_QUOTA_CHARS = 30
_DATES_READ = 8
_COMPARES = re.compile(r"[较比]$|(?:相比|高|低|多|少)于$")
_COMPARED = re.compile(r"(?:的?水平)?相比|相较")
_ORIGINS = frozenset("由从")
_OF = frozenset({"", "的"})
# Numbers in a row share a verb: 下降15.6%、12.3%和8.9%.
_IN_A_ROW = re.compile(r"[\d.,%％、和及与以百分之零一二三四五六七八九十成半个点万亿吨]{0,60}")
_ROW_CHARS = 60
# A title that counts goods tells what a number without any is of.
_COUNTING = re.compile(r"年产|产能|产量|指标|配额|出口|进口")
_BASIS = re.compile(r"[折按以]")
_ORDER = re.compile(r"关于[^，。；\n]{2,80}(?:公告|通告|通知|决定)")
_TITLE_LINES = 4
_MAX_PARTS = 4
_LIST_LINES = 12
_LIST_LINE = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}|\d{1,2}|[（(][\d一二三四五六七八九十]{1,3}[）)])[、.．]?"
)
_PART_OF = re.compile(
    r"其中|[分按从](?:贸易)?(?:品种|国别|地区|产品|企业|伙伴|省份|用途|市场|目的地)(?:看|来看|统计)?"
)
# What is read around a number in a sentence that never ends.
_SENTENCE_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a number stands: its interval, its clause from its start, and its sentence.

    `since` is where the telling began: of 其中 and after a semicolon in the sentence before.
    """

    start: int
    end: int
    clause: str
    before: str
    moves: tuple[tuple[str, int], ...]
    sentence: tuple[int, int]
    since: int


def place_of(reading: Reading, start: int, end: int) -> Place:
    """Return where the number in `[start, end)` stands."""
    first, last = reading.sentence_at(start)
    first, last = max(first, start - _SENTENCE_CHARS), min(last, end + _SENTENCE_CHARS)
    before = reading.text[first:start]
    cut = max(before.rfind(mark) for mark in "，,：:")
    return Place(
        start=start,
        end=end,
        clause=before[cut + 1 :],
        before=before[-80:],
        moves=tuple(
            (move.value, move.end)
            for move in reading.terms_in(first + cut + 1, start, "move")
            if _is_near(reading.text, move.end, start)
        ),
        sentence=(first, max(last, end)),
        since=_since(reading, first),
    )


def _is_near(text: str, end: int, start: int) -> bool:
    """Tell whether a word of movement that ends in one place is of a number in another."""
    if end > start - BEFORE_CHARS:
        return True
    return start - end <= _ROW_CHARS and _IN_A_ROW.fullmatch(text, end, start) is not None


def _since(reading: Reading, first: int) -> int:
    """Return where the telling of a sentence began: it may go on from those before it."""
    start = first
    for _ in range(_MAX_PARTS):
        is_part = _PART_OF.match(reading.text, start) or reading.text[start - 1 : start] == "；"
        if not start or not is_part:
            break
        start = reading.sentence_at(max(0, start - 2))[0]
    return max(start, first - _SENTENCE_CHARS)


def bound_of(reading: Reading, place: Place, *, more: bool, is_range: bool) -> Bound:
    """Return how the words around a number limit it; `more`: it is followed by 多 or 余."""
    if is_range:
        return Bound.RANGE
    before = reading.text[max(0, place.start - 4) : place.start]
    for bound, pattern in _BOUNDS:
        if pattern.search(before):
            return bound
    if more:
        return Bound.OVER
    after = reading.text[place.end : place.end + 6]
    return next((bound for bound, mark in _AFTER_BOUNDS if mark.match(after)), Bound.EXACT)


def direction_of(place: Place) -> Direction | None:
    """Return where the last word of movement before a number in its clause goes."""
    return Direction(place.moves[-1][0]) if place.moves else None


def material_of(reading: Reading, place: Place) -> str | None:
    """Return the nearest material before a number in its sentence, else in the sentence, title."""
    first, last = place.sentence
    near = max(place.since, place.start - _MATERIAL_CHARS)
    behind = reading.terms_in(place.end, last, "material")
    named = (
        _before(reading, near, place)[-1:]
        or [
            term for term in behind if not _BASIS.search(reading.text[term.start - 1 : term.start])
        ][:1]
    )
    if not named and first:
        named = _named_above(reading, first)
    return named[0].value if named else _titled(reading)


def _named_above(reading: Reading, first: int) -> list[Term]:
    """Return the goods of the sentence above, of the whole where that tells of parts (其中)."""
    start, end = reading.sentence_at(max(0, first - 2))
    for _ in range(_MAX_PARTS):
        if not start or not _PART_OF.match(reading.text, start):
            break
        start, end = reading.sentence_at(max(0, start - 2))
    # `first` may lie in the middle of a sentence that never ends.
    start, end = max(start, first - _SENTENCE_CHARS), min(end, first)
    if "|" in reading.text[start:end]:
        return []  # the row of a table tells of itself
    return reading.terms_in(start, end, "material")[:1]


def _titled(reading: Reading) -> str | None:
    """Return the one good that the title of a count, or of an order, is of."""
    for begin, stop in reading.sentences[:_TITLE_LINES]:
        line = reading.text[begin:stop]
        is_first = begin == reading.sentences[0][0] and _COUNTING.search(line) is not None
        if is_first or _ORDER.fullmatch(line):
            titled = {term.value for term in reading.terms_in(begin, stop, "material")}
            if len(titled) == 1:
                return titled.pop()
    return None


def _before(reading: Reading, near: int, place: Place) -> list[Term]:
    """Return the goods named before a number, but the parts (其中) that an earlier clause names."""
    first = place.sentence[0]
    parts = reading.text.find("其中", near, first)
    named = reading.terms_in(near, place.start, "material")
    return [term for term in named if term.start >= first or not 0 <= parts < term.start]


def flow_of(reading: Reading, place: Place) -> tuple[Flow, str | None]:
    """Return what a number counts and the word that says so, the nearest before it."""
    first, last = place.sentence
    words = reading.terms_in(max(first, place.start - 60), place.start, "flow")
    behind = reading.terms_in(place.end, min(last, place.end + 12), "flow")
    if not words and not behind:
        words = _flows_above(reading, place)
    word = words[-1] if words else next(iter(behind), None)
    if word is None:
        return Flow.OTHER, None
    strong = [w for w in words if w.value == "quota"]
    chosen = strong[-1] if strong and place.start - strong[-1].end < _QUOTA_CHARS else word
    return Flow(chosen.value), reading.text[chosen.start : chosen.end]


def _flows_above(reading: Reading, place: Place) -> list[Term]:
    """Return what the telling that a sentence goes on with counts, or the head of its list."""
    first = place.sentence[0]
    if place.since < first:
        return reading.terms_in(place.since, first, "flow")[-1:]
    for _ in range(_LIST_LINES):
        if not first or not _LIST_LINE.match(reading.text, first):
            return []
        first, last = reading.sentence_at(max(0, first - 2))
        if reading.text[last - 1 : last] in {"：", ":"}:
            return reading.terms_in(max(first, last - _SENTENCE_CHARS), last, "flow")[-1:]
    return []


def is_compared(text: str, day: DateMention) -> bool:
    """Tell whether a period is what something is compared with: 较4月, 与2025年同月相比."""
    before = text[max(0, day.char_start - 2) : day.char_start]
    if _COMPARES.search(before) or _COMPARED.match(text, day.char_end):
        return True
    # 由7月的210吨增至263吨: what it was before opens the movement.
    return before[-1:] in _ORIGINS and text.startswith("的", day.char_end)


def period_of(reading: Reading, place: Place, dates: Sequence[DateMention]) -> DateMention | None:
    """Return the last period named before a number in its sentence, or in what it is part of.

    One that is only compared with counts where there is no other.
    """
    after = bisect_left(dates, place.start, key=lambda day: day.char_start)
    compared: DateMention | None = None
    for day in reversed(dates[max(0, after - _DATES_READ) : after]):
        if day.char_start < place.since:
            break
        if day.granularity in PERIODS and day.period_start:
            is_its_own = reading.text[day.char_end : place.start] in _OF
            if is_its_own or not is_compared(reading.text, day):
                return day
            compared = compared or day
    return compared


def basis_of(day: DateMention | None) -> Basis:
    """Return the length of time that a period is; from 1 January it is a year to date."""
    if day is None or day.period_start is None:
        return Basis.OTHER
    if day.granularity is Granularity.MULTI:
        return (
            Basis.YTD if (day.period_start.month, day.period_start.day) == (1, 1) else Basis.OTHER
        )
    return _BASES[day.granularity]


def ends_of(day: DateMention | None) -> tuple[date | None, date | None]:
    """Return start and end of a period."""
    return (day.period_start, day.period_end) if day else (None, None)
