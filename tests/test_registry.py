"""The company registry: its shape, and that wrong rows are named."""

import pytest

from extractors.companies.linking import link, link_in_context, normalise
from extractors.registry import ROLES, companies, companies_by_id, read_registry
from models.errors import LexiconError

ROW = {
    "company_id": "halden-magnetics",
    "name": "Halden Magnetics AS",
    "country": "NO",
    "role": "magnet_maker",
    "tickers": "",
    "aliases": "Halden Magnetics",
    "short_forms": "HM",
    "source": "test",
}


def test_registry_is_large_and_valid() -> None:
    known = companies()
    assert len(known) >= 400
    assert sum(company.source.startswith("added") for company in known) >= 150
    assert {company.role for company in known} <= ROLES
    assert companies_by_id()["mp-materials"].short_forms == ("MP",)


def test_bare_codes_are_short_forms_only() -> None:
    plain = {alias for company in companies() for alias in company.aliases}
    assert plain.isdisjoint({"MP", "Neo", "VAC", "ASM", "Continental", "China Rare Earth"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"country": "Norway"}, "country 'Norway'"),
        ({"role": "automaker"}, "role 'automaker'"),
        ({"tickers": "magnets"}, "ticker 'magnets'"),
        ({"aliases": ""}, "at least one alias"),
        ({"aliases": "Halden Magnetics|Halden Magnetics"}, "repeated"),
        ({"company_id": "Halden Magnetics"}, "lower-case slug"),
        ({"source": ""}, "source"),
        ({"aliases": None}, "expected the columns"),
    ],
)
def test_wrong_row_is_named(change: dict[str, str | None], message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        read_registry([{**ROW, **change}])


def test_alias_of_two_firms_and_disorder_are_rejected() -> None:
    twin = {**ROW, "company_id": "halden-works"}
    with pytest.raises(LexiconError, match="belongs to 'halden-magnetics'"):
        read_registry([ROW, twin])
    with pytest.raises(LexiconError, match="out of order"):
        read_registry([{**twin, "aliases": "Halden Works"}, ROW])


@pytest.mark.parametrize(
    ("name", "company_id"),
    [
        ("Lynas Rare Earths Limited", "lynas-rare-earths"),
        ("M.P. Materials", "mp-materials"),
        ("Vacuumschmelze GmbH & Co. KG", "vacuumschmelze"),
        ("Noveon Magnetic", "noveon-magnetics"),
        ("Serra Verde Pesquisa e Mineracao", "mineracao-serra-verde"),
        ("Kazakhstan Temir Zholy", "kazakhstan-temir-zholy"),
        ("China Northern Rare Earths", "china-northern-rare-earth-group-high-tech"),
        # Near misses: another firm, or nobody in particular.
        ("China Rare Earth", None),
        ("Mitsubishi", None),
        ("Northern Rare Minerals", None),
        ("Eastern Rare Earth Group", None),
        ("Guangxi Rare Earth", None),
        ("Peru Rare Earths", None),
    ],
)
def test_link_is_strict(name: str, company_id: str | None) -> None:
    assert link(name) == company_id


def test_every_alias_links_to_its_own_firm() -> None:
    for company in companies():
        for alias in company.aliases:
            assert link(alias) in {company.company_id, None}, alias


def test_link_in_context_knows_short_forms_and_seats() -> None:
    assert link_in_context("Harena", seat_words=0) == "harena-rare-earths"
    assert link_in_context("Brazil Critical Metals Ltd.", seat_words=1) is None
    name = "Anhui Earth-Panda Advanced Magnetic Material Co Ltd"
    assert link_in_context(name, seat_words=1) == "earth-panda-advanced-magnetic-material"
    assert link_in_context("Ohio Widgets", seat_words=1) is None


def test_normalise_drops_case_accents_and_form() -> None:
    assert normalise("The Dürnstein Antriebe GmbH") == "durnstein antriebe"
    assert normalise("Co., Ltd.") == "co"
    assert normalise("Mitsui Widgets Corp.", keep_form=True) == "mitsui widgets corp"
