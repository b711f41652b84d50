"""Who, when, whom and by which paper of one act in a Chinese text.

The acts are found in `acts.py` and put together in `events.py`.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from extractors.chinese.acts import Rule
from extractors.chinese.announcements import find_cited
from extractors.chinese.goods import LISTED
from extractors.chinese.reading import Reading, Term
from extractors.places import country_of
from models.facts import Announcement, CompanyMention, DateMention
from models.vocabulary import FIRM_KINDS, EventKind, Granularity, Modality

_DAY_GRAINS = frozenset({Granularity.DAY, Granularity.TIME})
_PLACING = _DAY_GRAINS | {Granularity.MONTH, Granularity.WEEK}
_SERVES = re.compile(r"的?(?:一级|二级)?(?:供应商|客户|配套企业)")
# 至少4家磁体企业: firms that are counted instead of named.
_GROUP = re.compile(
    r"(?<![列第])(?P<who>(?:至少|约|首批|多达)?(?:\d{1,4}|[一二两三四五六七八九十数多几]{1,3})余?多?家"
    r"[^，。；：、的家出向对]{0,10}(?:企业|公司|供应商|厂商|厂家|制造商|生产商|用户))"
)
_OBJECT_MARKS = frozenset("对向将把与和及从自")
_NAME_CHARS = 24
_OF_FIRM = re.compile(
    r"[^，。；：、将已对向把和在拟]{1,16}?(?:公司|集团|企业|实体|客户|用户|买家|军工|机构)"
)
_SUBJECT = re.compile(r"(?:对|向)(?P<names>[^，。；]{1,24}?)(?:出口|提供|转让)")


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its rule and match, its sentence, and the stretch of it that tells of this act."""

    rule: Rule
    match: re.Match[str]
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What events are read from, beside the text itself."""

    dates: Sequence[DateMention]
    companies: Sequence[CompanyMention]
    own: Announcement | None
    ordered_on: date | None = None
    """Day of issue of an order without a number: 关于下达...的通知, signed by its agency."""


# 2025年10月9日发布的第61号公告: the day of the paper, not of the act.
_OF_PAPER = re.compile(r"(?:联合)?(?:发布|公布|印发|颁布)的")
# 8月提出的申请未予批准: the day of the application, not of the answer.
_OF_APPLICATION = re.compile(r"[^，。；]{0,12}(?:提出|提交|递交)的")
_BY_PAPER = frozenset(
    {EventKind.CONTROL_IMPOSED, EventKind.CONTROL_EXPANDED, EventKind.LICENSE_REGIME_CHANGED}
)
_GOES_ON = re.compile(r"《|该|条例|办法|决定|上述|根据(?:《|该)|按照(?:《|该)")
_ABOVE_CHARS = 300
_IN_FORCE = re.compile(r"起?(?:正式)?(?:施行|实施|生效|执行)")
_OF_EFFECT = re.compile(r"^[^，。；]{0,8}(?:起|开始)")


def days_of(
    reading: Reading, context: Context, act: Act, modality: Modality
) -> tuple[DateMention | None, date | None]:
    """Return the day on which an act was done as the sentence says, and its day of effect."""
    done: DateMention | None = None
    effective = context.own.effective_start if context.own else None
    first = bisect_left(context.dates, act.start, key=lambda day: day.char_start)
    for day in islice(context.dates, first, None):
        if day.char_start >= act.last:
            break
        behind = reading.text[day.char_end : day.char_end + 12]
        if day.granularity not in _PLACING | {Granularity.MULTI} or _OF_PAPER.match(behind):
            continue
        if act.rule.kind is not EventKind.LICENSE_APPLIED and _OF_APPLICATION.match(behind):
            continue
        is_from = day.modifier == "since" or day.granularity is Granularity.MULTI
        if is_from and act.rule.kind in FIRM_KINDS:
            done = done or day  # 10月以来已向多家企业发放: then it began
        elif is_from or _OF_EFFECT.match(behind):
            effective = day.period_start or effective
        elif day.modifier is None and (done is None or day.char_start >= act.first):
            done = day
    effective = effective or _effect_behind(reading, context, act)
    if effective is None and context.own is None and act.rule.kind in _BY_PAPER:
        effective = _effect_above(reading, context, act)
    if context.own is not None and modality is Modality.ASSERTED:
        done = None  # dates inside an order are of what it refers to, not of the order
    return done, effective


def _effect_behind(reading: Reading, context: Context, act: Act) -> date | None:
    """Return the day of "，自2026年11月10日起施行" behind an act, in its sentence."""
    first = bisect_left(context.dates, act.last, key=lambda day: day.char_start)
    for day in islice(context.dates, first, None):
        if day.char_start >= act.end:
            break
        if _IN_FORCE.match(reading.text, day.char_end):
            return day.period_start
    return None


def _effect_above(reading: Reading, context: Context, act: Act) -> date | None:
    """Return the day of effect of the paper that the sentences above tell of: 《条例》规定 ..."""
    if not _GOES_ON.match(reading.text, act.start):
        return None
    before = bisect_left(context.dates, act.start, key=lambda day: day.char_start)
    for day in reversed(context.dates[max(0, before - _DAYS_ABOVE) : before]):
        if day.char_start < act.start - _ABOVE_CHARS:
            break
        if day.modifier == "since" and _IN_FORCE.match(reading.text, day.char_end):
            return day.period_start
    return None


_DAYS_ABOVE = 6


def authority_of(reading: Reading, context: Context, act: Act) -> str | None:
    """Return who acts: named in the stretch of the act, else before; else the issuer above."""
    if context.own and context.own.issuers:
        return context.own.issuers[0]
    for start, end in ((act.first, act.start + act.match.start()), (act.start, act.end)):
        named = reading.terms_in(start, end, "agency")
        if named:
            return named[0].value
        for place in reading.terms_in(start, end, "place"):
            is_country = country_of(place.value) and place.value != "worldwide"
            if is_country and _may_act(reading, place):
                return place.value
    agencies = reading.terms_in(0, min(len(reading.text), 400), "agency")
    return agencies[0].value if agencies else None


def _may_act(reading: Reading, place: Term) -> bool:
    """Tell whether a country acts: it is no object (对美国, 将美国A公司) and names no firm."""
    before = reading.text[max(0, place.start - 1) : place.start]
    after = reading.text[place.end : place.end + _NAME_CHARS]
    return before not in _OBJECT_MARKS and not _OF_FIRM.match(after)


def instrument_of(reading: Reading, context: Context, start: int, end: int) -> str | None:
    """Return the paper that does the act: the document's own number, else the first one cited."""
    if context.own is not None:
        return context.own.instrument
    year = reading.published.year if reading.published else None
    cited = next(find_cited(reading.text[start:end], year=year), None)
    return cited.instrument if cited else None


def destination_of(reading: Reading, kind: EventKind, start: int, end: int) -> str | None:
    """Return the countries that a ban or a license is for, None for kinds without any."""
    if kind not in {EventKind.BAN_IMPOSED, EventKind.BAN_LIFTED} and kind not in FIRM_KINDS:
        return None
    named: list[str] = []
    for match in _SUBJECT.finditer(reading.text[start:end]):
        names = reading.terms_in(start + match.start("names"), start + match.end("names"), "place")
        named += [term.value for term in names if term.value != "China"]
    return "; ".join(dict.fromkeys(named)) or None


def parties_of(
    reading: Reading, context: Context, kind: EventKind, act: Act
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the parties of an act, and the firms whose suppliers or customers those are."""
    if kind not in FIRM_KINDS and kind not in LISTED:
        return (), ()
    first = bisect_left(context.companies, act.first, key=lambda firm: firm.char_start)
    named: list[tuple[int, str]] = []
    served: dict[str, None] = {}
    for firm in islice(context.companies, first, None):
        if firm.char_end > act.last:
            break
        if _SERVES.match(reading.text, firm.char_end):
            served[firm.text] = None
        else:
            named.append((firm.char_start, firm.text))
    groups = _GROUP.finditer(reading.text, act.first, min(act.last, act.end))
    named += [(group.start("who"), group["who"]) for group in groups]
    return tuple(dict.fromkeys(text for _, text in sorted(named))), tuple(served)
