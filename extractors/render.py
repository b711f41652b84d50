"""One article as a page: every fact marked in its color, beside a table of all their attributes.

The page is one file, runs no script and asks for nothing. Text of the article is escaped by the
template: it shows as text, whatever it holds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from models.facts import Fact, Facts, Finding

KINDS = ("company", "tonnage", "percentage", "date", "event", "announcement", "finding")
_PLACES = frozenset({"text", "char_start", "char_end"})
# Marks over one character at most that are named in its hint: hostile text may stack thousands.
_MOST_HINTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One fact in the table. `attributes` are those that the text gives, in order."""

    key: str
    kind: str
    text: str
    char_start: int
    char_end: int
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text under the same facts; the pieces joined are the text.

    Attributes:
        text: The run.
        key: The narrowest fact over it, "" when there is none.
        classes: Its color, and whether it lies in an event.
        hint: The facts over it in words.
        starts: Facts that begin with it.
    """

    text: str
    key: str
    classes: str
    hint: str
    starts: tuple[str, ...]


def render_html(text: str, facts: Facts, *, title: str, about: Iterable[str] = ()) -> str:
    """Return a self-contained HTML page of the text, its facts marked and listed.

    Args:
        text: What the facts' offsets count in.
        facts: All facts of the text.
        title: Heading of the page.
        about: Lines under the heading: address, day.
    """
    rows = fact_rows(text, facts)
    counts = [(kind, sum(row.kind == kind for row in rows)) for kind in KINDS]
    return _template().render(
        title=_visible(title),
        about=[_visible(line) for line in about],
        counts=[(kind, count) for kind, count in counts if count],
        pieces=pieces(text, rows),
        rows=rows,
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    source = files("extractors").joinpath("templates", "article.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)


def fact_rows(text: str, facts: Facts) -> tuple[Row, ...]:
    """Return every fact as a row, in order of its place in the text."""
    named: list[tuple[str, tuple[Fact, ...]]] = [
        ("company", facts.companies),
        ("tonnage", facts.tonnages),
        ("percentage", facts.percentages),
        ("date", facts.dates),
        ("event", facts.license_events),
        ("announcement", facts.announcements),
    ]
    rows = [
        Row(
            key=f"{kind}-{number}",
            kind=kind,
            text=_visible(fact.text),
            char_start=fact.char_start,
            char_end=fact.char_end,
            attributes=tuple(_attributes(fact)),
        )
        for kind, group in named
        for number, fact in enumerate(group, 1)
    ]
    rows += [_finding(text, number, found) for number, found in enumerate(facts.findings, 1)]
    return tuple(sorted(rows, key=lambda row: (row.char_start, row.char_end, row.key)))


def _finding(text: str, number: int, found: Finding) -> Row:
    # Its numbers lie apart: the mark is on the first, the other is quoted.
    other = text[found.other_start : found.other_end]
    listed = (
        ("says", found.message),
        ("disagrees with", other),
        ("expected", f"{found.expected:g}"),
        ("found", f"{found.found:g}"),
        ("rule", found.rule_id),
    )
    return Row(
        key=f"finding-{number}",
        kind="finding",
        text=_visible(text[found.char_start : found.char_end]),
        char_start=found.char_start,
        char_end=found.char_end,
        attributes=tuple((name, _visible(value)) for name, value in listed),
    )


def _attributes(fact: Fact) -> Iterator[tuple[str, str]]:
    """Yield what a fact says; what the text does not give is left out, as are flags not set."""
    for field in fields(fact):
        value = getattr(fact, field.name)
        if field.name in _PLACES or value is None or value is False or value == ():
            continue
        yield field.name.removesuffix("_id").replace("_", " "), _visible(_words(value))


def _words(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_words, value))
    if isinstance(value, bool):
        return "yes"
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1_000_000 else f"{value:,.0f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def pieces(text: str, rows: Iterable[Row]) -> Iterator[Piece]:
    """Yield the text in runs that lie under the same facts, in order, without gaps.

    Facts may overlap and nest: a run shows the color of the narrowest fact over it that is no
    event, and a line under it when an event lies over it.
    """
    ordered = sorted(rows, key=lambda row: row.char_start)
    edges = {0, len(text)}
    for row in ordered:
        edges |= {min(row.char_start, len(text)), min(row.char_end, len(text))}
    waiting = iter(ordered)
    following = next(waiting, None)
    over: list[Row] = []
    for start, end in pairwise(sorted(edges)):
        began: list[str] = []
        while following is not None and following.char_start <= start:
            began.append(following.key)
            over.append(following)
            following = next(waiting, None)
        over = [row for row in over if row.char_end > start]
        yield _piece(text[start:end], over, tuple(began))


def _piece(text: str, over: list[Row], starts: tuple[str, ...]) -> Piece:
    if not over:
        return Piece(text=_visible(text), key="", classes="", hint="", starts=starts)
    inner = [row for row in over if row.kind != "event"]
    narrowest = min(inner or over, key=lambda row: (row.char_end - row.char_start, row.key))
    is_in_event = len(inner) < len(over)
    classes = f"{narrowest.kind} in-event" if is_in_event and inner else narrowest.kind
    return Piece(
        text=_visible(text),
        key=narrowest.key,
        classes=classes,
        hint="; ".join(_hint(row) for row in over[:_MOST_HINTS]),
        starts=starts,
    )


def _hint(row: Row) -> str:
    said = ", ".join(f"{name} {value}" for name, value in row.attributes[:4])
    return f"{row.kind}: {said}"


def _visible(text: str) -> str:
    """Return text with a sign for what a page cannot hold or would hide: controls, overrides."""
    return text.translate(_SIGNS)


_BIDI_OVERRIDES = (0x202A, 0x202B, 0x202C, 0x202D, 0x202E)
_CONTROLS = [
    code for code in range(0xA0) if (code < 0x20 or code >= 0x7F) and code not in (9, 10, 13)
]
_SIGNS = dict.fromkeys((*_CONTROLS, *_BIDI_OVERRIDES), "\N{REPLACEMENT CHARACTER}")
