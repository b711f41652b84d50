"""The three-way check: before, after and change agree in silence and disagree aloud."""

from datetime import date

from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.quantities.checks import check_quantities
from extractors.quantities.percentages import find_percentages
from extractors.quantities.tonnages import find_tonnages
from extractors.texts import TextInput
from models.facts import Finding


def check(text: str) -> tuple[Finding, ...]:
    doc = read_doc(load_nlp(), TextInput(id="t", text=text, published=date(2031, 9, 20)))
    dates = find_dates(doc)
    return check_quantities(find_tonnages(doc, dates), find_percentages(doc, dates))


def test_agreement_is_silent() -> None:
    assert check("Exports rose 5.3% to 4,000 tons in August from 3,800 tons in July.") == ()


def test_disagreement_names_both_spans() -> None:
    text = "Exports rose 12.4% to 4,000 tons in August from 3,800 tons in July."
    (finding,) = check(text)
    assert text[finding.char_start : finding.char_end] == "12.4%"
    assert text[finding.other_start : finding.other_end] == "3,800 tons"
    assert (finding.expected, finding.found) == (5.26, 12.4)


def test_change_without_its_base_is_not_checked() -> None:
    assert check("Exports rose 12.4% to 4,000 tons in August.") == ()


def test_change_of_another_base_is_not_checked() -> None:
    text = "Exports were 4,000 tons in August, up 40% on the year, after 3,800 tons in July."
    assert check(text) == ()
