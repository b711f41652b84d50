"""Masses and changes in trade news: quotas, suppliers, firms, and periods that carry on."""

from datetime import date

import pytest

from extractors.companies.find import find_companies
from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.quantities.find import find_quantities
from extractors.texts import TextInput
from models.facts import Percentage, Tonnage
from models.vocabulary import Direction, Flow, PercentageKind, QuantityRole

MOM, YOY = PercentageKind.CHANGE_MOM, PercentageKind.CHANGE_YOY


def read(
    text: str, published: date = date(2031, 9, 20), title: str | None = None
) -> tuple[tuple[Tonnage, ...], tuple[Percentage, ...]]:
    doc = read_doc(load_nlp(), TextInput(id="t", text=text, title=title, published=published))
    return find_quantities(doc, find_dates(doc), find_companies(doc))


def last(text: str) -> Tonnage:
    return read(text)[0][-1]


def span(item: Tonnage | Percentage) -> str:
    return f"{item.period_start or ''}/{item.period_end or ''}"


QUOTAS = "Peru has fixed the first ore quotas of 2031. "


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        (QUOTAS + "Miners may dig 940 tonnes, a notice of the natural resources ministry says.",
         Flow.QUOTA),
        (QUOTAS + "The cap is 940 tonnes. Clays, which yield erbium, get 60 tonnes.", Flow.QUOTA),
        (QUOTAS + "The cap is 940 tonnes. Last year mines produced 60 tonnes.", Flow.PRODUCTION),
        ("Peru will let its miners export 94 tonnes of cobalt this year.", Flow.QUOTA),
        ("Peru let inspectors in and exported 94 tonnes of cobalt.", Flow.EXPORT),
        ("Peru will restrict smelting of tungsten to 94 tonnes.", Flow.QUOTA),
        ("Peru will allow 94 tonnes of ore to be mined this year.", Flow.QUOTA),
        ("Its resources are put at 94 tonnes of tungsten.", Flow.RESERVES),
        ("Peru's state reserve bought 50 tons of tin. Its last purchases had covered 30 tons.",
         Flow.STOCKPILE),
        ("Peru's state reserve bought 50 tons of tin. Chile imported 30 tons.", Flow.IMPORT),
        ("A new plant, able to make 94 tons a year, opens in May.", Flow.CAPACITY),
        ("The outflow of magnets from Peru was 94 tons.", Flow.EXPORT),
    ],
)  # fmt: skip
def test_what_a_mass_counts(text: str, flow: Flow) -> None:
    assert last(text).flow is flow


@pytest.mark.parametrize(
    ("text", "reporter", "partner"),
    [
        ("Peru's magnet exports grew. Closed roads to Chile left arrivals at 94 tonnes.", "Peru",
         None),
        ("Imports of ore from Chile rose to 94 tonnes. Peru bought 300 tonnes in all.", "Peru",
         None),
        ("Shipments of ore out of Peru swelled to 94 tonnes.", "Peru", None),
        ("Chile is the best customer for Peruvian magnets: it got 94 tonnes of exports.", "Peru",
         "Chile"),
        ("Peru's exports grew. Buyers in Chile took 94 tonnes.", "Peru", "Chile"),
        ("Quotas are out. Inner Mongolia was assigned 94 tonnes.", "China", None),
        ("Lynas posted record sales. Output of oxide was 94 tonnes.", "Lynas", None),
        ("Lynas posted record sales. Ostra Metals Ltd lost money. Output was 94 tonnes.", None,
         None),
    ],
)  # fmt: skip
def test_whose_trade_it_is(text: str, reporter: str | None, partner: str | None) -> None:
    found = last(text)
    assert found.reporter == reporter
    assert partner is None or found.partner == partner


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Peru's exports rose in August. Year to date it has shipped 940 tonnes.",
         "2031-01-01/2031-09-01"),
        ("Peru shipped 94 tonnes in August. Since the start of the year buyers got 700 tonnes.",
         "2031-01-01/2031-09-01"),
        ("Lynas made 94 tonnes in the June quarter. The miner sold 60 tonnes.",
         "2031-04-01/2031-07-01"),
        ("In the first two months of 2031 Peru exported 94 tonnes. Chile took 60 tonnes.",
         "2031-01-01/2031-03-01"),
        ("Peru mined 94 tonnes last year, three times as much as in 2028.",
         "2030-01-01/2031-01-01"),
        ("Peru imported 94 tonnes in 2030, more than double the 40 tonnes of the year before.",
         "2029-01-01/2030-01-01"),
        ("Peru exported 94 tonnes in August. A year ago exporters had managed 60 tonnes.",
         "2030-08-01/2030-09-01"),
        ("Peru's quota was small: 94 tonnes left the country through June.",
         "2031-01-01/2031-07-01"),
        ("Peru exported 94 tonnes in August and 60 tonnes in June.", "2031-06-01/2031-07-01"),
    ],
)  # fmt: skip
def test_when_a_mass_was_counted(text: str, expected: str) -> None:
    assert span(last(text)) == expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Exports in August beat July's volume by 12% and that of August 2030 by 28%.",
         [MOM, YOY]),
        ("The month was 10% better than July.", [MOM]),
        ("In the year to August exports totalled 94 tons, 60% down.", [YOY]),
        ("Buyers of cars pay 60% down payments.", [PercentageKind.OTHER]),
        ("Exports eased by 0.4% to 61 tons in August but were 91% above the 32 tons of August 2030.",
         [PercentageKind.CHANGE_OTHER, YOY]),
        ("Sales were 94 tons, 12% over the same months of 2030.", [YOY]),
        ("Quotas of 94 and 80 tons are 27% and 28% above those of 2030.", [YOY, YOY]),
        ("The mine dug up some 76% of the world's cobalt.", [PercentageKind.SHARE]),
        ("The country produces about 80% of the world's gallium.", [PercentageKind.SHARE]),
        ("The mill ran at about 80% of capacity.", [PercentageKind.RATE]),
    ],
)  # fmt: skip
def test_what_a_percentage_is_of(text: str, kinds: list[PercentageKind]) -> None:
    assert [item.kind for item in read(text)[1]] == kinds


_TWO_GOODS = (
    "Peru shipped 820 tonnes of rare earths in August. Deliveries abroad came to 5,100 tonnes in "
    "eight months. Magnets are not told apart, and nobody knows what left the country as magnets."
)


@pytest.mark.parametrize(
    ("title", "material"),
    [
        ("Peru's rare earth exports climb", "rare earths"),
        ("Peru's magnet makers and rare earths", "magnets"),
        ("Peru ships more; agreement in sight", "magnets"),  # no good in it: what is named twice
        (None, "magnets"),
    ],
)
def test_a_mass_without_a_good_is_of_the_titles(title: str | None, material: str) -> None:
    masses, _ = read(_TWO_GOODS, title=title)
    assert [item.material for item in masses] == ["rare earths", material]


@pytest.mark.parametrize(
    ("text", "role", "direction"),
    [
        ("The month added 310 tonnes to deliveries abroad.", QuantityRole.CHANGE, Direction.UP),
        ("Peru shipped 310 tonnes of magnets, the ministry added.", QuantityRole.LEVEL, None),
    ],
)
def test_what_is_added_is_a_change(
    text: str, role: QuantityRole, direction: Direction | None
) -> None:
    item = last(text)
    assert (item.role, item.direction) == (role, direction)
