"""Rules for fiscal years that count from publication, and for halves and quarters of fiscal years.

"The previous financial year", "1H FY25", "Q3 of fiscal 2026", "FY2026 second half". Which months
those are is `fiscal.py`.
"""

import re
from dataclasses import replace

from extractors.dates.fiscal import find_calendar, fiscal_value
from extractors.dates.grammar import Rule, rule
from extractors.dates.parts import counted_part
from extractors.dates.resolve import Site, unresolved
from extractors.dates.values import Reading
from extractors.dates.words import H, S, full_year, ordinal_of
from models.vocabulary import Granularity

_STEPS = {
    "last": -1, "previous": -1, "prior": -1, "preceding": -1, "past": -1,
    "this": 0, "current": 0, "present": 0, "ongoing": 0, "running": 0,
    "next": 1, "coming": 1, "following": 1,
}  # fmt: skip
_LAST = frozenset({"final", "last", "closing"})


def _step_year(match: re.Match[str], site: Site) -> Reading | None:
    """Read "the previous financial year": counted from the one that runs on the anchor's day."""
    step, day = _STEPS[match["step"].lower()], site.anchor
    if day is None:
        return unresolved("PAST_REF" if step < 0 else "PRESENT_REF", Granularity.YEAR)
    calendar = find_calendar(site.text, site.start)
    if calendar is None:
        return fiscal_value(site.text, site.start, day.year + step)
    first = day.year - (day.month < calendar.start_month) + step
    return fiscal_value(site.text, site.start, first + calendar.starts_year_before)


def _part(match: re.Match[str], site: Site) -> Reading | None:
    """Read a half or quarter, as a code or in words, of a fiscal year."""
    groups = match.groupdict()
    digits = match["year"]
    year = full_year(digits) if len(digits) == 2 else int(digits)
    whole = fiscal_value(site.text, site.start, year, spans_two=bool(match["tail"]))
    which = (groups.get("which") or "").lower()
    if which:
        unit = match["unit"].lower()
        number = {"half": 2, "quarter": 4}[unit] if which in _LAST else ordinal_of(which)
    else:
        code = match["code"].upper()
        unit = "half" if "H" in code else "quarter"
        number = int(re.sub(r"\D", "", code))
    if number > (2 if unit == "half" else 4):
        return None
    if unit == "quarter":
        return counted_part(whole, number, 1, "quarter")
    half = counted_part(whole, number, 2, "quarter")
    return replace(half, granularity=Granularity.HALF, takes_prefix=True) if half else None


_YEAR = (
    rf"(?:(?i:(?:fiscal|financial)(?:{S}year)?){S}|FY{S}?[’'‘]?)"
    r"(?P<year>(?:19|20)?\d\d)(?P<tail>[-–/]\d{2,4})?\b"
)
_CODE = r"(?P<code>[1-4][HQ]|[HQ][1-4])"
_WORDS = (
    r"(?P<which>(?i:first|second|third|fourth|final|last|closing))[ \u00a0-]"
    r"(?P<unit>(?i:half|quarter))\b"
)
FISCAL_PARTS: tuple[Rule, ...] = (
    rule(
        "fiscal_step",
        rf"\b(?:(?i:the|its|their|our){S})?(?P<step>(?i:{'|'.join(_STEPS)})){S}"
        rf"(?i:fiscal|financial|business){S}(?i:year)\b(?!{S}\d)",
        _step_year,
        "unit",
    ),
    rule("fiscal_code", rf"(?<![\w.,]){_CODE}(?:{S}?|{H})(?:(?i:of){S})?{_YEAR}", _part, "digit"),
    rule(
        "fiscal_words",
        rf"\b(?:(?i:the){S})?{_WORDS}(?:{S}(?i:of|in))?{S}{_YEAR}",
        _part,
        "unit",
    ),
    rule("fiscal_then_code", rf"\b{_YEAR}(?:,?{S}|{H}){_CODE}\b", _part, "digit"),
    rule("fiscal_then_words", rf"\b{_YEAR}(?:,|[’']s)?{S}(?:(?i:the){S})?{_WORDS}", _part, "unit"),
)
