"""The timeline drawn in a terminal: a lane an authority, a column a month, a sign a kind of event.

Pure: events in, a `rich` table out. The list with the evidence is `look`; pictures are `plots`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rich.table import Table
from rich.text import Text

from pipeline.event_groups import KIND_GROUPS
from pipeline.report_figures import country_of_authority

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LABEL_WIDTH = 24
_MOST_LANES = 14
_CELL_WIDTH = 5
_OTHERS = "others"

# Sign, style, what it stands for. The sign says the same without color.
_SIGNS = {
    "tighten": ("▲", "red", "imposed, expanded, banned"),
    "ease": ("▼", "blue", "eased, suspended, lifted"),
    "rules": ("◆", "magenta", "license rules, quotas"),
    "entity": ("■", "white", "entity listed or delisted"),
    "granted": ("●", "green", "license granted"),
    "waiting": ("○", "yellow", "license sought or delayed"),
    "refused": ("✖", "red", "license refused, withheld"),
}
Row = Mapping[str, Any]


def draw_timeline(events: Sequence[Row], *, width: int) -> Table:
    """Return lanes by authority over months, the latest months that fit the width.

    A cell shows a sign an event, or the first signs and a + where there are more. What lies
    before the first column is counted under "<". Sure events are bright, others dim.

    Args:
        events: Rows of the timeline, with days as dates.
        width: Columns of the terminal.
    """
    dated = [(day, event) for event in events if (day := _day(event)) is not None]
    shown = _months([day for day, _ in dated], most=max(1, (width - _LABEL_WIDTH - 8) // 6))
    lanes = _lanes(event for _, event in dated)
    cells: dict[tuple[str, date | None], list[Row]] = {}
    for day, event in sorted(dated, key=lambda pair: (pair[0], str(pair[1]["event_id"]))):
        month = day.replace(day=1)
        lane = _lane_of(event)
        key = (lane if lane in lanes else _OTHERS, month if month in shown else None)
        cells.setdefault(key, []).append(event)
    has_earlier = any(month is None for _, month in cells)
    return _table(lanes, shown, cells, has_earlier=has_earlier)


def legend(events: Iterable[Row]) -> Text:
    """Return the signs of the kinds that occur."""
    used = {KIND_GROUPS.get(event["kind"]) for event in events}
    parts = [
        Text.assemble((sign, style), f" {meaning}")
        for group, (sign, style, meaning) in _SIGNS.items()
        if group in used
    ]
    return Text("   ").join([*parts, Text("dim: planned, reported or denied", style="dim")])


def _day(event: Row) -> date | None:
    day = event["date_start"] or event["first_reported_on"]
    return day if isinstance(day, date) else None


def _lane_of(event: Row) -> str:
    authority = event["authority"]
    return country_of_authority(str(authority)) if authority else "not named"


def _lanes(events: Iterable[Row]) -> list[str]:
    """Return the authorities with most events first; the rest share a lane."""
    counted = Counter(_lane_of(event) for event in events)
    names = sorted(counted, key=lambda name: (-counted[name], name))
    if len(names) <= _MOST_LANES:
        return names
    return [*names[: _MOST_LANES - 1], _OTHERS]


def _months(days: Sequence[date], *, most: int) -> list[date]:
    """Return every month from the first day to the last; the latest ones when they are many."""
    if not days:
        return []
    first, last = (day.year * 12 + day.month - 1 for day in (min(days), max(days)))
    numbers = range(max(first, last - most + 1), last + 1)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def _table(
    lanes: Sequence[str],
    months: Sequence[date],
    cells: Mapping[tuple[str, date | None], list[Row]],
    *,
    has_earlier: bool,
) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("", width=_LABEL_WIDTH, no_wrap=True, overflow="ellipsis")
    if has_earlier:
        table.add_column("<", width=_CELL_WIDTH, no_wrap=True)
    for place, month in enumerate(months):
        is_year = place == 0 or month.month == 1
        name = _MONTHS[month.month - 1]
        table.add_column(
            f"{name}{month.year % 100:02d}" if is_year else name, width=_CELL_WIDTH, no_wrap=True
        )
    columns: list[date | None] = [*([None] if has_earlier else []), *months]
    for lane in lanes:
        table.add_row(Text(_printable(lane)), *(_cell(cells.get((lane, at), [])) for at in columns))
    return table


def _cell(events: Sequence[Row]) -> Text:
    if not events:
        return Text("·", style="dim")
    most = _CELL_WIDTH if len(events) <= _CELL_WIDTH else _CELL_WIDTH - 2
    drawn = Text()
    for event in events[:most]:
        sign, style, _ = _SIGNS.get(KIND_GROUPS.get(event["kind"], ""), ("?", "", ""))
        drawn.append(sign, style=style if event["modality"] == "asserted" else f"dim {style}")
    if len(events) > most:
        more = len(events) - most
        drawn.append(f"+{more}" if more < 10 else "++", style="dim")
    return drawn


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
