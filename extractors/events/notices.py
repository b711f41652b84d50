"""Ministry notices inside a text: number, issuer and printed date of each part.

A notice says "is suspended" and "are added" without naming who acts; its heading and its "Issued
by ... on ..." line do. Not here: news about notices.
"""

import re
from dataclasses import dataclass
from datetime import date

from spacy.tokens import Doc

from extractors.events.actors import Actor
from extractors.events.instruments import InstrumentMention
from extractors.texts import title_of
from models.facts import DateMention
from models.vocabulary import DateKind, Granularity

_ISSUED = re.compile(r"\b(?:issued|published|promulgated|released|adopted|dated|signed)\b", re.I)
_REGISTER = (
    "is hereby",
    "are hereby",
    "is announced as follows",
    "are announced as follows",
    "issued by",
    "issued jointly by",
    "article 1",
    "takes effect on the da",
    "shall take effect",
    "comes into force on the da",
    "enters into force on the da",
    "of the people's republic of china",
)
_TITLE = re.compile(
    r"\W*(?:MOFCOM |Ministry of Commerce )?(?:Announcement|Decree|Notice|Circular|Order)"
)
_ON_PUBLICATION = re.compile(
    r"\b(?:effect|effective|force|implemented|applied|applies|suspended)\b[^.\n]{0,40}?"
    r"\b(?:on|upon|from|as of)\s+(?:the\s+)?(?:date\s+of\s+|day\s+of\s+|same\s+day|that\s+day)?"
    r"(?:its\s+|this\s+|the\s+)?(?:publication|promulgation|issuance|issue|announcement|same day)",
    re.I,
)
_MAX_HEADING = 160
_MAX_PARTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice, at characters `[char_start, char_end)` of the text.

    Attributes:
        printed: The day of issue as the notice prints it.
        is_immediate: Whether it takes effect on the day of its publication.
    """

    char_start: int
    char_end: int
    instrument: str | None
    issuer: str | None
    printed: DateMention | None
    is_immediate: bool

    @property
    def effective(self) -> date | None:
        """The day on which it takes effect where that is the printed day."""
        return self.printed.period_start if self.printed and self.is_immediate else None


def find_notices(
    doc: Doc,
    *,
    instruments: tuple[InstrumentMention, ...],
    actors: tuple[Actor, ...],
    dates: tuple[DateMention, ...],
) -> tuple[Notice, ...]:
    """Return the notices that make up a text, empty for news."""
    text = doc.text
    lower = text[:20_000].lower()
    title = title_of(doc) or ""
    first = text.lstrip()[:_MAX_HEADING].split("\n", 1)[0]
    if not (_TITLE.match(title) or _TITLE.match(first)) or not any(s in lower for s in _REGISTER):
        return ()
    heads = [item for item in instruments if _is_heading(text, item)][:_MAX_PARTS]
    starts = [_line_start(text, item.char_start) for item in heads]
    bounds = [0, *starts, len(text)]
    names = [_title_instrument(title, instruments), *(item.name for item in heads)]
    parts = [
        _part(doc, bounds[index], bounds[index + 1], names[index], actors, dates)
        for index in range(len(names))
        if bounds[index] < bounds[index + 1]
    ]
    whole = parts[0] if parts else None
    return tuple(_completed(part, whole) for part in parts)


def _title_instrument(title: str, instruments: tuple[InstrumentMention, ...]) -> str | None:
    """Return the number in a title that names one instrument only."""
    numbers = set(re.findall(r"\bNos?\.\s?(\d{1,4})\b", title[:200]))
    if len(numbers) != 1 or re.search(r"\bNo\.\s?\d+\s*(?:,|and|to)\s", title[:200]):
        return None
    number = next(iter(numbers))
    year = re.search(r"\bof (20\d\d)\b", title)
    kind = _TITLE.match(title)
    known = next((item.name for item in instruments if item.number == number), None)
    if year and kind:
        return f"{kind.group(0).split()[-1].strip()} No. {number} of {year.group(1)}"
    return known or (f"{kind.group(0).split()[-1].strip()} No. {number}" if kind else None)


def _part(
    doc: Doc,
    start: int,
    end: int,
    name: str | None,
    actors: tuple[Actor, ...],
    dates: tuple[DateMention, ...],
) -> Notice:
    text = doc.text[start:end]
    issuers: list[str] = []
    printed: DateMention | None = None
    match = _ISSUED.search(text)
    if match:
        low = start + match.start()
        stop = re.compile(r"[.;]\s|\n").search(doc.text, low)
        high = min(stop.start() if stop else end, low + 300)
        issuers = [
            actor.name
            for actor in actors
            if low <= doc[actor.start].idx < high and actor.is_authority
        ]
        printed = next(
            (
                item
                for item in dates
                if low <= item.char_start < high
                and item.kind is DateKind.DATE
                and item.granularity is Granularity.DAY
            ),
            None,
        )
    return Notice(
        char_start=start,
        char_end=end,
        instrument=name,
        issuer="; ".join(dict.fromkeys(issuers)) or None,
        printed=printed,
        is_immediate=_ON_PUBLICATION.search(text) is not None,
    )


def _completed(part: Notice, whole: Notice | None) -> Notice:
    """Return a part with what only the head of the text says."""
    if whole is None or part is whole:
        return part
    return Notice(
        char_start=part.char_start,
        char_end=part.char_end,
        instrument=part.instrument,
        issuer=part.issuer or whole.issuer,
        printed=part.printed or whole.printed,
        is_immediate=part.is_immediate or (part.instrument is None and whole.is_immediate),
    )


def _is_heading(text: str, item: InstrumentMention) -> bool:
    start = _line_start(text, item.char_start)
    stop = text.find("\n", item.char_end, start + 2 * _MAX_HEADING)
    stop = min(len(text), start + 2 * _MAX_HEADING) if stop < 0 else stop
    if stop - start > _MAX_HEADING or item.kind == "Executive Order":
        return False
    line = text[start:stop].strip(" #*")
    if line.endswith(".") or "|" in line:
        return False
    before = text[start : item.char_start].strip(" #*(")
    return not before or (before.istitle() and len(before.split()) <= 6) or line.endswith(")")


def _line_start(text: str, at: int) -> int:
    low = max(at - 2 * _MAX_HEADING, 0)
    found = text.rfind("\n", low, at)
    return low if found < 0 else found + 1
