"""The original announcement in Chinese anchors the event that English news retell."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from extractors.article import read_article
from models.pages import Article, Source
from models.vocabulary import FetchMethod, RejectionReason, SourceKind
from pipeline.contents import make_raw_page
from pipeline.page_reader import ReadArticle, read_facts
from pipeline.relevance import judge
from pipeline.rows import article_rows, source_row
from pipeline.staging import Batch, stage
from pipeline.store import Store
from pipeline.store_read import reading
from pipeline.store_timeline import refresh_timeline

FETCHED = datetime(2026, 3, 5, 8, tzinfo=UTC)
_ANNOUNCEMENT = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="gb2312">
<title>商务部 海关总署公告2026年第14号 公布对镥相关物项实施出口管制的决定</title>
<meta name="ArticleTitle" content="商务部 海关总署公告2026年第14号 公布对镥相关物项实施出口管制的决定">
<meta name="PubDate" content="2026-03-02 10:00"><meta name="SiteName" content="商务部网站"></head>
<body><div class="nav"><a href="/">首页</a> <a href="/b">政务公开</a></div>
<div class="art-con"><h1>商务部 海关总署公告2026年第14号 公布对镥相关物项实施出口管制的决定</h1>
<p>【发布单位】安全与管制局</p><p>【发布文号】商务部 海关总署公告2026年第14号</p>
<p>【发布日期】2026年3月2日</p>
<p>根据《中华人民共和国出口管制法》有关规定，为维护国家安全和利益，经国务院批准，决定对下列镥相关物项实施出口管制：</p>
<p>一、金属镥及其合金。二、氧化镥及其混合物，每批不少于5公斤的适用本公告。</p>
<p>出口经营者出口上述物项，应当向国务院商务主管部门申请许可。</p>
<p>本公告自2026年3月20日起正式实施。</p><p>商务部 海关总署</p><p>2026年3月2日</p></div>
<div class="footer"><p>版权所有：商务部 网站管理：商务部电子商务司</p></div></body></html>"""
_RETOLD = (
    (
        "wire",
        "China puts lutetium under export control",
        "China's commerce ministry on Tuesday imposed export controls on lutetium under "
        "Announcement No. 14 of 2026, effective March 20. Lutetium is used in scanners for "
        "hospitals. Traders had expected the rare earth controls for weeks.",
        datetime(2026, 3, 4, 6, tzinfo=UTC),
    ),
    (
        "weekly",
        "Scanner makers count their lutetium",
        "Beijing imposed export controls on lutetium on March 3, according to Announcement No. 14 "
        "of 2026 of the Ministry of Commerce. Makers of scanners say that stocks of the rare earth "
        "last until summer.",
        datetime(2026, 3, 4, 18, tzinfo=UTC),
    ),
)


def make_source(slug, kind, languages):
    return Source(
        slug=slug,
        name=slug,
        homepage=f"https://{slug}.example/",
        kind=kind,
        country=None,
        languages=languages,
        owner_group=slug,
        feeds=(),
        sitemaps=(),
        listings=(),
        article_pattern=None,
        delay_s=1.0,
        relevance_terms=(),
        enabled=True,
    )


MINISTRY = make_source("ministry", SourceKind.REGULATOR, ("zh",))
NEWS = [make_source(slug, SourceKind.NEWS, ("en",)) for slug in ("wire", "weekly")]


def make_article(source, html, *, encoding="utf-8"):
    body = html.encode(encoding)
    url = f"https://{source}.example/2026/14.html"
    found = read_article(
        make_raw_page(
            source,
            url,
            body,
            fetched_at=FETCHED,
            headers=[("content-type", "text/html")],
            method=FetchMethod.HTTP,
        )
    )
    assert isinstance(found, Article), found
    return found


def make_news(source, title, text, published):
    return make_article(
        source,
        f'<html lang="en"><head><title>{title}</title><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{published.isoformat()}"></head><body>'
        f"<article><h1>{title}</h1><p>{text}</p></article></body></html>",
    )


@pytest.fixture(scope="module")
def announcement():
    # Mislabelled as GB2312; 镥 is only in the wider set that browsers read for that label.
    return make_article("ministry", _ANNOUNCEMENT, encoding="gb18030")


def test_article_stage_keeps_language_title_and_day(announcement):
    assert announcement.language == "zh"
    assert (
        announcement.title == "商务部 海关总署公告2026年第14号 公布对镥相关物项实施出口管制的决定"
    )
    assert announcement.published.date() == date(2026, 3, 2)
    assert announcement.site == "商务部网站"
    assert "决定对下列镥相关物项实施出口管制" in announcement.text
    assert "版权所有" not in announcement.text


def test_chinese_is_read_where_it_is_declared_or_given_by_hand(announcement):
    assert judge(announcement, MINISTRY) is None
    assert judge(announcement, None) is None
    assert judge(announcement, NEWS[0]).reason is RejectionReason.WRONG_LANGUAGE
    off_topic = replace(
        announcement, title="会议通知", text="本周五召开全体会议，请准时参加会议。" * 5
    )
    assert judge(off_topic, MINISTRY).reason is RejectionReason.IRRELEVANT
    japanese = replace(announcement, language="ja")
    assert judge(japanese, MINISTRY).reason is RejectionReason.WRONG_LANGUAGE
    korean = replace(announcement, language="ko")
    assert judge(korean, None).reason is RejectionReason.WRONG_LANGUAGE


def load(settings, articles):
    tables = {"source": [source_row(source) for source in (MINISTRY, *NEWS)]}
    for article in articles:
        read = ReadArticle(article=article, facts=read_facts(article), extractor_version="1")
        for table, rows in article_rows(read).items():
            tables.setdefault(table, []).extend(rows)
    versions = tuple(sorted(article.version_id for article in articles))
    batch = Batch(batch_id="anchor", replaces=versions, rows=tables)
    with Store(settings) as store:
        store.load(stage(settings.staging_dir, batch))
        refresh_timeline(store)
        events = store.con.execute(
            "SELECT kind, instrument, date_start, date_basis, effective_start, article_count, "
            "material, list_sort(other_dates) FROM timeline_event WHERE known_to IS NULL "
            "AND kind LIKE 'control%'"
        ).fetchall()
        papers = store.con.execute(
            "SELECT instrument, issued_on, effective_start, issuers FROM announcement WHERE is_own"
        ).fetchall()
    return events, papers


def test_announcement_and_two_retellings_are_one_event_dated_by_the_issuer(settings, announcement):
    retold = [make_news(*news) for news in _RETOLD]
    events, papers = load(settings, [announcement, *retold])
    assert papers == [
        (
            "Announcement No. 14 of 2026",
            date(2026, 3, 2),
            date(2026, 3, 20),
            ["Ministry of Commerce of China", "General Administration of Customs of China"],
        )
    ]
    assert len(events) == 1
    kind, instrument, start, basis, effective, articles, material, others = events[0]
    assert (kind, instrument, material) == (
        "control_imposed",
        "Announcement No. 14 of 2026",
        "lutetium",
    )
    assert (start, basis) == (date(2026, 3, 2), "issuer")
    assert effective == date(2026, 3, 20)
    assert articles == 3
    assert others == [date(2026, 3, 3)]


def test_another_announcement_stays_another_event(settings, announcement):
    other = make_news(
        "wire",
        "China controls erbium",
        "China's commerce ministry on Tuesday imposed export controls on erbium under Announcement "
        "No. 15 of 2026. The rare earth is used in optical fiber amplifiers by many firms.",
        datetime(2026, 3, 4, 6, tzinfo=UTC),
    )
    events, _ = load(settings, [announcement, other])
    assert sorted(event[1] for event in events) == [
        "Announcement No. 14 of 2026",
        "Announcement No. 15 of 2026",
    ]


_SUSPENDING = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">
<title>商务部公告2026年第31号 公布暂停实施部分公告的决定</title>
<meta name="ArticleTitle" content="商务部公告2026年第31号 公布暂停实施部分公告的决定">
<meta name="PubDate" content="2026-06-10 10:00"></head>
<body><div class="art-con"><h1>商务部公告2026年第31号 公布暂停实施部分公告的决定</h1>
<p>【发布文号】商务部公告2026年第31号</p><p>【发布日期】2026年6月10日</p>
<p>经国务院批准，决定自2026年6月10日至2027年6月10日，暂停实施商务部 海关总署公告2026年第14号、第15号（公布对稀土相关物项实施出口管制的决定）。</p>
<p>商务部</p><p>2026年6月10日</p></div></body></html>"""


def test_a_suspension_names_what_it_suspends_and_until_when(settings, announcement):
    other = _ANNOUNCEMENT.replace("第14号", "第15号").replace("镥", "铒")
    control = make_article("bureau", other)
    suspending = make_article("council", _SUSPENDING)
    load(settings, [announcement, control, suspending])
    with reading(settings) as con:
        found = con.execute(
            "SELECT e.instrument, e.suspended_until, o.instrument, o.status, o.suspended_until "
            "FROM timeline_relation r JOIN timeline e ON e.event_id = r.event_id "
            "JOIN timeline o ON o.event_id = r.related_event_id "
            "WHERE r.relation = 'suspends' ORDER BY o.instrument"
        ).fetchall()
    until = date(2027, 6, 10)
    assert found == [
        (
            "Announcement No. 31 of 2026",
            until,
            f"Announcement No. {number} of 2026",
            "suspended",
            until,
        )
        for number in (14, 15)
    ]
