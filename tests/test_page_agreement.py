"""Two readers of one page: how far they agree, what is marked, and what is replaced."""

from dataclasses import replace

import psutil
import pytest
from test_versions import load, read

from extractors import article as article_module
from extractors.page_agreement import (
    LOW_AGREEMENT,
    PageView,
    check_text,
    compare_texts,
    read_second,
)
from extractors.page_text import parse_html, read_shown, write_html
from models.vocabulary import TextChoice
from pipeline.store_read import query

LINES = [
    "The smelter at the lower lock took its first carload of monazite on the morning tide.",
    "Wardens of the canal counted eleven barges of sand between the two bridges before noon.",
    "A spokeswoman for the harbor said that dredging would resume once the silt had settled.",
    "Shipments of oxide to the lens makers across the bay had stopped for most of the winter.",
    "Two of the nine kilns were rebuilt with brick that an older works upstream had given away.",
    "Inspectors will weigh each drum again because the last scale was found to read too light.",
    "Nobody at the guild could say how long the stock of polished powder in the sheds would last.",
    "The council votes next month on whether the tow path may carry lorries after the harvest.",
]
TEXT = "\n".join(LINES)
OTHER = "\n".join(" ".join(reversed(line.rstrip(".").split())) + "." for line in LINES)
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in LINES)
HTML = f"<html><body><article><h1>Smelter opens</h1>{PARAGRAPHS}</article></body></html>"


def view(html=HTML, *, wider="", kept=None):
    shown = read_shown(parse_html(html)) if kept is None else kept
    return PageView(html=html, read_wider=lambda: wider, read_kept=lambda: shown)


def check(text, page=None, *, may_replace=True):
    return check_text(text, page or view(), may_replace=may_replace)


def test_second_reader_finds_the_same_article():
    found = check(TEXT)
    assert found.text == TEXT
    assert found.agreement.agreement == 1.0
    assert (found.agreement.chosen, found.agreement.is_doubtful) == (TextChoice.FIRST, False)
    assert found.agreement.text_words == found.agreement.other_words > 100


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(TEXT, TEXT, 1.0, id="the same"),
        pytest.param(TEXT, OTHER, 0.0, id="nothing shared"),
        pytest.param(TEXT, "", 0.0, id="one found nothing"),
        pytest.param(TEXT, f"Home\nNews\nSign up now\n{TEXT}", 1.0, id="menus do not count"),
        pytest.param("Short.\nA list\nof names", "", None, id="too little prose to tell"),
        pytest.param(LINES[0], LINES[1], None, id="one sentence"),
        pytest.param("矿" * 40 + "。", "矿" * 40 + "。", None, id="one shingle again and again"),
    ],
)
def test_agreement_of_texts(one, other, expected):
    assert compare_texts(one, other) == (expected if expected is None else pytest.approx(expected))


def test_chinese_is_compared_by_characters():
    text = "\n".join(
        f"{'一二三四五六七八九十'[n]}号码头今年运出的氧化镨比去年多了许多，" * 2 + "。"
        for n in range(9)
    )
    half = "\n".join(text.split("\n")[:5])
    assert compare_texts(text, text) == 1.0
    assert 0.3 < (compare_texts(text, half) or 0) < LOW_AGREEMENT


def test_half_of_a_text_is_taken_from_the_wider_settings():
    found = check("\n".join(LINES[:3]), view(wider=TEXT))
    assert found.text == TEXT
    assert found.agreement.chosen is TextChoice.WIDER
    assert found.agreement.agreement == 1.0
    assert not found.agreement.is_doubtful  # two readers found the same


@pytest.mark.parametrize("wider", ["", "\n".join(LINES[:3]), OTHER])
def test_lost_text_is_taken_from_the_second_reader(wider):
    found = check("\n".join(LINES[:3]), view(wider=wider))
    assert [line for line in LINES if line not in found.text] == []
    assert found.agreement.chosen is TextChoice.SECOND
    assert found.agreement.is_doubtful


@pytest.mark.parametrize(
    ("text", "page"),
    [
        pytest.param("\n".join(LINES[:6]), view(), id="most of it is there"),
        pytest.param(OTHER, view(wider=TEXT), id="another text is no part of this one"),
        pytest.param(TEXT, view("<html><body><nav>x</nav></body></html>"), id="nothing found"),
        pytest.param(
            "\n".join([*LINES, *OTHER.split("\n")]), view(), id="the text holds what others wrote"
        ),
    ],
)
def test_disagreement_is_marked_and_the_text_kept(text, page):
    found = check(text, page)
    assert found.text == text
    assert found.agreement.chosen is TextChoice.FIRST
    assert found.agreement.is_doubtful
    assert found.agreement.agreement < LOW_AGREEMENT


def test_stub_of_a_paywall_stays_a_stub():
    found = check("\n".join(LINES[:2]), view(wider=TEXT), may_replace=False)
    assert found.text == "\n".join(LINES[:2])
    assert found.agreement.is_doubtful


def test_what_was_dropped_on_purpose_is_no_disagreement():
    text = "\n".join(LINES[:3])
    found = check(text, view(wider=TEXT, kept=text))
    assert (found.text, found.agreement.chosen) == (text, TextChoice.FIRST)
    assert found.agreement.agreement == 1.0


def test_shares_say_which_reader_has_more():
    less = check("\n".join(LINES[:6])).agreement
    more = check("\n".join([*LINES, *OTHER.split("\n")])).agreement
    assert less.other_share < 0.8 < less.text_share
    assert more.text_share < 0.8 < more.other_share


def test_article_stage_replaces_a_text_that_lost_its_body(monkeypatch):
    body = " ".join(LINES)
    whole = read(body)
    assert whole.text_agreement.agreement == 1.0
    real = article_module.extract_text

    def lose(*args, **kwargs):
        return replace(real(*args, **kwargs), text=LINES[0])

    monkeypatch.setattr(article_module, "extract_text", lose)
    found = read("</p><p>".join(LINES))
    assert [line for line in LINES if line not in found.text] == []
    assert found.text_agreement.chosen is not TextChoice.FIRST


def test_agreement_is_stored_with_the_text_and_asked_for(settings):
    sure = read(" ".join(LINES))
    doubt = replace(
        read(" ".join(LINES[:6]), url="https://wire.example/news/2026/kilns"),
        text_agreement=check("\n".join(LINES[:6])).agreement,
    )
    for found in (sure, doubt):
        load(settings, found)
    load(settings, doubt)  # again: replaced, not doubled
    rows = query(
        settings, "SELECT version_id, is_doubtful FROM text_agreement ORDER BY is_doubtful"
    )
    assert rows.values.tolist() == [[sure.version_id, False], [doubt.version_id, True]]
    told = query(settings, "SELECT version_id, why FROM doubtful_texts")
    assert told.values.tolist() == [[doubt.version_id, "the second reader found more"]]


def test_a_reader_that_fails_is_no_second_opinion(monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError("HTML parser error")

    assert read_second("<p>" + "x" * 3_000_001) == ""
    monkeypatch.setattr("extractors.page_agreement.extract_plain_text", fail)
    found = check(TEXT)
    assert (found.text, found.agreement.agreement) == (TEXT, 0.0)


@pytest.mark.parametrize(
    "html",
    [
        # Opened anew in each paragraph by HTML 5: 500 MB when parsed as served.
        "<p>" + "".join(f"<b id={n}>" for n in range(240)) + "</p>" + "<p>x" * 5_000,
        "<table>" + "<b>x<td>" * 5_000,
        "<a href=1>x" * 5_000,
        "<svg>" + "<desc><p>x" * 100,
        "<div " + " ".join(f"a{n}=1" for n in range(2_000)) + ">x</div>",
        "<p>" + "\u200b\u202e\U000e0001x " * 50_000,
        "<p>&#xd800;&#x0;&#x110000;" + "&lt;" * 20_000,
        "<plaintext>" + "<p>x" * 1_000,
        "<template><template><p>x</template>" * 200,
    ],
    ids=range(9),
)
def test_hostile_pages_do_the_second_reader_no_harm(html):
    written = write_html(parse_html(f"<html><body>{html}</body></html>"))
    before = psutil.Process().memory_info().rss
    assert isinstance(read_second(written), str)
    assert psutil.Process().memory_info().rss - before < 100_000_000
