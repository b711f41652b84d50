"""Feeds, sitemaps and listings: read when they can be, rejected when not, never dangerous."""

import asyncio
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from library import Library, make_source

from models.errors import FetchError, InputError
from models.vocabulary import RejectionReason, Stage
from pipeline import findings, listings
from pipeline.discover import MAX_SITEMAP_FILES, discover
from pipeline.feeds import parse_feed, plain_title
from pipeline.findings import KnownDocument, reading_of
from pipeline.listings import read_listing
from pipeline.sitemaps import parse_sitemap
from pipeline.urls import clean_url, host_of, is_same_site
from pipeline.xml_guard import require_harmless

SHARED = Path(__file__).parents[2] / "shared" / "pages"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
SITE = "https://www.harborpost.example"
NOON = datetime(2026, 1, 12, 12, 0, tzinfo=UTC)

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Harbor Post</title>
<item><title>Port &amp;amp; mill: &lt;i&gt;new&lt;/i&gt; rules</title>
 <link>/2026/rules?utm_source=rss&amp;id=7#top</link>
 <pubDate>Mon, 12 Jan 2026 20:00:00 +0800</pubDate></item>
<item><title>Undated</title><link>https://www.harborpost.example/2026/undated</link></item>
<item><title>No link at all</title></item></channel></rss>"""
RDF = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://www.harborpost.example/"><title>H</title></channel>
<item rdf:about="x"><title>Port &amp; mill: new rules</title>
<link>https://www.harborpost.example/2026/rules?id=7</link>
<dc:date>2026-01-12T12:00:00Z</dc:date></item></rdf:RDF>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>H</title>
<entry><title type="html">Port &amp;amp; mill: new rules</title>
<link rel="alternate" href="https://www.harborpost.example/2026/rules?id=7"/>
<updated>2026-01-12T12:00:00Z</updated></entry></feed>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "H",
        "items": [
            {
                "id": "1",
                "url": f"{SITE}/2026/rules?id=7",
                "title": "Port & mill: new rules",
                "date_published": "2026-01-12T20:00:00+08:00",
            }
        ],
    }
).encode()
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "vast">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9))
    + b']><rss version="2.0"><channel><title>&a9;</title></channel></rss>'
)


@pytest.mark.parametrize("body", [RSS, RDF, ATOM, JSON, gzip.compress(RSS)])
def test_feed_kinds_give_the_same_entry(body):
    first = parse_feed(body, f"{SITE}/feed")[0]
    assert first.url == f"{SITE}/2026/rules?id=7"
    assert first.title == "Port & mill: new rules"
    assert first.published == NOON


def test_undated_entry_stays_and_one_without_address_goes():
    entries = parse_feed(RSS, f"{SITE}/feed")
    assert [(entry.title, entry.published) for entry in entries[1:]] == [("Undated", None)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Sign in</body></html>",
        b"not a feed",
        b'{"version": 3}',
        b'{"items": [{}]}',
        b"{]",
        b"[" * 100_000,
        b'{"version": "https://jsonfeed.org/version/1", "items": 5}',
        gzip.compress(RSS)[:-30],
        BOMB,
        BOMB.decode().encode("utf-16"),
        b'<rss version="2.0"><channel>' + b"<a>" * 100_000,
        b'<rss version="2.0"><channel>' + b"<a " * 100_000,
        gzip.compress(b"<rss>" + b" " * 60_000_000),
    ],
)
def test_what_is_no_feed_or_a_bomb_is_refused(body):
    with pytest.raises(InputError):
        parse_feed(body, f"{SITE}/feed")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<a/>" * 11, "10 tags"),
        (b"</a>" * 600 + b"<a>" * 600, "levels deep"),
        (b"<a>" * 400 + b"</a>" * 400 + b"<a>" * 600, "levels deep"),
    ],
)
def test_too_many_tags_and_nesting_behind_stray_ends_are_refused(body, found):
    max_tags = 10 if b"/>" in body else 10_000
    with pytest.raises(InputError, match=found):
        require_harmless(body, where="here", max_tags=max_tags)
    require_harmless(body[: len(body) // 3], where="here", max_tags=max_tags)


def test_feed_of_a_million_empty_entries_is_refused():
    body = b"<rss version='2.0'><channel>" + b"<item/>" * 200_000 + b"</channel></rss>"
    with pytest.raises(InputError, match="tags"):
        parse_feed(body, f"{SITE}/feed")


def test_talk_of_entities_is_no_bomb():
    body = RSS.replace(b"Undated", b"<![CDATA[How <!ENTITY works]]>")
    assert len(parse_feed(body, f"{SITE}/feed")) == 2


@needs_shared
def test_feed_suites_parse_or_are_refused():
    read = refused = 0
    for path in sorted((SHARED / "feeds").rglob("*"))[::7]:
        if path.suffix in {".xml", ".rss", ".atom", ".json"}:
            try:
                parse_feed(path.read_bytes(), "https://base.example/feed")
                read += 1
            except InputError:
                refused += 1
    assert read > 20 * refused


NEWS_MAP = b"""<?xml version="1.0"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://www.harborpost.example/2026/rules?id=7&amp;utm_medium=x </loc>
 <lastmod>2026-01-13</lastmod>
 <image:image><image:loc>https://img.example/1.png</image:loc></image:image>
 <news:news><news:publication_date>2026-01-12T12:00:00Z</news:publication_date>
 <news:title>Port &amp; mill: new rules</news:title></news:news></url>
<url><loc>https://www.harborpost.example/2026/plain</loc><lastmod>2026-01-13</lastmod></url>
<url><loc>mailto:nobody</loc></url></urlset>"""


@pytest.mark.parametrize("body", [NEWS_MAP, gzip.compress(NEWS_MAP)])
def test_news_sitemap_gives_title_and_publication(body):
    news, plain = parse_sitemap(body, f"{SITE}/news.xml").pages
    assert (news.url, news.title, news.published) == (
        f"{SITE}/2026/rules?id=7",
        "Port & mill: new rules",
        NOON,
    )
    assert (plain.title, plain.published) == (None, None)
    assert plain.modified == datetime(2026, 1, 13, tzinfo=UTC)


def test_torn_sitemap_gives_what_it_held():
    assert len(parse_sitemap(NEWS_MAP[:-120], f"{SITE}/news.xml").pages) >= 1


def test_list_of_addresses_is_a_sitemap():
    found = parse_sitemap(b"https://a.example/1\nhttps://a.example/2\n", "https://a.example/m.txt")
    assert [page.url for page in found.pages] == ["https://a.example/1", "https://a.example/2"]


@pytest.mark.parametrize("body", [b"", b"hello", b"<html><p>x</p></html>", b"<", BOMB, RSS])
def test_what_is_no_sitemap_is_refused(body):
    with pytest.raises(InputError):
        parse_sitemap(body, f"{SITE}/news.xml")


@needs_shared
@pytest.mark.parametrize(
    ("name", "pages", "children"),
    [("sitemap.xml", 84, 0), ("sitemap.xml.gz", 84, 0), ("sitemap2.xml", 0, 2)],
)
def test_real_sitemaps(name, pages, children):
    found = parse_sitemap((SHARED / "sitemaps" / name).read_bytes(), "https://x.example/s.xml")
    assert (len(found.pages), len(found.children)) == (pages, children)


LISTING = b"""<html><head><base href="/news/"></head><body>
<a href="2026/rules?id=7&utm_source=front"><img></a>
<a href="/news/2026/rules?id=7">Port and mill:
  new rules</a><a href="2026/second#c">Second</a><a href="/about">About us</a>
<a href="https://elsewhere.example/news/2026/x">Guest</a><a href="javascript:void(0)">x</a>
<a href="https://m.harborpost.example/news/2026/mobile">Mobile</a></body></html>"""


def test_listing_gives_matching_links_of_the_site_once():
    links = read_listing(LISTING, f"{SITE}/", pattern=r"/news/\d{4}/").links
    assert [(link.url, link.title) for link in links] == [
        (f"{SITE}/news/2026/rules?id=7", "Port and mill: new rules"),
        (f"{SITE}/news/2026/second", "Second"),
        ("https://m.harborpost.example/news/2026/mobile", "Mobile"),
    ]


def test_anchors_past_the_limit_are_not_read(monkeypatch):
    monkeypatch.setattr(listings, "_MAX_ANCHORS", 3)
    links = read_listing(LISTING, f"{SITE}/", pattern="/news/").links
    assert len(links) == 2


def test_empty_listing_is_refused():
    with pytest.raises(InputError):
        read_listing(b"", f"{SITE}/", pattern="x")


def test_discovery_merges_and_keeps_going_after_a_bad_feed():
    source = make_source(
        feeds=(f"{SITE}/broken", f"{SITE}/missing", f"{SITE}/feed"),
        sitemaps=(f"{SITE}/news.xml",),
        listings=(f"{SITE}/",),
        article_pattern=r"/\d{4}/",
    )
    library = Library(
        {
            f"{SITE}/broken": BOMB,
            f"{SITE}/feed": RSS,
            f"{SITE}/news.xml": NEWS_MAP,
            f"{SITE}/": LISTING,
        }
    )
    found = asyncio.run(discover(source, library))
    assert [(item.reason, item.stage, item.url) for item in found.rejected] == [
        (RejectionReason.BAD_FEED, Stage.DISCOVER, f"{SITE}/broken"),
        (RejectionReason.HTTP_ERROR, Stage.DISCOVER, f"{SITE}/missing"),
    ]
    urls = [ref.url for ref in found.refs]
    assert len(urls) == len(set(urls)) == 6
    assert urls[:3] == [f"{SITE}/2026/rules?id=7", f"{SITE}/2026/undated", f"{SITE}/2026/plain"]
    assert found.refs[0].found_in == f"{SITE}/feed"
    assert asyncio.run(discover(source, library)).refs == found.refs


def test_sitemap_fills_the_date_that_the_feed_lacks():
    feed = RSS.replace(b"<pubDate>Mon, 12 Jan 2026 20:00:00 +0800</pubDate>", b"")
    source = make_source(feeds=(f"{SITE}/feed",), sitemaps=(f"{SITE}/news.xml",))
    library = Library({f"{SITE}/feed": feed, f"{SITE}/news.xml": NEWS_MAP})
    assert asyncio.run(discover(source, library)).refs[0].published == NOON


def sitemap_index(*urls):
    items = "".join(f"<sitemap><loc>{u}</loc><lastmod>{d}</lastmod></sitemap>" for u, d in urls)
    return f"<sitemapindex>{items}</sitemapindex>".encode()


def test_index_is_followed_newest_first_and_not_in_circles():
    index = f"{SITE}/index.xml"
    children = [(f"{SITE}/m{n}.xml", f"2026-01-{n + 1:02}") for n in range(3)]
    documents = {url: NEWS_MAP for url, _ in children}
    library = Library({index: sitemap_index((index, "2026-02-01"), *children), **documents})
    found = asyncio.run(discover(make_source(sitemaps=(index,)), library))
    assert library.asked == [index, *(f"{SITE}/m{n}.xml" for n in (2, 1, 0))]
    assert len(found.refs) == 2
    assert found.rejected == ()


def test_endless_index_stops_at_its_limits():
    class Endless(Library):
        async def get(self, url, *, source, validators=None):
            self.documents[url] = sitemap_index(*((f"{url}/{n}", "2026-01-01") for n in range(9)))
            return await super().get(url, source=source)

    library = Endless({})
    found = asyncio.run(discover(make_source(sitemaps=(f"{SITE}/a.xml",)), library))
    assert len(library.asked) <= MAX_SITEMAP_FILES
    assert {item.reason for item in found.rejected} <= {
        RejectionReason.TOO_DEEP,
        RejectionReason.TOO_LARGE,
    }
    assert found.rejected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://Www.Harbor.Example:443/a/./b/../c/?b=2&a=1#x", "https://www.harbor.example/a/c/?a=1&b=2"),
        ("http://harbor.example", "http://harbor.example/"),
        ("http://harbor.example:8080/a", "http://harbor.example:8080/a"),
        ("/a?utm_campaign=z", "https://base.example/a"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("https://b\u00fccher.example/\u00fc b?q=\u00e9", "https://xn--bcher-kva.example/%C3%BC%20b?q=%C3%A9"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%E4%B8%AD", "https://a.example/%E4%B8%AD"),
        ("https://a.example/n.asp?12345", "https://a.example/n.asp?12345"),
        ("https://a.example/n?cid=88&fbclid=q", "https://a.example/n?cid=88"),
        ("https://a.example/s?w=%CF%A1%cd%c1&a=1", "https://a.example/s?a=1&w=%CF%A1%CD%C1"),
        ("https://a.example/s?w=稀+土&utm_id=3", "https://a.example/s?w=%E7%A8%80+%E5%9C%9F"),
        ("https://a.example/s?%CF=1&b=", "https://a.example/s?b=&%CF=1"),
        ("https://a.example/s?__biz=MzA&mid=22&idx=1&sn=ab#rd", "https://a.example/s?__biz=MzA&idx=1&mid=22&sn=ab"),
        ("https://a.example/x?from=rss&from=2", "https://a.example/x?from=2"),
        ("https://a.example./x", "https://a.example/x"),
        ("https://ann:pw@a.example/x", None),
        ("ftp://a.example/x", None),
        ("mailto:ann@a.example", None),
        ("javascript:alert(1)", None),
        ("http:///x", None),
        ("https://a.example:99999/x", None),
        ("https://[::1/x", None),
        ("https://a b.example/x", None),
        ("https://a.example/" + "x" * 3000, None),
        ("", None),
    ],
)  # fmt: skip
def test_clean_url(url, expected):
    found = clean_url(url, "https://base.example/dir/page")
    assert found == expected
    if found is not None:
        assert clean_url(found) == found


@pytest.mark.parametrize(
    ("url", "other", "expected"),
    [
        ("https://news.harbor.co.uk/a", "https://www.harbor.co.uk/", True),
        ("https://harbor.co.uk/a", "https://other.co.uk/", False),
        ("http://press.gov.cn/a", "http://press.gov.cn/", True),
        ("mailto:x", "https://harbor.example/", False),
    ],
)
def test_is_same_site(url, other, expected):
    assert is_same_site(url, other) is expected


def test_host_of():
    assert host_of("https://A.Example.:8443/x") == "a.example"
    assert host_of("nothing") == ""


def test_title_is_plain_text():
    assert plain_title(" A <b>bold</b>\n claim &amp; more ") == "A bold claim & more"
    assert plain_title("  ") is None
    assert plain_title("x < y") == "x < y"


def page_of_links(*names, next_url=None, as_link=False):
    links = "".join(f'<a href="/2026/{name}">{name}</a>' for name in names)
    tag = "link" if as_link else "a"
    more = f'<{tag} rel="prev next" href="{next_url}">' if next_url else ""
    return f"<html><body>{links}{more}</body></html>".encode()


@pytest.mark.parametrize("as_link", [True, False])
def test_listing_is_followed_by_its_next_links(as_link):
    library = Library(
        {
            f"{SITE}/news": page_of_links("a", next_url="/news?p=2", as_link=as_link),
            f"{SITE}/news?p=2": page_of_links("b", next_url="/news?p=3", as_link=as_link),
            f"{SITE}/news?p=3": page_of_links("c"),
        }
    )
    source = make_source(listings=(f"{SITE}/news",), article_pattern="/2026/", listing_pages=9)
    found = asyncio.run(discover(source, library))
    assert [ref.title for ref in found.refs] == ["a", "b", "c"]
    assert {ref.found_in for ref in found.refs} == {f"{SITE}/news"}
    assert len(library.asked) == 3


@pytest.mark.parametrize(
    ("next_url", "asked"),
    [
        ("/news", 1),  # itself
        ("https://elsewhere.example/news?p=2", 1),
        ("javascript:next()", 1),
        ("/news?p=2", 2),  # gives nothing new
    ],
)
def test_listing_stops_where_nothing_new_comes(next_url, asked):
    page = page_of_links("a", next_url=next_url)
    library = Library(dict.fromkeys((f"{SITE}/news", f"{SITE}/news?p=2"), page))
    source = make_source(listings=(f"{SITE}/news",), article_pattern="/2026/", listing_pages=9)
    assert len(asyncio.run(discover(source, library)).refs) == 1
    assert len(library.asked) == asked


def test_endless_calendar_ends_at_the_bound():
    class Calendar(Library):
        async def get(self, url, *, source, validators=None):
            number = int(url.rpartition("=")[2])
            self.documents[url] = page_of_links(f"d{number}", next_url=f"/news?p={number + 1}")
            return await super().get(url, source=source)

    library = Calendar({})
    source = make_source(listings=(f"{SITE}/news?p=1",), article_pattern="/2026/", listing_pages=4)
    assert len(asyncio.run(discover(source, library)).refs) == len(library.asked) == 4


@pytest.mark.parametrize("pattern", ["index_{page}.html", f"{SITE}/news/index_{{page}}.html"])
def test_listing_is_followed_by_its_page_pattern(pattern):
    library = Library(
        {
            f"{SITE}/news/": page_of_links("a", next_url="/wrong"),
            f"{SITE}/news/index_2.html": page_of_links("b"),
        }
    )
    source = make_source(
        listings=(f"{SITE}/news/",), article_pattern="/2026/", listing_pages=3, page_pattern=pattern
    )
    found = asyncio.run(discover(source, library))
    assert [ref.title for ref in found.refs] == ["a", "b"]
    assert library.asked[1:] == [f"{SITE}/news/index_2.html", f"{SITE}/news/index_3.html"]
    assert [item.reason for item in found.rejected] == [RejectionReason.HTTP_ERROR]


def test_page_pattern_stays_on_the_site():
    library = Library({f"{SITE}/news/": page_of_links("a")})
    source = make_source(
        listings=(f"{SITE}/news/",),
        article_pattern="/2026/",
        listing_pages=3,
        page_pattern="https://elsewhere.example/{page}",
    )
    asyncio.run(discover(source, library))
    assert len(library.asked) == 1


def test_exceptions_leave_out_addresses_and_titles():
    source = make_source(
        feeds=(f"{SITE}/feed",),
        listings=(f"{SITE}/",),
        article_pattern=r"/2026/",
        except_urls=(r"/2026/second$",),
        except_titles=(r"(?i)^undated",),
    )
    library = Library({f"{SITE}/feed": RSS, f"{SITE}/": LISTING})
    found = asyncio.run(discover(source, library))
    assert not {f"{SITE}/2026/undated", f"{SITE}/news/2026/second"} & {
        ref.url for ref in found.refs
    }
    assert found.excepted == 2
    assert found.documents == 2


def test_a_source_of_which_nothing_can_be_read_failed():
    found = asyncio.run(discover(make_source(feeds=(f"{SITE}/feed",)), Library({})))
    assert found.failed
    assert not asyncio.run(discover(make_source(), Library({}))).failed


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312"])
def test_listing_titles_survive_their_encoding(encoding):
    meta = '<meta charset="gb2312">' if encoding == "gb2312" else ""
    page = f'<html><head>{meta}</head><body><a href="/2026/x">\u7a00\u571f\u51fa\u53e3</a></body></html>'
    (link,) = read_listing(page.encode(encoding), f"{SITE}/", pattern="/2026/").links
    assert link.title == "\u7a00\u571f\u51fa\u53e3"


def known_from(found):
    """Return what the store would know of the documents of a discovery."""
    return {
        url: KnownDocument(
            validators=held, refs=tuple(ref for ref in found.refs if ref.found_in == url)
        )
        for url, held in found.validators.items()
    }


def asked_again(source, library):
    """Return two discoveries, the second of which knows the documents of the first."""
    first = asyncio.run(discover(source, library))
    library.asked.clear()
    return first, asyncio.run(discover(source, library, known=known_from(first)))


EVERYWHERE = make_source(
    feeds=(f"{SITE}/feed",),
    sitemaps=(f"{SITE}/index.xml", f"{SITE}/news.xml"),
    listings=(f"{SITE}/news",),
    article_pattern=r"/\d{4}/",
    listing_pages=3,
)


def everywhere():
    plain = "".join(f"<url><loc>{SITE}/2025/{n}</loc></url>" for n in range(3))
    return Library(
        {
            f"{SITE}/feed": RSS,
            f"{SITE}/index.xml": sitemap_index((f"{SITE}/old.xml", "2025-12-31")),
            f"{SITE}/old.xml": f"<urlset>{plain}</urlset>".encode(),
            f"{SITE}/news.xml": NEWS_MAP,
            f"{SITE}/news": page_of_links("a", next_url="/news?p=2"),
            f"{SITE}/news?p=2": page_of_links("b"),
        }
    )


def test_unchanged_documents_are_not_sent_again_and_offer_what_they_named():
    library = everywhere()
    first, second = asked_again(EVERYWHERE, library)
    assert len(first.refs) == 8
    assert {ref.url: ref for ref in second.refs} == {ref.url: ref for ref in first.refs}
    assert second.validators == first.validators
    # An index is read in full, for what it names; a listing is not followed past its first page.
    assert sorted(library.asked) == sorted(
        [f"{SITE}/{name}" for name in ("feed", "index.xml", "old.xml", "news.xml", "news")]
    )
    assert set(library.asked) - set(library.unchanged) == {f"{SITE}/index.xml"}
    assert not second.failed


def test_changed_documents_are_read_and_followed_again():
    library = everywhere()
    known = known_from(asyncio.run(discover(EVERYWHERE, library)))
    library.asked.clear()
    library.documents[f"{SITE}/news"] = page_of_links("new", "a", next_url="/news?p=2")
    library.documents[f"{SITE}/old.xml"] = sitemap_index((f"{SITE}/older.xml", "2024-12-31"))
    found = asyncio.run(discover(EVERYWHERE, library, known=known))
    assert library.asked[-2:] == [f"{SITE}/news", f"{SITE}/news?p=2"]
    assert f"{SITE}/older.xml" in library.asked
    assert f"{SITE}/2026/new" in {ref.url for ref in found.refs}
    assert f"{SITE}/old.xml" not in found.validators, "it became an index"


@pytest.mark.parametrize(
    ("is_passing", "is_kept"), [(True, False), (False, True)], ids=["busy", "past the end"]
)
def test_listing_whose_next_page_may_come_later_is_asked_for_in_full(is_passing, is_kept):
    library = everywhere()
    library.documents[f"{SITE}/news?p=2"] = FetchError(
        "no answer", reason=RejectionReason.HTTP_ERROR, retryable=is_passing
    )
    first, _ = asked_again(EVERYWHERE, library)
    assert (f"{SITE}/news" in first.validators) is is_kept
    assert (f"{SITE}/news" in library.unchanged) is is_kept


@pytest.mark.parametrize(("limit", "is_kept"), [(2, True), (1, False)])
def test_document_that_was_cut_off_is_asked_for_in_full(monkeypatch, limit, is_kept):
    monkeypatch.setattr(findings, "MAX_REFS", limit)
    library = Library({f"{SITE}/feed": RSS})
    first, _ = asked_again(make_source(feeds=(f"{SITE}/feed",)), library)
    assert len(first.refs) == limit
    assert bool(library.unchanged) is is_kept


def test_what_cannot_be_read_has_no_validators():
    library = Library({f"{SITE}/feed": BOMB, f"{SITE}/m.xml": BOMB, f"{SITE}/news": b" "})
    source = make_source(
        feeds=(f"{SITE}/feed",), sitemaps=(f"{SITE}/m.xml",), listings=(f"{SITE}/news",)
    )
    assert asyncio.run(discover(source, library)).validators == {}


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({"article_pattern": "/news/"}, False),
        ({"except_urls": ("/sport/",)}, False),
        ({"except_titles": ("(?i)quiz",)}, False),
        ({"listing_pages": 2}, False),
        ({"delay_s": 9.0, "name": "Harbor Mail", "relevance_terms": ("terbium",)}, True),
    ],
)
def test_reading_is_another_when_other_addresses_are_wanted(changes, is_same):
    assert (reading_of(make_source(**changes)) == reading_of(make_source())) is is_same
