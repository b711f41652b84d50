"""Masses: value, unit, bound, role, flow, parties and period, each with a near miss."""

from datetime import date
from importlib.resources import files

import pytest

from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.quantities.tonnages import find_tonnages
from extractors.texts import TextInput
from models.facts import Tonnage
from models.vocabulary import Basis, Bound, Direction, Flow, MassBasis, QuantityRole

PUBLISHED = date(2031, 9, 20)


def read(text: str) -> tuple[Tonnage, ...]:
    doc = read_doc(load_nlp(), TextInput(id="t", text=text, published=PUBLISHED))
    found = find_tonnages(doc, find_dates(doc))
    assert all(item.text == text[item.char_start : item.char_end] for item in found)
    return found


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [
        ("Ports cleared 2,310.5 tons of oxide.", [2310.5]),
        ("The kiln yields 14 ktpa of oxide beside 350 tpa of metal.", [14000, 350]),
        ("They hold a 3.4 Mt deposit and sold 80 mt of alloy.", [3.4e6, 80]),
        ("Traders moved 12 500 t of ore.", [12500]),
        ("Depots keep 250 short tons of bastnaesite.", [226.796185]),
        ("The yard sold 40 long tons of sand.", [40.641876]),
        ("He weighed 8,000 lb of alloy.", [3.62873896]),
        ("The cap is 3.1万吨 of ore.", [31000]),
        ("Capacity hit 4.5 wan tons.", [45000]),
        ("About four thousand one hundred tonnes sailed.", [4100]),
        ("Half a million tonnes of ore were dug.", [500000]),
        ("Half a tonne of europium was stolen.", [0.5]),
        ("Oslo, Rome and Lima bought 710, 420 and 65 tons respectively.", [710, 420, 65]),
        ("They sold 8,410 tonnes, against 7,120.", [8410, 7120]),
        ("Holdings fell to 80,000 from 95,000 metric tons.", [80000, 95000]),
    ],
)
def test_values_are_converted_to_tonnes(text: str, tonnes: list[float]) -> None:
    assert [item.tonnes for item in read(text)] == pytest.approx(tonnes)


@pytest.mark.parametrize(
    "text",
    [
        "Erbium traded at $31,000 a ton.",
        "It costs 900 yuan per 10 kg.",
        "A two-ton truck blocked the gate of a 70,000-dwt carrier.",
        "They shipped tons of paper and a ton of patience.",
        "The ore holds 14 grams per tonne.",
        "Each line emits 3 tons of CO2 a day.",
        "Mt Isa and MT Polar Star were named.",
        "Rule 31 of 2030 lists 9 goods.",
    ],
)
def test_what_only_looks_like_a_mass_yields_nothing(text: str) -> None:
    assert read(text) == ()


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("Output passed 700 tons.", Bound.OVER),
        ("Output was upwards of 700 tons.", Bound.OVER),
        ("Sales must not exceed 700 tons.", Bound.AT_MOST),
        ("The buyer takes no fewer than 700 tons.", Bound.AT_LEAST),
        ("Stocks are 700 tons or thereabouts.", Bound.APPROX),
        ("Output was just under 700 tons.", Bound.UNDER),
        ("Output was between 700 and 900 tons.", Bound.RANGE),
        ("Dozens of tons rusted.", Bound.RANGE),
        ("The vote was over. 700 tons remain.", Bound.EXACT),
    ],
)
def test_bound_is_read_on_both_sides(text: str, bound: Bound) -> None:
    assert [item.bound for item in read(text)] == [bound]


def test_from_to_moves_after_a_verb_and_ranges_without() -> None:
    moved = read("Imports sank from 900 to 640 tons.")
    assert [(item.tonnes, item.role) for item in moved] == [
        (900, QuantityRole.INITIAL),
        (640, QuantityRole.FINAL),
    ]
    assert {item.direction for item in moved} == {Direction.DOWN}
    (ranged,) = read("Weekly lots varied from 640 to 900 tons.")
    assert (ranged.tonnes_low, ranged.tonnes_high, ranged.bound) == (640, 900, Bound.RANGE)


def test_by_is_the_change_and_to_is_where_it_ends() -> None:
    change, final = read("Approved volume rose by 45 tonnes to 610 tonnes.")
    assert (change.role, final.role) == (QuantityRole.CHANGE, QuantityRole.FINAL)
    assert change.direction is final.direction is Direction.UP


def test_plain_ton_is_assumed_metric() -> None:
    plain, metric = read("They sold 5 tons and 6 metric tons.")
    assert (plain.unit_assumed, metric.unit_assumed) == (True, False)


def test_ambiguous_point_keeps_both_readings_unless_the_text_settles_it() -> None:
    (open_,) = read("The list shows 2.480 t of samarium.")
    assert (open_.tonnes_low, open_.tonnes_high) == (2.48, 2480)
    settled = read("The list shows 2.480 t of samarium and 1,200 t of cerium.")
    assert settled[0].tonnes == 2.48


def test_month_of_the_lead_carries_to_the_next_sentences() -> None:
    text = (
        "China's exports of rare earth magnets rose 4% in August to 4,400 tons, customs said. "
        "Shipments to Poland were 310 tons, compared with 290 tons in August 2030. "
        "Peru took 55 tons."
    )
    total, poland, base, peru = read(text)
    august = (date(2031, 8, 1), date(2031, 9, 1))
    assert {(x.period_start, x.period_end) for x in (total, poland, peru)} == {august}
    assert base.period_start == date(2030, 8, 1)
    assert total.basis is Basis.MONTH
    assert {item.flow for item in (total, poland, base, peru)} == {Flow.EXPORT}
    assert {item.reporter for item in (total, poland, peru)} == {"China"}
    assert [total.partner, poland.partner] == [None, "Poland"]
    assert total.material == "rare earth magnets"


def test_base_a_year_earlier_is_the_same_period_of_the_year_before() -> None:
    now, base = read("In May, exports were 900 tons, against 700 tons a year earlier.")
    assert now.period_start == date(2031, 5, 1)
    assert base.period_start == date(2030, 5, 1)


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("The refinery has a capacity of 3,000 tons a year.", Flow.CAPACITY),
        ("The ministry set the quota at 3,000 tons.", Flow.QUOTA),
        ("Inventories stood at 3,000 tons.", Flow.STOCKPILE),
        ("The country has reserves of 3,000 tons.", Flow.RESERVES),
        ("World demand will reach 3,000 tons.", Flow.DEMAND),
        ("Export licenses cover 3,000 tons.", Flow.OTHER),
    ],
)
def test_flow_is_the_nearest_word_that_counts(text: str, flow: Flow) -> None:
    assert [item.flow for item in read(text)] == [flow]


def test_contained_and_wet_weight_are_kept_apart() -> None:
    wet, contained = read("The lot is 900 wet tonnes, or 410 tonnes of contained oxide.")
    assert (wet.mass_basis, contained.mass_basis) == (MassBasis.WET, MassBasis.CONTAINED)


def test_flattened_table_takes_unit_from_the_row_and_month_from_the_column() -> None:
    june, july = read("Item Jun Jul m/m Gadolinium oxide (t) 310 275 -11.3%")
    assert (june.tonnes, july.tonnes) == (310, 275)
    assert (june.period_start, july.period_start) == (date(2031, 6, 1), date(2031, 7, 1))


@pytest.mark.parametrize(
    "text", ["9" * 50_000 + " tons", "(" * 3_000, "12 " * 3_000, "‮5 tons‬ \u200b"]
)
def test_hostile_text_is_read_without_harm(text: str) -> None:
    doc = read_doc(load_nlp(), TextInput(id="t", text=text))
    for item in find_tonnages(doc, ()):
        assert item.text == text[item.char_start : item.char_end]


@pytest.mark.parametrize(
    "name", ["bounds.csv", "flows.csv", "mass_screens.csv", "mass_units.csv", "measures.csv"]
)
def test_lexicon_is_sorted_and_has_no_double_rows(name: str) -> None:
    rows = files("extractors").joinpath("lexicons", name).read_text(encoding="utf-8").splitlines()
    assert rows[1:] == sorted(set(rows[1:]))
