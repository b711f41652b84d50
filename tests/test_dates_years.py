"""Whole years, parts that a year names before them, years that follow, and elapsed months."""

from datetime import date

import pytest

from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput


def periods(text: str, published: date) -> dict[str, str]:
    doc = read_doc(load_nlp(), TextInput(id="t", text=text, published=published))
    return {m.text: f"{m.period_start or ''}/{m.period_end or ''}" for m in find_dates(doc)}


@pytest.mark.parametrize(
    ("text", "published", "surface", "expected"),
    [
        ("Sales rose in 2031's first half.", "2031-09-20", "2031's first half",
         "2031-01-01/2031-07-01"),
        ("Sales rose in last year's third quarter.", "2031-09-20", "last year's third quarter",
         "2030-07-01/2030-10-01"),
        ("The cap is 40 tons in 2031 and 35 in each of the two following years.", "2031-09-20",
         "the two following years", "2032-01-01/2034-01-01"),
        ("For the full year sales fell to 90 tons.", "2032-01-14", "the full year",
         "2031-01-01/2032-01-01"),
        ("For the full year sales fell to 90 tons.", "2031-06-14", "the full year",
         "2031-01-01/2032-01-01"),
        ("For the full year sales will fall to 90 tons.", "2032-01-14", "the full year",
         "2032-01-01/2033-01-01"),
        ("After eight months the total stands at 340 tons.", "2031-09-20", "eight months",
         "2031-01-01/2031-09-01"),
        ("Ports shipped 9 tons in June. Rain fell. That was 4% less than in the same month last"
         " year.", "2031-07-20", "the same month last year", "2030-06-01/2030-07-01"),
    ],
)  # fmt: skip
def test_years_and_their_parts(text: str, published: str, surface: str, expected: str) -> None:
    assert periods(text, date.fromisoformat(published)).get(surface) == expected


@pytest.mark.parametrize(
    "text",
    [
        "After eight months of talks the sides met.",
        "It lost 2031 seats in the first half.",
        "The two following speakers agreed.",
        "It lost money in the fourth quarter of its financial year.",
    ],
)
def test_near_misses_are_no_period_of_the_year(text: str) -> None:
    found = periods(text, date(2031, 9, 20))
    shifted = {"eight months", "2031's first half", "the two following", "the fourth quarter"}
    assert not shifted & {surface for surface, period in found.items() if period != "/"}
