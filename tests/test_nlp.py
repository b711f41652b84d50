"""Tokens, sentences, boilerplate: the ground that the finders stand on."""

import time

import pytest

import extractors.nlp
from extractors.boilerplate import find_boilerplate, mask_boilerplate
from extractors.dates.required import required_words
from extractors.encoder import Encoder
from extractors.extract import extract, extractor_version
from extractors.gate import may_hold_fact
from extractors.gazetteer import find_materials, find_places
from extractors.nlp import load_nlp, read_doc
from extractors.places import country_of
from extractors.texts import TextInput, parse_published
from models.errors import LexiconError


def doc_of(text):
    return read_doc(load_nlp(), TextInput(id="t", text=text))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Orient Magnet Co., Ltd. filed in May. It waits.", 2),
        ("Under Notice No. 14 of 2026 exports stop. Nobody knew.", 2),
        ("Sales to the U.S. rose. The mill agreed.", 2),
        ("Sales to the U.S. The mill agreed.", 2),
        ('"We wait." He left.', 2),
        ("A headline without a stop\nThe text begins here.", 2),
        ("Exports rose 4.5% in May.", 1),
        ("It took Harbour Alloys Pte. Ltd. off its list. Nobody objected.", 2),
        ("", 0),
    ],
)
def test_sentences(text, count):
    assert len(list(doc_of(text).sents)) == count


def test_unparsed_sentences_stay_apart():
    doc = doc_of("The hills are green.\n\nExports of gallium rose 5%.\n\nNobody was there.")
    assert [sent.text.strip() for sent in doc.sents] == [
        "The hills are green.",
        "Exports of gallium rose 5%.",
        "Nobody was there.",
    ]
    assert doc[0].pos == 0
    assert any(token.pos for token in doc)


LONG = "The ministry said exports of magnets grew again. " * 12


def test_a_teaser_list_ends_the_article():
    text = f"{LONG}\nRelated Articles\nFirm X exports 900 tons\nMore text about 40%."
    assert find_boilerplate(text) == [(len(LONG) + 1, len(text))]
    masked = mask_boilerplate(text)
    assert len(masked) == len(text)
    assert "900" not in masked


def test_a_heading_at_the_top_or_inside_a_sentence_ends_nothing():
    assert find_boilerplate(f"Related\n{LONG}") == []
    assert (
        find_boilerplate(f"{LONG}\nRelated articles of the law were amended by the council.") == []
    )


def test_a_notice_goes_alone():
    text = f"{LONG}\nSubscribe to our newsletter for 20% off\nExports rose 5% in May."
    values = [item.value for item in extract(TextInput(id="t", text=text)).percentages]
    assert values == [5.0]


@pytest.mark.parametrize(
    "hostile",
    [
        "(" * 50_000,
        "7" * 50_000,
        "1,234 " * 8_000,
        "tons " * 10_000,
        "a" * 500_000,
        "\u202e5% tons\u202c\u200b " * 3_000,
        "((((5%)))) " * 4_000,
        "in May in June " * 3_000,
        "China granted a license to A, B and C. " * 400,
        "“" * 5_000,
        "5\u00a0000\u2009t " * 4_000,
        "\ud800 5% of exports",
    ],
    ids=lambda text: repr(text[:12]),
)
@pytest.mark.timeout(120)
def test_hostile_text_neither_crashes_nor_hangs(hostile):
    started = time.process_time()
    facts = extract(TextInput(id="t", text=hostile, published=parse_published("2026-05-05")))
    for items in (facts.dates, facts.percentages, facts.tonnages, facts.companies):
        for item in items:
            assert item.text == hostile[item.char_start : item.char_end]
    assert time.process_time() - started < 60


def test_places_and_materials_are_canonical():
    doc = doc_of("Beijing and Brussels discuss NdFeB magnets; US buyers polish yttria.")
    assert [mention.place.name for mention in find_places(doc)] == [
        "China",
        "European Union",
        "United States",
    ]
    assert [mention.material.name for mention in find_materials(doc)] == [
        "NdFeB magnets",
        "yttrium oxide",
    ]


@pytest.mark.parametrize(
    ("name", "country"),
    [("MOFCOM", "China"), ("China", "China"), ("Narnia", "Narnia"), (None, None)],
)
def test_country_of(name, country):
    assert country_of(name) == country


def test_the_extractor_version_is_stable_in_a_process():
    assert extractor_version() == extractor_version()
    assert "+" in extractor_version()


@pytest.mark.parametrize(
    ("value", "day"),
    [("2026-05-05", "2026-05-05"), ("2026-05-05T23:30:00+08:00", "2026-05-05"), ("soon", None)],
)
def test_published_is_read_in_its_own_zone(value, day):
    found = parse_published(value)
    assert (found.isoformat() if found else None) == day


def test_memoised_forms_are_those_of_the_model():
    nlp = load_nlp()
    text = (
        "There is no ban on exports, and it has not been lifted since the talks began. "
        "Ministries were refusing licenses to firms that had applied in April; buyers would "
        "rather wait than pay 12% more for the best magnets."
    )
    whole = nlp(text)  # with the attribute ruler and the lemmatizer of the model
    alone = doc_of(text)
    for expected, found in zip(whole, alone, strict=True):
        if (expected.tag, expected.dep) == (found.tag, found.dep):
            assert (found.pos_, found.lemma_) == (expected.pos_, expected.lemma_), expected


VARIED = (
    "Orlandite Metals applied for an export permit in March, its counsel said.",
    "Shipments of gallium to Ruritania fell 14% to 320 tons; prices did not.",
    "Nothing moved.",
    "If the ministry doesn't answer by 5 June, the Zembla works, which waits for 12 licenses, stops.",
)


def columns_of(doc):
    return doc.to_array(["TAG", "DEP", "HEAD", "LEMMA"]).tolist()


def test_vectors_are_those_of_the_model():
    nlp = load_nlp()
    network = nlp.get_pipe("tok2vec").model
    docs = [nlp.make_doc(text) for text in VARIED]
    forms = [list(map(tuple, doc.to_array(["ORTH", "SPACY"]).tolist())) for doc in docs]
    plain = [type(doc)(nlp.vocab, [t.text for t in doc], [bool(t.whitespace_) for t in doc])
             for doc in docs]  # fmt: skip
    for expected, found in zip(
        network.predict(plain), Encoder(nlp.vocab, network).encode(forms), strict=True
    ):
        assert abs(expected - found).max() < 1e-4


def test_a_network_of_another_layout_is_refused():
    nlp = load_nlp()
    with pytest.raises(LexiconError):
        Encoder(nlp.vocab, nlp.get_pipe("tagger").model)


def test_syntax_is_that_of_the_model():
    nlp = load_nlp()
    alone = doc_of(VARIED[0])
    whole = nlp(VARIED[0])
    assert [token.tag_ for token in alone] == [token.tag_ for token in whole]
    assert [token.dep_ for token in alone] == [token.dep_ for token in whole]
    assert [token.head.i for token in alone] == [token.head.i for token in whole]


def test_syntax_does_not_depend_on_what_was_read_before():
    first = [columns_of(doc_of(text)) for text in VARIED]
    again = [columns_of(doc_of(text)) for text in reversed(VARIED)]
    assert first == again[::-1]


@pytest.mark.parametrize("index", range(len(VARIED)))
def test_a_token_and_a_span_know_their_sentence(index):
    doc = doc_of("\n".join(VARIED))
    sent = list(doc.sents)[index]
    for token in sent:
        assert token.sent == sent
    assert doc[sent.start : sent.start + 2].sent == sent
    # A span that runs on into the next sentence belongs to that in which it begins.
    assert doc[sent.end - 1 : sent.end + 1].sent == sent


def test_many_word_forms_are_forgotten_and_change_nothing(monkeypatch):
    before = load_nlp()
    kept = doc_of(VARIED[1])
    expected = [extract(TextInput(id="t", text=text)) for text in VARIED]
    monkeypatch.setattr(extractors.nlp, "MAX_FORMS", len(before.vocab) - 1)
    assert extract(TextInput(id="t", text=VARIED[0])) == expected[0]
    monkeypatch.undo()
    assert load_nlp() is not before
    assert [extract(TextInput(id="t", text=text)) for text in VARIED] == expected
    assert kept[0].text == "Shipments"
    assert [mention.place.name for mention in find_places(doc_of("In Peru."))] == ["Peru"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The petition sits with the bureau.", True),
        ("Beijing gave its BLESSING.", True),
        ("Output rose by a third.", True),
        ("The hills are green.", False),
        ("He thanked his hosts and left the hall.", False),
    ],
)
def test_the_gate_asks_for_a_telling_word(sentence, expected):
    assert may_hold_fact(f"It is 9. {sentence}", 9, 9 + len(sentence)) is expected


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"(?:\d+|ten) days? ago", {"ago"}),
        (r"\b(?i:Early|late) (?:in )?(?:spring|fall)", {"early", "late"}),
        (r"(?:the )?(?P<unit>week)(?:end)?", {"week"}),
        (r"(?<=since )\d{4}", set()),
        (r"(?:once|\d times)", {"once", "times"}),
        (r"(?:once|\d)", set()),
    ],
)
def test_words_that_a_pattern_cannot_do_without(pattern, words):
    assert required_words(pattern) == words
