"""The page of one article: every fact is marked and listed, and the text stays text."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from typer.testing import CliRunner

from extractors.extract import extract
from extractors.render import Row, fact_rows, pieces, render_html
from extractors.texts import TextInput
from pipeline.cli.app import app

TEXT = (
    "Beijing granted Norrholm Magnets Co., Ltd. a general export license on December 2. "
    "Shipments of neodymium magnets rose 12% to 3,100 tonnes in November from 2,768 tonnes in October."
)


def page_of(text, published=date(2025, 12, 5), **options):
    facts = extract(TextInput(id="x", text=text, published=published))
    rendered = render_html(text, facts, title="A title", **options)
    return html.fromstring(rendered), rendered, facts


def test_every_fact_is_marked_and_listed():
    page, _, facts = page_of(TEXT)
    rows = fact_rows(TEXT, facts)
    assert {row.kind for row in rows} >= {"company", "tonnage", "percentage", "date", "event"}
    assert "".join(page.xpath("//article//text()")) == TEXT
    listed = page.xpath("//tbody/tr/@id")
    assert listed == [f"r-{row.key}" for row in rows]
    for row in rows:
        assert len(page.xpath(f"//*[@id='t-{row.key}']")) == 1
        (link,) = page.xpath(f"//tr[@id='r-{row.key}']//a")
        assert link.get("href") == f"#t-{row.key}"
        assert link.text_content() == TEXT[row.char_start : row.char_end]
    targets = {f"#{key}" for key in page.xpath("//@id")}
    assert set(page.xpath("//article//a/@href")) <= targets


def test_the_table_gives_the_reading():
    page, _, _ = page_of(TEXT)
    said = {(dt.text_content(), dt.getnext().text_content()) for dt in page.xpath("//dl/dt")}
    assert ("kind", "license_granted") in said
    assert ("tonnes", "3,100") in said
    assert ("value", "12") in said
    assert not {name for name, _ in said} & {"char start", "char end", "text"}


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script> Exports rose 5% in May.",
        '"><img src=x onerror=alert(1)> Exports rose 5% in May.',
        "</article></style><style>* {display: none}</style> 5% in May & June {{ 7 * 7 }} {% raw %}",
        "Exports \u202eesor\u202c 5%\u200f in May\x00\x1b[31m.",
        "Exports rose 5% in May. " + "x" * 100_000,
    ],
)
def test_hostile_text_is_text(hostile):
    facts = extract(TextInput(id="x", text=hostile, published=date(2026, 7, 1)))
    rendered = render_html(hostile, facts, title=hostile, about=[hostile])
    page = html.fromstring(rendered)
    assert not page.xpath("//script | //img | //*[@onerror] | //article//style")
    assert len(page.xpath("//style")) == 1
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]
    shown = "".join(page.xpath("//article//text()"))
    hidden = "\u202e\u202c\x00\x1b"
    assert shown == hostile.translate(dict.fromkeys(map(ord, hidden), "\ufffd"))
    assert not set(rendered) & set(hidden)


def row(key, start, end, kind="date"):
    return Row(key=key, kind=kind, text="", char_start=start, char_end=end, attributes=())


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], [("abcdef", "", "")]),
        ([row("a", 1, 3)], [("a", "", ""), ("bc", "a", "date"), ("def", "", "")]),
        (
            [row("e", 0, 6, "event"), row("a", 2, 4)],
            [("ab", "e", "event"), ("cd", "a", "date in-event"), ("ef", "e", "event")],
        ),
        (
            [row("a", 0, 4), row("b", 2, 6, "tonnage")],
            [("ab", "a", "date"), ("cd", "a", "date"), ("ef", "b", "tonnage")],
        ),
        ([row("a", 0, 6), row("b", 2, 3)], [("ab", "a", "date"), ("c", "b", "date"), ("def", "a", "date")]),
    ],
)  # fmt: skip
def test_overlapping_facts_share_the_text(rows, expected):
    assert [(p.text, p.key, p.classes) for p in pieces("abcdef", rows)] == expected


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=12),
)
def test_pieces_are_the_text(text, spans):
    rows = [row(str(n), min(pair), max(pair)) for n, pair in enumerate(spans)]
    parts = list(pieces(text, rows))
    assert sum(len(part.text) for part in parts) == len(text)
    started = [key for part in parts for key in part.starts]
    assert sorted(started) == sorted(r.key for r in rows if r.char_start < len(text))


def test_the_command_prints_the_page(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text(TEXT, encoding="utf-8")
    words = ["extract", str(file), "--published", "2025-12-05"]
    done = CliRunner().invoke(app, [*words, "--html"])
    assert done.exit_code == 0
    page = html.fromstring(done.stdout)
    assert "published 2025-12-05" in page.xpath("//header")[0].text_content()
    assert done.stdout == CliRunner().invoke(app, [*words, "--format", "html"]).stdout
    counted = json.loads(CliRunner().invoke(app, words).stdout)
    assert len(page.xpath("//tbody/tr[starts-with(@id, 'r-tonnage')]")) == len(counted["tonnages"])


def test_a_text_without_facts_says_so():
    page, _, _ = page_of("Nothing of note.")
    assert "No facts were found" in page.xpath("//aside")[0].text_content()
