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
