"""Anchoring of incomplete dates: tense, nearness, years of the clause, texts without a date."""

import csv
import importlib.util
import sys
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput
from models.facts import DateMention

_SPEC = importlib.util.spec_from_file_location(
    "date_cases", Path(__file__).parent / "eval" / "date_cases.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
date_cases = importlib.util.module_from_spec(_SPEC)
sys.modules["date_cases"] = date_cases
_SPEC.loader.exec_module(date_cases)

PUBLISHED = date(2025, 9, 17)  # a Wednesday


def read(
    text: str, published: date | None = PUBLISHED, title: str | None = None
) -> list[DateMention]:
    given = TextInput(id="t", text=text, published=published, title=title)
    return list(find_dates(read_doc(load_nlp(), given)))


@pytest.mark.parametrize(
    ("text", "timex"),
    [
        # months go by tense
        ("Exports of 20 tons left in November.", "2024-11"),
        ("Exports of 20 tons will leave in November.", "2025-11"),
        ("Exports are expected to reach 20 tons in November.", "2025-11"),
        ("Exports reached 20 tons in September.", "2025-09"),
        ("The mill told 3 buyers to order before November.", "2025-11"),
        ("Licenses under the controls of November would lapse.", "2024-11"),
        # weekdays go by tense
        ("The ministry approved 3 permits on Wednesday.", "2025-09-17"),
        ("The ministry approved 3 permits on Thursday.", "2025-09-11"),
        ("The ministry will approve 3 permits on Thursday.", "2025-09-18"),
        ("The ministry approved 3 permits last Wednesday.", "2025-09-10"),
        # month and day: nearest, then tense
        ("The ban took effect on November 20.", "2025-11-20"),
        ("The ban took effect on December 30.", "2024-12-30"),
        ("The ban will take effect on January 30.", "2026-01-30"),
        # quarters
        ("Sales fell 5% in the fourth quarter.", "2024-Q4"),
        ("Sales should rise 5% in the fourth quarter.", "2025-Q4"),
    ],
)
def test_tense_and_nearness_choose_the_year(text: str, timex: str) -> None:
    assert [mention.timex for mention in read(text)] == [timex]


@pytest.mark.parametrize(
    ("text", "timexes"),
    [
        ("Exports rose 5% in August from a year earlier.", ["2025-08", "2024-08"]),
        ("It was signed on June 2 and leaked the following day.", ["2025-06-02", "2025-06-03"]),
        ("In 2019 Hanoi capped output in March.", ["2019", "2019-03"]),
        # A retelling keeps its year; news of the year before does not.
        ("In 2019, Hanoi capped output. In May, it fell.", ["2019", "2019-05"]),
        ("In 2024, Hanoi capped output. In May, it fell.", ["2024", "2025-05"]),
        (
            "It opened on May 3, 2018, and shut on July 9 of that year.",
            ["2018-05-03", "2018-07-09"],
        ),
        ("Talks began on June 2. Two weeks later they stalled.", ["2025-06-02", "2025-W25"]),
    ],
)
def test_text_itself_anchors(text: str, timexes: list[str]) -> None:
    assert [mention.timex for mention in read(text)] == timexes


@pytest.mark.parametrize(
    ("text", "title", "timexes"),
    [
        ("Output rose in May.", "Steel output, May 2022", ["2022-05"]),
        ("Data of June 20, 2021 show a rise in May.", None, ["2021-06-20", "2021-05"]),
        ("Prices slid through 2021. On March 4 they rose.", None, ["2021", "2021-03-04"]),
        # A target is no anchor, and nothing is guessed.
        ("Output doubles by 2030 and rose in May.", None, ["2030", "XXXX-05"]),
        ("Output rose in May, traders said on Monday.", None, ["XXXX-05", "XXXX-WXX-1"]),
    ],
)
def test_without_publication_only_full_dates_anchor(
    text: str, title: str | None, timexes: list[str]
) -> None:
    mentions = read(text, None, title)
    assert [mention.timex for mention in mentions] == timexes
    for mention in mentions:
        assert mention.period_start is None or not mention.timex.startswith("X")


def test_deictic_words_have_no_period_without_publication() -> None:
    for mention in read("It opens today and shuts next week.", None):
        assert (mention.period_start, mention.period_end) == (None, None)


def test_comparison_base_is_no_date() -> None:
    kinds = [m.kind.value for m in read("August sales of 9 tons were higher than a year earlier.")]
    assert kinds == ["date", "duration"]


@pytest.mark.parametrize("name", ["dates_fiscal.csv", "dates_named.csv", "dates_verbs.csv"])
def test_lexicons_are_sorted_and_sourced(name: str) -> None:
    text = (files("extractors") / "lexicons" / name).read_text(encoding="utf-8")
    rows = text.strip().split("\n")[1:]
    assert rows == sorted(rows)
    assert len(rows) == len(set(rows))
    assert all(row["source"] for row in csv.DictReader(text.splitlines()))


@pytest.mark.skipif(not date_cases.CASES.is_file(), reason="../shared is not beside this checkout")
def test_shared_date_cases_hold_their_floor() -> None:
    results = date_cases.run_cases(Path(date_cases.CASES))
    right = sum(not result.faults for result in results)
    assert right >= 0.95 * len(results)
    assert not [result.tagged for result in results if result.tagged]
