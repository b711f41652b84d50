"""`reeline sources`: list, check and add, against a site on loopback; files that foreign text made."""

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st
from library import LoopbackSite
from typer.testing import CliRunner

from models.errors import SourceError
from pipeline.catalog import load_sources
from pipeline.cli.app import app
from pipeline.source_writer import plain_name, save_source, slug_of, source_toml

HOST = "gazette.example"
RSS = (
    '<rss version="2.0"><channel><item><title>Port rules</title>'
    f"<link>http://{HOST}/a</link><pubDate>Mon, 12 Jan 2026 20:00:00 +0800</pubDate></item></channel></rss>"
)
NAME = 'The "Gazette"\\ \u007f\u202e of <b>Ports</b>'
FRONT = f"""<html lang="en-GB"><head><meta property="og:site_name" content='{NAME}
enabled = false'><link rel="alternate" type="application/atom+xml" href="/feed"></head><body>x</body></html>"""


@pytest.fixture
def site():
    with LoopbackSite({"/": FRONT, "/feed": RSS}) as made:
        yield made


def reeline(settings, *words):
    result = CliRunner().invoke(
        app, ["sources", *words], env={"REELINE_DATA": str(settings.data), "COLUMNS": "300"}
    )
    return result.exit_code, result.stdout, result


def test_list_shows_every_source(settings):
    code, text, _ = reeline(settings, "--json")
    rows = {row["source"]: row for row in json.loads(text)}
    assert code == 0
    assert len(rows) >= 35
    assert rows["federal_register"]["group"] == "regulators"
    assert rows["federal_register"]["apis"] == 1
    assert rows["samarium_dev"]["verified"] is False
    assert json.loads(reeline(settings, "list", "ustr", "--json")[1])[0]["source"] == "ustr"


def test_list_fits_a_terminal(settings):
    text = reeline(settings)[1]
    (line,) = [line for line in text.splitlines() if "federal_register" in line]
    assert "federal register" in line
    assert " on " in line


def add(settings, site, *words):
    port = site.address[1]
    return reeline(
        settings, "add", f"http://{HOST}/", "--connect-to", f"{HOST}=127.0.0.1:{port}", *words
    )


def test_add_writes_a_source_that_is_then_listed_and_checked(settings, site):
    code, text, _ = add(settings, site)
    assert code == 0
    file = settings.data / "sources" / "gazette_example.toml"
    assert text.strip() == str(file)
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    assert table["name"] == 'The "Gazette"\\ of <b>Ports</b> enabled = false'
    assert table["enabled"] is True
    assert (table["feeds"], table["languages"]) == ([f"http://{HOST}/feed"], ["en"])
    listed = {source.slug for source in load_sources(user=settings.data / "sources")}
    assert "gazette_example" in listed
    file.write_text(file.read_text(encoding="utf-8").replace("delay_s = 5.0", "delay_s = 0"))
    words = (
        "check",
        "gazette_example",
        "--json",
        "--connect-to",
        f"{HOST}=127.0.0.1:{site.address[1]}",
    )
    code, text, _ = reeline(settings, *words)
    assert code == 0
    (row,) = json.loads(text)
    assert (row["answer"], row["entries"], row["robots"]) == ("ok", 1, "allowed")
    assert row["newest"].startswith("2026-01-12T12:00")


def test_add_dry_run_writes_nothing(settings, site):
    code, text, _ = add(settings, site, "--dry-run", "--slug", "my_gazette", "--kind", "regulator")
    assert code == 0
    assert tomllib.loads(text)["kind"] == "regulator"
    assert not (settings.data / "sources").exists()


def test_add_does_not_overwrite_unless_told(settings, site):
    assert add(settings, site)[0] == 0
    code, _, result = add(settings, site)
    assert code == 1
    assert isinstance(result.exception, SourceError)
    assert add(settings, site, "--replace")[0] == 0


@pytest.mark.parametrize("slug", ["../evil", "A", "a-b", ""])
def test_add_takes_no_path_as_a_name(settings, site, slug):
    code, _, _ = add(settings, site, "--slug", slug)
    files = list(settings.data.parent.rglob("*.toml"))
    # An empty name is none: the host's name is taken.
    assert [file.name for file in files] == (["gazette_example.toml"] if slug == "" else [])
    assert (code == 0) is (slug == "")


def test_check_reports_the_unreachable_and_leaves_with_0(settings):
    folder = settings.data / "mine"
    folder.mkdir()
    (folder / "down.toml").write_text(
        'name = "D"\nhomepage = "http://down.example/"\nkind = "news"\nlanguages = ["en"]\n'
        'feeds = ["http://down.example/feed"]\ndelay_s = 0\n'
    )
    words = ("check", "--sources-dir", str(folder), "--connect-to", "down.example=127.0.0.1:1")
    code, text, _ = reeline(settings, *words, "--json")
    (row,) = json.loads(text)
    assert (code, row["answer"], row["robots"], row["entries"]) == (
        0,
        "unreachable",
        "unknown",
        None,
    )
    assert reeline(settings, *words, "--strict")[0] == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add",), 2),
        (("add", "http://a.example", "http://b.example"), 2),
        (("burn",), 2),
        (("list", "--dry-run"), 2),
        (("list", "ustr", "--strict"), 2),
        (("check", "--slug", "x"), 2),
        (("add", "http://a.example", "--all"), 2),
        (("check", "no_such"), 1),
    ],
)
def test_wrong_usage_is_told(settings, words, code):
    assert reeline(settings, *words)[0] == code


def test_a_site_without_feeds_is_told(settings):
    with LoopbackSite({"/": "<html><title>x</title><p>y</html>"}) as bare:
        code, _, result = add(settings, bare)
    assert code == 1
    assert "neither a feed nor a sitemap" in str(result.exception)


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://www.mining-news.example/x", "mining_news_example"),
        ("https://xn--bcher-kva.example/", "xn_bcher_kva_example"),
        ("http://[::1]/", "1"),
        ("nothing", "site"),
    ],
)
def test_slug_of(url, slug):
    assert slug_of(url) == slug


def test_foreign_text_becomes_a_plain_name():
    assert plain_name("A\u202e\u0000B\r\n[x]\t" + "y" * 500)[:9] == "A B [x] y"
    assert len(plain_name("y" * 500)) == 120


def test_impossible_fields_are_not_written(tmp_path):
    with pytest.raises(SourceError, match="field homepage"):
        source_toml(
            {
                "name": "x",
                "homepage": "nowhere",
                "kind": "news",
                "languages": ["en"],
                "enabled": False,
            },
            slug="x",
        )
    with pytest.raises(SourceError, match="TOML"):
        save_source(tmp_path, "x", "name = ")
    fields = {"name": "x", "homepage": "http://x.example/", "kind": "news", "languages": ["en"]}
    text = source_toml({**fields, "enabled": False}, slug="x")
    with pytest.raises(SourceError, match="file name"):
        save_source(tmp_path, "../x", text)
    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=80))
@settings_of(max_examples=60, deadline=None)
def test_any_name_survives_the_file(name):
    fields = {
        "name": f"x{name}",
        "homepage": "https://a.example/",
        "kind": "news",
        "languages": ["en"],
    }
    text = source_toml({**fields, "enabled": False}, slug="x", note=name)
    # Source files are read with the spaces around a name taken away.
    assert tomllib.loads(text)["name"] == f"x{name}"
