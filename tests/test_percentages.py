"""Percentages: sign, kind, bound, pairs, words, and what is no ratio."""

from datetime import date

import pytest

from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.quantities.percentages import find_percentages
from extractors.texts import TextInput
from models.facts import Percentage
from models.vocabulary import Bound, PercentageKind

PUBLISHED = date(2031, 9, 20)
MOM, YOY = PercentageKind.CHANGE_MOM, PercentageKind.CHANGE_YOY
OTHER = PercentageKind.CHANGE_OTHER


def read(text: str) -> tuple[Percentage, ...]:
    doc = read_doc(load_nlp(), TextInput(id="t", text=text, published=PUBLISHED))
    found = find_percentages(doc, find_dates(doc))
    assert all(item.text == text[item.char_start : item.char_end] for item in found)
    return found


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Orders sank 7.5%.", [-7.5]),
        ("A 6% slump in sales followed a 4% rise.", [-6, 4]),
        ("Shipments were 12 percent lower.", [-12]),
        ("Erbium: +3.5%; holmium: −9%.", [3.5, -9]),
        ("The drop eased to 8%.", [-8]),
        ("Prices more than tripled while stocks halved.", [200, -50]),
        ("Deliveries dropped by two thirds.", [-66.666667]),
        ("Output grew fivefold.", [400]),
        ("About a quarter of the files were lost.", [25]),
        ("One in four firms replied, and three out of five from Oslo.", [25, 60]),
        ("Roughly sixty per cent and 9 pct of crates were opened.", [60, 9]),
        ("The gap shrank by 3.5 percentage points.", [-3.5]),
        ("The yield climbed 40 basis points.", [0.4]),
        ("Exports of 700 tons were almost double the July total.", [100]),
        ("June output was twice as much as a year before.", [100]),
    ],
)
def test_values_are_signed(text: str, values: list[float]) -> None:
    assert [item.value for item in read(text)] == pytest.approx(values)


@pytest.mark.parametrize(
    "text",
    [
        "In the second half of the year a third party left.",
        "It waited for three quarters and half an hour.",
        "Growth was half its usual pace.",
        "They met one in 2030.",
        "The firm doubled down.",
        "The team is double the size of the board.",
        "It makes 300 lamps and hopes to double that by 2035.",
    ],
)
def test_words_of_time_and_order_are_no_ratio(text: str) -> None:
    assert read(text) == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Sales rose 5% month-on-month.", [MOM]),
        ("Sales fell 9% on June and gained 2% on June last year.", [MOM, YOY]),
        ("Year on year, and in spite of the rules, output was 6 percent higher.", [YOY]),
        ("Compared with a month earlier, output slid 6 percent.", [MOM]),
        ("Volumes gained a sequential 3% in the second quarter.", [OTHER]),
        ("Peru holds 40% of the market.", [PercentageKind.SHARE]),
        ("A 15% tariff on cobalt starts soon.", [PercentageKind.TARIFF]),
        ("Smelter utilization was 71%.", [PercentageKind.RATE]),
        ("The rod contains 99.5% pure metal.", [PercentageKind.OTHER]),
        ("Tariffs average 4%: Chile (7%), Peru (9%).", [PercentageKind.TARIFF] * 3),
        ("Peru sent 61% of it, 22% came from Laos and 9% from Chile.", [PercentageKind.SHARE] * 3),
        ("Chile accounts for 11%, down from 45%.", [PercentageKind.SHARE] * 2),
        ("A 12% royalty is due before the sale.", [PercentageKind.RATE]),
        ("The 30% affiliates rule stays.", [PercentageKind.SHARE]),
        ("Export taxes of 12% end soon.", [PercentageKind.TARIFF]),
        ("Erbium is up 40% since early May.", [OTHER]),
        ("Imports in 2030 were 18% less than in 2028.", [OTHER]),
        ("Imports in 2030 were 18% less than in 2029.", [YOY]),
        ("Output rose 12% on the whole of 2029 in the first ten months of 2030.", [OTHER]),
        ("Peru shipped 30 tons in June, after 25 tons in May; that is a rise of 20%.", [MOM]),
        ("Sales dipped 3% in the first half of 2031.", [YOY]),
    ],
)
def test_kind(text: str, kinds: list[PercentageKind]) -> None:
    assert [item.kind for item in read(text)] == kinds


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("The duty will rise from 5% to 35%.", 5, 35),
        ("Its share slid to 52% from 74%.", 52, 74),
        ("The levy goes from zero to 10% in May.", 0, 10),
        ("The share grew from 8 to 21 percent.", 8, 21),
    ],
)
def test_pair_of_a_ratio_is_one_item(text: str, low: float, high: float) -> None:
    (item,) = read(text)
    assert (item.low, item.high, item.value, item.bound) == (low, high, None, Bound.EXACT)


def test_pair_of_a_decline_is_two_changes() -> None:
    assert [item.value for item in read("The decline narrowed to 6%, from 14%.")] == [-6, -14]


def test_range_keeps_its_sign_and_order() -> None:
    (item,) = read("Shipments were 10 to 15 percent less than planned.")
    assert (item.low, item.high, item.bound) == (-15, -10, Bound.RANGE)


def test_bound_and_direction_are_two_things() -> None:
    (item,) = read("Exports tumbled by more than 45% in July.")
    assert (item.value, item.bound) == (-45, Bound.OVER)
    assert item.period_start == date(2031, 7, 1)


def test_points_are_flagged() -> None:
    points, level = read("Reliance fell by 4 percentage points to 61%.")
    assert (points.is_points, level.is_points) == (True, False)


def test_change_takes_the_period_of_the_mass_beside_it() -> None:
    text = "From January through June exports reached 9,100 tons, 8% under the 2030 figure."
    (item,) = read(text)
    assert (item.value, item.kind) == (-8, YOY)
    assert (item.period_start, item.period_end) == (date(2031, 1, 1), date(2031, 7, 1))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Fees of between 5% and 8% apply.", 5, 8),
        ("Freight rates were 5% to 8%.", 5, 8),
        ("Margins stayed at 5%-8%.", 5, 8),
    ],
)
def test_ends_with_a_percent_sign_each_are_one_range(text: str, low: float, high: float) -> None:
    (item,) = read(text)
    assert (item.low, item.high, item.bound) == (low, high, Bound.RANGE)


def test_a_change_and_the_level_it_led_to_are_no_range() -> None:
    assert [item.value for item in read("Freight rates rose 5% to 80%.")] == [5, 80]


def test_excess_that_nobody_may_have_is_a_ceiling() -> None:
    (ceiling,) = read("No member may hold more than 30%.")
    (excess,) = read("Members may hold more than 30%.")
    assert (ceiling.bound, excess.bound) == (Bound.AT_MOST, Bound.OVER)


def test_change_since_a_date_runs_up_to_publication() -> None:
    (item,) = read("Erbium is up 40% since May.")
    assert (item.period_start, item.period_end) == (date(2031, 5, 1), date(2031, 9, 21))


def test_level_after_a_change_is_of_the_same_time() -> None:
    points, level = read("Peru's share slipped 4 percentage points in 2030, to 31 percent.")
    assert points.period_start == level.period_start == date(2030, 1, 1)


def test_shares_move_on_their_day_not_in_the_month_of_the_figures() -> None:
    text = "August exports were 900 tons, up 8% on the year. Shares of Ostra rose 3% later."
    trade, market = read(text)
    assert trade.period_start == date(2031, 8, 1)
    assert (market.period_start, market.kind) == (None, OTHER)


def test_pair_may_end_with_nothing() -> None:
    (pair,) = read("Duty will be cut from 7 percent to nil.")
    assert (pair.low, pair.high) == (0, 7)
    (level,) = read("Duty will be cut from 7 percent to parity.")
    assert level.value == 7


def test_multiple_of_another_party_is_no_change() -> None:
    assert read("Ports took 40 tons, double what Ostra makes.") == ()
    (change,) = read("Sales were double what was sold in May.")
    assert change.value == 100


def test_price_moves_on_its_day_and_the_level_behind_against_is_of_the_same_kind() -> None:
    lead = "In 2030 sales were 900 tons. "
    assert read(lead + "Cobalt was up 4% at $15 a pound.")[0].kind is OTHER
    assert read(lead + "Output was up 4%.")[0].kind is YOY
    found = read("Norway buys 60% of its tin from Peru, against some 90% in 2020.")
    assert [item.kind for item in found] == [PercentageKind.SHARE] * 2


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Exports were 0.9% below March.", PercentageKind.CHANGE_MOM, -0.9),
        ("Exports were 13% over April 2030.", PercentageKind.CHANGE_YOY, 13),
        ("Exports to Peru grew 27 percent.", PercentageKind.CHANGE_OTHER, 27),
        ("Peru recycles under 1%.", PercentageKind.SHARE, 1),
        ("The rule covers ore above 30% TREO.", PercentageKind.SHARE, 30),
        ("Mills ran at 58% of capacity.", PercentageKind.RATE, 58),
        ("Mines own 58% of capacity.", PercentageKind.SHARE, 58),
        ("Six of ten members wait.", PercentageKind.SHARE, 60),
        ("Output may be cut by as much as half.", PercentageKind.CHANGE_OTHER, -50),
        (
            "Exports suffered a fall of one third on the year.",
            PercentageKind.CHANGE_YOY,
            -33.333333,
        ),
    ],
)
def test_kind_and_sign_of_trailing_words(text: str, kind: PercentageKind, value: float) -> None:
    found = read(text)
    assert [item.kind for item in found] == [kind]
    assert [item.value for item in found] == pytest.approx([value])


def test_one_of_two_counts_no_part() -> None:
    assert not read("One of two mines closed.")


def test_a_sentence_goes_on_with_the_base_of_the_one_before() -> None:
    lead = "In May sales to Peru rose 4% from April. "
    assert read(lead + "Those to Chile were 3% fewer.")[1].kind is PercentageKind.CHANGE_MOM
    assert read(lead + "\nPrices fell 3%.")[1].kind is PercentageKind.CHANGE_OTHER
