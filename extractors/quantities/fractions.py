"""Ratios in words: "two thirds of", "one in five", "well over half", "tripled", "fourfold".

Reads lexemes, returns measures in percent. Near misses that yield nothing: the first half, a
third party, half a year, three quarters of growth in a row, half its earlier pace.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.quantities.lexemes import Kind, Lexeme
from extractors.quantities.numbers import read_number
from extractors.quantities.scan import Measure
from extractors.quantities.units import Unit

PERCENT = Unit("%", "percent", 1.0)
_DENOMINATORS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4,
    "fourths": 4, "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6, "seventh": 7, "sevenths": 7,
    "eighth": 8, "eighths": 8, "ninth": 9, "ninths": 9, "tenth": 10, "tenths": 10,
}  # fmt: skip
_NUMERATORS = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9,
}  # fmt: skip
_MULTIPLES = {
    "doubled": 100, "doubling": 100, "tripled": 200, "tripling": 200, "trebled": 200,
    "trebling": 200, "quadrupled": 300, "quadrupling": 300, "quintupled": 400,
    "halved": -50, "halving": -50,
}  # fmt: skip
_BARE_MULTIPLES = {"double": 100, "triple": 200, "treble": 200, "quadruple": 300, "halve": -50}
_FOLDS = {
    "twofold": 2, "threefold": 3, "fourfold": 4, "fivefold": 5, "sixfold": 6, "sevenfold": 7,
    "eightfold": 8, "ninefold": 9, "tenfold": 10, "twentyfold": 20, "hundredfold": 100,
}  # fmt: skip
# "More than double the May figure", "twice the level of last year": a change by comparison.
_TIMES = {"double": 100.0, "twice": 100.0, "triple": 200.0, "treble": 200.0, "quadruple": 300.0}
_BASE_NOUNS = frozenset(
    {"figure", "figures", "level", "levels", "total", "volume", "volumes", "amount", "tonnage"}
    | {"tally", "quantity", "sum", "haul", "count", "shipments", "exports", "imports", "average"}
)
_MODALS = frozenset({"to", "will", "would", "could", "may", "might", "should", "can", "must"})
_COMPARED = frozenset({"more", "less", "fewer", "higher", "lower", "above", "below", "smaller"})
_BEFORE = frozenset(
    {"by", "about", "around", "nearly", "almost", "roughly", "over", "approximately", "than"}
    | {"least", "to", "under", "up", "down", "well", "some", "exceeded", "nearing", "only", "just"}
)
# "A fall of one third", "a drop of one half": the part is that of a change.
_MOVED = frozenset(
    {"fall", "drop", "decline", "decrease", "cut", "reduction", "loss", "slump", "plunge", "dip"}
    | {"rise", "increase", "gain", "jump", "surge", "growth", "leap", "climb", "slide", "shortfall"}
)
_TIME_BEFORE = frozenset(
    {"first", "second", "third", "fourth", "last", "latter", "next", "past", "previous", "other"}
    | {"final", "consecutive", "straight", "this", "each", "every", "per", "for", "within", "half"}
    | {"early", "late", "same", "current", "and"}
)
_PERIODS = frozenset(
    {"year", "years", "hour", "hours", "day", "days", "month", "months", "century", "decade"}
    | {"week", "weeks", "dozen", "quarter", "quarters", "time", "times", "minutes"}
)
# A multiple of another rate or level is no part of a whole.
_RATIO_NOUNS = frozenset(
    {"pace", "rate", "price", "prices", "speed", "time", "size", "level", "levels", "cost", "way"}
)


@dataclass(frozen=True, slots=True)
class _Fraction:
    value: float
    last: int


def _word(lexemes: Sequence[Lexeme], at: int) -> str:
    return lexemes[at].lower if 0 <= at < len(lexemes) else ""


def _is_of_time(lexemes: Sequence[Lexeme], at: int) -> bool:
    """Tell whether "of 2025", "of the year" follows: a part of a period, not of a whole."""
    if _word(lexemes, at) != "of":
        return False
    item = lexemes[at + 1] if at + 1 < len(lexemes) else None
    if item is not None and item.kind is Kind.NUMBER and len(item.text) == 4:
        return True
    return bool({_word(lexemes, at + 1), _word(lexemes, at + 2)} & {"year", "month", "last"})


def _is_half(lexemes: Sequence[Lexeme], at: int, previous: str) -> bool:
    following = _word(lexemes, at + 1)
    if previous in _TIME_BEFORE or following in _PERIODS | {"a", "an", "-"}:
        return False
    if _is_of_time(lexemes, at + 1):
        return False
    if {item.lower for item in lexemes[at + 1 : at + 5]} & _RATIO_NOUNS:
        return following not in {"the", "its", "their", "that", "what"}
    return (
        following in {"of", "the", "its", "their", "all", "those", "that"} | _COMPARED
        or previous in _BEFORE
        or (previous == "as" and _word(lexemes, at - 2) in {"much", "many"})
        or (previous == "in" and _word(lexemes, at - 2) not in {"", "first"})
    )


def _parts(lexemes: Sequence[Lexeme], at: int) -> _Fraction | None:
    """Read "a third of", "two-thirds", "almost three quarters"."""
    numerator = _NUMERATORS.get(lexemes[at].lower)
    if numerator is None:
        return None
    hyphen = 1 if _word(lexemes, at + 1) in {"-", "‑"} else 0
    noun = _word(lexemes, at + 1 + hyphen)
    denominator = _DENOMINATORS.get(noun)
    last = at + 2 + hyphen
    moved = _word(lexemes, at - 1) == "of" and _word(lexemes, at - 2) in _MOVED
    if denominator is None or numerator >= denominator:
        return None
    if noun == "half" and not hyphen and not (moved and lexemes[at].lower == "one"):
        return None
    previous, following = _word(lexemes, at - 1), _word(lexemes, last)
    if previous in _TIME_BEFORE - {"and"} or following in _PERIODS or _is_of_time(lexemes, last):
        return None
    certain = (
        following in {"of", "have", "are", "were", "say"} | _COMPARED or noun == "thirds" or hyphen
    )
    if not certain and not moved and previous not in _BEFORE:
        return None
    if noun in {"quarter", "quarters"} and following in {"earlier", "ago", "before"}:
        return None
    return _Fraction(100.0 * numerator / denominator, last)


def _one_in(lexemes: Sequence[Lexeme], at: int) -> _Fraction | None:
    """Read "one in five", "four out of ten"."""
    part = read_number(lexemes, at)
    if part is None or part.scale != 1.0 or part.end >= len(lexemes):
        return None
    words = [_word(lexemes, part.end), _word(lexemes, part.end + 1)]
    step = 2 if words == ["out", "of"] else 1 if words[0] == "in" else 0
    if words[0] == "of":
        # "Six of ten", "three of every four"; "one of two mines" names one, it counts no part.
        step = 2 if words[1] == "every" else int(words[1] in {"ten", "100", "hundred"})
        step = step if part.low >= 2 else 0
    if not step or part.end + step >= len(lexemes):
        return None
    whole = read_number(lexemes, part.end + step)
    if whole is None or not 0 < part.low < whole.low <= 1000 or whole.scale != 1.0:
        return None
    if step == 1 and not (part.in_words and whole.in_words):
        return None
    if _word(lexemes, whole.end) in _PERIODS or read_percent_word(lexemes, whole.end):
        return None
    return _Fraction(100.0 * part.low / whole.low, whole.end)


def read_percent_word(lexemes: Sequence[Lexeme], at: int) -> bool:
    """Tell whether a number is followed by its own unit, and so is no part of "one in five"."""
    return _word(lexemes, at) in {"%", "percent", "per", "pct", "tons", "tonnes", "kg", "million"}


def _multiple(lexemes: Sequence[Lexeme], at: int) -> _Fraction | None:
    """Read "doubled" (+100 %), "to triple", "fourfold" (+300 %), "halved" (-50 %)."""
    word = lexemes[at].lower
    if word in _MULTIPLES and _word(lexemes, at + 1) != "down":
        return _Fraction(float(_MULTIPLES[word]), at + 1)
    is_target = _word(lexemes, at + 1) in {"that", "this", "it"}  # "to double that by 2035"
    if word in _BARE_MULTIPLES and _word(lexemes, at - 1) in _MODALS and not is_target:
        return _Fraction(float(_BARE_MULTIPLES[word]), at + 1)
    times = _TIMES.get(word)
    if times is not None and _names_base(lexemes, at + 1):
        return _Fraction(times, at + 1)
    if word in _FOLDS:
        return _Fraction(100.0 * (_FOLDS[word] - 1), at + 1)
    return None


def _names_base(lexemes: Sequence[Lexeme], at: int) -> bool:
    """Tell whether what a multiple is compared with follows: "the figure of May", "last year's"."""
    words = [item.lower for item in lexemes[at : at + 6]]
    if words[:1] == ["what"]:
        # "Double what was sold in May" is a change, "double what Ostra makes" compares two.
        return bool({"was", "were", "had", "it", "they"} & set(words[1:4]))
    if words[:1] == ["those"] or words[:2] in (["that", "of"], ["as", "much"]):
        return True
    if words[:1] not in (["the"], ["its"], ["their"], ["last"], ["a"], ["that"]):
        return False
    stop = next((i for i, word in enumerate(words) if word in {",", ".", ";", "of"}), len(words))
    return bool(_BASE_NOUNS & set(words[1:stop]))


# Words that a part or a multiple begins with; any number may begin "four out of ten".
_OPENERS = (
    _NUMERATORS.keys() | _MULTIPLES.keys() | _BARE_MULTIPLES.keys() | _FOLDS.keys() | _TIMES.keys()
)
_COUNTS = ((_one_in, "percentage.one_in"),)
_READERS = (
    (_parts, "percentage.fraction"),
    *_COUNTS,
    (_multiple, "percentage.multiple"),
)


def _made(lexemes: Sequence[Lexeme], at: int, part: _Fraction, rule: str) -> Measure:
    return Measure(
        low=part.value,
        high=part.value,
        shape="single",
        unit=PERCENT,
        unit_text="%",
        factor=1.0,
        start=lexemes[at].start,
        end=lexemes[part.last - 1].end,
        first=at,
        last=part.last,
        rule_id=rule,
    )


def scan_fractions(lexemes: Sequence[Lexeme]) -> list[Measure]:
    """Return the ratios written in words, in order."""
    found: list[Measure] = []
    at = 0
    while at < len(lexemes):
        if lexemes[at].kind is Kind.SIGN:
            at += 1
            continue
        measure = _fraction_at(lexemes, at)
        if measure is not None:
            found.append(measure)
        at = measure.last if measure is not None else at + 1
    return found


def _fraction_at(lexemes: Sequence[Lexeme], at: int) -> Measure | None:
    word = lexemes[at].lower
    if word == "half" and _is_half(lexemes, at, _word(lexemes, at - 1)):
        return _made(lexemes, at, _Fraction(50.0, at + 1), "percentage.half")
    for read, rule in _READERS if word in _OPENERS else _COUNTS:
        part = read(lexemes, at)
        if part is not None:
            return _made(lexemes, at, part, rule)
    return None
