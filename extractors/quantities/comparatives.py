"""Words that compare a number with a base: "5% less than in May", "12% over the same months".

Reads lexemes only; what moves a number otherwise is `movement`.
"""

from collections.abc import Sequence

from extractors.quantities.lexemes import Kind, Lexeme

MORE = frozenset(
    {"more", "higher", "above", "ahead", "greater", "larger", "bigger", "stronger", "up", "over"}
    | {"faster", "dearer", "upward", "better"}
)
LESS = frozenset(
    {"less", "lower", "fewer", "below", "behind", "smaller", "down", "under", "short", "weaker"}
    | {"cheaper", "slower", "shy", "off", "downward", "worse", "poorer"}
)
# After a number these compare only when something to compare with follows.
NEEDS_BASE = frozenset({"over", "under", "above", "below", "short", "off", "up", "down", "shy"})


def over_second(lexemes: Sequence[Lexeme], at: int) -> int:
    """Return where words go on behind "and 27.6%" of "27.2% and 27.6% above the first quota"."""
    if at + 3 >= len(lexemes) or lexemes[at].lower not in {"and", "or"}:
        return at
    is_second = lexemes[at + 1].kind is Kind.NUMBER and lexemes[at + 2].lower in {"%", "percent"}
    compares = is_second and lexemes[at + 3].lower in MORE | LESS
    return at + 3 if compares else at


def is_span_of_time(lexemes: Sequence[Lexeme], at: int) -> bool:
    """Tell "over the last 20 years" from "over the level of May"."""
    words = [item.lower for item in lexemes[at : at + 3]]
    if words[2:] == ["same"] and at > 2 and lexemes[at - 3].text in {",", "("}:
        # ", 12% over the same months of 2025"; "fell 12% over the same time" has its verb.
        return False
    return (
        words[0] == "over"
        and words[1:2] in (["the"], ["a"], ["this"])
        and (words[2:] != [] and words[2] in _TIME_SPANS)
    )


_TIME_SPANS = frozenset(
    {"last", "past", "next", "coming", "course", "period", "same", "medium", "long", "short"}
    | {"following", "decade", "year", "month", "quarter", "first", "previous", "three", "two"}
)
BASE_OPENERS = frozenset(
    {"the", "last", "that", "its", "their", "a", "year", "previous", "what", "than", "of", "on"}
    | {"from", "those", "this", "levels", "where", "same", "for"}
)
