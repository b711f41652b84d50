"""A page whose text changes gets a new version of its article; copies of a text are one source."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from extractors.article import read_article
from models.pages import Article
from models.vocabulary import FetchMethod
from pipeline.contents import make_raw_page
from pipeline.duplicates import count_independent, signatures_of
from pipeline.page_reader import ReadArticle, read_facts
from pipeline.rows import article_rows
from pipeline.staging import Batch, stage
from pipeline.store import Store

FETCHED = datetime(2026, 5, 20, tzinfo=UTC)
TEXT = (
    "China's commerce ministry imposed export controls on thulium on May 18, according to "
    "Announcement No. 77 of 2026. Exports of the rare earth fell {0}% in April to 12 tonnes, and "
    "traders in Antwerp expect that stocks will last until the autumn of this year."
)


def read(text, *, hours=0, extra="", url="https://wire.example/news/2026/thulium"):
    body = (
        '<html lang="en"><head><title>Thulium under control</title>'
        f'<meta property="og:type" content="article"></head><body>{extra}<article><h1>Thulium under '
        f"control</h1><p>{text}</p></article></body></html>"
    ).encode()
    found = read_article(
        make_raw_page(
            "wire",
            url,
            body,
            fetched_at=FETCHED + timedelta(hours=hours),
            headers=[("content-type", "text/html")],
            method=FetchMethod.HTTP,
        )
    )
    assert isinstance(found, Article), found
    return found


def load(settings, article):
    rows = article_rows(
        ReadArticle(article=article, facts=read_facts(article), extractor_version="1")
    )
    batch = Batch(
        batch_id=f"{article.version_id}-{article.fetched_at:%H}",
        replaces=(article.version_id,),
        rows=rows,
    )
    with Store(settings) as store:
        store.load(stage(settings.staging_dir, batch))


def query(settings, sql):
    with Store(settings) as store:
        return store.con.execute(sql).fetchall()


def test_changed_text_is_a_new_version_and_the_old_one_stays(settings):
    first, second = read(TEXT.format(5)), read(TEXT.format(15), hours=6)
    load(settings, first)
    load(settings, second)
    assert query(settings, "SELECT article_id, current_version_id FROM article") == [
        (first.article_id, second.version_id)
    ]
    assert query(
        settings,
        "SELECT v.version_id, p.value FROM article_version AS v JOIN percentage AS p "
        "USING (version_id) ORDER BY v.fetched_at",
    ) == [(first.version_id, -5.0), (second.version_id, -15.0)]


def test_late_news_of_an_older_text_does_not_take_its_place(settings):
    newer, older = read(TEXT.format(15), hours=6), read(TEXT.format(5))
    load(settings, newer)
    load(settings, older)
    assert query(settings, "SELECT current_version_id FROM article") == [(newer.version_id,)]


@pytest.mark.parametrize(
    "extra",
    [
        "",
        "<aside class='advert'>Visit the fair in June, tickets from nine euros, book today.</aside>",
        "<!-- served by node 7 -->",
        "<nav><a href='/a'>Home</a><a href='/b'>World news of today</a></nav>",
    ],
)
def test_page_that_changes_around_its_text_keeps_its_version(extra):
    assert read(TEXT.format(5), extra=extra, hours=3).version_id == read(TEXT.format(5)).version_id


def test_the_same_text_at_another_address_is_another_article():
    one, two = read(TEXT.format(5)), read(TEXT.format(5), url="https://other.example/x")
    assert one.article_id != two.article_id
    assert one.version_id != two.version_id


LONG = " ".join(TEXT.format(number) for number in (5, 6, 7))
CHINESE = (
    "商务部宣布对铥实施出口管制，企业应当申请许可。海关数据显示，四月出口十二吨，同比下降百分之五。"
    "安特卫普的贸易商表示，库存可以维持到秋天，价格暂时稳定。多家磁材企业说，正在评估影响，不会停产。"
)


@pytest.mark.parametrize(
    ("copy", "count"),
    [
        (LONG.replace("Antwerp", "Rotterdam"), 1),
        (f"{LONG} Reporting by Ann Ode; editing by Bo Eck.", 1),
        (
            "Shares of scanner makers rose after hospitals ordered more machines for the winter. "
            * 4,
            2,
        ),
    ],
)
def test_near_duplicates_are_one_source(copy, count):
    signatures = signatures_of([("a", LONG), ("b", copy)])
    assert count_independent([("a", "one"), ("b", "two")], signatures) == count


def test_near_duplicates_in_chinese_are_one_source():
    signatures = signatures_of(
        [("a", CHINESE), ("b", CHINESE + "（记者张某）"), ("c", CHINESE[::-1])]
    )
    articles = [("a", "one"), ("b", "two"), ("c", "three")]
    assert count_independent(articles, signatures) == 2


def test_a_version_keeps_its_id_whatever_is_read_around_it():
    article = read(TEXT.format(5))
    assert replace(article, title="Another title").version_id == article.version_id
