"""Whose flow a mass is: suppliers, stockpiles, licenses, firms; and dates that label a mass."""

from datetime import date

import pytest

from extractors.companies.find import find_companies
from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.quantities.find import find_quantities
from extractors.texts import TextInput
from models.facts import Tonnage
from models.vocabulary import Basis, Flow

PUBLISHED = date(2031, 9, 20)


def read(text: str) -> tuple[Tonnage, ...]:
    doc = read_doc(load_nlp(), TextInput(id="t", text=text, published=PUBLISHED))
    return find_quantities(doc, find_dates(doc), find_companies(doc))[0]


def facts(text: str) -> list[tuple[Flow, str | None, str | None]]:
    return [(item.flow, item.reporter, item.partner) for item in read(text)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Sales were 310 tons (1 short ton = 2,000 pounds).", [310]),
        ("Sales were 310 tons. A tonne is 1,000 kilograms.", [310]),
        ("One tonne of ore = 5 percent of the 20 tonnes dug.", [1, 20]),
    ],
)
def test_a_unit_that_is_explained_is_no_mass(text: str, values: list[float]) -> None:
    assert [item.value for item in read(text)] == values


@pytest.mark.parametrize(
    ("text", "flow", "reporter", "partner"),
    [
        ("Japan's imports rose: Peru shipped 640 tonnes.", Flow.IMPORT, "Japan", "Peru"),
        ("Japan's exports rose: Peru took 640 tonnes.", Flow.EXPORT, "Japan", "Peru"),
        ("DLA issued a solicitation for 85 tons of indium.", Flow.STOCKPILE, "United States", None),
        ("KOMIR intends to acquire 25 tons of indium.", Flow.STOCKPILE, "South Korea", None),
        ("Chile will grant export licenses to Japanese purchasers for 40 tons.", Flow.EXPORT,
         "Chile", "Japan"),
        ("Chile exported 40 tons to a refiner at Ulsan, South Korea.", Flow.EXPORT, "Chile",
         "South Korea"),
        ("Rules allow 900 tonnes a year to enter duty-free.", Flow.QUOTA, None, None),
        ("The mine in Peru holds reserves of 48 tons, said the owner, who is listed in Canada.",
         Flow.RESERVES, "Peru", None),
    ],
)  # fmt: skip
def test_whose_flow_it_is(text: str, flow: Flow, reporter: str | None, partner: str | None) -> None:
    assert facts(text)[0] == (flow, reporter, partner)


def test_the_firm_of_a_release_holds_what_the_company_makes() -> None:
    lead = 'PERTH, Australia - Ostra Minerals Limited (ASX: OST) (the "Company") gave an update. '
    found = read(lead + "The Company produced 812 tonnes of oxide.")
    assert found[0].reporter == "Ostra Minerals Limited"
    assert read("Chile said it produced 812 tonnes.")[0].reporter == "Chile"


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("Exports, by month: July 2030: 14 tons; June 2030: 9 tons.", [date(2030, 7, 1), date(2030, 6, 1)]),
        ("In May 2030 sales were 812 tons (June 2029: 655 tons).",
         [date(2030, 5, 1), date(2029, 6, 1)]),
        ("Of the 300 tons permitted in 2029, 280 tons were sold abroad.",
         [date(2029, 1, 1), date(2029, 1, 1)]),
    ],
)  # fmt: skip
def test_a_date_that_labels_a_mass_is_its_period(text: str, periods: list[date]) -> None:
    assert [item.period_start for item in read(text)] == periods


def test_years_of_a_record_do_not_add_up() -> None:
    low = read("In all of 2030 exports were 300 tons, the first decline in five years.")
    assert low[0].basis is Basis.YEAR
    assert read("Ostra will sell 300 tons over five years.")[0].basis is Basis.CUMULATIVE
