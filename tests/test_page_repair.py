"""What the text extractor loses or keeps wrongly, mended: made-up pages, each with a near-miss."""

from datetime import UTC, datetime

import pytest

from extractors.article import read_article
from extractors.page_repair import (
    Paragraph,
    complete_body,
    find_standfirst,
    with_standfirst,
    without_headline,
)
from extractors.page_text import parse_html
from models.ids import sha256_hex
from models.pages import Article, RawPage, Rejected
from models.vocabulary import FetchMethod, RejectionReason

WORDS = (
    "The mill near the river grinds ore for nine hours a day and the workers say that it will "
    "grind more once the second shift begins in spring, number {0} of the long list."
)


def page_of(html, *, content_type="text/html", url="https://farm.example/2026/news/mill-opens"):
    body = html if isinstance(html, bytes) else html.encode()
    return RawPage(
        source="farm",
        url=url,
        final_url=url,
        fetched_at=datetime(2026, 5, 20, tzinfo=UTC),
        status=200,
        headers=(("content-type", content_type),),
        body=body,
        body_sha256=sha256_hex(body),
        method=FetchMethod.HTTP,
    )


def article_of(body, *, head=""):
    found = read_article(
        page_of(
            '<html lang="en"><head><title>Mill opens - The Farm</title>'
            f'<meta property="og:type" content="article">{head}</head><body>{body}</body></html>'
        )
    )
    assert isinstance(found, Article), found
    return found


def prose(*numbers):
    return "".join(f"<p>{WORDS.format(number)}</p>" for number in numbers)


def test_body_split_over_sibling_containers_is_read_whole():
    chunks = "".join(
        f'<div class="chunk"><div class="inner">{prose(n, n + 1)}</div></div><aside>Ad</aside>'
        for n in range(0, 12, 2)
    )
    text = article_of(f"<main><h1>Mill opens</h1>{chunks}</main>").text
    assert [n for n in range(12) if f"number {n} of" not in text] == []


def test_paragraphs_of_side_boxes_do_not_join_the_body():
    side = f'<aside class="note"><p>{WORDS.format(99)}</p></aside>'
    text = article_of(
        f"<article><h1>Mill opens</h1>{prose(1, 2, 3)}{side}{prose(4)}</article>"
    ).text
    assert "number 99" not in text
    assert "number 4" in text


def make_paragraphs(*texts, sort=("div.body",)):
    return tuple(
        Paragraph(
            text=text,
            key="".join(c for c in text.casefold() if c.isalnum())[:60],
            home=0,
            sort=sort,
        )
        for text in texts
    )


def test_missing_paragraph_takes_its_place_among_its_neighbors():
    one, two, three = (WORDS.format(n).replace("The", f"{n} The") for n in (1, 2, 3))
    text = f"{one}\nA heading\n{three}"
    completed = complete_body(text, make_paragraphs(one, two, three))
    assert completed == f"{one}\n{two}\nA heading\n{three}"


def test_paragraph_of_another_container_stays_out():
    one, two = (WORDS.format(n).replace("The", f"{n} The") for n in (1, 2))
    other = Paragraph(text="x " * 20, key="x" * 20, home=7, sort=("div.teaser",))
    paragraphs = make_paragraphs(one, two)
    text = f"{one}\n{two}"
    assert complete_body(text, (*paragraphs, other)) == text


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ('<p class="standfirst">{0}</p>', True),
        ('<div><span class="x">{0}</span></div>', True),  # the page's description
        (
            '<p class="x">A different line that is not the description, long enough to be one.</p>',
            False,
        ),
        ('<p class="standfirst">Too short.</p>', False),
    ],
)
def test_standfirst_is_named_or_is_the_description(markup, found):
    text = "A second shift is planned for spring, the owners of the river mill announced."
    tree = parse_html(f"<html><body><h1>Mill opens</h1>{markup.format(text)}</body></html>")
    assert find_standfirst(tree, descriptions=[text]) == (text if found else None)


def test_standfirst_is_the_first_line_once():
    lead = "A second shift is planned for spring, the owners of the river mill announced."
    head = f'<meta name="description" content="{lead}">'
    html = f'<header><h1>Mill opens</h1><p class="dek">{lead}</p></header><article>{prose(1, 2, 3)}</article>'
    text = article_of(html, head=head).text
    assert text.startswith(lead)
    assert text.count(lead) == 1
    assert with_standfirst(text, lead) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Mill opens at last\n{WORDS}", WORDS),
        (f"By Ann Ode\n{WORDS}", WORDS),
        (
            f"Mill opens at last, says its owner.\n{WORDS}",
            f"Mill opens at last, says its owner.\n{WORDS}",
        ),
        (f"{WORDS}\n{WORDS}\n{WORDS}\nMill opens at last", None),
        ("Mill opens at last", None),
    ],
)
def test_headline_and_byline_are_no_part_of_the_text(text, kept):
    found = without_headline(text, ["Mill opens at last"], byline="Ann Ode")
    assert found == (text if kept is None else kept)


def test_cards_captions_and_linked_lines_are_dropped():
    card = '<a href="/other"><div><h3>Quarry shuts</h3><p>The quarry shuts after a long dry year.</p></div></a>'
    linked = '<p><a href="/third">Harbor crane falls into the sea at night</a></p>'
    caption = (
        '<div class="image-caption"><p>The mill at dusk, seen from the old stone bridge.</p></div>'
    )
    link = '<p>The owner, <a href="/o">Ode Holdings</a>, said that the mill will run for many years.</p>'
    body = f"<article><h1>Mill opens</h1>{prose(1, 2)}{card}{caption}{link}{linked}{prose(3, 4)}</article>"
    text = article_of(body).text
    assert "quarry" not in text
    assert "crane" not in text
    assert "dusk" not in text
    assert "Ode Holdings" in text


def test_page_that_links_everything_keeps_its_text():
    linked = "".join(f'<a href="/{n}"><p>{WORDS.format(n)}</p></a>' for n in range(4))
    plain = article_of(f"<article><h1>Mill opens</h1>{linked}{prose(8, 9)}</article>").text
    assert "number 8" in plain


TEASERS = "".join(
    f'<div class="card"><h3><a href="/n/{n}">Headline number {n} of the day</a></h3>'
    f"<p>A teaser of some words that tells what story {n} is about.</p></div>"
    for n in range(25)
)


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ("", "https://farm.example/"),
        ("", "https://farm.example/news"),
        (
            '<script type="application/ld+json">{"@type":"CollectionPage"}</script>',
            "https://farm.example/topics/mills",
        ),
    ],
)
def test_index_pages_are_recognised(head, url):
    html = f"<html><head><title>News</title>{head}</head><body><h1>News</h1>{TEASERS}</body></html>"
    found = read_article(page_of(html, url=url))
    assert isinstance(found, Rejected)
    assert found.reason is RejectionReason.INDEX_PAGE


def test_article_with_many_teasers_below_is_no_index_page():
    text = article_of(
        f"<article><h1>Mill opens</h1>{prose(*range(8))}</article><div>{TEASERS}</div>"
    ).text
    assert "number 7" in text
    assert "teaser" not in text


CHINESE = (
    "商务部宣布对铽实施出口管制，企业应当申请许可，自六月一日起执行，河边的磨坊每天工作九小时。" * 4
)
JAPANESE = (
    "経済産業省は磁石の供給について新しい支援策を発表し、企業に対して報告を求めるとしている。" * 4
)
KOREAN = (
    "산업통상자원부는 희토류 공급망 점검 회의를 열고 기업의 재고 상황을 확인했다고 밝혔다. " * 4
)
ENGLISH = "The mill’s owner said “we are ready” – and the café opened. " * 6


@pytest.mark.parametrize(
    ("text", "encoding", "declared", "header"),
    [
        (CHINESE, "gb18030", "gb2312", ""),
        (CHINESE, "gb18030", "gbk", ""),
        (CHINESE, "gb18030", None, "gb18030"),
        (CHINESE, "gb18030", "utf-8", ""),
        (CHINESE, "utf-8", "gb2312", ""),
        (CHINESE.replace("铽", "镥"), "gb18030", "gb2312", ""),
        (JAPANESE, "shift_jis", "shift_jis", ""),
        (JAPANESE, "cp932", None, "x-sjis"),
        (JAPANESE, "euc_jp", "euc-jp", ""),
        (JAPANESE, "shift_jis", "utf-8", ""),
        (KOREAN, "euc_kr", "euc-kr", ""),
        (KOREAN, "cp949", "ks_c_5601-1987", ""),
        (ENGLISH, "cp1252", "utf-8", ""),
        (ENGLISH, "cp1252", "iso-8859-1", ""),
        (ENGLISH, "utf-8", "iso-8859-1", "windows-1252"),
    ],
)
def test_encodings_are_read_whatever_their_labels_claim(text, encoding, declared, header):
    meta = f'<meta charset="{declared}">' if declared else ""
    html = (
        f"<html><head>{meta}<title>News of the mill</title></head><body><article><h1>News of the "
        f"mill</h1><p>{text}</p><p>{text[::-1]}</p></article></body></html>"
    )
    content_type = f"text/html; charset={header}" if header else "text/html"
    found = read_article(page_of(html.encode(encoding), content_type=content_type))
    assert isinstance(found, Article), found
    assert text.strip()[:60] in found.text
    assert "\ufffd" not in found.text
