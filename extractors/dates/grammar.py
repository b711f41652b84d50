"""The rule type of the date grammar, and reading a phrase inside a larger one.

A rule is a regular expression with named groups and a builder that turns a match at a site into
a reading, or None when the match is no date after all. Trigger classes keep rules off sentences
that cannot match.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from extractors.dates.required import Words, required_words
from extractors.dates.resolve import Site
from extractors.dates.values import Reading

Builder = Callable[[re.Match[str], Site], Reading | None]

# A class too many costs time, one too few costs a date.
_MONTH = re.compile(
    r"Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
)
_WEEKDAY = re.compile(r"Mon|Tue|Wed|Thu|Fri|Sat|Sun|MON|TUE|WED|THU|FRI|SAT|SUN")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d|[’'‘]\d\d|(?<=[QHY])\d|\b[1-4][QH]")
_PART = re.compile(r"(?:this|last) (?:morning|afternoon|evening|night)|(?:that|same|this) date")
# fmt: off
_UNITS = (
    "year", "month", "day", "week", "quarter", "hour", "fortnight", "decade", "centur", "fiscal",
    "half", "halv", "annual", "daily", "tonight", "tomorrow", "spring", "summer", "autumn", "fall",
    "winter", "yoy", "mom", "qoq",
)
# fmt: on
ALL_CLASSES = frozenset({"month", "weekday", "year", "digit", "part", "unit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the grammar.

    Attributes:
        needs: Trigger classes of which at least one must occur in the sentence.
        words: Lower-case pieces of which at least one must occur too; empty for no such test.
    """

    rule_id: str
    pattern: str
    build: Builder
    needs: frozenset[str] = ALL_CLASSES
    compiled: re.Pattern[str] = field(init=False)
    words: Words = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compiled", re.compile(self.pattern))
        object.__setattr__(self, "words", required_words(self.pattern))


def rule(rule_id: str, pattern: str, build: Builder, *needs: str) -> Rule:
    """Return a rule; without `needs` it runs in every sentence that has any trigger."""
    classes = frozenset(needs) or ALL_CLASSES
    return Rule(rule_id=f"date.{rule_id}", pattern=pattern, build=build, needs=classes)


def unnamed(pattern: str) -> str:
    """Return the pattern with its named groups made anonymous, to stand inside another."""
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


def any_of(rules: Sequence[Rule]) -> str:
    """Return one fragment that matches what any of the rules matches, in their order."""
    return "(?:" + "|".join(f"(?:{unnamed(entry.pattern)})" for entry in rules) + ")"


def read_part(rules: Sequence[Rule], surface: str, site: Site) -> Reading | None:
    """Read a phrase inside a larger match with the first rule that fits all of it."""
    for entry in rules:
        match = entry.compiled.fullmatch(surface)
        if match is not None and (reading := entry.build(match, site)) is not None:
            return reading
    return None


def trigger_classes(text: str, start: int, end: int) -> frozenset[str]:
    """Return the classes of triggers in `text[start:end]`; empty when no rule can match."""
    found: list[str] = []
    lower = text[start:end].lower()
    if _MONTH.search(text, start, end):
        found.append("month")
    if _WEEKDAY.search(text, start, end):
        found.append("weekday")
    if _DIGIT.search(text, start, end):
        found.append("digit")
        if _YEAR.search(text, start, end):
            found.append("year")
    if _PART.search(lower):
        found.append("part")
    if any(map(lower.__contains__, _UNITS)):
        found.append("unit")
    return frozenset(found)
