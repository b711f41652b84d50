"""The source files: those of the package are valid, and a wrong one says where it is wrong."""

import re
from datetime import date
from urllib.parse import urljoin

import pytest

from models.errors import SourceError
from models.pages import ApiKind
from models.vocabulary import SourceKind
from pipeline.catalog import load_sources
from pipeline.source_file import in_years
from pipeline.urls import clean_url

GOOD = """
name = "Harbor Post"
homepage = "https://www.harborpost.example/"
kind = "news"
country = "NO"
languages = ["en"]
feeds = ["https://www.harborpost.example/feed?b=1&a=2"]
"""


def write(folder, text, name="harbor_post.toml"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_package_sources_are_valid_sorted_and_polite():
    sources = load_sources()
    slugs = [source.slug for source in sources]
    assert slugs == sorted(set(slugs))
    assert len(sources) >= 8
    assert sum(source.enabled for source in sources) >= 5
    assert all(source.delay_s >= 5.0 for source in sources)
    assert all(source.relevance_terms for source in sources)
    assert {source.kind for source in sources} >= {SourceKind.REGULATOR, SourceKind.TRADE_PRESS}


def test_package_sources_share_no_address():
    addresses = [
        clean_url(address)
        for source in load_sources()
        for address in (*source.feeds, *source.sitemaps, *source.listings)
    ]
    assert len(addresses) == len(set(addresses))


def test_source_is_read_with_its_defaults(tmp_path):
    (source,) = load_sources(write(tmp_path, GOOD))
    assert (source.slug, source.kind, source.delay_s) == ("harbor_post", SourceKind.NEWS, 5.0)
    # Kept as written: the order of the parameters may matter to the server.
    assert source.feeds == ("https://www.harborpost.example/feed?b=1&a=2",)
    assert source.enabled
    assert source.owner_group is None


def test_folder_without_sources_is_empty_and_other_files_are_passed_over(tmp_path):
    (tmp_path / "notes.md").write_text("none yet")
    assert load_sources(tmp_path) == ()


def test_missing_folder_is_an_error(tmp_path):
    with pytest.raises(SourceError, match="found no folder"):
        load_sources(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("change", "field", "hint"),
    [
        ('kind = "news"', "kind", "'blog'"),
        ('country = "NO"', "country", "'Norway'"),
        ('languages = ["en"]', "languages", "nothing"),
        ('name = "Harbor Post"', "name", "'  '"),
    ],
)
def test_wrong_field_is_named_with_what_was_found(tmp_path, change, field, hint):
    replacement = {"kind": 'kind = "blog"', "country": 'country = "Norway"', "name": 'name = "  "'}
    folder = write(tmp_path, GOOD.replace(change, replacement.get(field, "")))
    with pytest.raises(SourceError) as caught:
        load_sources(folder)
    message = str(caught.value)
    assert "harbor_post.toml" in message
    assert f"field {field}" in message
    assert "expected" in message
    assert hint in message


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('colour = "red"', "colour"),
        ("delay_s = -1", "delay_s"),
        ('sitemaps = ["ftp://x.example/a"]', "sitemaps.0"),
        ('sitemaps = ["https://ann:pw@x.example/a"]', "sitemaps.0"),
        ('article_pattern = "("', "article_pattern"),
        ('listings = ["https://x.example/"]', "article_pattern"),
        ("feeds = 3", "TOML"),
        ("enabled = maybe", "TOML"),
    ],
)
def test_unknown_or_impossible_value_is_refused(tmp_path, line, expected):
    with pytest.raises(SourceError, match=expected):
        load_sources(write(tmp_path, f"{GOOD}\n{line}\n"))


def test_enabled_source_needs_an_address(tmp_path):
    bare = "\n".join(line for line in GOOD.splitlines() if not line.startswith("feeds"))
    with pytest.raises(SourceError, match="at least one address"):
        load_sources(write(tmp_path, bare))
    (tmp_path / "harbor_post.toml").write_text(f"{bare}\nenabled = false\n")
    assert not load_sources(tmp_path)[0].enabled


@pytest.mark.parametrize("name", ["Harbor.toml", "a-b.toml", "a b.toml", ".toml"])
def test_file_name_must_be_a_slug(tmp_path, name):
    with pytest.raises(SourceError, match="file name"):
        load_sources(write(tmp_path, GOOD, name))


def test_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "a.toml").write_bytes('name = "Bj\u00f8rn"'.encode("latin-1"))
    with pytest.raises(SourceError, match="UTF-8"):
        load_sources(tmp_path)


TABLES = """
group = "press"
article_pattern = "/a/"
listing_pages = 3
page_pattern = "list_{page}.html"
duplicate_days = 0
confirmed = "the site's help page"

[exceptions]
urls = ["/sport/"]
titles = ["^Quiz"]

[polling]
min_hours = 2
max_hours = 12

[assertions]
articles_a_week = [1, 9.5]
required_fields = ["title", "byline"]

[[apis]]
kind = "federal_register"
agencies = ["some-bureau"]
since = 2025-01-31
"""


def test_tables_of_a_source_file_reach_the_record(tmp_path):
    (source,) = load_sources(write(tmp_path, GOOD + TABLES))
    assert (source.group, source.listing_pages, source.page_pattern) == (
        "press",
        3,
        "list_{page}.html",
    )
    assert (source.except_urls, source.except_titles) == (("/sport/",), ("^Quiz",))
    assert (source.poll_min_s, source.poll_max_s, source.duplicate_days) == (7200, 43200, 0)
    assert source.assertions.min_articles_a_week == 1
    assert source.assertions.max_articles_a_week == 9.5
    assert source.assertions.required_fields == ("title", "byline")
    (query,) = source.apis
    assert (query.kind, query.agencies, query.since) == (
        ApiKind.FEDERAL_REGISTER,
        ("some-bureau",),
        date(2025, 1, 31),
    )


def test_group_follows_from_the_kind(tmp_path):
    (source,) = load_sources(write(tmp_path, GOOD.replace('"news"', '"regulator"')))
    assert source.group == "regulators"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("verified = false", "enabled = false beside verified"),
        ("[polling]\nmin_hours = 9\nmax_hours = 2", "field polling: expected min_hours"),
        ("[assertions]\narticles_a_week = [9, 2]", "field assertions: expected articles_a_week"),
        ('[assertions]\nrequired_fields = ["mood"]', r"assertions.required_fields.0"),
        ('[exceptions]\nurls = ["("]', r"exceptions.urls.0: expected a regular expression"),
        ('page_pattern = "list_2.html"', "field page_pattern"),
        ('page_pattern = "{page}/{0}"', "field page_pattern"),
        ('[[apis]]\nkind = "gopher"\nterm = "x"', r"apis.0.kind"),
        ('[[apis]]\nkind = "gdelt"', r"apis.0: expected a term"),
        ('[[apis]]\nkind = "gdelt"\nterm = "x"\nagencies = ["y"]', "agencies only beside"),
        ('[[apis]]\nkind = "gdelt"\nterm = "x"\naddress = "ftp://x"', r"apis.0.address"),
        ('group = "My Group"', "field group"),
        ("duplicate_days = -1", "field duplicate_days"),
    ],
)
def test_wrong_table_is_named(tmp_path, lines, expected):
    with pytest.raises(SourceError, match=expected):
        load_sources(write(tmp_path, f"{GOOD}\n{lines}\n"))


def test_own_sources_are_added_and_win(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    write(own, GOOD)
    write(own, GOOD.replace("Harbor Post", "My Register"), "federal_register.toml")
    found = {source.slug: source for source in load_sources(user=own)}
    assert found["harbor_post"].name == "Harbor Post"
    assert found["federal_register"].name == "My Register"
    assert list(found) == sorted(found)
    assert len(found) == len(load_sources()) + 1
    # A folder given by name stands alone; a folder of one's own need not exist.
    assert [s.slug for s in load_sources(write(tmp_path, GOOD, "a.toml"), user=own)] == ["a"]
    assert load_sources(user=tmp_path / "nowhere") == load_sources()


def test_package_sources_are_many_and_the_enabled_ones_confirmed():
    sources = load_sources()
    enabled = [source for source in sources if source.enabled]
    assert len(sources) >= 35
    assert len(enabled) >= 25
    assert all(source.confirmed and source.verified for source in enabled)
    assert all(source.assertions.required_fields for source in sources)
    assert {source.group for source in sources} >= {
        "regulators",
        "press",
        "companies",
        "think_tanks",
        "wires",
    }
    assert {"zh", "en"} <= {language for source in enabled for language in source.languages}


def test_enabled_sources_cite_a_public_place_and_cover_the_countries_that_regulate():
    enabled = [source for source in load_sources() if source.enabled]
    # A repository with what lies in it, or the page of a documentation.
    cited = re.compile(r"\b[\w.-]+/[\w.-]+[ ,/]+\S")
    assert [source.slug for source in enabled if not cited.match(source.confirmed or "")] == []
    assert not [s.slug for s in enabled if "unreferenced" in (s.confirmed or "")]
    regulators = {source.country for source in enabled if source.kind is SourceKind.REGULATOR}
    assert regulators >= {"CN", "US", "EU", "JP", "KR", "IN", "CA", "GB"}
    press = {source.country for source in enabled if source.group == "press"}
    assert press >= {"AU", "CN", "HK", "JP", "MY", "VN"}


def test_unverified_sources_stay_off_and_claim_no_citation():
    unverified = [source for source in load_sources() if not source.verified]
    assert not any(source.enabled or source.confirmed for source in unverified)


@pytest.mark.parametrize(
    ("slug", "article", "other"),
    [
        ("federal_register", "https://www.federalregister.gov/documents/2026/03/02/2026-01234/some-rule", "/documents/search"),
        ("bis", "https://www.federalregister.gov/documents/2026/03/02/2026-01234/some-rule", "/agencies/some-bureau"),
        ("white_house", "https://www.whitehouse.gov/presidential-actions/2026/03/some-order/", "/presidential-actions/"),
        ("mofcom_zh", f"https://www.mofcom.gov.cn/zcfb/blgg/gg/2025/art/2025/art_{'0a' * 16}.html", "/zcfb/blgg/"),
        ("mofcom_zh", f"http://www.mofcom.gov.cn/zcfb/dwmygl/art/2026/art_{'0a' * 16}.html", "/zcfb/dwmygl/index.html"),
        ("mofcom", f"https://english.mofcom.gov.cn/Policies/AnnouncementsOrders/art/2025/art_{'0a' * 16}.html", "/Policies/index.html"),
        ("miit_zh", f"https://www.miit.gov.cn/jgsj/ycls/wjfb/art/2026/art_{'0a' * 16}.html", "/jgsj/ycls/wjfb/index.html"),
        ("motie", "https://www.motie.go.kr/kor/article/ATCL3f49a5a8c/70001/view?pageIndex=1", "/kor/article/ATCL3f49a5a8c"),
        ("gacc", "http://english.customs.gov.cn/Statics/00000000-5bc6-4cd0-95cd-f4d694547f31.html", "/Statistics/Statistics?ColumnId=1"),
        ("state_council_zh", "https://www.gov.cn/zhengce/zhengceku/202602/content_7000000.htm", "/zhengce/zuixin/"),
        ("energy_fuels", "https://investors.energyfuels.com/2026-03-02-Some-Release", "/news-releases"),
        ("india_pib", "https://pib.gov.in/PressReleasePage.aspx?PRID=2100000", "/allRel.aspx"),
        ("ap", "https://apnews.com/article/some-words-0123456789abcdef", "/hub/business"),
        ("cnbc", "https://www.cnbc.com/2026/03/02/some-words.html", "/business/"),
        ("guardian", "https://www.theguardian.com/business/2026/mar/02/some-words", "/sport/2026/mar/02/some-words"),
        ("japan_news", "https://japannews.yomiuri.co.jp/business/economy/20260302-123456/", "/business/"),
        ("scmp", "https://www.scmp.com/economy/article/3300000/some-words", "/economy"),
        ("global_times", "https://www.globaltimes.cn/page/202603/1300000.shtml", "/source/GT-Voice.html"),
        ("the_diplomat", "https://thediplomat.com/2026/03/some-words/", "/category/economy/"),
    ],
)  # fmt: skip
def test_article_patterns_tell_articles_from_sections(slug, article, other):
    (source,) = [source for source in load_sources() if source.slug == slug]
    assert re.search(source.article_pattern, article)
    assert clean_url(article) is not None
    assert not re.search(source.article_pattern, urljoin(article, other))


@pytest.mark.parametrize(
    ("today", "years"), [(date(2026, 6, 1), [2026]), (date(2027, 1, 15), [2027, 2026])]
)
def test_listings_of_a_year_follow_the_calendar(today, years):
    given = ("https://x.example/gg/{year}/", "https://x.example/all/")
    expected = [f"https://x.example/gg/{year}/" for year in years] + ["https://x.example/all/"]
    assert list(in_years(given, today)) == expected
