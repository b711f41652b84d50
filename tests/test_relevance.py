"""The gate: language and subject, with near misses on both sides of the threshold."""

import dataclasses
from datetime import UTC, datetime

import pytest

from extractors.language import declared_language, detect_language
from extractors.topic import load_terms, score_topic
from models.pages import Article, Source
from models.vocabulary import RejectionReason, SourceKind
from pipeline.relevance import judge

NOW = datetime(2026, 5, 20, tzinfo=UTC)
FOOTBALL = (
    "Norrhamn won the derby on Saturday with a late goal, and the crowd sang until the lights "
    "went out. The scoreboard, held up by a magnet, fell down in the second half."
)
GERMAN = (
    "Das Ministerium in Lorvale hat am Dienstag die Ausfuhr von Seltenen Erden erneut begrenzt."
)


def article_of(text: str, *, title: str | None) -> Article:
    return Article(
        article_id="a",
        version_id="v",
        source="lorvale",
        url="https://lorvale.example/a",
        title=title,
        text=text,
        published=None,
        date_basis=None,
        byline=None,
        site=None,
        language=detect_language(text),
        tags=(),
        regions=(),
        sectors=(),
        fetched_at=NOW,
        body_sha256="0" * 64,
    )


def reason(text: str, *, title: str | None = None, source: Source | None = None) -> str | None:
    article = article_of(text, title=title)
    rejected = judge(article, source)
    return rejected.reason.value if rejected else None


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Cup final", FOOTBALL, "irrelevant"),
        ("Cup final", FOOTBALL + " Rare earths were not a topic in the stadium.", "irrelevant"),
        (
            "Rare-earth quota raised",
            "The office in Lorvale said so on Tuesday, without a figure.",
            None,
        ),
        ("Quota", "Dysprosium was dearer, and buyers of terbium waited for the office.", None),
        ("Rackets", "The new racket is made of graphite, and graphite is light.", "irrelevant"),
        ("Anodes", "The graphite export license rule hits makers of graphite anodes.", None),
        (
            "Chips",
            "The US widened its export controls on chip tools and its tariff on phones.",
            "irrelevant",
        ),
        (
            "Twelve firms listed",
            "The Ministry of Commerce put twelve firms on the control list. No dual-use goods may "
            "be sent to them, and each export license granted before is void.",
            None,
        ),
        ("Cerium", "", None),
        (None, "", "irrelevant"),
    ],
)
def test_subject(title: str | None, text: str, expected: str | None) -> None:
    assert reason(text, title=title) == expected


def test_wrong_language_is_named_and_short_unknown_text_passes() -> None:
    article = article_of(GERMAN, title="Rare earths")
    rejected = judge(article, None)
    assert rejected is not None
    assert rejected.reason is RejectionReason.WRONG_LANGUAGE
    assert "de" in rejected.detail
    unknown = dataclasses.replace(article, language=None, text="Neodymium, terbium")
    assert judge(unknown, None) is None


def test_detail_says_what_was_found() -> None:
    article = article_of(FOOTBALL, title="Cup final")
    rejected = judge(article, None)
    assert rejected is not None
    assert "magnet" in rejected.detail
    assert "0 mentions, 2 needed" in rejected.detail


def test_terms_of_the_source_count() -> None:
    source = Source(
        slug="courier",
        name="Ferrite Courier",
        homepage="https://www.ferrite-courier.example",
        kind=SourceKind.NEWS,
        country=None,
        languages=("en",),
        owner_group=None,
        feeds=(),
        sitemaps=(),
        listings=(),
        article_pattern=None,
        delay_s=1.0,
        relevance_terms=("scoreboard",),
        enabled=True,
    )
    assert reason(FOOTBALL + " A new scoreboard comes.", title="Cup final", source=source) is None


def test_hyphens_plurals_and_capitals_match() -> None:
    score = score_topic(
        None, "RARE-EARTH magnets; rare earths; Rare\u2011earth oxides; rarely earthy"
    )
    assert score.core == 3


def test_a_repeated_headline_counts_once() -> None:
    assert score_topic("Gallium", "Gallium\nNothing else.").core == 1
    assert score_topic("Gallium", "About gallium.").core == 2


def test_lexicon_is_sorted_and_every_term_matches() -> None:
    terms = list(load_terms())
    assert terms == sorted(terms, key=str.casefold)
    for term, group in load_terms().items():
        score = score_topic(None, f"About {term} today.")
        assert getattr(score, group) == 1, term


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        (GERMAN, None, "de"),
        (GERMAN, "en", "de"),
        (FOOTBALL, "de", "en"),
        ("Terbium up", None, None),
        ("Terbium up", "en-GB", "en"),
        (FOOTBALL.upper(), None, "en"),
        ("商务部公布对稀土相关物项实施出口管制的决定", None, "zh"),
    ],
)
def test_detect_language(text: str, declared: str | None, expected: str | None) -> None:
    assert detect_language(text, declared=declared) == expected


def test_declared_language() -> None:
    assert declared_language("pt_BR") == "pt"
    assert declared_language("x") is None
    assert declared_language(None) is None
