"""Words of the date grammar: months, weekdays, numbers, units, as values and regex fragments.

Fragments are bounded: no quantifier is nested in another, so matching stays linear.
"""

import re

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH_SHORT = {
    **{name[:3]: index for index, name in enumerate(MONTHS, 1)},
    "sept": 9,
}
_UNITS_BELOW_TWENTY = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]
VAGUE_COUNTS = ("a few", "a couple of", "several", "some", "many", "few", "a number of")

S = r"(?:[ \t\u00a0\u202f]{1,3})"
H = r"[-‐‑–—]"
# "May" and "March" are also verbs: months count only with a capital.
MONTH_FULL = "(?:" + "|".join(f"{m.title()}|{m.upper()}" for m in MONTHS) + ")"
MONTH_SHORT = r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?"
# "09 OCT 2025": capitals only beside a day or a year.
MONTH_CAPITALS = r"(?:JAN|FEB|MAR|APR|JUN|JUL|AUG|SEPT|SEP|OCT|NOV|DEC)\b\.?"
MONTH = rf"(?:{MONTH_FULL}\b|{MONTH_SHORT}|{MONTH_CAPITALS})"
WEEKDAY = "(?:" + "|".join(f"{d.title()}|{d.upper()}" for d in WEEKDAYS) + r")\b"
WEEKDAY_SHORT = r"(?:Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun)\b\.?"
DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b(?![.,]\d|[%°])"
YEAR = r"(?:19|20)\d\d\b(?![.,]\d)"
UNIT = r"(?i:hour|day|week|fortnight|month|quarter|year|decade|century|centurie)"
_SMALL = "|".join(sorted([*_UNITS_BELOW_TWENTY[1:], *_TENS], key=len, reverse=True))
NUMBER = (
    rf"(?:\d{{1,4}}(?:\.\d{{1,2}})?|(?i:(?:twenty|thirty|forty)[- ](?:one"
    rf"|two|three|four|five|six|seven|eight|nine)|(?:{_SMALL})))\b"
)
ORDINAL = "(?i:" + "|".join(_ORDINALS) + r"|1st|2nd|3rd|4th)\b"
VAGUE = "(?i:" + "|".join(VAGUE_COUNTS) + r")\b"


def month_of(surface: str) -> int:
    """Return 1-12 for a month name or abbreviation that `MONTH` matched."""
    key = surface.strip(" .").casefold()
    return _MONTH_SHORT.get(key) or _MONTH_SHORT[key[:3]]


def weekday_of(surface: str) -> int:
    """Return the ISO weekday minus one (Monday 0) of a name that `WEEKDAY` matched."""
    key = surface.strip(" .").casefold()[:3]
    return [name[:3] for name in WEEKDAYS].index(key)


def ordinal_of(surface: str) -> int:
    """Return 1-12 for an ordinal word or figure."""
    key = surface.casefold()
    return _ORDINALS.index(key) + 1 if key in _ORDINALS else int(key[:-2])


def number_of(surface: str) -> float | None:
    """Return the value of a figure or number word, None for a vague count such as "several"."""
    key = surface.strip().casefold()
    if key in {"a", "an", "the"}:
        return 1.0
    if key in VAGUE_COUNTS:
        return None
    if key[:1].isdigit():
        return float(key)
    parts = re.split(r"[- ]", key)
    if len(parts) == 2 and parts[0] in _TENS and parts[1] in _UNITS_BELOW_TWENTY:
        return float(_TENS[parts[0]] + _UNITS_BELOW_TWENTY.index(parts[1]))
    if key in _TENS:
        return float(_TENS[key])
    return float(_UNITS_BELOW_TWENTY.index(key)) if key in _UNITS_BELOW_TWENTY else None


def unit_of(surface: str) -> str:
    """Return the singular unit name of a surface such as "Weeks"."""
    key = surface.casefold().rstrip("s")
    return "century" if key.startswith("centur") else key


def full_year(two_digits: str) -> int:
    """Return the year that two digits stand for: 70-99 are 19xx, all others 20xx."""
    short = int(two_digits)
    return 1900 + short if short >= 70 else 2000 + short
