"""robots.txt: the cases of RFC 9309 that decide whether a page may be fetched."""

import pytest

from pipeline.robots import (
    MAX_CRAWL_DELAY_S,
    MAX_ROBOTS_BYTES,
    parse_robots,
    robots_url,
    rules_for_status,
)

SITE = "https://gazette.example"


@pytest.mark.parametrize(
    ("text", "path", "is_allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: reeline\nAllow: /", "/a", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: ReeLine\nDisallow: /x", "/x/1", False),
        ("User-agent: other\nDisallow: /", "/a", True),
        # Groups of one robot are one group (2.2.1).
        ("User-agent: reeline\nDisallow: /a\n\nUser-agent: reeline\nDisallow: /b", "/a", False),
        # The longest match wins, and allow wins a draw (2.2.2).
        ("User-agent: *\nDisallow: /news/\nAllow: /news/open/", "/news/open/1", True),
        ("User-agent: *\nAllow: /news/\nDisallow: /news/shut/", "/news/shut/1", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?page=2", True),
        ("User-agent: *\nDisallow: /*?print=", "/n?print=1", False),
        ("User-agent: *\nDisallow: /%E4%B8%AD", "/\u4e2d/1", False),
        ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
        ("User-agent: *\r\nDisallow: /a # shut\r\n", "/a", False),
        ("<html><body>Not found</body></html>", "/a", True),
    ],
)
def test_rules(text, path, is_allowed):
    rules = parse_robots(text.encode(), agent="reeline")
    assert rules.is_allowed(SITE + path) is is_allowed


@pytest.mark.parametrize(
    ("status", "is_allowed"),
    [(404, True), (403, True), (401, True), (410, True), (429, False), (500, False), (503, False)],
)
def test_status_without_a_file(status, is_allowed):
    rules = rules_for_status(status, agent="reeline")
    assert rules.is_allowed(f"{SITE}/a") is is_allowed
    assert rules.is_reachable is is_allowed


def test_only_the_first_half_megabyte_is_read():
    filler = b"# " + b"x" * MAX_ROBOTS_BYTES + b"\n"
    early = b"User-agent: *\nDisallow: /early\n" + filler + b"Disallow: /late\n"
    rules = parse_robots(early, agent="reeline")
    assert not rules.is_allowed(f"{SITE}/early")
    assert rules.is_allowed(f"{SITE}/late")


def test_bytes_that_are_no_text_forbid_nothing():
    assert parse_robots(bytes(range(256)) * 40, agent="reeline").is_allowed(f"{SITE}/a")


@pytest.mark.parametrize(
    ("value", "delay_s"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("600", 600.0),
        ("3600", 3600.0),
        ("86400", MAX_CRAWL_DELAY_S),
        ("soon", 0.0),
    ],
)
def test_crawl_delay_is_kept_up_to_an_hour(value, delay_s):
    rules = parse_robots(f"User-agent: *\nCrawl-delay: {value}\n".encode(), agent="reeline")
    assert rules.crawl_delay_s == delay_s


def test_file_belongs_to_scheme_host_and_port():
    assert robots_url("http://a.example:8080/x?y#z") == "http://a.example:8080/robots.txt"
