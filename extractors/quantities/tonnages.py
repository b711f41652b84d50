"""Masses of a text as `Tonnage` facts: what, how much, from whom to whom, in which period.

Reads a parsed Doc and its dates. Numbers come from `scan`, attributes from `context` and
`running`; this module puts the record together.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from spacy.tokens import Doc

from extractors.quantities.context import (
    TextContext,
    make_context,
    read_flow,
    read_material,
    read_parties,
)
from extractors.quantities.lexemes import read_lexemes
from extractors.quantities.movement import movement_words
from extractors.quantities.periods import (
    Period,
    base_of,
    basis_of,
    month_before,
    year_before,
)
from extractors.quantities.reading import Quantity, read_quantities
from extractors.quantities.running import (
    PeriodReader,
    find_base,
    make_reader,
    observe,
    read_period,
)
from extractors.quantities.tables import MONTHS, header_months
from extractors.texts import published_of
from models.facts import DateMention, Tonnage
from models.vocabulary import Basis, Direction, Flow, MassBasis, QuantityRole

# Flows that statistics give by month: the running month of a text is theirs.
_COUNTED_BY_MONTH = frozenset({Flow.EXPORT, Flow.IMPORT, Flow.PRODUCTION, Flow.SALE})
_STANDING = frozenset({Flow.CAPACITY, Flow.RESERVES})
_YEARLY = re.compile(
    r"\b(?:(?:per|a|each|every) year|per annum|annually|in each of)\b"
    r"(?! (?:earlier|ago|before|later|prior))",
    re.IGNORECASE,
)
_MORE_WORDS = frozenset({"further", "another", "additional", "extra"})
_REVISED = frozenset({"revised", "corrected", "restated", "revise", "amended"})


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
    doc: Doc, dates: Sequence[DateMention], quantities: Sequence[Quantity]
) -> list[TimedTonnage]:
    """Return the masses among the quantities of a Doc, with what they were read from."""
    if not any(quantity.is_mass for quantity in quantities):
        return []
    context, reader = make_context(doc), make_reader(doc, dates)
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
        material = goods.materials.get(quantity.measure.start) or read_material(
            context, quantity, left, right
        )
        parties = read_parties(context, quantity, flow, left, right)
        partner = goods.partners.get(quantity.measure.start, parties.partner)
        if partner is None and found and quantity.movement.part == "initial":
            # "to 12 tons from 200": the base counts the same trade.
            partner = found[-1].tonnage.partner
        period = _period(context.doc, reader, quantity, group, flow, reference)
        role, direction = _role(context.doc, quantity, masses)
        if role is not QuantityRole.INITIAL:
            reference = period or reference
        found.append(
            TimedTonnage(
                quantity,
                _record(
                    quantity, flow=flow, material=material, reporter=parties.reporter,
                    partner=partner, period=period, role=role, direction=direction,
                    rate=quantity.measure.rate or _rate_behind(context.doc, quantity, right),
                ),
            )
        )  # fmt: skip
        context.flow = flow
        is_level = flow in _COUNTED_BY_MONTH and role is not QuantityRole.INITIAL
        if period is not None and (is_level or flow is Flow.QUOTA):
            reader.remember(period)
    return found


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


def _rate_behind(doc: Doc, quantity: Quantity, right: int) -> str | None:
    """Return "year" for "90 tons of lithium per year", "25 tons in each of 2031 and 2032"."""
    stop = min(quantity.measure.end + 70, doc[right - 1].idx + len(doc[right - 1]))
    behind = re.split("[;,]", quantity.text[quantity.measure.end : stop])[0]
    return "year" if _YEARLY.search(behind) else None


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
    if not any(token.lower_ == "respectively" for token in sent):
        return goods
    first = masses[0].span.start
    starts = [quantity.measure.start for quantity in masses]
    places = [i for i in context.places_in(sent.start, first) if i.place.name != context.home]
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


def _period(
    doc: Doc,
    reader: PeriodReader,
    quantity: Quantity,
    group: Sequence[Quantity],
    flow: Flow,
    reference: Period | None,
) -> Period | None:
    if quantity.column is not None:
        return _column_period(doc, quantity)
    is_rate = quantity.measure.rate is not None
    carries = (flow in _COUNTED_BY_MONTH and not is_rate) or flow is Flow.QUOTA
    if quantity.movement.part == "initial":
        return _base_period(reader, quantity, group, reference)
    if flow in _STANDING:
        # "1,000 t a year, growing to 3,000 by 2031": the date is that of the later number.
        return read_period(reader, quantity, group, carries=False, own_stretch=True)
    return read_period(reader, quantity, group, carries=carries)


def _base_period(
    reader: PeriodReader,
    quantity: Quantity,
    group: Sequence[Quantity],
    reference: Period | None,
) -> Period | None:
    """Return the period of "against 34,000 a year earlier", "compared with 5,000 t in May"."""
    dates = reader.in_sentence(quantity)
    for placed in dates:
        possessive = quantity.text[placed.mention.char_end : quantity.measure.start].strip()
        if possessive in {"’s", "'s"}:
            return placed.period
        gap = quantity.text[quantity.measure.end : placed.mention.char_start]
        if placed.mention.char_start < quantity.measure.end or len(gap) > 40:
            continue
        if base_of(placed.mention.text) is not None:
            continue
        if gap.strip().lower() in {"in", "of", "for", "during", ""} and placed.period.start:
            return placed.period
    current = reference or read_period(reader, quantity, group, carries=True)
    base = find_base(quantity, group)
    if current is None:
        return None
    if base == "yoy" or (base is None and basis_of(current, rate=None) is Basis.YTD):
        return year_before(current)
    month = reader.state.month
    before = month_before(month) if month is not None else None
    named = [item.period for item in dates if item.is_base and item.period.start is not None]
    if named and base != "mom":
        return named[0]
    return named[0] if named and named[0] == before else before if base == "mom" else None


def _column_period(doc: Doc, quantity: Quantity) -> Period | None:
    """Return the month of a table cell from its header; the year that published makes it past."""
    published = published_of(doc)
    months = header_months(read_lexemes(quantity.text), quantity.measure.first)
    if published is None or quantity.column is None or quantity.column >= len(months):
        return None
    month = MONTHS[months[quantity.column].lower]
    year = published.year if month <= published.month else published.year - 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return Period(date(year, month, 1), following)


def _role(
    doc: Doc, quantity: Quantity, masses: Sequence[Quantity]
) -> tuple[QuantityRole, Direction | None]:
    movement = quantity.movement
    sent = quantity.span.sent
    before = {
        token.lower_
        for token in doc[max(sent.start, quantity.span.start - 3) : quantity.span.start]
    }
    revised = any(token.lower_ in _REVISED for token in doc[sent.start : quantity.span.start])
    if revised and len(masses) == 2:
        return _revision(doc, quantity, masses)
    if before & _MORE_WORDS:
        return QuantityRole.CHANGE, movement.direction
    if _is_beaten(quantity):
        return QuantityRole.INITIAL, None
    return QuantityRole(movement.part), movement.direction


def _is_beaten(quantity: Quantity) -> bool:
    """Tell whether a mass is what another one beat: "topped the 300 tons of May by 5%"."""
    root, span = quantity.span.root, quantity.span
    entry = movement_words().get(root.head.lower_)
    word = span.doc[span.start - 1].lower_ if span.start else ""
    return root.dep_ == "dobj" and entry is not None and entry.group == "compare" and word == "the"


def _revision(
    doc: Doc, quantity: Quantity, masses: Sequence[Quantity]
) -> tuple[QuantityRole, Direction | None]:
    """Read "revised to 7,700 t from 7,600": a correction with a direction of its own."""
    first, second = masses
    word = doc[second.span.start - 1].lower_ if second.span.start else ""
    before = {token.lower_ for token in doc[max(0, second.span.start - 4) : second.span.start]}
    final, initial = (first, second) if "from" in before or word == "from" else (second, first)
    rises = final.measure.low * final.measure.factor > initial.measure.low * initial.measure.factor
    direction = Direction.UP if rises else Direction.DOWN
    role = QuantityRole.FINAL if quantity is final else QuantityRole.INITIAL
    return role, direction


def _mass_basis(quantity: Quantity) -> MassBasis | None:
    given = quantity.measure.unit.mass_basis
    if given is not None:
        return given
    span = quantity.span
    after = span.doc[span.end : min(span.end + 5, span.sent.end)]
    words: list[str] = []
    for token in after:
        if token.text in {",", ";", "(", "."} and words:
            break
        words.append(token.lower_)
    if "contained" in words:
        return MassBasis.CONTAINED
    if {"reo", "treo", "oxide", "oxides"} & set(words) and (
        "equivalent" in words or {"reo", "treo"} & set(words)
    ):
        return MassBasis.REO
    if {"magnet", "magnets"} & set(words):
        return MassBasis.MAGNET
    if {"metal", "metals"} & set(words) and "of" not in words[:1]:
        return MassBasis.METAL
    return None


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
    basis = basis_of(period, rate=rate)
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
        mass_basis=_mass_basis(quantity),
        reporter=reporter,
        partner=partner,
        period_start=period.start if period else None,
        period_end=period.end if period else None,
        basis=Basis.OTHER if flow is Flow.QUOTA and rate is None else basis,
        direction=direction,
        role=role,
        rule_id=measure.rule_id,
    )
