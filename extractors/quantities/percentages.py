"""Percentages of a text as `Percentage` facts: signed changes, shares, rates and tariffs.

Reads a parsed Doc and its dates. A fall is negative; "from 91% to 69%" of a ratio is one item
with low and high; percentage points are flagged.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from spacy.tokens import Doc

from extractors.quantities.bases import base_by_dates, find_base, is_uneven, names_base
from extractors.quantities.context import TextContext, make_context, read_material
from extractors.quantities.kinds import read_kind
from extractors.quantities.lexemes import read_lexemes
from extractors.quantities.movement import Movement
from extractors.quantities.periods import Period, basis_of
from extractors.quantities.quantity import Quantity, change_direction
from extractors.quantities.reading import read_quantities
from extractors.quantities.running import (
    PeriodReader,
    make_reader,
    observe,
    read_period,
    since_period,
)
from extractors.quantities.subjects import (
    CHANGE_KINDS,
    continued_kind,
    is_market,
    measure_text,
)
from extractors.quantities.tables import header_basis
from extractors.quantities.tonnages import TimedTonnage, read_tonnages
from models.facts import DateMention, Percentage
from models.vocabulary import Basis, Direction, PercentageKind, QuantityRole

# Figures further apart than this do not go on with one another.
_MAX_GAP = 220
_DUTY = re.compile(r"\b(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|surcharges?)\b", re.IGNORECASE)
_PRICES = frozenset({"price", "prices", "premium", "premiums", "discount", "discounts", "quotes"})
_OTHER_RATES = frozenset(
    {"recovery", "operating", "utilization", "utilisation", "interest", "growth", "inflation"}
    | {"approval", "recycling", "unemployment", "run", "success", "conversion"}
)


@dataclass(slots=True)
class _Reading:
    """What earlier percentages and the masses of a text say about the next one."""

    context: TextContext
    reader: PeriodReader
    masses: dict[int, TimedTonnage]
    tariff_period: Period | None = None
    last_kind: PercentageKind | None = None
    last_sentence: int = -1
    last_period: Period | None = None
    last_end: int = -1
    group: Sequence[Quantity] = field(default_factory=tuple)


def find_percentages(doc: Doc, dates: Sequence[DateMention]) -> tuple[Percentage, ...]:
    """Return the percentages of a Doc in order of offset.

    Args:
        doc: A Doc of `extractors.nlp.read_doc`.
        dates: Its date mentions; none leaves every period unknown.
    """
    quantities = read_quantities(doc)
    return read_percentages(doc, dates, quantities, read_tonnages(doc, dates, quantities))


def read_percentages(
    doc: Doc,
    dates: Sequence[DateMention],
    quantities: Sequence[Quantity],
    tonnages: Sequence[TimedTonnage],
) -> tuple[Percentage, ...]:
    """Return the percentages among the quantities of a Doc, whose masses are read already."""
    if all(quantity.is_mass for quantity in quantities):
        return ()
    masses = {item.quantity.measure.start: item for item in tonnages}
    reading = _Reading(make_context(doc), make_reader(doc, dates), masses)
    found: list[Percentage] = []
    for _, items in groupby(quantities, key=lambda quantity: quantity.span.sent.start):
        reading.group = list(items)
        reading.reader.advance(reading.group[0].span.sent.start_char)
        for quantity in reading.group:
            if quantity.is_mass:
                _take_over(reading, masses.get(quantity.measure.start))
                reading.last_end = quantity.measure.end
            else:
                found.append(_percentage(reading, quantity))
                observe(reading.reader, quantity, reading.group)
    return tuple(found)


def _take_over(reading: _Reading, item: TimedTonnage | None) -> None:
    """Let the period of a mass become the running one, as it does among masses."""
    if item is None or item.tonnage.role is QuantityRole.INITIAL:
        return
    period = Period(item.tonnage.period_start, item.tonnage.period_end)
    reading.reader.remember(period, end=item.tonnage.char_end)


def _neighbours(quantity: Quantity, group: Sequence[Quantity]) -> tuple[int, int]:
    sent = quantity.span.sent
    left, right = sent.start, sent.end
    for other in group:
        if other.span.end <= quantity.span.start:
            left = max(left, other.span.end)
        elif other.span.start >= quantity.span.end:
            right = min(right, other.span.start)
    return left, right


def _percentage(reading: _Reading, quantity: Quantity) -> Percentage:
    group = reading.group
    left, right = _neighbours(quantity, group)
    base = find_base(quantity, reading.group)
    sentence = quantity.span.sent.start
    in_tariff_list = (
        reading.last_kind is PercentageKind.TARIFF and reading.last_sentence == sentence
    )
    kind = read_kind(quantity, base=base, left=left, right=right, is_tariff_text=in_tariff_list)
    if reading.last_kind is not None and reading.last_sentence == sentence:
        kind = continued_kind(quantity, reading.last_kind) or kind
    if kind is PercentageKind.RATE and _speaks_of_tariff(reading, quantity):
        kind = PercentageKind.TARIFF
    period = _period(reading, quantity, kind)
    if kind is PercentageKind.CHANGE_OTHER and base is None:
        by_dates = base_by_dates(quantity, period, reading.reader.in_sentence(quantity))
        kind = {"mom": PercentageKind.CHANGE_MOM, "yoy": PercentageKind.CHANGE_YOY}.get(
            by_dates or "", kind
        )
    if kind is PercentageKind.CHANGE_OTHER and base is None:
        kind = _usual_change(reading, quantity, period)
    if kind is PercentageKind.CHANGE_YOY and is_uneven(quantity, period):
        kind = PercentageKind.CHANGE_OTHER
    if period is None and quantity.movement.part == "final" and reading.last_sentence == sentence:
        # "slipped 4 points, to 31%": the level is that of the time of the change.
        period = reading.last_period
    reading.last_kind, reading.last_sentence, reading.last_period = kind, sentence, period
    reading.last_end = quantity.measure.end
    if kind is PercentageKind.TARIFF:
        reading.tariff_period = period or reading.tariff_period
    is_signed = quantity.movement.rule_id == "movement.sign"
    if _ends_row(quantity, group) or (is_signed and kind is PercentageKind.CHANGE_OTHER):
        kind = _table_kind(quantity, kind)
    material = read_material(reading.context, quantity, left, right)
    return _record(quantity, kind=kind, period=period, material=material)


def _usual_change(reading: _Reading, quantity: Quantity, period: Period | None) -> PercentageKind:
    """Return the kind of a change whose base is not said.

    A sentence that goes on with the figures of the one before compares with the same base; a
    change of a year that its own sentence names is one on the year.
    """
    gap = quantity.text[reading.last_end : quantity.measure.start]
    goes_on = reading.last_end >= 0 and len(gap) < _MAX_GAP and "\n" not in gap
    named = bool(reading.reader.in_sentence(quantity)) or any(q.is_mass for q in reading.group)
    if (named or goes_on) and _is_yearly(period):
        return PercentageKind.CHANGE_YOY
    goes_on = goes_on and not _PRICES & {token.lower_ for token in quantity.span.sent}
    carried = reading.last_kind in {PercentageKind.CHANGE_MOM, PercentageKind.CHANGE_YOY}
    if goes_on and carried and reading.last_kind and not is_market(quantity):
        return reading.last_kind
    return PercentageKind.CHANGE_OTHER


def _speaks_of_tariff(reading: _Reading, quantity: Quantity) -> bool:
    """Tell whether "the rate" of a sentence is that of the duty of the one before."""
    sent = quantity.span.sent
    words = {token.lower_ for token in sent}
    if not words & {"rate", "rates"} or words & _OTHER_RATES:
        return False
    before = quantity.text[max(0, sent.start_char - _MAX_GAP) : sent.start_char]
    return reading.last_kind is PercentageKind.TARIFF or _DUTY.search(before) is not None


def _is_yearly(period: Period | None) -> bool:
    """Tell whether a change of this period is one on the year, as no other base is usual."""
    return basis_of(period, rate=None) in {Basis.YTD, Basis.YEAR, Basis.HALF}


def _ends_row(quantity: Quantity, group: Sequence[Quantity]) -> bool:
    """Tell whether a percentage is the cell after the masses of a table row."""
    row = [item for item in group if item.measure.end <= quantity.measure.start]
    return (
        bool(row)
        and row[-1].measure.rule_id == "quantity.table_cell"
        and (quantity.measure.first - row[-1].measure.last <= 2)
    )


def _table_kind(quantity: Quantity, kind: PercentageKind) -> PercentageKind:
    basis = header_basis(read_lexemes(quantity.text), quantity.measure.first)
    kinds = {
        "mom": PercentageKind.CHANGE_MOM,
        "yoy": PercentageKind.CHANGE_YOY,
        "other": PercentageKind.CHANGE_OTHER,
    }
    return kinds.get(basis, kind)


def _period(reading: _Reading, quantity: Quantity, kind: PercentageKind) -> Period | None:
    is_change = kind in CHANGE_KINDS
    since = since_period(reading.reader, quantity) if is_change else None
    if since is not None:
        return since
    if is_change and is_market(quantity):
        # A share price moves on its day, not in the month that the statistics are about.
        return read_period(reading.reader, quantity, reading.group, carries=False)
    partner = _mass_beside(reading, quantity) if is_change else None
    own = read_period(reading.reader, quantity, reading.group, carries=is_change, nearby_only=True)
    if partner is not None and (own is None or _is_tied(quantity, partner)):
        return Period(partner.tonnage.period_start, partner.tonnage.period_end)
    if own is not None and partner is not None and names_base(quantity):
        return Period(partner.tonnage.period_start, partner.tonnage.period_end)
    if own is not None:
        return own
    period = read_period(reading.reader, quantity, reading.group, carries=is_change)
    if period is None and kind is PercentageKind.TARIFF:
        return reading.tariff_period
    if period is None and kind is PercentageKind.SHARE:
        beside = _mass_beside(reading, quantity)
        if beside is not None:
            return Period(beside.tonnage.period_start, beside.tonnage.period_end)
    return period


def _mass_beside(reading: _Reading, quantity: Quantity) -> TimedTonnage | None:
    """Return the mass that a change belongs to: the level before it, else the final one after."""
    before: TimedTonnage | None = None
    after: TimedTonnage | None = None
    for other in reading.group:
        item = reading.masses.get(other.measure.start) if other.is_mass else None
        if item is None or item.tonnage.role in {QuantityRole.INITIAL, QuantityRole.CHANGE}:
            continue
        if other.measure.start < quantity.measure.start:
            before = item
        elif after is None:
            after = item
    text = quantity.text
    if after is not None:
        gap = text[quantity.measure.end : after.quantity.measure.start]
        if ";" not in gap and " and " not in gap and " to " in gap and len(gap) < 60:
            return after
    return before


def _is_tied(quantity: Quantity, beside: TimedTonnage) -> bool:
    """Tell whether only a comma stands between a mass and its change: "5,000 t, up 5%"."""
    start, end = beside.quantity.measure.end, quantity.measure.start
    if start > end:
        return False
    gap = quantity.text[start:end]
    return len(gap) < 45 and gap.lstrip().startswith((",", "(")) and " and " not in gap


def _sign(quantity: Quantity, kind: PercentageKind, movement: Movement) -> float:
    if quantity.measure.rule_id == "percentage.multiple":
        return 1.0
    is_points = quantity.measure.unit.dimension == "points"
    if quantity.movement.rule_id == "movement.sign":
        return -1.0 if movement.direction is Direction.DOWN else 1.0
    if kind not in CHANGE_KINDS and not (is_points and movement.part == "change"):
        return 1.0
    return -1.0 if change_direction(quantity) is Direction.DOWN else 1.0


def _record(
    quantity: Quantity, *, kind: PercentageKind, period: Period | None, material: str | None
) -> Percentage:
    measure = quantity.measure
    sign = _sign(quantity, kind, quantity.movement)
    ends = sorted((sign * measure.low * measure.factor, sign * measure.high * measure.factor))
    single = measure.low == measure.high
    return Percentage(
        text=quantity.text[measure.start : measure.end],
        char_start=measure.start,
        char_end=measure.end,
        value=round(ends[0], 6) if single else None,
        low=None if single else round(ends[0], 6),
        high=None if single else round(ends[1], 6),
        bound=quantity.limits.bound,
        kind=kind,
        is_points=measure.unit.dimension == "points",
        measure=measure_text(quantity, kind),
        material=material,
        period_start=period.start if period else None,
        period_end=period.end if period else None,
        rule_id=measure.rule_id,
    )
