"""Numbers of announcements (公告2025年第61号) in Chinese texts, and which one a document is.

The number is what English reports cite as "Announcement No. 61 of 2025": it ties both together.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from extractors.chinese.dates import find_issue_day
from extractors.chinese.numerals import parse_count
from extractors.chinese.reading import Reading
from models.facts import Announcement, DateMention

_NO = r"\d{1,4}"
_NUMBERED = re.compile(
    rf"(?P<body>公告|通告|令)\s?[〔\[（(【]?\s?(?P<year>20\d\d)\s?年?\s?[〕\]）)】]?\s?"
    rf"第?\s?(?P<list>{_NO}\s?号?(?:[、，,和及至到—-]\s?第?\s?{_NO}\s?号?){{0,20}})(?<=号)"
    rf"|(?P<year2>20\d\d)\s?年\s?第\s?(?P<list2>{_NO}\s?号?(?:[、，,和及至到—-]\s?第?\s?{_NO}\s?号?)"
    rf"{{0,20}})(?<=号)\s?(?P<body2>公告|通告|令)?"
    rf"|(?:(?P<year3>20\d\d)\s?年[\d月日\s]{{0,10}}(?:发布|公布|印发)的)?"
    rf"(?<!年)第\s?(?P<list3>{_NO})\s?号(?P<body3>公告|通告)"
    # 公告2025年第55号（《...》）、第56号: the list goes on behind the name of a paper.
    rf"|(?<=[、和及])\s?第\s?(?P<list4>{_NO})\s?号"
)
_LISTS = ("list", "list2", "list3", "list4")
_GAP_CHARS = 80
_EACH = re.compile(rf"(?P<to>[至到—-])?\s?第?\s?(?P<number>{_NO})")
_ENGLISH = {"公告": "Announcement", "通告": "Announcement", "令": "Order"}
_ORDER = "Order"
_HEAD_CHARS = 240
_ISSUER_CHARS = 60
_HEAD_LINES = 4
_LABEL = re.compile(r"文\s?号\s?[】:：]\s?")
_CITES = re.compile(r"(?:根据|依据|按照|依照|《|废止|暂停|适用|执行|发布的|见|即)[^。\n]{0,40}$")
# 商务部公告2025年第18号所列的物项: the sentence tells of that paper.
_TOLD_OF = re.compile(
    r"[^\S\n]?(?:[》）)][^\S\n]?)?(?:所|的|规定|要求|列|项下|附件|等|仍|同时|废止|暂停|自|将|已)"
)
_EFFECT = re.compile(
    r"(?:自|从)[^。；\n]{0,40}?起[^。；，\n]{0,20}(?:实施|施行|生效|执行|有效)|(?:即日|公布之日)起?(?:实施|施行|生效)"
)
_LAST_OF_RANGE = 400
# A dozen characters can name a range of 400 papers: a hostile text would fill the memory.
_MAX_CITED = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """One number in its place."""

    instrument: str
    number: int
    year: int | None
    start: int
    end: int


def find_cited(text: str, *, year: int | None) -> Iterator[Cited]:
    """Yield the numbers of papers that a text names, lists and ranges one by one.

    Args:
        text: The text.
        year: The year of numbers without one; None leaves their year open.
    """
    before: tuple[str, int | None, int] | None = None
    for match in _NUMBERED.finditer(text):
        group = next(name for name in _LISTS if match[name])
        stated = match["year"] or match["year2"] or match["year3"]
        body = match["body"] or match["body2"] or match["body3"] or "公告"
        of_year = parse_count(stated) if stated else year
        if group == "list4":
            if before is None or match.start() - before[2] > _GAP_CHARS:
                continue
            body, of_year = before[:2]
        before = (body, of_year, match.end())
        last = 0
        for each in _EACH.finditer(match[group]):
            number = int(each["number"])
            first = last + 1 if each["to"] and last < number <= last + _LAST_OF_RANGE else number
            for value in range(first, number + 1):
                name = f"{_ENGLISH[body]} No. {value}"
                yield Cited(
                    instrument=f"{name} of {of_year}" if of_year else name,
                    number=value,
                    year=of_year,
                    start=match.start(),
                    end=match.end(),
                )
            last = number


def find_announcements(reading: Reading, dates: Sequence[DateMention]) -> tuple[Announcement, ...]:
    """Return the announcements that a document is or cites, in order; one a number.

    Its own is the first one in its head that is not cited there (after 根据 and the like), else the
    one in its title. Its day of issue is printed under it; else it is the day of publication.
    """
    issued = find_issue_day(reading.text) or reading.published
    year = issued.year if issued else None
    cited = list(islice(find_cited(reading.text, year=year), _MAX_CITED))
    own = _own(reading, cited, issued)
    effective = find_effect(reading, dates)
    found: list[Announcement] = []
    seen: set[str] = set()
    for each in cited:
        if each.instrument in seen:
            continue
        seen.add(each.instrument)
        is_own = each.instrument == own
        if each.instrument.startswith(_ORDER) and not is_own:
            continue  # an order that is only cited is the law of a measure, no announcement of one
        found.append(
            Announcement(
                text=reading.text[each.start : each.end],
                char_start=each.start,
                char_end=each.end,
                instrument=each.instrument,
                number=each.number,
                year=each.year,
                issuers=_issuers(reading, each),
                is_own=is_own,
                issued_on=issued if is_own else None,
                effective_start=effective if is_own else None,
                rule_id="zh.announcement.own" if is_own else "zh.announcement.cited",
            )
        )
    return tuple(found)


def _own(reading: Reading, cited: Sequence[Cited], issued: date | None) -> str | None:
    year = issued.year if issued else None
    for each in cited:
        if each.start > _HEAD_CHARS:
            break
        is_subject = _TOLD_OF.match(reading.text, each.end)
        if not is_subject and _opens_line(reading, each) and _issuers(reading, each):
            return each.instrument
    # A title such as "海关总署公告2025年第9号" names its paper; "关于废止第9号公告的决定" another.
    titled = next(find_cited(reading.title or "", year=year), None)
    before = (reading.title or "")[: titled.start] if titled else ""
    if titled and len(before) <= _ISSUER_CHARS and not _CITES.search(before):
        return titled.instrument
    return None


def _opens_line(reading: Reading, each: Cited) -> bool:
    """Tell whether nothing but agencies and a label stands before a number on its line."""
    line = max(reading.text.rfind("\n", 0, each.start) + 1, each.start - _ISSUER_CHARS)
    before = reading.text[line : each.start]
    label = _LABEL.search(before)
    first = line + label.end() if label else line
    named = reading.terms_in(first, each.end, "agency")
    rest = sum(not char.isspace() for char in reading.text[first : each.start])
    return sum(term.end - term.start for term in named) >= rest


def _issuers(reading: Reading, each: Cited) -> tuple[str, ...]:
    """Return the agencies on the line of a number, else on lines of their own right above it."""
    line = reading.text.rfind("\n", 0, each.start) + 1
    named = reading.terms_in(max(line, each.start - _ISSUER_CHARS), each.end, "agency")
    for _ in range(_HEAD_LINES if not named else 0):
        above = max(reading.text.rfind("\n", 0, max(0, line - 1)) + 1, line - _ISSUER_CHARS, 0)
        found = reading.terms_in(above, line, "agency")
        letters = sum(not char.isspace() for char in reading.text[above:line])
        if not found or sum(term.end - term.start for term in found) < letters:
            break
        named, line = [*found, *named], above
    return tuple(dict.fromkeys(term.value for term in named))


def find_effect(reading: Reading, dates: Sequence[DateMention]) -> date | None:
    """Return the day from which a document says that it is in force, None when it does not."""
    for match in _EFFECT.finditer(reading.text):
        first = bisect_left(dates, match.start(), key=lambda day: day.char_start)
        for day in islice(dates, first, None):
            if day.char_start >= match.end():
                break
            if day.period_start:
                return day.period_start
    return None
