"""The fictional newsroom: its files, its pages and its server. Own small articles throughout."""

import gzip
import http.client
import re
import time
import zlib
from datetime import UTC, datetime
from importlib import resources
from urllib.parse import urljoin

import feedparser
import pytest
from lxml import etree, html

from models.errors import InputError, SourceError
from pipeline.catalog import load_sources
from pipeline.newsroom.content import (
    BlockKind,
    Variant,
    load_articles,
    read_article,
    unresolved_references,
)
from pipeline.newsroom.hazards import GZIP_BOMB_BYTES, HAZARD_HOST, HUGE_BYTES, NESTED_LEVELS
from pipeline.newsroom.outlets import load_outlets
from pipeline.newsroom.render import Site
from pipeline.newsroom.server import Newsroom, serve_forever
from pipeline.newsroom.views import article_path, curly

OUTLETS = load_outlets()
BY_SLUG = {outlet.slug: outlet for outlet in OUTLETS}

BODY = """Brindle Foundry said it had bought 41 tonnes of magnets & alloys.

The deal doesn't need a permit, "so far", it added.

## What comes next

> We wait, as all do.

Partner | Tonnes
Norway | 17
Peru | 24

A third paragraph ends the story."""

EXTRA = {
    Variant.SYNDICATED: 'copy_of = "meridian/plain"',
    Variant.CORRECTION: 'corrects = "meridian/plain"',
}


def article_text(variant="plain", *, extra="", body=BODY, published="2023-05-06T07:08:00+02:00"):
    return f"""+++
title = "Brindle <b>buys</b> magnets & alloys, {variant}"
published = {published}
byline = "Ada Quince"
section = "Trade & Policy"
variant = "{variant}"
caption = "A foundry that melts 9 tonnes a day."
teasers = [ {{title = "Old news", date = "May 1, 2019", text = "Tin rose 3%."}} ]
events = []
{extra}
+++
{body}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("articles")
    for outlet in OUTLETS:
        (root / outlet.slug).mkdir()
        for variant in Variant:
            text = article_text(variant, extra=EXTRA.get(variant, ""))
            (root / outlet.slug / f"{variant}.md").write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def room(folder):
    with Newsroom(articles=folder) as site:
        yield site


@pytest.fixture(scope="module")
def get(room):
    connection = http.client.HTTPConnection("127.0.0.1", room.port, timeout=20)

    def fetch(host, path, method="GET", **headers):
        connection.request(method, path, headers={"Host": host, **headers})
        answer = connection.getresponse()
        return answer, answer.read()

    yield fetch
    connection.close()


def path_of(folder, slug, variant):
    article = read_article(folder / slug / f"{variant}.md", outlet=slug)
    return article_path(article, BY_SLUG[slug])


def every_page(site):
    """Yield (host, path, page) for every page that the site has."""
    for host, routes in site._routes.items():
        for path in routes:
            yield host, path, site.page(host, path)


# --- article files ---


def test_read_article_gives_blocks(folder):
    article = read_article(folder / "meridian" / "plain.md", outlet="meridian")
    assert article.key == "meridian/plain"
    assert article.published.utcoffset().total_seconds() == 7200
    assert [block.kind for block in article.blocks] == [
        BlockKind.PARAGRAPH,
        BlockKind.PARAGRAPH,
        BlockKind.HEADING,
        BlockKind.QUOTE,
        BlockKind.TABLE,
        BlockKind.PARAGRAPH,
    ]
    assert article.blocks[4].rows == (("Partner", "Tonnes"), ("Norway", "17"), ("Peru", "24"))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("no fence", r"first line must be \+\+\+"),
        ("+++\ntitle = 1\n", "no closing"),
        ("+++\ntitle = \n+++\nText.", "not TOML"),
        (article_text().replace("events = []", ""), "events: Field required"),
        (article_text(extra="colour = 1"), "colour: Extra inputs"),
        (article_text("sensational"), "variant: Input should be"),
        (article_text(published="2023-05-06T07:08:00"), "published: .*timezone"),
        (article_text(published="2023-05-06"), "published: "),
        (article_text("syndicated"), "copy_of is needed"),
        (article_text(extra='corrects = "meridian/x"'), "corrects is needed"),
        (article_text("syndicated", extra='copy_of = "no slash"'), "copy_of: "),
        (article_text(body="One <i>word</i>."), "body: HTML"),
        (article_text(body="# Wrong\n\nText."), "body: a subheading"),
        (article_text(body="a | b\nc | d | e\n\nText."), "body: table rows"),
        (article_text(body="## Only a heading"), "at least one paragraph"),
    ],
)
def test_read_article_names_file_and_field(tmp_path, text, field):
    entry = tmp_path / "bad.md"
    entry.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"strata/bad.md: (?s:.*){field}"):
        read_article(entry, outlet="strata")


def test_load_articles_lists_every_bad_file(tmp_path):
    for name in ("one.md", "two.md", "Wrong Name.md"):
        (tmp_path / "strata").mkdir(exist_ok=True)
        (tmp_path / "strata" / name).write_text("nothing", encoding="utf-8")
    with pytest.raises(InputError, match=r"(?s)Wrong Name\.md.*one\.md.*two\.md"):
        load_articles(tmp_path)


def test_load_articles_refuses_unknown_outlet(tmp_path):
    (tmp_path / "gazette").mkdir()
    with pytest.raises(InputError, match="gazette"):
        load_articles(tmp_path)


def test_load_articles_of_missing_folder_is_empty(tmp_path):
    assert load_articles(tmp_path / "none") == ()


def test_unresolved_references_names_the_field(folder, tmp_path):
    assert unresolved_references(load_articles(folder)) == ()
    (tmp_path / "strata").mkdir()
    text = article_text("correction", extra='corrects = "strata/gone"')
    (tmp_path / "strata" / "fix.md").write_text(text, encoding="utf-8")
    assert "corrects points at 'strata/gone'" in unresolved_references(load_articles(tmp_path))[0]
    site = Site(outlets=OUTLETS, articles=load_articles(tmp_path))
    assert b"an earlier report" in site.page("strata-institute.example", "/publications/fix/").body


def test_packaged_articles_are_valid_and_point_at_each_other():
    assert unresolved_references(load_articles()) == ()


@pytest.mark.parametrize("change", [("host = ", "hots = "), ("/drafts/{slug}", "/other/{slug}")])
def test_load_outlets_refuses_wrong_file(change):
    text = resources.files("pipeline.newsroom").joinpath("outlets.toml").read_text("utf-8")
    with pytest.raises(SourceError, match=r"outlets\.toml"):
        load_outlets(text.replace(*change))


# --- sources ---


def test_sources_fit_the_outlets(folder):
    with resources.as_file(resources.files("pipeline.newsroom").joinpath("sources")) as path:
        sources = {source.slug: source for source in load_sources(path)}
    assert set(sources) == {outlet.slug.replace("-", "_") for outlet in OUTLETS}
    site = Site(outlets=OUTLETS, articles=())
    for outlet in OUTLETS:
        source = sources[outlet.slug.replace("-", "_")]
        assert source.name == outlet.name
        for url in (*source.feeds, *source.sitemaps, *source.listings):
            assert site.page(outlet.host, url.removeprefix(f"http://{outlet.host}")).status == 200
    groups = [source.owner_group for source in sources.values() if source.owner_group]
    assert sorted(groups) == [
        "ferrous-lane-media",
        "ferrous-lane-media",
        "meridian-group",
        "tidewater-local",
    ]


def test_listing_pattern_takes_articles_and_the_tag_page_only(folder):
    with resources.as_file(resources.files("pipeline.newsroom").joinpath("sources")) as path:
        source = next(s for s in load_sources(path) if s.listings)
    site = Site(outlets=OUTLETS, articles=load_articles(folder))
    page = site.page("trade-notices.example", "/notices/")
    links = {
        urljoin(source.listings[0], href) for href in html.fromstring(page.body).xpath("//a/@href")
    }
    taken = {link for link in links if re.search(source.article_pattern, link)}
    assert len(taken) == len(Variant) + 1
    assert "http://trade-notices.example/notices/subject-rare-earths.html" in taken


# --- pages ---


@pytest.mark.parametrize("packaged", [True, False])
def test_every_page_parses_and_holds_no_port(folder, packaged):
    site = Site(outlets=OUTLETS, articles=load_articles(None if packaged else folder))
    for host, path, page in every_page(site):
        assert page.status == 200, path
        assert b"127.0.0.1" not in page.body
        if page.content_type.startswith("text/html"):
            tree = html.document_fromstring(page.body)
            assert tree.xpath("string(//link[@rel='canonical']/@href)") == f"http://{host}{path}"
            assert len(tree.xpath("//h1")) == 1
        elif "xml" in page.content_type:
            etree.fromstring(page.body)


@pytest.mark.parametrize("packaged", [True, False])
def test_every_free_paragraph_is_on_its_page(folder, packaged):
    articles = load_articles(None if packaged else folder)
    site = Site(outlets=OUTLETS, articles=articles)
    for article in articles:
        if article.variant in {Variant.PAYWALL, Variant.WINDOWS1252}:
            continue
        outlet = BY_SLUG[article.outlet]
        body = site.page(outlet.host, article_path(article, outlet)).body
        text = html.document_fromstring(body.decode()).text_content()
        assert all(block.text in text for block in article.blocks), article.key


def test_bytes_do_not_change_between_runs(folder):
    articles = load_articles(folder)
    first = list(every_page(Site(outlets=OUTLETS, articles=articles)))
    again = list(every_page(Site(outlets=OUTLETS, articles=load_articles(folder))))
    assert first == again
    assert str(datetime.now(UTC).date()).encode() not in b"".join(p.body for _, _, p in first)


def test_markup_in_text_is_escaped(folder):
    site = Site(outlets=OUTLETS, articles=load_articles(folder))
    for _, path, page in every_page(site):
        assert b"<b>buys" not in page.body, path


def test_outlets_have_their_own_markup(folder):
    site = Site(outlets=OUTLETS, articles=load_articles(folder))
    found = set()
    for outlet in OUTLETS:
        page = site.page(outlet.host, path_of(folder, outlet.slug, "plain"))
        body = html.document_fromstring(page.body)
        found.add(tuple(body.xpath("//*/@class")))
        # The furniture that an extractor must leave out, with its own figures.
        for text in ("Tin rose 3%", outlet.newsletter_text, outlet.cookie_text):
            assert text in body.text_content()
    assert len(found) == len(OUTLETS)


@pytest.mark.parametrize("slug", BY_SLUG)
def test_variants_on_every_outlet(folder, slug):
    site = Site(outlets=OUTLETS, articles=load_articles(folder))
    outlet = BY_SLUG[slug]

    def page(variant):
        return site.page(outlet.host, path_of(folder, slug, variant))

    undated = path_of(folder, slug, "undated") + page("undated").body.decode()
    assert not re.search(r"\b(20\d\d|May)\b", undated)
    assert re.search(r"\b2023\b", page("plain").body.decode())

    paywall = page("paywall").body.decode()
    assert '"isAccessibleForFree": false' in paywall
    assert "Subscribe to continue" in paywall
    assert "so far" in paywall
    assert "third paragraph" not in paywall
    assert '"isAccessibleForFree": false' not in page("plain").body.decode()

    windows = page("windows1252").body
    assert b"\x93so far\x94" in windows
    assert b"doesn\x92t" in windows
    assert b" \x96 " in windows
    with pytest.raises(UnicodeDecodeError):
        windows.decode()

    plain_url = BY_SLUG["meridian"].absolute(path_of(folder, "meridian", "plain"))
    targets = {plain_url, plain_url.removeprefix("http://meridian-wire.example")}
    for variant, words in (("correction", "corrected version"), ("syndicated", "first published")):
        tree = html.document_fromstring(page(variant).body)
        assert words in tree.text_content()
        assert targets & set(tree.xpath("//p//a/@href"))
    assert path_of(folder, slug, "disallowed").startswith(outlet.disallow)


def test_correction_is_modified_after_it_was_published(folder):
    site = Site(outlets=OUTLETS, articles=load_articles(folder))
    path = path_of(folder, "meridian", "correction")
    body = site.page("meridian-wire.example", path).body.decode()
    assert '"datePublished": "2023-05-06T07:08:00+02:00"' in body
    assert '"dateModified": "2023-05-06T09:43:00+02:00"' in body


def test_windows_pages_lie_or_say_nothing_about_their_bytes(tmp_path):
    (tmp_path / "strata").mkdir()
    for name in "abcdefgh":
        text = article_text("windows1252")
        (tmp_path / "strata" / f"{name}.md").write_text(text, encoding="utf-8")
    site = Site(outlets=OUTLETS, articles=load_articles(tmp_path))
    pages = [site.page("strata-institute.example", f"/publications/{n}/") for n in "abcdefgh"]
    assert {page.content_type for page in pages} == {"text/html", "text/html; charset=utf-8"}
    for page in pages:
        assert (b'charset="utf-8"' in page.body) == page.content_type.endswith("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said: "Ready."', "He said: “Ready.”"),
        ("the firm's 'pause'", "the firm’s ‘pause’"),
        ('("quota")', "(“quota”)"),
        ("no quotes", "no quotes"),
    ],
)
def test_curly_turns_quotation_marks(text, expected):
    assert curly(text) == expected


# --- feeds ---


@pytest.mark.parametrize("slug", [o.slug for o in OUTLETS if o.rss_path or o.atom_path])
def test_feeds_list_every_article(folder, slug):
    outlet = BY_SLUG[slug]
    site = Site(outlets=OUTLETS, articles=load_articles(folder))
    feed = feedparser.parse(site.page(outlet.host, outlet.rss_path or outlet.atom_path).body)
    assert not feed.bozo
    assert len(feed.entries) == len(Variant)
    for entry in feed.entries:
        path, _, query = entry.link.removeprefix(f"http://{outlet.host}").partition("?")
        assert site.page(outlet.host, path).status == 200
        assert query == outlet.tracking
        assert ("published" in entry) == ("undated" not in entry.title)
    disallowed = path_of(folder, slug, "disallowed")
    assert any(disallowed in entry.link for entry in feed.entries)


def test_sitemaps_lead_to_articles_and_a_tag_page(folder):
    site = Site(outlets=OUTLETS, articles=load_articles(folder))
    outlet = BY_SLUG["brusselsledger"]

    def locations(path):
        tree = etree.fromstring(site.page(outlet.host, path).body)
        return [
            url.removeprefix(f"http://{outlet.host}")
            for url in tree.xpath("//*[local-name()='loc']/text()")
        ]

    news, pages = map(locations, locations(outlet.sitemap_index_path))
    assert len(news) == len(Variant)
    assert pages == [outlet.tag_path]
    tree = etree.fromstring(site.page(outlet.host, outlet.news_sitemap_path).body)
    assert len(tree.xpath("//*[local-name()='publication_date']")) == len(Variant) - 1


def test_feeds_without_articles_parse():
    site = Site(outlets=OUTLETS, articles=())
    for outlet in OUTLETS:
        for path in (outlet.rss_path, outlet.atom_path):
            if path:
                assert not feedparser.parse(site.page(outlet.host, path).body).bozo


def test_robots_names_paths_and_sitemap(get):
    _, body = get("brusselsledger.example", "/robots.txt")
    lines = body.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /epaper/" in lines
    assert "Crawl-delay: 0" in lines
    assert "Sitemap: http://brusselsledger.example/sitemap.xml" in lines


# --- server ---


def test_hosts_share_a_port_and_differ(room, get):
    bodies = set()
    for outlet in OUTLETS:
        answer, body = get(outlet.host, "/")
        assert answer.status == 200
        assert answer.getheader("Content-Type") == "text/html; charset=utf-8"
        assert answer.getheader("Date") is None
        bodies.add(body)
    assert len(bodies) == len(OUTLETS)
    assert set(room.hosts) == {outlet.host for outlet in OUTLETS} | {HAZARD_HOST}
    assert room.connect_to["harborpost.example"] == ("127.0.0.1", room.port)


def test_host_may_have_a_port_and_capitals(room, get):
    answer, _ = get(f"HarborPost.example:{room.port}", "/")
    assert answer.status == 200


def test_unknown_host_is_not_found(get):
    answer, body = get("elsewhere.example", "/")
    assert answer.status == 404
    assert b"<html" in body


def test_missing_page_has_html(get):
    answer, body = get("strata-institute.example", "/no/such/page")
    assert answer.status == 404
    assert b"Page not found" in body


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fpyproject.toml",
        "/templates/rss.xml",
        "//etc/passwd",
        "/%00",
        "/%ff",
    ],
)
@pytest.mark.parametrize("prefix", ["", "/~meridian-wire.example"])
def test_paths_never_reach_files(room, get, path, prefix):
    host = f"127.0.0.1:{room.port}" if prefix else "meridian-wire.example"
    answer, body = get(host, prefix + path)
    assert answer.status == 404
    assert b"root:" not in body


def test_head_has_the_head_of_get(get):
    full, body = get("meridian-wire.example", "/")
    head, nothing = get("meridian-wire.example", "/", "HEAD")
    assert nothing == b""
    assert head.getheaders() == full.getheaders()
    assert int(head.getheader("Content-Length")) == len(body)


def test_conditional_requests(get, folder):
    host, path = "magnetweekly.example", path_of(folder, "magnetweekly", "plain")
    answer, _ = get(host, path)
    tag, changed = answer.getheader("ETag"), answer.getheader("Last-Modified")
    assert changed == "Sat, 06 May 2023 05:08:00 GMT"
    table = [
        ({"If-None-Match": tag}, 304),
        ({"If-None-Match": f'"other", W/{tag}'}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-Modified-Since": changed}, 304),
        ({"If-Modified-Since": "Sat, 06 May 2023 05:07:59 GMT"}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
        ({"If-None-Match": '"other"', "If-Modified-Since": changed}, 200),
    ]
    for headers, status in table:
        again, body = get(host, path, **headers)
        assert again.status == status, headers
        assert bool(body) == (status == 200)
        assert again.getheader("ETag") == tag


def test_missing_slash_redirects(get):
    answer, _ = get("strata-institute.example", "/about")
    assert (answer.status, answer.getheader("Location")) == (301, "/about/")
    answer, _ = get("127.0.0.1", "/~strata-institute.example/about")
    assert answer.getheader("Location") == "/~strata-institute.example/about/"


def test_query_does_not_change_the_page(get):
    _, plain = get("harborpost.example", "/about/")
    _, tracked = get("harborpost.example", "/about/?utm_source=rss")
    assert plain == tracked


def test_browser_can_follow_every_link(room, get):
    me = f"127.0.0.1:{room.port}"
    todo, seen = [room.url], set()
    while todo:
        url = todo.pop()
        seen.add(url)
        answer, body = get(me, url.removeprefix(f"http://{me}"))
        assert answer.status == 200, url
        if not answer.getheader("Content-Type").startswith("text/html"):
            continue
        for href in html.document_fromstring(body).xpath("//a/@href | //img/@src"):
            target = urljoin(url, href).partition("#")[0]
            assert target.startswith(room.url), (url, href)
            if target not in seen and target not in todo:
                todo.append(target)
    assert len(seen) > len(OUTLETS) * (len(Variant) + 3)


def test_requests_are_remembered(room, get):
    room.forget_requests()
    get("harborpost.example", "/feed/")
    get("harborpost.example", "/nothing?x=1")
    assert room.requests == (
        ("harborpost.example", "/feed/", 200),
        ("harborpost.example", "/nothing?x=1", 404),
    )


def test_server_starts_twice_and_listens_here_only(folder):
    room = Newsroom(articles=folder)
    for _ in range(2):
        with room:
            assert room._server.server_address[0] == "127.0.0.1"
            assert room.port != 0


def test_serve_forever_ends_with_an_interrupt(folder):
    ports = []

    def stop(site):
        ports.append(site.port)
        site.wait = interrupt

    def interrupt():
        raise KeyboardInterrupt

    serve_forever(0, articles=folder, on_ready=stop)
    assert len(ports) == 1


# --- hazards: only the first bytes are read ---


def start_of(room, path, size=100_000):
    """Return the answer and at most the first `size` bytes of a hazard, then hang up."""
    connection = http.client.HTTPConnection("127.0.0.1", room.port, timeout=20)
    try:
        connection.request("GET", path, headers={"Host": HAZARD_HOST})
        answer = connection.getresponse()
        return answer, answer.read(size)
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "status", "content_type", "start"),
    [
        ("/article", 200, "text/html; charset=utf-8", b"<!DOCTYPE html>"),
        ("/binary", 200, "application/octet-stream", b"\x00\x01"),
        ("/pdf-as-html", 200, "text/html; charset=utf-8", b"%PDF-"),
        ("/xml-bomb", 200, "application/rss+xml", b"<?xml"),
        ("/error500", 500, "text/html; charset=utf-8", b"<html>"),
        ("/error503", 503, "text/html; charset=utf-8", b"<html>"),
        ("/notfound", 404, "text/html; charset=utf-8", b"<html>"),
        ("/unlisted", 404, "text/html; charset=utf-8", b"<html>"),
        ("/robots.txt", 200, "text/plain", b"User-agent"),
    ],
)
def test_small_hazards(room, path, status, content_type, start):
    answer, body = start_of(room, path)
    assert (answer.status, answer.getheader("Content-Type")) == (status, content_type)
    assert body.startswith(start)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/loop", "/loop-back"),
        ("/loop-back", "/loop"),
        ("/redirect-private", "http://10.0.0.1/"),
        ("/redirect-file", "file:///etc/hosts"),
    ],
)
def test_redirect_hazards(room, path, target):
    answer, _ = start_of(room, path)
    assert (answer.status, answer.getheader("Location")) == (302, target)


@pytest.mark.parametrize(("path", "length"), [("/huge", str(HUGE_BYTES)), ("/huge-chunked", None)])
def test_huge_streams_and_stops_when_the_client_leaves(room, path, length):
    answer, body = start_of(room, path, 1_000_000)
    assert answer.getheader("Content-Length") == length
    assert len(body) == 1_000_000
    end = time.monotonic() + 10
    while room._server._connections and time.monotonic() < end:
        if len(room._server._connections) <= 1:  # the module's own idle connection
            break
        time.sleep(0.02)
    assert len(room._server._connections) <= 1


def test_nested_is_as_deep_as_it_says(room):
    _, body = start_of(room, "/nested", 10_000_000)
    assert body.count(b"<div>") == body.count(b"</div>") == NESTED_LEVELS


def test_slow_drips(room):
    began = time.monotonic()
    _, body = start_of(room, "/slow", 3)
    assert body == b"<!D"
    assert time.monotonic() - began >= 0.5


def test_gzip_bomb_is_small_and_valid_at_the_start(room):
    answer, body = start_of(room, "/gzip-bomb", 5_000_000)
    assert answer.getheader("Content-Encoding") == "gzip"
    assert len(body) < GZIP_BOMB_BYTES // 200
    assert len(zlib.decompressobj(31).decompress(body, 3_000_000)) == 3_000_000
    assert int.from_bytes(body[-4:], "little") == GZIP_BOMB_BYTES
    assert body[:2] == gzip.compress(b"")[:2]


def test_stopping_cuts_endless_answers(folder):
    with Newsroom(articles=folder) as room:
        connection = http.client.HTTPConnection("127.0.0.1", room.port, timeout=20)
        connection.request("GET", "/slow", headers={"Host": HAZARD_HOST})
        answer = connection.getresponse()
        began = time.monotonic()
    with pytest.raises((http.client.HTTPException, OSError)):
        answer.read()
    assert time.monotonic() - began < 5
    connection.close()
