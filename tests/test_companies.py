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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Heads by compound, trade or language; the plain word alone is nothing.
        ("Sixty people at Wendt Fördertechnik went home.", ["Wendt Fördertechnik"]),
        ("The Institut Fördertechnik measures noise.", []),
        ("Arashi Denki cut its forecast.", ["Arashi Denki"]),
        ("Osaka Denki is a street of shops.", []),
        ("The trader Pelorus Sands and Minerals was late.", ["Pelorus Sands and Minerals"]),
        ("Pelorus Alloys and Corvane Mining merged.", ["Pelorus Alloys", "Corvane Mining"]),
        ("PT Rimba Logam digs tin.", ["PT Rimba Logam"]),
        ("The call starts at 9 a.m. PT Rimba time.", []),
        ("King Ashdown LLP wrote the brief.", ["King Ashdown LLP"]),
        ("King Ashdown wrote the brief.", []),
        ("Orrin Ferrite plc (the “Group”) moved.", ["Orrin Ferrite plc"]),
        ("Rimau Oxide Sdn. Bhd. (a smelter) moved.", ["Rimau Oxide Sdn. Bhd."]),
        # Deeds.
        ("Wexcombe halted two lines in May.", ["Wexcombe"]),
        ("Wexcombe halted the talks in May.", []),
        ("Ada Wexcombe came. Wexcombe halted two lines in May.", []),
        ("Thailand halted two lines in May.", []),
        ("Hurricane Orla shut plants along the coast.", []),
        ("Pemhurst raised $12 million from investors.", ["Pemhurst"]),
        ("Pemhurst raised 12 questions.", []),
        ("Pemhurst employs 90 people in Leeds.", ["Pemhurst"]),
        ("Pemhurst reported a loss for the year.", ["Pemhurst"]),
        ("Pemhurst reported a fire.", []),
        ("Korvald signed an offtake deal in Oslo.", ["Korvald"]),
        ("Korvald signed the visitors' book in Oslo.", []),
        ("A startup, the young magLoom raised $3 million.", ["magLoom"]),
        # Permits.
        ("Tiren Usaha Jaya had held permits for ore.", ["Tiren Usaha Jaya"]),
        ("Tiren Usaha Jaya had held talks on ore.", []),
        ("Zhaoming was refused a licence in June.", ["Zhaoming"]),
        ("Zhaoming was refused a seat in June.", []),
        ("The office granted Zhaoming a license for alloys.", ["Zhaoming"]),
        ("The office granted Vietnam a quota for alloys.", []),
        ("Zhaoming has been cleared to ship 20 tonnes.", ["Zhaoming"]),
        ("Zhaoming has been moved to ship 20 tonnes.", []),
        ("Zhaoming applied for clearance in June.", ["Zhaoming"]),
        ("The Bureau of Customs received applications.", []),
        # Tickers, award notices, owners behind a country.
        ("Lumvale (TSXV: LUV) will drill.", ["Lumvale"]),
        ("Lumvale (note: old) will end.", []),
        ("Ashgrove Kilns, Dayton, Ohio, has been awarded $9 million.", ["Ashgrove Kilns"]),
        ("Ann Ashgrove, a chemist, was awarded a prize.", []),
        ("It is a unit of Sweden's Bergvalla.", ["Bergvalla"]),
        ("It is a town of Sweden's Bergvalla.", []),
        ("Tolvane, which refines scrap, grew.", ["Tolvane"]),
        ("Tolvane, which is old, grew.", []),
        # Short names of the registry where they speak, own or stand in a list.
        ("Compare Continental's finance chief.", ["Continental"]),
        ("Continental and Schaeffler wait.", ["Continental", "Schaeffler"]),
        ("Continental breakfast was served.", []),
        ("Victory was near.", []),
        # Towns, days, bodies.
        ("In Albion, Michigan, it rained. Albion will build a hall.", []),
        ("Albion will build a hall.", ["Albion"]),
        ("Since Whit Monday, the family firm said, it waits.", []),
        ("DLA Strategic Metals sent a notice.", []),
        ("ORC Strategic Metals sent a notice.", ["ORC Strategic Metals"]),
        ("The Bureau of Lands and Aquatic Resources replied.", []),
        ("The Port of Lune and Perrin Resources replied.", ["Perrin Resources"]),
        ("The National Ferry Captains’ Council met.", []),
        ("A QVRC spokesperson replied.", []),
        ("A Quivorc spokesperson replied.", ["Quivorc"]),
    ],
)
def test_deeds_permits_and_traps(text: str, expected: list[str]) -> None:
    assert surfaces(text) == expected


def test_a_name_defined_in_quotes_has_one_owner() -> None:
    text = (
        "Harrier Oxides Limited (ASX: HRX) (“Harrier” or the “Company”) runs Harrier Refining "
        "Sdn. Bhd. in Johor. Harrier expects first metal in May."
    )
    names = {mention.text: mention.name for mention in read(text)}
    assert names["Harrier"] == "Harrier Oxides Limited"
    assert names["Harrier Refining Sdn. Bhd."] != names["Harrier"]


def test_a_part_of_two_names_goes_to_the_last_without_a_definition() -> None:
    text = "Harrier Oxides Limited owns Harrier Refining Ltd. Harrier expects first metal in May."
    assert read(text)[-1].name == "Harrier Refining Ltd."
