"""How the report writes days, numbers and its first sentence. Pure functions on JSON values."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup, escape

from pipeline.report_figures import Figure

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def show_day(day: str | None) -> str:
    """Return an ISO day as "2 Dec 2025", nothing for None."""
    if day is None:
        return ""
    value = date.fromisoformat(day[:10])
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def show_month(day: str | None) -> str:
    """Return the month of an ISO day as "Dec 2025"."""
    return show_day(day).split(" ", 1)[-1]


def show_last_month(end: str) -> str:
    """Return the last month of a period whose end is the day after it."""
    return show_month((date.fromisoformat(end) - timedelta(days=1)).isoformat())


def show_month_stacked(day: str) -> Markup:
    """Return a month as two short lines, the year without its century."""
    month, year = show_month(day).split(" ")
    return Markup("{}<br>{}").format(month, year[2:])


def show_month_short(day: str, columns: int) -> Markup | str:
    """Return a month over some narrow columns: in one line where at least three give it room."""
    return show_month(day) if columns >= 3 else show_month_stacked(day)


def show_instant(instant: str) -> str:
    """Return an ISO instant to the minute."""
    value = datetime.fromisoformat(instant)
    return f"{show_day(instant)}, {value.hour:02d}:{value.minute:02d}"


def show_number(value: float | None) -> str:
    """Return a number with thousands separators and at most one decimal."""
    if value is None:
        return ""
    return f"{value:,.1f}".removesuffix(".0")


def show_signed(value: float | None) -> str:
    """Return a change with its sign; a true minus is as wide as a plus."""
    if value is None:
        return ""
    text = show_number(abs(value))
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else text


def mark_part(text: str | None, part: str | None) -> Markup | str:
    """Return a sentence with the first place of a part marked; both are escaped."""
    if not text or not part or part not in text:
        return text or part or ""
    before, after = text.split(part, 1)
    return Markup("{}<mark>{}</mark>{}").format(escape(before), escape(part), escape(after))


def lead(figures: Mapping[str, Figure]) -> str:
    """Return the page's first sentence: what there is, and how measures and licenses stand."""
    known = sum(row["known_to"] is None for row in figures["timeline"].records())
    if not known:
        return "No event is known yet: run `reeline ingest`, or `reeline demo` for an example."
    articles = sum(row["articles"] for row in figures["sources"].records())
    held = sum(row["status"] == "holds" for row in figures["licenses"].records())
    in_force, suspended = len(figures["in_force"].rows), len(figures["suspended"].rows)
    return (
        f"{_counted(known, 'event')} from {_counted(articles, 'article')}. "
        f"{_counted(in_force, 'measure')} in force, {suspended} suspended; "
        f"{_counted(held, 'named firm')} {'holds' if held == 1 else 'hold'} an export license."
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


FILTERS: dict[str, Callable[..., Any]] = {
    "day": show_day,
    "month": show_month,
    "last_month": show_last_month,
    "month_stacked": show_month_stacked,
    "month_short": show_month_short,
    "instant": show_instant,
    "number": show_number,
    "signed": show_signed,
    "marked": mark_part,
}
