"""Reservations from text and data mining: what counts as one, and what only looks like one."""

import pytest

from pipeline.optouts import header_opt_out, meta_opt_out, parse_ai_txt, parse_tdmrep

SITE = "https://gazette.example"


@pytest.mark.parametrize(
    ("name", "value", "is_reserved"),
    [
        ("X-Robots-Tag", "noai", True),
        ("x-robots-tag", "noindex, NoAI, noimageai", True),
        ("X-Robots-Tag", "reeline: noai", True),
        ("X-Robots-Tag", "otherbot: noai", False),
        ("X-Robots-Tag", "noindex, nofollow", False),
        ("X-Robots-Tag", "noimageai", False),
        ("X-Robots-Tag", "noairplanes", False),
        ("TDM-Reservation", "1", True),
        ("tdm-reservation", " 1 ", True),
        ("tdm-reservation", "0", False),
        ("tdm-policy", "https://gazette.example/policy", False),
    ],
)
def test_header(name, value, is_reserved):
    assert (header_opt_out([(name, value)], agent="reeline") is not None) is is_reserved


@pytest.mark.parametrize(
    ("markup", "is_reserved"),
    [
        ('<meta name="robots" content="noai">', True),
        ("<META CONTENT='index, noai' NAME='Robots'>", True),
        ("<meta name=reeline content=noai>", True),
        ('<meta name="tdm-reservation" content="1"/>', True),
        ('<meta name="tdm-reservation" content="0">', False),
        ('<meta name="otherbot" content="noai">', False),
        ('<meta name="robots" content="noimageai">', False),
        ('<meta name="description" content="noai, tdm-reservation">', False),
        ('<!-- <meta name="robots" content="noai"> -->', False),
        ("<p>noai</p>", False),
        ("<p>" + "x" * 70_000 + '<meta name="robots" content="noai">', False),
    ],
)
def test_meta(markup, is_reserved):
    assert (meta_opt_out(markup.encode(), agent="reeline") is not None) is is_reserved


@pytest.mark.parametrize(
    "body", [b"<meta " * 20_000, b"<!--" * 30_000, b"<meta a=" + b'"' * 60_000]
)
def test_meta_takes_no_time_on_hostile_text(body):
    assert meta_opt_out(body, agent="reeline") is None


@pytest.mark.parametrize(
    ("rules", "path", "is_reserved"),
    [
        ('[{"location": "/", "tdm-reservation": 1}]', "/a", True),
        ('[{"location": "/", "tdm-reservation": 0}]', "/a", False),
        ('{"location": "/", "tdm-reservation": "1"}', "/a", True),
        ('[{"location": "/news/", "tdm-reservation": 1}]', "/about", False),
        (
            '[{"location": "/", "tdm-reservation": 1}, {"location": "/open/", "tdm-reservation": 0}]',
            "/open/1",
            False,
        ),
        ('[{"location": "/*.html$", "tdm-reservation": 1}]', "/x/y.html", True),
        ('[{"location": "/*.html$", "tdm-reservation": 1}]', "/x/y.html?p=1", False),
        ('[{"location": "/*/premium/*", "tdm-reservation": 1}]', "/en/premium/a", True),
        ('[{"location": "/", "tdm-reservation": true}]', "/a", False),
        ('[{"location": 7, "tdm-reservation": 1}, 3, null]', "/a", False),
        ("<html>Not found</html>", "/a", False),
        ("[" * 100_000, "/a", False),
    ],
)
def test_tdmrep(rules, path, is_reserved):
    assert parse_tdmrep(rules.encode()).is_reserved(SITE + path) is is_reserved


def test_many_stars_cost_little():
    rules = parse_tdmrep(b'[{"location": "/' + b"*a" * 900 + b'$", "tdm-reservation": 1}]')
    assert not rules.is_reserved(f"{SITE}/" + "a" * 1900 + "b")


def test_ai_txt_is_read_like_robots_and_other_files_of_that_name_are_not():
    rules = parse_ai_txt(b"# Rights\nUser-Agent: *\nDisallow: /\n")
    assert rules is not None
    assert not rules.can_fetch(f"{SITE}/a", "reeline")
    pictures = parse_ai_txt(b"User-Agent: *\nDisallow: *.jpg\nAllow: *.html\n")
    assert pictures is not None
    assert pictures.can_fetch(f"{SITE}/a.html", "reeline")
    assert parse_ai_txt(b"---\nname: Gazette\n---\n# About us\n") is None
