"""Masses of a text as `Tonnage` facts: what, how much, from whom to whom, in which period.

Reads a parsed Doc and its dates. Numbers come from `scan`, attributes from `context` and
`running`; this module puts the record together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from spacy.tokens import Doc

from extractors.gazetteer import PlaceMention
from extractors.quantities.context import TextContext, make_context, read_material
from extractors.quantities.firms import find_lead_firm, find_own_firm
from extractors.quantities.flow_words import flow_of
from extractors.quantities.flows import read_flow
from extractors.quantities.mass_times import (
    COUNTED_BY_MONTH,
    read_basis,
    read_mass_period,
    read_rate,
)
from extractors.quantities.parties import read_parties
from extractors.quantities.periods import Period
from extractors.quantities.quantity import Quantity
from extractors.quantities.reading import read_quantities
from extractors.quantities.roles import read_mass_basis, read_role
from extractors.quantities.running import PeriodReader, make_reader, observe
from models.facts import CompanyMention, DateMention, Tonnage
from models.vocabulary import Basis, Direction, Flow, QuantityRole

_LISTED = frozenset({"and", ",", "the"})


@dataclass(frozen=True, slots=True)
class TimedTonnage:
    """A tonnage with the quantity it was read from."""

    quantity: Quantity
    tonnage: Tonnage


def find_tonnages(doc: Doc, dates: Sequence[DateMention]) -> tuple[Tonnage, ...]:
    """Return the masses of a Doc in order of offset.

    Args:
        doc: A Doc of `extractors.nlp.read_doc`.
        dates: Its date mentions; none leaves every period unknown but those of tables.
    """
    return tuple(item.tonnage for item in read_tonnages(doc, dates, read_quantities(doc)))


def read_tonnages(
    doc: Doc,
    dates: Sequence[DateMention],
    quantities: Sequence[Quantity],
    companies: Sequence[CompanyMention] = (),
) -> list[TimedTonnage]:
    """Return the masses among the quantities of a Doc, with what they were read from."""
    if not any(quantity.is_mass for quantity in quantities):
        return []
    context, reader = make_context(doc, companies), make_reader(doc, dates)
    context.own_firm = find_own_firm(doc, context.firms)
    context.lead_firm = find_lead_firm(doc, context.firms)
    found: list[TimedTonnage] = []
    for _, items in groupby(quantities, key=lambda quantity: quantity.span.sent.start):
        group = list(items)
        reader.advance(group[0].span.sent.start_char)
        found += _sentence(context, reader, group)
        for quantity in group:
            if not quantity.is_mass:
                observe(reader, quantity, group)
    return found


def _sentence(
    context: TextContext, reader: PeriodReader, group: Sequence[Quantity]
) -> list[TimedTonnage]:
    masses = [quantity for quantity in group if quantity.is_mass]
    goods = _respective(context, masses)
    found: list[TimedTonnage] = []
    reference: Period | None = None
    for quantity in masses:
        left, right = _neighbours(quantity, group)
        flow = read_flow(context, quantity, left, right)
        if found and quantity.movement.part == "initial" and not _names_flow(quantity, left):
            # "3,000 tons, up from 300 today": the base counts the same.
            flow = found[-1].tonnage.flow
        material = goods.materials.get(quantity.measure.start) or read_material(
            context, quantity, left, right
        )
        parties = read_parties(context, quantity, flow, left, right)
        partner = goods.partners.get(quantity.measure.start, parties.partner)
        if partner is None and found and _is_same_trade(found[-1], quantity, flow):
            # "to 12 tons from 200": the base counts the same trade.
            partner = found[-1].tonnage.partner
        period = read_mass_period(context.doc, reader, quantity, group, flow, reference)
        role, direction = read_role(context.doc, quantity, masses)
        if role is not QuantityRole.INITIAL:
            reference = period or reference
        rate = read_rate(context.doc, quantity, left, right)
        if rate is None and found and _goes_on_yearly(found[-1].tonnage, flow, period):
            rate = "year"
        found.append(
            TimedTonnage(
                quantity,
                _record(
                    quantity, flow=flow, material=material, reporter=parties.reporter,
                    partner=partner, period=period, role=role, direction=direction,
                    rate=rate,
                ),
            )
        )  # fmt: skip
        context.flow = flow
        if role is not QuantityRole.INITIAL:
            reader.note(period, quantity.measure.end)
        is_level = flow in COUNTED_BY_MONTH and role is not QuantityRole.INITIAL
        if period is not None and (is_level or flow is Flow.QUOTA):
            reader.remember(period, end=quantity.measure.end)
    return found


def _is_same_trade(before: TimedTonnage, quantity: Quantity, flow: Flow) -> bool:
    """Tell whether a mass is the base of the one before, what it rises to, or an aside to it."""
    if before.tonnage.flow is not flow:
        return False
    gap = quantity.text[before.quantity.measure.end : quantity.measure.start]
    is_aside = gap.lstrip().startswith("(") and ")" not in gap
    if gap.strip() in {"to", "into"}:
        # "Went from 40 tons to 12".
        return True
    return is_aside or quantity.movement.part in {"initial", "final"}


def _goes_on_yearly(before: Tonnage, flow: Flow, period: Period | None) -> bool:
    """Tell whether "rising to 900 t by 2031" goes on with the yearly figure before it."""
    if before.flow is flow is Flow.CAPACITY and before.basis is Basis.YEAR:
        return True
    end = period.end if period is not None and period.start is None else None
    is_deadline = end is not None and (end.month, end.day) == (1, 1)
    return is_deadline and before.basis is Basis.YEAR and before.flow is flow


def _names_flow(quantity: Quantity, left: int) -> bool:
    """Tell whether a word between the mass before and this one says what is counted."""
    return any(
        flow_of(token) is not None for token in quantity.span.doc[left : quantity.span.start]
    )


def _neighbours(quantity: Quantity, group: Sequence[Quantity]) -> tuple[int, int]:
    """Return the tokens where the number before ends and the next mass begins."""
    sent = quantity.span.sent
    left, right = sent.start, sent.end
    for other in group:
        if not other.is_mass or other is quantity:
            continue
        if other.span.end <= quantity.span.start:
            left = max(left, other.span.end)
        elif other.span.start >= quantity.span.end:
            right = min(right, other.span.start)
    return left, right


@dataclass(frozen=True, slots=True)
class _Goods:
    """Pairings of a "respectively" list, by offset of the number."""

    materials: dict[int, str]
    partners: dict[int, str]


def _respective(context: TextContext, masses: Sequence[Quantity]) -> _Goods:
    """Pair "540, 310 and 95 tons respectively" with as many places or goods before them."""
    goods = _Goods({}, {})
    if len(masses) < 2:
        return goods
    sent = masses[0].span.sent
    first = masses[0].span.start
    starts = [quantity.measure.start for quantity in masses]
    places = [i for i in context.places_in(sent.start, first) if i.place.name != context.home]
    if not any(token.lower_ == "respectively" for token in sent):
        if len(places) == len(masses) and _is_list(context.doc, places, masses):
            goods.partners.update(zip(starts, (i.place.name for i in places), strict=True))
        return goods
    if len(places) == len(masses):
        goods.partners.update(zip(starts, (i.place.name for i in places), strict=True))
    materials = context.materials_in(sent.start, first)
    if len(materials) != len(masses):
        # The list of goods may stand in the sentence before.
        back = context.materials_in(max(0, sent.start - 60), sent.start)
        materials = back[-len(masses) :]
    names = [item.material.name for item in materials]
    if len(names) == len(masses) and len(set(names)) == len(names):
        goods.materials.update(zip(starts, names, strict=True))
    return goods


def _is_list(doc: Doc, places: Sequence[PlaceMention], masses: Sequence[Quantity]) -> bool:
    """Tell whether "Peru and Chile took 6 tons and 4 tons" lists as many places as masses."""
    gaps = [doc[one.end : two.start] for one, two in pairwise(places)]
    gaps += [doc[one.span.end : two.span.start] for one, two in pairwise(masses)]
    return all(len(gap) <= 3 and {t.lower_ for t in gap} <= _LISTED for gap in gaps)


def _record(
    quantity: Quantity,
    *,
    flow: Flow,
    material: str | None,
    reporter: str | None,
    partner: str | None,
    period: Period | None,
    role: QuantityRole,
    direction: Direction | None,
    rate: str | None,
) -> Tonnage:
    measure = quantity.measure
    single = measure.low == measure.high
    low, high = measure.low * measure.factor, measure.high * measure.factor
    scale = measure.factor / measure.unit.factor if measure.is_elided else 1.0
    return Tonnage(
        text=quantity.text[measure.start : measure.end],
        char_start=measure.start,
        char_end=measure.end,
        value=measure.low * scale if single else None,
        low=None if single else measure.low,
        high=None if single else measure.high,
        unit=measure.unit_text,
        tonnes=round(low, 9) if single else None,
        tonnes_low=None if single else round(low, 9),
        tonnes_high=None if single else round(high, 9),
        unit_assumed=measure.unit.is_assumed,
        bound=quantity.limits.bound,
        flow=flow,
        material=material,
        mass_basis=read_mass_basis(quantity),
        reporter=reporter,
        partner=partner,
        period_start=period.start if period else None,
        period_end=period.end if period else None,
        basis=read_basis(quantity, flow, period, rate),
        direction=direction,
        role=role,
        rule_id=measure.rule_id,
    )
