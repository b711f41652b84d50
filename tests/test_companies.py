"""Companies in sentences: every rule with a positive and a near-miss, and hostile text."""

import time

import numpy as np
import pytest
from spacy.attrs import SENT_START
from spacy.tokens import Doc

from extractors.companies.find import find_companies
from extractors.companies.lexicon import filters, words
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput
from models.errors import LexiconError
from models.facts import CompanyMention
from models.vocabulary import Link


def read(text: str) -> tuple[CompanyMention, ...]:
    return find_companies(read_doc(load_nlp(), TextInput(id="t", text=text)))


def surfaces(text: str) -> list[str]:
    return [mention.text for mention in read(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Registry, with capitals and possessives.
        ("Stellantis and Kia's suppliers wait.", ["Stellantis", "Kia"]),
        ("LICENSES REACH NINGBO YUNSHENG THIS WEEK", ["NINGBO YUNSHENG"]),
        ("Lynas (NYSE: MP) is not a code.", ["Lynas"]),
        ("An apple a day; the ford over the river.", []),
        ("Betty Ford spoke, then Naoki Suzuki left.", []),
        ("The Ford Foundation and the Boeing Museum replied.", []),
        # Legal forms and last words.
        ("Ostrava Alloys, Inc. ships powder.", ["Ostrava Alloys, Inc."]),
        ("The Norland Tin Corporation agreed.", ["Norland Tin Corporation"]),
        ("Brightwater Magnetics opened a line.", ["Brightwater Magnetics"]),
        ("Kestrel Ridge Minerals shut a pit.", ["Kestrel Ridge Minerals"]),
        ("Critical Minerals and Advanced Materials matter.", []),
        ("The Interagency Working Group met the Department of Energy.", []),
        ("The Development Finance Corporation lends.", []),
        ("Kiel University and the Tungsten Council replied.", []),
        # Context.
        ("Orveld, an Idaho-based miner, hired ten people.", ["Orveld"]),
        ("Jonas Vreeland, a trader at Tamsin Row, disagreed.", ["Tamsin Row"]),
        ("Jonas Vreeland, an old friend, disagreed.", []),
        ("The magnet maker Quellmark reopened.", ["Quellmark"]),
        ("The company executive Lund resigned.", []),
        ("Texas-based Corvane broke ground.", ["Corvane"]),
        ("The agency is investing $12 million into Perrick to dig.", ["Perrick"]),
        ("The agency is investing $12 million into Wyoming to dig.", []),
        ("Shares of Vexloy rose.", ["Vexloy"]),
        ("The heart of Vexloy rose.", []),
        ("The office revoked the license held by Tarnwick.", ["Tarnwick"]),
        ("The office praised the party held by Tarnwick.", []),
        ("A permit had been issued to Quellmark.", ["Quellmark"]),
        ("A warning had been issued to Quellmark.", []),
        ("A license was issued to Norway.", []),
        ("Dunmore Castings closed.", ["Dunmore Castings"]),
        ("Tanabrook will purchase 40 turbines.", ["Tanabrook"]),
        ("Japan will purchase 40 turbines.", []),
        ("Secretary Lutnick will invest in trust.", []),
        ("Makers visited Dunmore in joint venture with Ardrossa.", ["Ardrossa"]),
        # A role before a comma.
        ("A fourth buyer, Quellmark, gave up.", ["Quellmark"]),
        ("Its main supplier, Tolvane Brask (TB), gave up.", ["Tolvane Brask", "TB"]),
        ("A fourth buyer, Slovakia, gave up.", []),
        ("The trader, Jonas Vreeland, gave up.", []),
        ("Buyers, Quellmark fans say, gave up.", []),
        # Contracts and deliveries.
        ("The mill has a supply contract with Orveld.", ["Orveld"]),
        ("The mill has an odd contract with Destiny.", []),
        ("It will ship 60 frames to Perrick under a contract.", ["Perrick"]),
        ("It will ship 60 frames to Perrick in a month.", []),
        ("It will ship 60 frames to Norway under a contract.", []),
        # A Chinese seat beside a permit.
        ("The permit of Ningde Halvor lapsed.", ["Ningde Halvor"]),
        ("Clerks turned Wuxi Delsheng down for a quota.", ["Wuxi Delsheng"]),
        ("The dancers of Ningde Halvor bowed.", []),
        ("The permit office in Ningde Halvor shut.", []),
        ("The permit of Hubei Province lapsed.", []),
        # Seats, regions and forms around known names.
        (
            "Wuhan Putailai and Toyota North America met.",
            ["Wuhan Putailai", "Toyota North America"],
        ),
        ("Umicore Holding met Umicore Europe.", ["Umicore Holding", "Umicore Europe"]),
        ("The Ohio Honda line stopped.", ["Honda"]),
        # Lists.
        (
            "Firms including Tolvane, Brask and Denkiyama applied.",
            ["Tolvane", "Brask", "Denkiyama"],
        ),
        ("Carmakers such as Tolvane and Honda paused.", ["Tolvane", "Honda"]),
        ("States such as Ohio and Utah paused.", []),
        (
            "Licenses went to Ningbo Hexin, Baotou Tengda and BMW.",
            ["Ningbo Hexin", "Baotou Tengda", "BMW"],
        ),
        # Bodies, media, products, topics, people, places.
        ("Reuters and Nikkei quote the Ministry of Commerce and MOFCOM.", []),
        ("NdFeB, EV and Rare Earth demand grew at Mountain Pass.", []),
        ("President Trump and Xi Jinping met in Busan.", []),
    ],
)
def test_companies_of_a_sentence(text: str, expected: list[str]) -> None:
    assert surfaces(text) == expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (
            "Neo Performance Materials grew. Neo hired.",
            "Neo Performance Materials Inc.",
            ["Neo Performance Materials", "Neo"],
        ),
        (
            "Ostrava Alloys (“OA Group”) grew. Ostrava hired, OA Group said.",
            "Ostrava Alloys",
            ["Ostrava Alloys", "OA Group", "Ostrava", "OA Group"],
        ),
        ("Xiling Tenka Magnetics grew. Xiling Tenka hired.", "Xiling Tenka Magnetics", None),
        ("Orveld, a miner, grew. On Monday Orveld hired.", "Orveld", ["Orveld", "Orveld"]),
        (
            "Toyota Motor Corporation waits; Toyota is calm.",
            "Toyota Motor Corporation",
            ["Toyota Motor Corporation", "Toyota"],
        ),
    ],
)
def test_mentions_of_one_firm_share_a_name(
    text: str, name: str, expected: list[str] | None
) -> None:
    found = read(text)
    assert {mention.name for mention in found} == {name}
    assert len({mention.company_id for mention in found}) == 1
    if expected:
        assert [mention.text for mention in found] == expected


def test_short_form_needs_its_long_form() -> None:
    assert surfaces("The MP asked Neo why.") == []
    assert surfaces("MP Materials grew. MP hired.") == ["MP Materials", "MP"]
    assert read("MP Materials grew. MP hired.")[1].link is Link.SHORT_FORM


def test_firms_with_similar_names_stay_apart() -> None:
    found = read("Northern Minerals fell, Northern Rare Earth rose, China Rare Earth Group too.")
    assert len({mention.company_id for mention in found}) == 3


def test_role_and_link_come_from_the_registry() -> None:
    known, unknown = read("Volkswagen met Brightwater Magnetics.")
    assert (known.role, known.link, known.company_id) == ("carmaker", Link.REGISTRY, "volkswagen")
    assert (unknown.role, unknown.link, unknown.company_id) == (None, Link.SUFFIX, None)


def test_lexicons_are_sorted_and_closed() -> None:
    assert list(filters()) == sorted(filters())
    assert words("role_nouns")
    with pytest.raises(LexiconError):
        words("no such section")


def _fast_doc(text: str) -> Doc:
    """Return a Doc whose every line break starts a sentence, without any model."""
    doc = load_nlp().make_doc(text)
    marks = np.full(len(doc), 2**64 - 1, dtype="uint64")
    marks[:1] = 1
    doc.from_array([SENT_START], marks)
    return doc


@pytest.mark.parametrize(
    "text",
    [
        "A" * 200_000,
        "9 " * 50_000,
        "(" * 500 + "Ford" + ")" * 500,
        "Ford, BMW and " * 5_000,
        "Ostrava Alloys, Inc. " * 5_000,
        " ".join(f"firms such as Foo{index} and" for index in range(4_000)),
        "\u202eFord\u200b\u2066 Metals\u2069 Ltd. " * 3_000,
        "Neo-" * 10_000,
        "",
        "\n\n\t",
    ],
    ids=["letters", "digits", "nested", "list", "suffix", "leads", "bidi", "hyphens", "", "blank"],
)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    doc = _fast_doc(text)
    started = time.process_time()
    found = find_companies(doc)
    assert time.process_time() - started < 5
    for mention in found:
        assert mention.text == text[mention.char_start : mention.char_end]
