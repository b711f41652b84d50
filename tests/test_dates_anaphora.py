"""Dates that lean on another date or on publication, and periods that a date opens."""

import time
from datetime import date

import pytest

from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput

PUBLISHED = date(2024, 9, 19)  # a Thursday


def periods(text: str, published: date | None = PUBLISHED, title: str | None = None) -> list[str]:
    doc = read_doc(load_nlp(), TextInput(id="t", text=text, published=published, title=title))
    return [
        f"{m.text}: {m.period_start or ''}/{m.period_end or ''}"
        for m in find_dates(doc)
        if m.kind.value == "date"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a date that opens a period
        ("From 2026, smelters must register.", ["2026: 2026-01-01/"]),
        ("Smelters must register from October 1.", ["October 1: 2024-10-01/"]),
        ("Hanoi said that from March 3 trucks would queue.", ["March 3: 2024-03-03/"]),
        ("Effective June 2, 2024, brokers pay a fee.", ["June 2, 2024: 2024-06-02/"]),
        ("The fee applies with effect from 4 May 2024.", ["4 May 2024: 2024-05-04/"]),
        ("The fee applies as of December 5.", ["December 5: 2024-12-05/"]),
        ("Mills may buy 40 tons from the end of 2025.", ["the end of 2025: 2025-12-31/"]),
        # near misses: comparison, source, state, range
        ("Sales grew 5% from July.", ["July: 2024-07-01/2024-08-01"]),
        ("Sales are 3 tons lower from 2022.", ["2022: 2022-01-01/2023-01-01"]),
        ("A memo from May 6 lists 3 firms.", ["May 6: 2024-05-06/2024-05-07"]),
        ("Its first 2 rules, from May, stand.", ["May: 2024-05-01/2024-06-01"]),
        ("As of August 2, 30 files were open.", ["August 2: 2024-08-02/2024-08-03"]),
        ("It ran from May 2 to May 6.", ["from May 2 to May 6: 2024-05-02/2024-05-07"]),
        # a deadline in the present tense lies ahead, whoever tells of it
        (
            "The 5% levies remain until January 9, said a clerk.",
            ["January 9: 2025-01-09/2025-01-10"],
        ),
    ],
)
def test_onset_of_a_period(text: str, expected: list[str]) -> None:
    assert periods(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Sales hit 9 tons in June, up from the same month of 2021.",
            ["June: 2024-06-01/2024-07-01", "the same month of 2021: 2021-06-01/2021-07-01"],
        ),
        (
            "Sales from May to July were above the same three months of last year.",
            [
                "from May to July: 2024-05-01/2024-08-01",
                "the same three months of last year: 2023-05-01/2023-08-01",
            ],
        ),
        (
            "Sales in Q2 beat the corresponding quarter of 2022.",
            [
                "Q2: 2024-04-01/2024-07-01",
                "the corresponding quarter of 2022: 2022-04-01/2022-07-01",
            ],
        ),
        (
            "Sales in H1 were above the year-earlier half.",
            ["H1: 2024-01-01/2024-07-01", "the year-earlier half: 2023-01-01/2023-07-01"],
        ),
        ("Sales rose in the same period.", []),
        (
            "It sold 1 ton in July. Over the first seven months sales beat the same months of 2022.",
            [
                "July: 2024-07-01/2024-08-01",
                "the first seven months: 2024-01-01/2024-08-01",
                "the same months of 2022: 2022-01-01/2022-08-01",
            ],
        ),
        (
            "For the eight months it sold 9 tons, as in the same period of 2020.",
            [
                "the eight months: 2024-01-01/2024-09-01",
                "the same period of 2020: 2020-01-01/2020-09-01",
            ],
        ),
        ("For the five months it paid no rent.", []),
        # an ordinal without its unit
        (
            "It sold 9 tons in the second quarter and 8 tons in the first.",
            ["the second quarter: 2024-04-01/2024-07-01", "the first: 2024-01-01/2024-04-01"],
        ),
        ("Of 9 bids filed in June, 8 failed in the first.", ["June: 2024-06-01/2024-07-01"]),
        # a window beside an event
        (
            "The levy came in March 2023. In the six months after it, 40 tons left.",
            ["March 2023: 2023-03-01/2023-04-01", "the six months after: 2023-03-01/2023-09-01"],
        ),
        (
            "It sold 40 tons in the two months before August.",
            ["the two months before August: 2024-06-01/2024-08-01"],
        ),
        # the day just named
        (
            "A ban begins on October 5. From that date 3 ports close.",
            ["October 5: 2024-10-05/2024-10-06", "that date: 2024-10-05/"],
        ),
        ("Traders agree on that day after day.", []),
        (
            "A hearing opens on October 8 and closes on the 21st.",
            ["October 8: 2024-10-08/2024-10-09", "the 21st: 2024-10-21/2024-10-22"],
        ),
        # two dates joined: the year of the first holds until the second has passed it
        (
            "It sold 9 tons in Q1 2022 and 8 tons in Q3.",
            ["Q1 2022: 2022-01-01/2022-04-01", "Q3: 2022-07-01/2022-10-01"],
        ),
        (
            "It was signed in November 2022 and took effect in February.",
            ["November 2022: 2022-11-01/2022-12-01", "February: 2023-02-01/2023-03-01"],
        ),
        (
            "In May 2021 Hanoi capped ore sales. They fell from June 1. In July oxide followed.",
            [
                "May 2021: 2021-05-01/2021-06-01",
                "June 1: 2021-06-01/2021-06-02",
                "July: 2021-07-01/2021-08-01",
            ],
        ),
    ],
)
def test_dates_that_lean_on_another(text: str, expected: list[str]) -> None:
    assert periods(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Envoys met over the weekend.", ["the weekend: 2024-09-14/2024-09-16"]),
        ("Envoys will meet over the weekend.", ["the weekend: 2024-09-21/2024-09-23"]),
        ("Envoys meet next weekend.", ["next weekend: 2024-09-28/2024-09-30"]),
        ("Envoys met last weekend.", ["last weekend: 2024-09-14/2024-09-16"]),
        ("The weekend edition sold out.", []),
        ("He resigned this morning.", ["this morning: 2024-09-19/2024-09-20"]),
        ("He resigned last night.", ["last night: 2024-09-18/2024-09-19"]),
        ("Bids close on the 4th of next month.", ["the 4th of next month: 2024-10-04/2024-10-05"]),
        ("It owes 9 tons for the rest of 2024.", ["the rest of 2024: 2024-09-19/2025-01-01"]),
        ("The rest of the ore was sold in 2023.", ["2023: 2023-01-01/2024-01-01"]),
        ("Sales dipped in the last quarter.", ["the last quarter: 2024-04-01/2024-07-01"]),
        (
            "The mill was allotted 9 tons for the last quarter.",
            ["the last quarter: 2024-10-01/2025-01-01"],
        ),
        (
            "It will be spent within the next 6 months.",
            ["the next 6 months: 2024-09-19/2025-03-19"],
        ),
        ("Rules as of today bind 9 firms.", ["today: 2024-09-19/2024-09-20"]),
        ("The shop of today is online.", []),
        ("Output is due by mid-year.", ["mid-year: /2025-09-01"]),
        ("A report will show August figures.", ["August: 2024-08-01/2024-09-01"]),
    ],
)
def test_moments_count_from_publication(text: str, expected: list[str]) -> None:
    assert periods(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The June quarter was weak.", ["The June quarter: 2024-04-01/2024-07-01"]),
        (
            "In the December half of 2022 it sold 9 tons.",
            ["the December half of 2022: 2022-07-01/2023-01-01"],
        ),
        ("In June, a quarter of them shut.", ["June: 2024-06-01/2024-07-01"]),
        (
            "India shipped 9 tons in the first half of fiscal 2024.",
            ["the first half of fiscal 2024: 2023-04-01/2023-10-01"],
        ),
        (
            "The Pentagon spent it in the third quarter of fiscal 2024.",
            ["the third quarter of fiscal 2024: 2024-04-01/2024-07-01"],
        ),
        ("India sold 9 tons in fiscal 2022-23.", ["fiscal 2022-23: 2022-04-01/2023-04-01"]),
        (
            "It sold 9 tons in the fiscal year that ran to June 2023.",
            ["the fiscal year that ran to June 2023: 2022-07-01/2023-07-01"],
        ),
        ("It sold 9 tons in the year to June.", ["the year to June: 2024-01-01/2024-07-01"]),
        (
            "Prices in the three years to 2022 doubled.",
            ["the three years to 2022: 2020-01-01/2023-01-01"],
        ),
        (
            "It sold 9 tons in the half-year to March 2023.",
            ["the half-year to March 2023: 2022-10-01/2023-04-01"],
        ),
        (
            "Sales fall in the second quarter of calendar 2025.",
            ["the second quarter of calendar 2025: 2025-04-01/2025-07-01"],
        ),
        ("Sales in Mar-Apr fell.", ["Mar-Apr: 2024-03-01/2024-05-01"]),
        ("Dec is an old firm; Mar too.", []),
        ("Filed 07 AUG 2024 by the agent.", ["07 AUG 2024: 2024-08-07/2024-08-08"]),
        (
            "Done this twenty-second day of March, in the year of our Lord two thousand nineteen.",
            [
                "this twenty-second day of March, in the year of our Lord two thousand nineteen:"
                " 2019-03-22/2019-03-23"
            ],
        ),
        ("The first day of talks came in March.", ["March: 2024-03-01/2024-04-01"]),
        ("1H sales fell; the H1 visa did not.", ["1H: 2024-01-01/2024-07-01"]),
    ],
)
def test_years_and_their_parts(text: str, expected: list[str]) -> None:
    assert periods(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Sales of 9 tons fell from late 2022 to early 2023.",
            ["from late 2022 to early 2023: 2022-09-01/2023-05-01"],
        ),
        (
            "Sales of 9 tons fell from May until the end of July.",
            ["from May until the end of July: 2024-05-01/2024-08-01"],
        ),
        (
            "Sales of 9 tons fell between mid-May and early August.",
            ["between mid-May and early August: 2024-05-11/2024-08-11"],
        ),
        # Reversed ends are two dates.
        (
            "It moved between late 2023 and early 2022.",
            ["late 2023: 2023-09-01/2024-01-01", "early 2022: 2022-01-01/2022-05-01"],
        ),
        ("It opens no earlier than 2026.", ["2026: 2026-01-01/"]),
        ("It opened earlier than 2022.", ["2022: /2022-01-01"]),
        ("In the current quarter 9 mills run.", ["the current quarter: 2024-07-01/2024-10-01"]),
        ("The current quarter-master resigned.", []),
        ("As recently as May, 9 mills ran.", ["May: 2024-05-01/2024-06-01"]),
        ("As they may tell, 9 mills ran.", []),
    ],
)
def test_stretches_and_limits(text: str, expected: list[str]) -> None:
    assert periods(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The rule becomes effective on December 30.", "December 30: 2024-12-30/2024-12-31"),
        ("The fee is effective June 2, 2025.", "June 2, 2025: 2025-06-02/2025-06-03"),
        ("The fee is effective from June 2, 2025.", "June 2, 2025: 2025-06-02/"),
        ("The permit runs through May 9, 2026.", "May 9, 2026: /2026-05-10"),
        ("Talks ran through May 9, 2024.", "May 9, 2024: 2024-05-09/2024-05-10"),
        ("Three of its April requests will wait.", "April: 2024-04-01/2024-05-01"),
        ("The April auction will wait.", "April: 2025-04-01/2025-05-01"),
        ("The mayor, who had asked brokers to report in July, left.",
         "July: 2024-07-01/2024-08-01"),
        ("Its waiver, due to lapse in June, was cut.", "June: 2025-06-01/2025-07-01"),
        ("Fees rose due to storms in June.", "June: 2024-06-01/2024-07-01"),
        ("On 3 May Oslo paused, until 2 May 2026, the rules set one month earlier.",
         "one month earlier: 2024-04-01/2024-05-01"),
        ("The second auction of the year drew 9 bids.", "the year: 2024-01-01/2025-01-01"),
        ("The Federal Register counts 9 in fiscal year 2023, against 5 a year earlier.",
         "a year earlier: 2021-10-01/2022-10-01"),
        ("It sold 9 in 2023, against 5 a year earlier.",
         "a year earlier: 2022-01-01/2023-01-01"),
    ],
)  # fmt: skip
def test_acts_deadlines_and_ranks(text: str, expected: str) -> None:
    assert periods(text)[-1] == expected


def test_heat_of_the_year_is_no_date() -> None:
    assert periods("In the heat of the year it broke.") == []


def test_country_of_a_text_decides_its_fiscal_year() -> None:
    filler = "The mill hired 9 people and sold 3 trucks. " * 12
    assert periods(f"Japan met its goal. {filler}Fiscal 2023 was good.")[-1] == (
        "Fiscal 2023: 2023-04-01/2024-04-01"
    )
    assert periods(f"{filler}Fiscal 2023 was good.") == ["Fiscal 2023: 2023-01-01/2024-01-01"]


def test_text_with_its_own_day_says_which_month_is_this_month() -> None:
    text = "Data of March 8, 2022 came out. The mill reopens from this month."
    assert periods(text, None)[-1] == "this month: 2022-03-01/"
    assert periods("The mill reopens this month.", None) == ["this month: /"]


@pytest.mark.parametrize(
    "text",
    [
        "from 2031 " * 4_000,
        "in the first " * 4_000,
        "the same period of 2019 and " * 3_000,
        "fiscal 2024 " * 4_000,
        "the rest of the rest of " * 4_000,
        "this " * 20_000 + "morning",
        "from late 2031 to " * 4_000,
    ],
    ids=["from", "ordinal", "same", "fiscal", "rest", "this", "stretch"],
)
def test_hostile_text_stays_linear(text: str) -> None:
    started = time.process_time()
    periods(text)
    assert time.process_time() - started < 10
