"""Derived tags: which places and industries, in which order, and what does not count."""

import csv
from importlib.resources import files

import pytest

from extractors.tags import find_regions, find_sectors


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            None,
            "Beijing spoke. China acted. Brussels answered, and so did the EU.",
            ("China", "European Union"),
        ),
        ("Japan waits", "Nothing new.", ("Japan",)),
        (None, "A flight to Hanoi was late.", ()),
        (None, "Give us the list, said one of us.", ()),
        (None, "The U.S. office met. U.S. buyers left.", ("United States",)),
        ("SOUTH KOREA BUYS", "Seoul pays.", ("South Korea",)),
        (None, "North Korea shut. North Korea opened.", ("North Korea",)),
        (None, "South African and South African.", ("South Africa",)),
        (None, "Chinatown and Chinatown, Indiana and Indiana.", ()),
        ("", "", ()),
    ],
)
def test_find_regions(title: str | None, text: str, expected: tuple[str, ...]) -> None:
    assert find_regions(title, text) == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Carmakers stop lines", "The automakers waited.", ("Automotive",)),
        (None, "Wind turbines and wind turbines; a missile.", ("Energy",)),
        (
            None,
            "Drones flew. Two drones fell. The refinery burned, a refiner said.",
            ("Robotics", "Refining"),
        ),
        (None, "He fords the river and fords it again.", ()),
        (None, "An EV and another EV; the evening ended.", ("Automotive",)),
        (None, "Examined and undermined, more and more.", ()),
    ],
)
def test_find_sectors(title: str | None, text: str, expected: tuple[str, ...]) -> None:
    assert find_sectors(title, text) == expected


def test_at_most_four_and_the_most_mentioned_first() -> None:
    text = "Chile Chile Peru Kenya Kenya Kenya Japan Japan France France Italy Italy"
    assert find_regions(None, text) == ("Kenya", "Chile", "Japan", "France")


@pytest.mark.parametrize(("name", "column"), [("regions", "region"), ("sectors", "sector")])
def test_lexicons_are_sorted_and_every_row_matches(name: str, column: str) -> None:
    with files("extractors").joinpath(f"lexicons/{name}.csv").open(encoding="utf-8") as rows:
        table = list(csv.DictReader(rows))
    terms = [row["term"] for row in table]
    assert terms == sorted(terms)
    assert len(terms) == len(set(terms))
    find = find_regions if name == "regions" else find_sectors
    for row in table:
        assert row["source"]
        assert find(row["term"], "") == (row[column],), row
