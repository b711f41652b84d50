"""Decoding, refusals, identity, title, date and text of single pages."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from extractors.article import read_article
from extractors.page_bytes import decode_body, measure_markup
from extractors.page_dates import find_printed_date, parse_timestamp
from extractors.page_text import cut_end_matter, normalize_text
from models.ids import article_id, sha256_hex
from models.pages import Article, RawPage, Rejected
from models.vocabulary import DateBasis, FetchMethod, RejectionReason

FETCHED_AT = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
URL = "https://www.ferrite-courier.example/policy/quota-raised"
SENTENCES = (
    "The trade office in Lorvale raised the yearly quota for separated oxides on Tuesday.",
    "Producers may now ship 1,730 tonnes in the first half, which is 4.2% more than a year ago.",
    "Buyers had asked for twice as much, said Ines Okwuosa, who runs the exporters' association.",
    "No decision was taken on magnets, and the office will meet again before the summer break.",
)
PROSE = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
LD = (
    '<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle",'
    '"headline":"Quota raised","datePublished":"2026-05-19T08:30:00+02:00",'
    '"author":[{"@type":"Person","name":"Ines Adler"},{"@type":"Person","name":"Bo Tran"}],'
    '"keywords":["oxides","quota"]}</script>'
)


def make_html(body: str = PROSE, *, head: str = "", title: str = "Quota raised") -> str:
    return (
        f'<!doctype html><html lang="en"><head><title>{title} | Ferrite Courier</title>'
        f"{head}</head>"
        f"<body><h1>{title}</h1><article>{body}</article></body></html>"
    )


def make_page(
    body: bytes | str,
    *,
    url: str = URL,
    content_type: str = "text/html",
    method: FetchMethod = FetchMethod.HTTP,
) -> RawPage:
    data = body.encode() if isinstance(body, str) else body
    return RawPage(
        source="courier",
        url=url,
        final_url=url,
        fetched_at=FETCHED_AT,
        status=200,
        headers=(("content-type", content_type),),
        body=data,
        body_sha256=sha256_hex(data),
        method=method,
    )


def read(body: bytes | str, **options: Any) -> Article:
    result = read_article(make_page(body, **options))
    assert isinstance(result, Article), result
    return result


def reason_of(body: bytes | str, **options: Any) -> RejectionReason:
    result = read_article(make_page(body, **options))
    assert isinstance(result, Rejected), result
    assert result.detail
    assert len(result.detail) <= 300
    return result.reason


def test_article_has_everything_the_page_says() -> None:
    article = read(make_html(head=LD))
    assert article.text == "\n".join(SENTENCES) or article.text.endswith("\n".join(SENTENCES))
    assert article.title == "Quota raised"
    assert article.published == datetime(2026, 5, 19, 8, 30, tzinfo=timezone(timedelta(hours=2)))
    assert article.date_basis is DateBasis.JSON_LD
    assert article.byline == "Ines Adler; Bo Tran"
    assert article.site == "ferrite-courier.example"
    assert article.language == "en"
    assert article.tags == ("oxides", "quota")
    assert article.article_id == article_id(URL)


def test_reading_twice_gives_the_same_article() -> None:
    page = make_page(make_html(head=LD))
    assert read_article(page) == read_article(page)


@pytest.mark.parametrize(
    ("encoding", "content_type", "text"),
    [
        ("cp1252", "text/html; charset=utf-8", "“Quota” – it’s 5 € more"),
        ("cp1252", "text/html; charset=iso-8859-1", "“Quota” – it’s 5 € more"),
        ("utf-8", "text/html; charset=iso-8859-1", "“Quota” – it’s 5 € more"),
        ("utf-8-sig", "", "“Quota”"),
        ("utf-16", "", "“Quota”"),
        ("gb18030", "text/html; charset=gb2312", "关于稀土出口许可的通知"),
        ("gb18030", "text/html; charset=utf-8", "关于稀土出口许可的通知" * 4),
        ("shift_jis", "text/html; charset=Shift_JIS", "磁石の輸出許可について"),
        ("cp1252", "text/html; charset=no-such-thing", "“Quota”"),
    ],
)
def test_decode_body_survives_wrong_labels(encoding: str, content_type: str, text: str) -> None:
    assert text in decode_body(f"<p>{text}</p>".encode(encoding), content_type=content_type)


def test_decode_body_reads_single_wrong_bytes_in_utf8() -> None:
    assert decode_body("Zürich ".encode() * 3 + b"\x93so\x94") == "Zürich " * 3 + "“so”"


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"%PDF-1.7 stream", "text/html", RejectionReason.NOT_HTML),
        (b'{"a": 1}', "application/json", RejectionReason.NOT_HTML),
        (b"just words", "text/html", RejectionReason.NOT_HTML),
        (b"<rss version='2.0'><channel></channel></rss>", "text/html", RejectionReason.NOT_HTML),
        (b"\x00\x01\x02\x03" * 50, "text/html", RejectionReason.NOT_HTML),
        (b"  \n ", "text/html", RejectionReason.NO_TEXT),
        (b"<html><body><p>Hello.</p></body></html>", "text/html", RejectionReason.NO_TEXT),
    ],
)
def test_what_is_no_page_is_refused(
    body: bytes, content_type: str, reason: RejectionReason
) -> None:
    assert reason_of(body, content_type=content_type) is reason


@pytest.mark.parametrize(
    "body",
    ["<div>" * 200_000, "<noscript>" + "<b>" * 200_000, "<ul><li>" * 100_000, "<a " * 200_000],
)
def test_deep_nesting_is_refused_before_parsing(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.article.parse_html", None)
    assert reason_of(make_html(body)) is RejectionReason.TOO_DEEP


def test_unclosed_paragraphs_and_drawings_do_not_nest() -> None:
    html = "<p>one<br>" * 900 + "<svg>" + "<path d='M0'/>" * 900 + "</svg>" + "<!-- <div> -->" * 900
    assert measure_markup(html, max_depth=250, max_elements=10_000).depth == 1


def test_too_many_links_are_an_index_page() -> None:
    links = "".join(f"<a href='/n/{n}'>Headline of item {n}</a>" for n in range(11_000))
    assert reason_of(make_html(PROSE + links)) is RejectionReason.INDEX_PAGE


def make_cards(count: int) -> str:
    return "".join(
        f"<div><h2><a href='/n/{n}'>Mine number {n} reopens early</a></h2><p>The owners of pit {n} "
        f"said that the first ore is expected in the coming weeks ...</p></div>"
        for n in range(count)
    )


def test_index_pages_are_refused() -> None:
    assert reason_of(make_html(make_cards(5), title="Mining")) is RejectionReason.INDEX_PAGE
    front = make_page(make_html(), url="https://www.ferrite-courier.example/")
    assert getattr(read_article(front), "reason", None) is RejectionReason.INDEX_PAGE


def test_an_article_above_cards_is_not_an_index_page() -> None:
    article = read(make_html(PROSE + "<h3>Related stories</h3>" + make_cards(4)))
    assert article.text.endswith(SENTENCES[-1])


@pytest.mark.parametrize(
    "head",
    [
        LD.replace('"headline"', '"isAccessibleForFree":false,"headline"'),
        LD.replace('"headline"', '"isAccessibleForFree":"False","headline"'),
    ],
)
def test_paywall_stub_is_refused_and_a_whole_text_is_not(head: str) -> None:
    stub = f"<p>{SENTENCES[0]} {SENTENCES[1]}</p>"
    assert reason_of(make_html(stub, head=head)) is RejectionReason.PAYWALL
    assert read(
        make_html(
            PROSE * 1 + "".join(f"<p>Part {n}: {s}</p>" for n in range(4) for s in SENTENCES),
            head=head,
        )
    )


def test_subscription_wording_refuses_only_short_texts() -> None:
    offer = "<p>Subscribe to continue reading this story and all others of the Courier.</p>"
    assert reason_of(make_html(f"<p>{SENTENCES[0]}</p>" + offer)) is RejectionReason.PAYWALL
    short_and_free = make_html("".join(f"<p>{s}</p>" for s in SENTENCES[:2]))
    assert read(short_and_free)


def test_error_and_service_pages_are_no_articles() -> None:
    text = "<p>We could not find the page that you asked for; try the search or the front page.</p>"
    assert reason_of(make_html(text, title="404 Not Found")) is RejectionReason.NOT_ARTICLE
    about = "https://www.ferrite-courier.example/about/"
    assert reason_of(make_html(), url=about) is RejectionReason.NOT_ARTICLE
    assert read(make_html(title="Court error delays quota"), url=f"{URL}-about-magnets")


@pytest.mark.parametrize(
    ("canonical", "url", "method", "expected"),
    [
        (
            "/policy/q?utm_source=x#top",
            URL,
            FetchMethod.HTTP,
            "https://www.ferrite-courier.example/policy/q",
        ),
        (
            "https://amp.courier.co.uk/q",
            "https://www.courier.co.uk/q2",
            FetchMethod.HTTP,
            "https://amp.courier.co.uk/q",
        ),
        (
            "https://other.co.uk/q",
            "https://www.courier.co.uk/q2",
            FetchMethod.HTTP,
            "https://www.courier.co.uk/q2",
        ),
        ("https://www.ferrite-courier.example/", URL, FetchMethod.HTTP, URL),
        ("javascript:alert(1)", URL, FetchMethod.HTTP, URL),
        ("http://[bad", URL, FetchMethod.HTTP, URL),
        (
            "https://courier.test/q",
            "file:///saved.html",
            FetchMethod.FILE,
            "https://courier.test/q",
        ),
        ("file:///etc/hosts", "file:///saved.html", FetchMethod.FILE, "file:///saved.html"),
    ],
)
def test_canonical_address_is_believed_on_its_own_site_only(
    canonical: str, url: str, method: FetchMethod, expected: str
) -> None:
    html = make_html(head=f'<link rel="canonical" href="{canonical}">')
    assert read(html, url=url, method=method).url == expected


@pytest.mark.parametrize(
    ("head", "body", "expected", "basis"),
    [
        (
            '<meta property="article:published_time" content="2026-05-18T22:00:00Z">',
            PROSE,
            "2026-05-18",
            DateBasis.META,
        ),
        ("", "<p>Published: 2026-05-17</p>" + PROSE, "2026-05-17", DateBasis.TEXT),
        ("", "<div>May 16, 2026 | Lorvale</div>" + PROSE, "2026-05-16", DateBasis.TEXT),
        (
            "",
            '<time datetime="2026-05-15T08:00:00Z">last week</time>' + PROSE,
            "2026-05-15",
            DateBasis.TEXT,
        ),
        (LD.replace("2026-05-19", "2026-05-29"), PROSE, None, None),
        ("", PROSE, None, None),
        (
            "",
            "<p>On 3 May 2026 the trade office in Lorvale said that it would raise the quota.</p>"
            + PROSE,
            None,
            None,
        ),
    ],
)
def test_date_and_its_basis(
    head: str, body: str, expected: str | None, basis: DateBasis | None
) -> None:
    article = read(make_html(body, head=head))
    assert article.date_basis is basis
    found = article.published
    assert (found.date().isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-05-19T08:30:00+0200", "2026-05-19T08:30:00+02:00"),
        ("2026-05-19 08:30:00 +02:00", "2026-05-19T08:30:00+02:00"),
        ("2026-05-19T08:30:00.123Z", "2026-05-19T08:30:00.123000+00:00"),
        ("2026-05-19", "2026-05-19T00:00:00+00:00"),
        ("Tue, 19 May 2026 08:30:00 +0200", "2026-05-19T08:30:00+02:00"),
        ("yesterday", None),
        ("2026-13-45", None),
    ],
)
def test_parse_timestamp(value: str, expected: str | None) -> None:
    found = parse_timestamp(value)
    assert (found.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("text", "day"),
    [("5/23/2026, 9:00 AM", 23), ("23.05.2026", 23), ("3rd June 2026", 3), ("4/5/2026", None)],
)
def test_printed_dates(text: str, day: int | None) -> None:
    found = find_printed_date(text)
    assert (found.day if found else None) == day


@pytest.mark.parametrize(
    "script",
    [
        "[" * 100_000,
        '{"@graph":' * 20_000,
        '{"@type": "NewsArticle",,}',
        '{"author": {"name": [1, {}]}}',
        "null",
        '[[["x"]]]',
        '{"@type": ["NewsArticle", 7], "author": 3, "datePublished": []}',
    ],
)
def test_hostile_json_ld_does_no_harm(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    assert read(make_html(head=head)).title == "Quota raised"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("<!--", "-->"),
        ("//<![CDATA[", "//]]>"),
        ("/*<![CDATA[*/", "/*]]>*/"),
        ("", ";"),
        ("\n ", ""),
    ],
)
def test_wrapped_json_ld_is_read_whole(start: str, end: str) -> None:
    head = LD.replace('json">', f'json">{start}').replace("</script>", f"{end}</script>")
    assert read(make_html(head=head)).byline == "Ines Adler; Bo Tran"


def test_broken_json_ld_still_gives_its_date() -> None:
    head = LD.replace('"keywords":', '"broken":,"keywords":')
    assert read(make_html(head=head)).date_basis is DateBasis.JSON_LD


def test_related_boxes_captions_and_banners_are_out_and_tables_stay() -> None:
    teaser = "<p>Smelter at Norrhamn pours 9,400 tonnes, an increase of 31% on the year before.</p>"
    body = (
        "<div class='cookie-banner'><p>We and 80 partners store cookies on your device.</p></div>"
        "<figure><img src='a'><figcaption>A pit with 12,000 tonnes of ore.</figcaption></figure>"
        + PROSE
        + "<table><tr><th>Month</th><th>Tonnes</th></tr><tr><td>May</td><td>612.5</td></tr></table>"
        + f"<p>{SENTENCES[3]} It closed.</p>"
        + "<aside class='newsletter'><p>Get our letter, as 5,000 readers do every week.</p></aside>"
        + f"<div class='related-articles'>{teaser * 2}</div>"
    )
    text = read(make_html(body)).text
    assert "612.5" in text
    for outside in ("9,400", "12,000", "80 partners", "5,000 readers"):
        assert outside not in text


def test_text_is_normalized() -> None:
    assert normalize_text("a\u200bb\u202ec \u00a0 d\r\n\r\n e\u0301\u00ad") == "abc d\né"
    text = read(
        make_html(
            PROSE + "<p>Mag\u200bnets and ox\u00adides cost more than they did a year ago.</p>"
        )
    ).text
    assert "Magnets and oxides" in text


def test_cut_end_matter_needs_a_line_of_its_own_past_the_start() -> None:
    text = "\n".join(SENTENCES)
    assert cut_end_matter(f"{text}\nRelated stories\nPit reopens") == text
    assert cut_end_matter(f"Related stories\n{text}") == f"Related stories\n{text}"
    assert cut_end_matter(f"{text}\nHe told related stories of the pit.").endswith("pit.")


def test_title_is_the_heading_not_the_site() -> None:
    html = make_html().replace("<h1>", "<h1>Ferrite Courier</h1><h1>")
    head = '<meta property="og:site_name" content="Ferrite Courier">'
    assert read(html.replace("</head>", f"{head}</head>")).title == "Quota raised"


def test_title_with_a_run_of_spaces_is_read_in_linear_time() -> None:
    # With squared time this takes minutes.
    html = make_html(title="Quota" + " " * 300_000 + "raised").replace("<h1>", "<h2>")
    assert read(html).title == "Quota raised"


def test_library_failure_becomes_a_rejection(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr("extractors.page_text.bare_extraction", fail)
    result = read_article(make_page(make_html()))
    assert isinstance(result, Rejected)
    assert result.reason is RejectionReason.EXTRACTION_FAILED
    assert result.detail == "IndexError: list index out of range"
