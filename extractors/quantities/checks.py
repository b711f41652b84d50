"""Numbers that check each other: two masses and the change between them (domain guide, 6).

Where a text gives before, after and the change in percent or in tonnes, the third is derived and
compared. Agreement is silent; a disagreement is a finding with both spans. Changes nothing.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from extractors.quantities.periods import Period, month_before, year_before
from models.facts import Finding, Percentage, Tonnage
from models.vocabulary import Bound, Flow, PercentageKind, QuantityRole

# A change stands beside the mass that it brought about; farther away it is another one's.
_REACH_CHARS = 160
# Rounding of the printed figure, in percentage points, and of a mass, relative.
_ROUNDING_POINTS = 0.15
_ROUNDING_MASS = 0.005
_APPROX_SHARE = 0.1
_COMPARABLE = frozenset({Bound.EXACT, Bound.APPROX})
_BASES = {
    PercentageKind.CHANGE_MOM: month_before,
    PercentageKind.CHANGE_YOY: year_before,
}


def check_quantities(
    tonnages: Sequence[Tonnage], percentages: Sequence[Percentage]
) -> tuple[Finding, ...]:
    """Return the disagreements among the numbers of one text, in order of offset."""
    levels = _Levels([item for item in tonnages if _is_level(item)])
    found = [_check_percentage(item, levels) for item in percentages]
    found += [_check_difference(item, levels) for item in tonnages]
    findings = [item for item in found if item is not None]
    return tuple(sorted(findings, key=lambda item: (item.char_start, item.other_start)))


def _is_level(item: Tonnage) -> bool:
    return (
        item.tonnes is not None
        and item.bound in _COMPARABLE
        and (item.role is not QuantityRole.CHANGE)
    )


def _subject(item: Tonnage) -> tuple[object, ...]:
    return item.flow, item.material, item.partner, item.reporter, item.mass_basis


class _Levels:
    """The levels of a text, by place and by what they count, so that a check looks at few."""

    def __init__(self, items: Sequence[Tonnage]) -> None:
        self._items = sorted(items, key=lambda item: item.char_start)
        self._starts = [item.char_start for item in self._items]
        self._longest = max((item.char_end - item.char_start for item in items), default=0)
        self._first: dict[tuple[object, ...], list[Tonnage]] = {}
        for item in items:
            key = (item.period_start, item.period_end, *_subject(item))
            self._first.setdefault(key, []).append(item)

    def near(self, start: int, end: int) -> list[Tonnage]:
        """Return the levels in reach of `[start, end)`, in order."""
        low = bisect_left(self._starts, start - _REACH_CHARS - self._longest)
        high = bisect_right(self._starts, end + _REACH_CHARS)
        found = self._items[low:high]
        return [item for item in found if _distance(start, end, item) <= _REACH_CHARS]

    def of_period(self, after: Tonnage, wanted: Period | None) -> Tonnage | None:
        """Return the first level of a period that counts the same as `after`, if another one."""
        if wanted is None:
            return None
        key = (wanted.start, wanted.end, *_subject(after))
        return next((item for item in self._first.get(key, ()) if item is not after), None)


def _distance(start: int, end: int, item: Tonnage) -> int:
    return max(item.char_start - end, start - item.char_end, 0)


def _after(start: int, end: int, levels: _Levels) -> Tonnage | None:
    """Return the mass that a change at `[start, end)` led to: the nearest that is no base."""
    near = [item for item in levels.near(start, end) if item.role is not QuantityRole.INITIAL]
    return min(near, key=lambda item: _distance(start, end, item)) if near else None


def _same_subject(one: Tonnage, two: Tonnage) -> bool:
    return _subject(one) == _subject(two)


def _before(after: Tonnage, levels: _Levels, wanted: Period | None) -> Tonnage | None:
    """Return the mass that `after` is compared with: that of the base period, else its "from"."""
    found = levels.of_period(after, wanted)
    if found is not None:
        return found
    for item in levels.near(after.char_start, after.char_end):
        if item.role is QuantityRole.INITIAL and item.period_start is None:
            return item if after.period_start is None and _same_subject(item, after) else None
    return None


def _check_percentage(item: Percentage, levels: _Levels) -> Finding | None:
    is_change = item.kind in {*_BASES, PercentageKind.CHANGE_OTHER}
    if item.value is None or item.is_points or not is_change or item.bound not in _COMPARABLE:
        return None
    after = _after(item.char_start, item.char_end, levels)
    if after is None or after.flow is Flow.CAPACITY or not after.tonnes:
        return None
    if (after.period_start, after.period_end) != (item.period_start, item.period_end):
        return None
    shift = _BASES.get(item.kind)
    wanted = (
        shift(Period(item.period_start, item.period_end)) if shift and item.period_start else None
    )
    before = _before(after, levels, wanted)
    if before is None or not before.tonnes:
        return None
    expected = (after.tonnes / before.tonnes - 1.0) * 100.0
    if abs(expected - item.value) <= _tolerance(item, after, before):
        return None
    return Finding(
        kind="change_disagrees",
        message=(
            f"{before.text} to {after.text} is {expected:+.1f} percent, "
            f"the text says {item.value:+g} percent"
        ),
        char_start=item.char_start,
        char_end=item.char_end,
        other_start=before.char_start,
        other_end=before.char_end,
        expected=round(expected, 2),
        found=item.value,
        rule_id="check.percent_change",
    )


def _tolerance(item: Percentage, after: Tonnage, before: Tonnage) -> float:
    """Return how far a printed percentage may be off: its own rounding and that of the masses."""
    value = item.value or 0.0
    slack = 0.6 if value == round(value) else _ROUNDING_POINTS
    loose = [item.bound, after.bound, before.bound]
    if Bound.APPROX in loose:
        slack += max(2.0, _APPROX_SHARE * abs(value))
    return slack


def _check_difference(item: Tonnage, levels: _Levels) -> Finding | None:
    if item.role is not QuantityRole.CHANGE or item.tonnes is None or item.direction is None:
        return None
    after = _after(item.char_start, item.char_end, levels)
    if after is None or after.role is not QuantityRole.FINAL or after.tonnes is None:
        return None
    before = next(
        (
            level
            for level in levels.near(after.char_start, after.char_end)
            if level.role is QuantityRole.INITIAL and _same_subject(level, after)
        ),
        None,
    )
    if before is None or before.tonnes is None:
        return None
    expected = abs(after.tonnes - before.tonnes)
    if abs(expected - item.tonnes) <= _ROUNDING_MASS * max(after.tonnes, before.tonnes):
        return None
    return Finding(
        kind="difference_disagrees",
        message=f"{before.text} to {after.text} differ by {expected:g} t, not by {item.tonnes:g} t",
        char_start=item.char_start,
        char_end=item.char_end,
        other_start=before.char_start,
        other_end=before.char_end,
        expected=round(expected, 6),
        found=item.tonnes,
        rule_id="check.difference",
    )
