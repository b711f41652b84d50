"""Plans, fiscal halves and periods as adjectives, each with a near miss."""

from datetime import date

import pytest

from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput
from models.facts import DateMention

PUBLISHED = date(2025, 9, 17)  # a Wednesday


def read(text: str) -> tuple[DateMention, ...]:
    return find_dates(read_doc(load_nlp(), TextInput(id="t", text=text, published=PUBLISHED)))


def period(text: str, surface: str) -> str:
    mentions = read(text)
    found = next((m for m in mentions if m.text == surface), None)
    assert found is not None, [m.text for m in mentions]
    return f"{found.period_start or ''}/{found.period_end or ''}"


@pytest.mark.parametrize(
    ("text", "surface", "expected"),
    [
        ("The envoy flies to Lima on Friday.", "Friday", "2025-09-19/2025-09-20"),
        ("The envoy flew to Lima on Friday.", "Friday", "2025-09-12/2025-09-13"),
        ("The mill is to reopen on Friday.", "Friday", "2025-09-19/2025-09-20"),
        ("The truce runs out on March 3.", "March 3", "2026-03-03/2026-03-04"),
        ("The rule was put off until March 3.", "March 3", "2026-03-03/2026-03-04"),
        ("Ostra, which bought the pit in 2019, must file a plan on Nov. 2.", "Nov. 2",
         "2025-11-02/2025-11-03"),
        ("First cargo to sail in the December quarter.", "the December quarter",
         "2025-10-01/2026-01-01"),
        ("Sydney: 1H FY25 sales rose.", "1H FY25", "2024-07-01/2025-01-01"),
        ("Sydney: FY2026 second half sales rose.", "FY2026 second half", "2026-01-01/2026-07-01"),
        ("Mumbai: in the previous financial year it fell.", "the previous financial year",
         "2024-04-01/2025-04-01"),
        ("The first-half quota is late.", "first-half", "2025-01-01/2025-07-01"),
        ("Vale lifted its May listing.", "May", "2025-05-01/2025-06-01"),
        ("Output stayed below March.", "March", "2025-03-01/2025-04-01"),
        ("They worked the whole summer.", "the whole summer", "2025-06-01/2025-09-01"),
        ("It was posted in the last days of August.", "the last days of August",
         "2025-08-21/2025-09-01"),
    ],
)  # fmt: skip
def test_plans_fiscal_halves_and_adjectives(text: str, surface: str, expected: str) -> None:
    assert period(text, surface) == expected


def test_offsets_in_a_list_count_from_the_month_stated() -> None:
    text = "Requests fell to 120 in April from 160 the month before and 210 a year earlier."
    assert period(text, "a year earlier") == "2024-04-01/2024-05-01"


@pytest.mark.parametrize("text", ["They may list it.", "The march on Lima began."])
def test_may_and_march_the_verbs_stay_untagged(text: str) -> None:
    assert not read(text)
