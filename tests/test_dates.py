"""The date finder: what is found, what it is worth, and what stays untagged."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput
from models.facts import DateMention
from models.vocabulary import DateKind, Granularity

PUBLISHED = date(2025, 9, 17)  # a Wednesday


def read(
    text: str, published: date | None = PUBLISHED, title: str | None = None, site: str | None = None
) -> tuple[DateMention, ...]:
    given_text = TextInput(id="t", text=text, published=published, title=title, site=site)
    return find_dates(read_doc(load_nlp(), given_text))


def period(text: str, surface: str, published: date | None = PUBLISHED) -> str:
    mentions = read(text, published)
    found = next((m for m in mentions if m.text == surface), None)
    assert found is not None, [m.text for m in mentions]
    return f"{found.period_start or ''}/{found.period_end or ''}"


@pytest.mark.parametrize(
    ("text", "surface", "expected"),
    [
        # written forms
        ("The mill opened on 3 February 2024.", "3 February 2024", "2024-02-03/2024-02-04"),
        ("The mill opened on Feb. 3rd, 2024.", "Feb. 3rd, 2024", "2024-02-03/2024-02-04"),
        ("Filed 2024-02-03 by the agent.", "2024-02-03", "2024-02-03/2024-02-04"),
        ("Filed on 23/02/2024 by the agent.", "23/02/2024", "2024-02-23/2024-02-24"),
        ("It won approval in June 2023.", "June 2023", "2023-06-01/2023-07-01"),
        ("It won approval in June of last year.", "June of last year", "2024-06-01/2024-07-01"),
        ("It won approval last June.", "last June", "2025-06-01/2025-07-01"),
        ("A cargo left on Monday, September 8.", "Monday, September 8", "2025-09-08/2025-09-09"),
        # quarters, halves, years
        ("Revenue fell in 2Q25.", "2Q25", "2025-04-01/2025-07-01"),
        ("Revenue fell in Q4 last year.", "Q4 last year", "2024-10-01/2025-01-01"),
        ("Third-quarter output fell 2%.", "Third-quarter", "2025-07-01/2025-10-01"),
        ("Output fell in H2 2024.", "H2 2024", "2024-07-01/2025-01-01"),
        (
            "Output fell in the final quarter of 2024.",
            "the final quarter of 2024",
            "2024-10-01/2025-01-01",
        ),
        ("India raised its fiscal 2026 outlay.", "fiscal 2026", "2025-04-01/2026-04-01"),
        ("Congress raised fiscal year 2026 outlays.", "fiscal year 2026", "2025-10-01/2026-10-01"),
        # parts of a period
        ("Traders bought in early August.", "early August", "2025-08-01/2025-08-11"),
        ("Traders bought in late 2024.", "late 2024", "2024-09-01/2025-01-01"),
        ("They met at the end of 2024.", "the end of 2024", "2024-12-31/2025-01-01"),
        ("They met earlier this month.", "earlier this month", "2025-09-01/2025-09-17"),
        ("They will meet later this year.", "later this year", "2025-09-18/2026-01-01"),
        (
            "Sales in the first eight months rose.",
            "the first eight months",
            "2025-01-01/2025-09-01",
        ),
        (
            "Sales in the last three months of 2024 rose.",
            "the last three months of 2024",
            "2024-10-01/2025-01-01",
        ),
        # ranges and lists
        ("Sales fell from March through May.", "from March through May", "2025-03-01/2025-06-01"),
        ("Sales fell in Jan.-Aug. by 3%.", "Jan.-Aug.", "2025-01-01/2025-09-01"),
        (
            "It ran from December 2024 to February.",
            "from December 2024 to February",
            "2024-12-01/2025-03-01",
        ),
        ("They met on September 2-4.", "September 2-4", "2025-09-02/2025-09-05"),
        ("They met from 2 to 4 September.", "from 2 to 4 September", "2025-09-02/2025-09-05"),
        ("Orders for June and July fell.", "June and July", "2025-06-01/2025-08-01"),
        ("Buy 10 tons in 2026, 2027 and 2028.", "2026, 2027 and 2028", "2026-01-01/2029-01-01"),
        ("Hanoi missed its 2024/25 target.", "2024/25", "2024-01-01/2026-01-01"),
        ("Last year's output fell.", "Last year", "2024-01-01/2025-01-01"),
        ("The pause holds through May.", "May", "/2026-06-01"),
        ("Output from 2019 to 2021 fell.", "from 2019 to 2021", "2019-01-01/2022-01-01"),
        # ends at a date
        (
            "Year-to-date imports through August fell.",
            "Year-to-date imports through August",
            "2025-01-01/2025-09-01",
        ),
        (
            "Sales in the year to March 2025 fell.",
            "the year to March 2025",
            "2024-04-01/2025-04-01",
        ),
        ("Imports in the year to August fell.", "the year to August", "2025-01-01/2025-09-01"),
        (
            "Profit for the quarter ended June 30 fell.",
            "the quarter ended June 30",
            "2025-04-01/2025-07-01",
        ),
        ("Prices rose 8% so far this year.", "so far this year", "2025-01-01/2025-09-18"),
        # deictic and offsets
        (
            "It sailed the day before yesterday.",
            "the day before yesterday",
            "2025-09-15/2025-09-16",
        ),
        ("It sailed three weeks ago.", "three weeks ago", "2025-08-25/2025-09-01"),
        ("A ruling is due in two months.", "in two months", "2025-11-01/2025-12-01"),
        (
            "It will spend more in the next two years.",
            "the next two years",
            "2025-09-17/2027-09-17",
        ),
        ("The unit began this summer.", "this summer", "2025-06-01/2025-09-01"),
        (
            "The 13th Five-Year Plan capped output.",
            "The 13th Five-Year Plan",
            "2016-01-01/2021-01-01",
        ),
        ("Output peaked in the 1980s.", "the 1980s", "1980-01-01/1990-01-01"),
        (
            "The pause ends at 12:01 a.m. Eastern time on May 4, 2026.",
            "12:01 a.m. Eastern time on May 4, 2026",
            "2026-05-04/2026-05-05",
        ),
        ("Buyers stocked up before the Lunar New Year.", "the Lunar New Year", "/2025-01-29"),
    ],
)
def test_find_dates_gives_the_period(text: str, surface: str, expected: str) -> None:
    assert period(text, surface) == expected


@pytest.mark.parametrize(
    ("text", "surface", "modifier", "expected"),
    [
        ("Sales rose since June.", "June", "since", "2025-06-01/2025-09-18"),
        ("Bids are due by 2027.", "2027", "by", "/2028-01-01"),
        ("Bids close no later than May 4, 2026.", "May 4, 2026", "by", "/2026-05-05"),
        ("Bids close before 2027.", "2027", "before", "/2027-01-01"),
        ("It shut after August 9.", "August 9", "after", "2025-08-10/"),
        ("Duties apply beginning in 2027.", "2027", "from", "2027-01-01/"),
        ("From 2027 onward duties apply.", "2027", "from", "2027-01-01/"),
        # An expiry day is itself; the sentence's interval would have no start.
        ("Waivers run until May 4, 2026.", "May 4, 2026", "until", "2026-05-04/2026-05-05"),
        ("It closed until 2027.", "2027", "until", "/2027-01-01"),
        ("Demand doubles by the end of 2030.", "the end of 2030", "by+end", "/2031-01-01"),
        ("The pit opened about 2015.", "about 2015", "approx", "2015-01-01/2016-01-01"),
    ],
)
def test_modifier_makes_the_effective_period(
    text: str, surface: str, modifier: str, expected: str
) -> None:
    mention = next(m for m in read(text) if m.text == surface)
    assert mention.modifier == modifier
    assert f"{mention.period_start or ''}/{mention.period_end or ''}" == expected


@pytest.mark.parametrize(
    ("text", "kind", "timex"),
    [
        ("Permits last for two years.", DateKind.DURATION, "P2Y"),
        ("A nine-month ban followed.", DateKind.DURATION, "P9M"),
        ("It is a decade-long plan.", DateKind.DURATION, "P10Y"),
        ("Checks take at least 30 working days.", DateKind.DURATION, "P30D"),
        ("The permit holds for a year.", DateKind.DURATION, "P1Y"),
        ("Sales rose 4% month-on-month.", DateKind.DURATION, "P1M"),
        ("Prices beat those than a year earlier.", DateKind.DURATION, "P1Y"),
        ("The board meets every quarter.", DateKind.RECURRING, "P1Q"),
        ("Data come out quarterly.", DateKind.RECURRING, "P1Q"),
        ("Auctions are held every Tuesday.", DateKind.RECURRING, "XXXX-WXX-2"),
        ("Auctions are held three times a month.", DateKind.RECURRING, "P1M"),
    ],
)
def test_durations_and_recurring_times_have_no_period(
    text: str, kind: DateKind, timex: str
) -> None:
    (mention,) = read(text)
    assert (mention.kind, mention.timex) == (kind, timex)
    assert mention.period_start is None
    assert mention.period_end is None


@pytest.mark.parametrize(
    "text",
    [
        "Miners may cut output.",
        "May the best bid win.",
        "They march on.",
        "Theresa May spoke.",
        "Crews moved 2015 tonnes of ore.",
        "Tariff line 2025.90 covers it.",
        "Announcement No. 7 of 2024 covers it.",
        "Regulation (EU) 2023/956 covers it.",
        "Rates are 40 kg per month.",
        "A 61-year-old miner spoke.",
        "Vision 2030 and Made in China 2025 are plans.",
        "They took 2/3 of the votes.",
        "It fell by three quarters.",
        "The fall of the yuan hurt.",
        "Call 1-800-2024 for help.",
        "We meet the challenges of tomorrow.",
    ],
)
def test_look_alikes_stay_untagged(text: str) -> None:
    assert read(text) == ()


def test_label_of_goods_has_no_period() -> None:
    (mention,) = read("The 2027 model year sedans use ferrite.")
    assert (mention.timex, mention.period_start, mention.period_end) == ("2027", None, None)


def test_time_of_day_keeps_its_clock() -> None:
    (mention,) = read("Trading halted at 2:30 p.m. on September 8.")
    assert mention.timex == "2025-09-08T14:30"
    assert mention.granularity is Granularity.TIME


def test_day_first_outlet_decides_an_ambiguous_date() -> None:
    assert read("Filed on 04/05/2025.")[0].timex == "2025-04-05"
    assert read("Filed on 04/05/2025.", site="news.example.co.uk")[0].timex == "2025-05-04"


HOSTILE = [
    "9" * 50_000,
    "2025, " * 2_000 + "and 2026",
    "from May 1 to " * 1_500,
    "the first half of the " * 1_500,
    "(" * 2_000 + "May 3, 2025" + ")" * 2_000,
    "\u202eMay\u200b 3\u200f, 2025 " * 1_000,
    " " * 50_000 + "May 3",
    "February 30, 2025; 99/99/2025; 2025-13-45; Q9 2025; the 31st of June",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.timeout(60)
def test_hostile_text_is_read(text: str) -> None:
    for mention in read(text):
        assert mention.text == text[mention.char_start : mention.char_end]


_PIECES = st.sampled_from(
    [
        "May",
        "March",
        "2025",
        "2026",
        ",",
        "-",
        "–",
        "to",
        "until",
        "the",
        "end",
        "of",
        "first",
        "half",
        "month",
        "year",
        "week",
        "Monday",
        "early",
        "mid",
        "last",
        "next",
        "'26",
        "Q3",
        "by",
        "since",
        "in",
        "31",
        "30th",
        "(",
        ")",
        "\n",
        "\u200b",
        "\u202e",
        "0",
        "00",
        "ago",
        "earlier",
        "three",
        "days",
        "second",
        "No.",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_PIECES, max_size=25))
def test_offsets_hold_and_mentions_do_not_overlap(pieces: list[str]) -> None:
    text = " ".join(pieces)
    end = 0
    for mention in read(text):
        assert mention.text == text[mention.char_start : mention.char_end]
        assert mention.char_start >= end
        end = mention.char_end
        if mention.period_start and mention.period_end:
            assert mention.period_start <= mention.period_end
