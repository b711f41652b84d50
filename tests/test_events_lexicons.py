"""The event lexicons and the agency table: sorted, without doubles, every row usable."""

import csv
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from extractors.events.actors import find_actors
from extractors.events.lexicon import cues, frames_by_verb, noun_classes, party_nouns, speakers
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput
from models.vocabulary import EventKind

NAMES = [
    "event_cues",
    "event_frames",
    "event_nominals",
    "event_nouns",
    "event_parties",
    "event_speakers",
]


def table(name: str) -> dict[str, Any]:
    text = files("extractors").joinpath("lexicons", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def lists_of(value: Any) -> list[list[str]]:
    if isinstance(value, dict):
        return [found for item in value.values() for found in lists_of(item)]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [found for item in value for found in lists_of(item)]
    return [value] if isinstance(value, list) else []


def agency_rows() -> list[dict[str, str]]:
    text = files("models").joinpath("data", "agencies.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("name", NAMES)
def test_event_lists_are_sorted_without_doubles(name: str) -> None:
    for words in lists_of(table(name)):
        assert words == sorted(set(words))


@pytest.mark.parametrize("name", NAMES)
def test_event_lexicons_name_their_source(name: str) -> None:
    text = files("extractors").joinpath("lexicons", f"{name}.toml").read_text(encoding="utf-8")
    assert "# source:" in text


def test_frames_use_known_kinds_and_classes() -> None:
    classes = {*noun_classes(), "other_license", "party"}
    for frames in frames_by_verb().values():
        for frame in frames:
            assert frame.objects <= classes
            assert isinstance(frame.kind, EventKind)


def test_frame_ids_are_unique() -> None:
    ids = [row["id"] for row in table("event_frames")["frame"]]
    assert len(ids) == len(set(ids))


def test_cues_and_speakers_load() -> None:
    assert {"planned", "possible", "negated", "denied", "requested"} <= set(cues())
    assert "say" in speakers().verbs
    assert not party_nouns().holders & party_nouns().customers


def test_agencies_are_sorted_and_aliases_are_unique() -> None:
    rows = agency_rows()
    names = [row["name"] for row in rows]
    assert names == sorted(names, key=str.lower)
    aliases = [alias for row in rows for alias in row["aliases"].split("|") if alias]
    assert len(aliases) == len(set(aliases))
    assert all(row["source"] and row["role"] for row in rows)


@pytest.mark.parametrize("row", agency_rows(), ids=lambda row: row["name"])
def test_every_agency_can_be_found(row: dict[str, str]) -> None:
    alias = row["aliases"].split("|")[0] or row["name"]
    doc = read_doc(load_nlp(), TextInput(id="a", text=f"The rule of {alias} applies."))
    assert row["name"] in {actor.name for actor in find_actors(doc)}


def test_a_metonym_is_the_country() -> None:
    doc = read_doc(load_nlp(), TextInput(id="a", text="Beijing and Washington met in Geneva."))
    assert [actor.name for actor in find_actors(doc)][:2] == ["China", "United States"]
