"""Masses: value, unit, bound, role, flow, parties and period, each with a near miss."""

from datetime import date
from importlib.resources import files

import pytest

from extractors.companies.find import find_companies
from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.quantities.find import find_quantities
from extractors.quantities.tonnages import find_tonnages
from extractors.texts import TextInput
from models.facts import Tonnage
from models.vocabulary import Basis, Bound, Direction, Flow, MassBasis, QuantityRole

PUBLISHED = date(2031, 9, 20)


def read(text: str) -> tuple[Tonnage, ...]:
    doc = read_doc(load_nlp(), TextInput(id="t", text=text, published=PUBLISHED))
    found, _ = find_quantities(doc, find_dates(doc), find_companies(doc))
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
        ("This brings the quota for 2031 to 44,000 tons.", [44000]),
        ("They bought a third in 2030, or 300 tons.", [300]),
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
        ("Export licenses cover 3,000 tons.", Flow.EXPORT),
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
    ("text", "start", "end", "basis"),
    [
        ("Ports got quotas of 300 tons in each of 2032 and 2033.",
         date(2032, 1, 1), date(2034, 1, 1), Basis.YEAR),
        ("By the end of July the country had exported 640 tons.",
         date(2031, 1, 1), date(2031, 8, 1), Basis.YTD),
        ("The country will have exported 640 tons by the end of July 2032.",
         None, date(2032, 8, 1), Basis.OTHER),
        ("The quota for 2031 is 9,000 tons.", date(2031, 1, 1), date(2032, 1, 1), Basis.YEAR),
        ("The first batch of the quota for 2031 is 9,000 tons.",
         date(2031, 1, 1), date(2032, 1, 1), Basis.OTHER),
        ("The annual quota of 9,000 tons stays.", None, None, Basis.YEAR),
        ("The deal covers 15 tons of alloy a year from 2033.", date(2033, 1, 1), None, Basis.YEAR),
        ("Mills may ship up to 40 tons in the rest of 2031.",
         date(2031, 9, 20), date(2032, 1, 1), Basis.OTHER),
    ],
)  # fmt: skip
def test_period_and_basis(text: str, start: date | None, end: date | None, basis: Basis) -> None:
    (item,) = read(text)
    assert (item.period_start, item.period_end, item.basis) == (start, end, basis)


def test_length_words_and_bare_ordinals_name_a_period() -> None:
    june, half = read("June exports were 150 tons. The half-year total was 900 tons.")
    assert june.basis is Basis.MONTH
    assert (half.period_start, half.basis) == (date(2031, 1, 1), Basis.HALF)
    now, base = read("Output was 90 tons in the second quarter, against 70 tons in the first.")
    assert (now.period_start, base.period_start) == (date(2031, 4, 1), date(2031, 1, 1))


def test_bases_before_a_year_and_before_an_equal_stretch() -> None:
    text = "Exports hit 700 tons in August. That compares with 590 tons in July and 430 a year"
    august, july, last = read(text.replace("430", "430 tons") + " earlier.")
    assert august.period_start == date(2031, 8, 1)
    assert (july.role, july.period_start) == (QuantityRole.INITIAL, date(2031, 7, 1))
    assert last.period_start == date(2030, 8, 1)
    _, before = read("Output was 60 tons in the first half, from 90 tons in the six months before.")
    assert (before.period_start, before.period_end) == (date(2030, 7, 1), date(2031, 1, 1))
    _, after = read("Peru shipped 30 tons in June, after 25 tons in May.")
    assert after.role is QuantityRole.INITIAL


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [
        ("Brazil exported 120 tons of oxide, versus nil a year before.", [120, 0]),
        ("They sold 40 tons in May. Exports to Poland were nil.", [40, 0]),
        ("They sold 40 tons in May. Interest was nil.", [40]),
        ("They sold 40 tons under a zero-duty scheme.", [40]),
    ],
)
def test_nil_is_a_mass_beside_masses(text: str, tonnes: list[float]) -> None:
    assert [item.tonnes for item in read(text)] == tonnes


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("Lots weighed between 4 tons and 6 tons.", [(4, 6)]),
        ("Lots of 4 tons to 6 tons were sold.", [(4, 6)]),
        ("Stocks fell by 4 tons to 6 tons.", []),
        ("Stocks of 4 tons and 6 tons were sold.", []),
    ],
)
def test_ends_with_a_unit_each_are_one_range(text: str, ends: list[tuple[float, float]]) -> None:
    found = [x for x in read(text) if x.bound is Bound.RANGE]
    assert [(x.tonnes_low, x.tonnes_high) for x in found] == ends


@pytest.mark.parametrize(
    ("text", "start", "end", "basis"),
    [
        ("Exports were 400 tons in the first quarter. Peru took 6 tons.",
         date(2031, 1, 1), date(2031, 4, 1), Basis.QUARTER),
        ("Exports were 400 tons in the first quarter.\n\nPeru took 6 tons.",
         None, None, Basis.OTHER),
        ("It has sold 90 tons since it opened a pit in 2029.",
         date(2029, 1, 1), date(2031, 9, 21), Basis.CUMULATIVE),
        ("It sold 90 tons after it opened a pit in 2029.",
         date(2029, 1, 1), date(2030, 1, 1), Basis.YEAR),
        ("Ostra will sell 90 tons over four years.", None, None, Basis.CUMULATIVE),
        ("Ostra will sell 90 tons over four ports.", None, None, Basis.OTHER),
        ("The quota is 90 tons, 5% above the first batch of 2030, for all of 2031.",
         date(2031, 1, 1), date(2032, 1, 1), Basis.OTHER),
        ("Together with the first batch the quota for 2031 is 4,400 tons.",
         date(2031, 1, 1), date(2032, 1, 1), Basis.YEAR),
        ("The first batch of the quota for 2031 is 4,400 tons.",
         date(2031, 1, 1), date(2032, 1, 1), Basis.OTHER),
    ],
)  # fmt: skip
def test_period_of_the_sentence_before_and_of_clauses(
    text: str, start: date | None, end: date | None, basis: Basis
) -> None:
    item = read(text)[-1]
    assert (item.period_start, item.period_end, item.basis) == (start, end, basis)


def test_unit_of_a_column_header_and_of_a_caption() -> None:
    rows = read("Month | Exports (tons) | Change\nJune | 4,100 | 3.1%\nJuly | 5,300 | 29%")
    assert [(x.tonnes, x.period_start) for x in rows] == [
        (4100, date(2031, 6, 1)),
        (5300, date(2031, 7, 1)),
    ]
    captioned = read("Exports (kg)\nGood\t2029\nTin\t4,100\nZinc\t900")
    assert [x.tonnes for x in captioned] == pytest.approx([4.1, 0.9])
    assert read("Exports (value)\nGood\t2029\nTin\t4,100") == ()


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
