"""Parts of a period that has been read: early, late, its last months, its second week.

Early, mid and late are thirds, as `date_cases.md` says.
"""

from dataclasses import replace
from datetime import date, timedelta

from extractors.dates.values import Reading, month_value, quarter_value, shift
from models.vocabulary import DateKind, Granularity


def limit_to_part(
    whole: Reading, part: str, published: date | None, *, exact_end: bool = False
) -> Reading:
    """Return `whole` with its effective interval cut to a part.

    Early, mid and late are thirds (days 1-10, 11-20, 21-end of a month; four months of a year);
    "the end of" a period is its last day (gold 003).
    """
    marked = replace(whole, modifier=part)
    start, end = whole.start, whole.end
    if start is None or end is None or whole.granularity in {Granularity.DAY, Granularity.TIME}:
        return marked
    if part == "earlier":
        cut = end if published is None else max(start, min(end, published))
        return replace(marked, effective=(start, cut), takes_prefix=False)
    if part == "later":
        cut = start if published is None else max(start, published + timedelta(days=1))
        return replace(marked, effective=(min(cut, end), end), takes_prefix=False)
    if exact_end:
        return replace(marked, effective=(end - timedelta(days=1), end))
    first, second = _thirds(whole, start, end)
    bounds = {"start": (start, first), "mid": (first, second), "end": (second, end)}
    return replace(marked, effective=bounds[part])


def _thirds(whole: Reading, start: date, end: date) -> tuple[date, date]:
    if whole.granularity is Granularity.MONTH:
        return start.replace(day=11), start.replace(day=21)
    if whole.granularity is Granularity.YEAR:
        return shift(start, 4, "month"), shift(start, 8, "month")
    if whole.granularity is Granularity.QUARTER:
        return shift(start, 1, "month"), shift(start, 2, "month")
    if whole.granularity is Granularity.HALF:
        return shift(start, 2, "month"), shift(start, 4, "month")
    third = timedelta(days=(end - start).days // 3)
    return start + third, end - third


def counted_part(whole: Reading, ordinal: int, count: int, unit: str) -> Reading | None:
    """Return `count` units of a period: from its ordinal-th one, or its last ones (ordinal -1)."""
    start, end = whole.start, whole.end
    if start is None or end is None:
        return None
    if unit == "half":
        middle = date.fromordinal((start.toordinal() + end.toordinal()) // 2)
        if start.day == 1 and whole.granularity is Granularity.MONTH:
            middle = start.replace(day=16)
        low, high = (middle, end) if ordinal in {-1, 2} else (start, middle)
    elif ordinal == -1:
        low, high = shift(end, -count, unit), end
    else:
        low = shift(start, (ordinal - 1) * count, unit)
        high = shift(low, count, unit)
    if not start <= low < high <= end:
        return None
    if unit == "month" and count == 1:
        return month_value(low.year, low.month)
    if unit == "quarter" and count == 1:
        return quarter_value(low.year, (low.month - 1) // 3 + 1)
    grain = Granularity.WEEK if unit == "week" and count == 1 else Granularity.MULTI
    return Reading(
        kind=DateKind.DATE,
        timex=_span_timex(low, high, unit),
        start=low,
        end=high,
        granularity=grain,
        anchor=whole.anchor,
        takes_prefix=False,
        grain=unit,
    )


def _span_timex(low: date, high: date, unit: str) -> str:
    last = high - timedelta(days=1)
    if unit in {"month", "quarter"}:
        return f"{low:%Y-%m}/{last:%Y-%m}"
    if unit == "year":
        return f"{low.year}/{last.year}"
    return f"{low.isoformat()}/{last.isoformat()}"
