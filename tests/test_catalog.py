"""The source files: those of the package are valid, and a wrong one says where it is wrong."""

import pytest

from models.errors import SourceError
from models.vocabulary import SourceKind
from pipeline.catalog import load_sources
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
