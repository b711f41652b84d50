"""Who wrote an article, and under which headline, as pages state and print it."""

import json

import pytest
from test_page_repair import article_of, page_of, prose

from extractors.article import read_article
from extractors.json_ld import names_of
from extractors.page_bylines import split_names


def ld(author, **more):
    node = {"@type": "NewsArticle", "headline": "Mill opens", "author": author} | more
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def byline_of(*, head="", printed=""):
    body = f"<main><h1>Mill opens</h1>{printed}<article>{prose(1, 2, 3)}</article></main>"
    return article_of(body, head=head).byline


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ida Holm and Per Lund", ["Ida Holm", "Per Lund"]),
        ("Ida Holm, Per Lund und Eva Roth, dpa", ["Ida Holm", "Per Lund", "Eva Roth", "dpa"]),
        ("Ida Holm und Per Lund, Hafenstadt", ["Ida Holm", "Per Lund"]),
        ("Ida van der Holm & P. J. Lund", ["Ida van der Holm", "P. J. Lund"]),
        ("Department of Mines and Energy", ["Department of Mines and Energy"]),
        ("Guild of Millers and Bakers", ["Guild of Millers and Bakers"]),
        ("Holm, Ida", ["Holm, Ida"]),
        ("Ida Holm", ["Ida Holm"]),
    ],
)
def test_names_are_parted_between_persons_only(text, names):
    assert split_names(text) == names


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"givenName": "Ida", "familyName": "Holm"}, ("Ida Holm",)),
        ([{"name": "Ida Holm"}, [{"name": "Per Lund"}]], ("Ida Holm", "Per Lund")),
        ({"givenName": 7}, ()),
    ],
)
def test_persons_of_json_ld(value, names):
    assert names_of(value) == names


SITE = '<meta property="og:site_name" content="Mill Gazette">'


@pytest.mark.parametrize(
    ("head", "printed", "byline"),
    [
        pytest.param(
            ld("Mill Gazette") + SITE, '<p class="author">By Ida Holm</p>', "Ida Holm", id="printed"
        ),
        pytest.param(
            '<meta name="author" content="Mill Gazette">' + SITE,
            '<div class="meta">von Dr. Ida Holm</div>',
            "Dr. Ida Holm",
            id="after a preposition, without a name for the element",
        ),
        pytest.param(
            ld("Mill Gazette") + SITE + '<meta name="author" content="Per Lund">',
            "",
            "Per Lund",
            id="a person in a meta element beats the publication",
        ),
        pytest.param(ld("Mill Gazette") + SITE, "", "Mill Gazette", id="nobody else is named"),
        pytest.param(
            ld("Mill Gazette") + SITE,
            '<div class="note">By the old mill</div>',
            "Mill Gazette",
            id="a place is no person",
        ),
        pytest.param(
            ld("Per Lund") + SITE,
            '<p class="author">By Ida Holm</p>',
            "Per Lund",
            id="stated first",
        ),
        pytest.param(
            ld("Mill Gazette") + SITE,
            '<span class="byline">Ida Holm, RADIO MILL</span>',
            "Ida Holm",
            id="an employer in capitals is no writer",
        ),
        pytest.param("", '<a rel="author" href="/x">Ida Holm</a>', "Ida Holm", id="nothing stated"),
    ],
)
def test_byline(head, printed, byline):
    assert byline_of(head=head, printed=printed) == byline


def test_writers_of_other_articles_below_are_not_named():
    below = '<div class="related"><p class="author">By Per Lund</p></div>'
    body = f"<main><h1>Mill opens</h1><article>{prose(1, 2, 3)}</article>{below}</main>"
    assert article_of(body, head=ld("Mill Gazette") + SITE).byline == "Mill Gazette"


def cards(og, twitter=None):
    other = og if twitter is None else twitter
    return f'<meta property="og:title" content="{og}"><meta name="twitter:title" content="{other}">'


LONG = "Water mill of the lower valley opens after the longest repairs in years"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        pytest.param(cards("Valley mill opens after long repairs"), None, id="both cards agree"),
        pytest.param(
            cards("Valley mill opens after repairs", "Mill opens again"), LONG, id="differ"
        ),
        pytest.param(cards("Mill Gazette"), LONG, id="the name of the site"),
        pytest.param(cards("All about flour and grain"), LONG, id="of something else"),
        pytest.param(cards("Water mill of the lower valley opens…"), LONG, id="cut"),
        pytest.param(cards(f"Valley: {LONG}"), f"Valley: {LONG}", id="a kicker before the h1"),
        pytest.param(
            cards("Lower valley mill opens after repairs | Mill Gazette"), LONG, id="with the site"
        ),
        pytest.param(SITE, LONG, id="no cards"),
    ],
)
def test_headline_of_both_cards(head, title):
    body = f"<main><h1>{LONG}</h1><article>{prose(1, 2, 3)}</article></main>"
    start = f"<html><head><title>{LONG} | Mill Gazette</title>{SITE}{head}</head>"
    expected = title or "Valley mill opens after long repairs"
    assert read_article(page_of(f"{start}<body>{body}</body></html>")).title == expected
