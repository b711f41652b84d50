"""What a mass counts and between which countries or firms, each with a near miss."""

from datetime import date

import pytest

from extractors.companies.find import find_companies
from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.quantities.find import find_quantities
from extractors.texts import TextInput
from models.facts import Tonnage
from models.vocabulary import Basis, Flow


def read(text: str) -> tuple[Tonnage, ...]:
    given = TextInput(id="t", text=text, published=date(2031, 9, 20))
    doc = read_doc(load_nlp(), given)
    found, _ = find_quantities(doc, find_dates(doc), find_companies(doc))
    return found


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("Exporters may ship up to 4,000 tons of tin by December.", Flow.QUOTA),
        ("Ports may close early; 4,000 tons were shipped.", Flow.EXPORT),
        ("About 300 tons went to Peru and the rest stayed.", Flow.EXPORT),
        ("About 300 tons went to waste.", Flow.OTHER),
        ("The nation sold 820 tons in July.", Flow.EXPORT),
        ("The trader sold 820 tons in July.", Flow.SALE),
        ("Canadian arrivals of tellurium came to 9 tons.", Flow.IMPORT),
        ("The state plans 15 tons annually and waives its export duty.", Flow.PRODUCTION),
        ("Kilns there can turn out 60 tons a year.", Flow.CAPACITY),
        ("Kilns there turn out 60 tons a week.", Flow.PRODUCTION),
        ("The mill will handle 50,000 tonnes of concentrate a year.", Flow.CAPACITY),
        ("Canada used 70 tons of terbium in 2030.", Flow.DEMAND),
        ("Powder used in motors came to 70 tons.", Flow.OTHER),
        ("Chad supplied a tenth of the world's mined tin in 2030, 300 tons.", Flow.PRODUCTION),
        ("The council lifted the cap to 2,500 tons.", Flow.QUOTA),
        ("Some 300 tons of tin left the country in May.", Flow.EXPORT),
        ("The cook left 300 tons of rice behind.", Flow.OTHER),
        ("A duty-free amount of 5 000 tonnes applies.", Flow.QUOTA),
        ("The state stockpile bought 300 tons of tin.", Flow.STOCKPILE),
        ("The state mill bought 300 tons of tin.", Flow.IMPORT),
        ("Its yearly requirement is 40 kilograms.", Flow.DEMAND),
        ("They exempt from the license requirement 40 kilograms of exports.", Flow.EXPORT),
        ("Ostra Mining agreed to supply 300 tons of tin.", Flow.SALE),
        ("The supply of 300 tons of tin was lost.", Flow.OTHER),
        ("Ostra Mining wants to mine 9,000 tons a year.", Flow.PRODUCTION),
    ],
)
def test_permission_departure_and_plan_decide_the_flow(text: str, flow: Flow) -> None:
    assert [item.flow for item in read(text)] == [flow]


@pytest.mark.parametrize(
    ("text", "reporter", "partner"),
    [
        ("Shipments to buyers in Norway reached 12 tons, Chilean customs data show.",
         "Chile", "Norway"),
        ("Imports from Laos were 900 tons in June, Polish customs data show.", "Poland", "Laos"),
        ("Imports from Laos and Peru were 900 tons in June, Poland's customs data show.",
         "Poland", "Laos"),
        ("The European Commission put imports from Peru at 8 tons.", "European Union", "Peru"),
        ("Norway led with 9 tons of Chile's exports.", "Chile", "Norway"),
        ("World output reached 90 tons; Peru mined most of it.", None, None),
        ("Peru supplied half of the world's mined tin, 90 tons.", "Peru", None),
        ("Cargoes from Calama in Chile came to 40 tons.", "Chile", None),
        ("The Ministry of Mines of Angola expects exports of 70 tons.", "Angola", None),
        ("More than 60 tons of Peru's exports went to Japan.", "Peru", "Japan"),
        ("Lynas will make 60 tons at its plant in Estonia each year.", "Estonia", None),
    ],
)  # fmt: skip
def test_reporter_and_partner(text: str, reporter: str | None, partner: str | None) -> None:
    (item,) = read(text)
    assert (item.reporter, item.partner) == (reporter, partner)


def test_a_country_named_among_carried_imports_is_where_they_come_from() -> None:
    text = (
        "Poland's imports of ore from Chile were 80 tons in June.\n\n"
        "Peru filled the gap: 45 tons, against 30 tons in May."
    )
    assert [(x.flow, x.reporter, x.partner) for x in read(text)] == [
        (Flow.IMPORT, "Poland", "Chile"),
        (Flow.IMPORT, "Poland", "Peru"),
        (Flow.IMPORT, "Poland", "Peru"),
    ]


def test_next_sentence_of_a_paragraph_keeps_the_country_but_a_total_has_no_partner() -> None:
    text = (
        "China sold magnets. Brazil's purchases of gallium from Peru were 9 tons in May. "
        "In June they amounted to 7 tons. Altogether 50 tons came in."
    )
    first, second, third = read(text)
    assert {x.reporter for x in (first, second, third)} == {"Brazil"}
    assert (second.partner, third.partner) == ("Peru", None)


def test_quota_of_a_firm_is_its_own_and_that_of_a_country_is_not() -> None:
    (firm,) = read("Glencore has been allotted 700 tons of the quota.")
    (sale,) = read("Glencore sold 90 tons of cobalt to CMOC.")
    assert (sale.reporter, sale.partner is None) == ("Glencore", False)
    (state,) = read("Peru allotted Glencore's rivals a quota of 700 tons.")
    assert (firm.reporter, state.reporter) == ("Glencore", "Peru")


@pytest.mark.parametrize(
    ("text", "reporter", "partner"),
    [
        # Customs figures are those of the country whose limits on exports the text reports.
        ("Peru prohibited exports of tin. Kenya fretted, Kenya's press said. "
         "Customs figures show June shipments of 300 tons.", "Peru", None),
        ("Peru prohibited noise. Kenya fretted, Kenya's press said. "
         "Customs figures show June shipments of 300 tons.", "Kenya", None),
        ("Norway is calm. The country ranks third in the world with reserves of 300 tons, "
         "the U.S. Geological Survey says.", "Norway", None),
        ("Norway is calm. World reserves are 300 tons.", None, None),
        ("Norway is calm. U.S. reserves are 300 tons.", "United States", None),
        ("Chile covered a third of the tin bought by Norwegian smelters in 2030, or 300 tons.",
         "Norway", "Chile"),
        ("Kenya closed its ports. Kenya waits. Peru imported 60 tons of tin from its neighbour.",
         "Peru", "Kenya"),
        ("Kenya closed its ports. Kenya waits. Peru imported 60 tons of tin by sea.",
         "Peru", None),
        ("Ostra Mining, a unit of Brightwater Magnetics, will sell 90 tons to Kestrel Ridge "
         "Minerals.", "Ostra Mining", "Kestrel Ridge Minerals"),
    ],
)  # fmt: skip
def test_country_behind_figures(text: str, reporter: str | None, partner: str | None) -> None:
    (item,) = read(text)
    assert (item.reporter, item.partner) == (reporter, partner)


def test_as_many_buyers_as_masses_are_pairs() -> None:
    lead = "Peruvian exports were 90 tons in May. "
    _, *pairs = read(lead + "Norway and Kenya bought 6 tons and 4 tons.")
    assert [item.partner for item in pairs] == ["Norway", "Kenya"]
    _, *uneven = read(lead + "Norway bought 6 tons and 4 tons.")
    assert [item.partner for item in uneven] == ["Norway", None]


def test_supply_deal_has_a_seller_a_buyer_and_yearly_amounts() -> None:
    found = read(
        "Ostra Mining agreed to supply Brightwater Magnetics with tin, starting at 90 tons in "
        "2033 and rising to 300 tons by 2036."
    )
    assert {(x.reporter, x.partner, x.flow, x.basis) for x in found} == {
        ("Ostra Mining", "Brightwater Magnetics", Flow.SALE, Basis.YEAR)
    }
    (late,) = read("Ostra Mining plans output of 300 tons by 2036.")
    assert late.basis is Basis.OTHER
