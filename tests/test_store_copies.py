"""Near copies in the store: groups that do not depend on the order in which texts came."""

import pytest

from pipeline import store_copies
from pipeline.duplicates import bands_of, signature
from pipeline.store import Store
from pipeline.store_copies import group_texts
from pipeline.store_revisions import append_rows

_WIRE = (
    "The ministry granted three magnet makers general licenses on Tuesday, and traders said that "
    "the shipments to Europe would start within days because the papers had been waiting at the "
    "ports since the spring, when the new rules for dysprosium and terbium came into force. "
)
_REPRINT = _WIRE + "Our staff added one line."
_OTHER = (
    "A miner in the north of Sweden has found a deposit of apatite that holds rare earths, and "
    "asks for a concession; a mine could open in ten years if courts and herders agree to it."
)
_CHINESE = (
    "商务部决定对镥相关物项实施出口管制，出口经营者应当申请许可，本公告自公布之日起正式实施。"
)


def put(con, texts):
    append_rows(con, "article_text", [{"version_id": key, "text": text} for key, text in texts])


def groups(con):
    return con.execute(
        "SELECT group_id, list(version_id ORDER BY version_id) FROM text_group "
        "GROUP BY group_id HAVING count(*) > 1 ORDER BY group_id"
    ).fetchall()


def grouped(settings, *batches):
    with Store(settings) as store:
        for batch in batches:
            put(store.con, batch)
            group_texts(store)
        return list(groups(store.con)), group_texts(store)


def test_reprints_are_one_group_and_others_stand_alone(settings):
    texts = [("c", _WIRE), ("a", _REPRINT), ("b", _OTHER), ("d", _CHINESE), ("e", _CHINESE + "完")]
    found, again = grouped(settings, texts)
    assert found == [("a", ["a", "c"]), ("d", ["d", "e"])]
    assert again == 0


def test_the_order_of_arrival_does_not_matter(settings):
    # One of two copies comes late, with the least id: the group takes its name.
    found, _ = grouped(settings, [("m", _WIRE)], [("z", _REPRINT)], [("b", _WIRE + "End.")])
    assert found == [("b", ["b", "m", "z"])]


def test_a_bridge_joins_two_groups(settings):
    words = [f"word{number}" for number in range(90)]
    first, bridge, second = (" ".join(words[start : start + 60]) for start in (0, 15, 30))
    with Store(settings) as store:
        put(store.con, [("p", first), ("q", second)])
        group_texts(store)
        assert list(groups(store.con)) == []
        put(store.con, [("r", bridge)])
        group_texts(store)
        assert list(groups(store.con)) == [("p", ["p", "q", "r"])]


def test_a_failed_pass_leaves_nothing_and_is_done_again(settings, monkeypatch):
    with Store(settings) as store:
        put(store.con, [("m", _WIRE), ("n", _REPRINT)])
        monkeypatch.setattr(store_copies, "_joined", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            group_texts(store)
        assert store.con.execute("SELECT count(*) FROM text_band").fetchone() == (0,)
        monkeypatch.undo()
        assert group_texts(store) == 2
        assert list(groups(store.con)) == [("m", ["m", "n"])]


def test_passes_find_copies_of_earlier_passes(settings, monkeypatch):
    monkeypatch.setattr(store_copies, "_PASS", 1)
    found, _ = grouped(settings, [("m", _WIRE), ("b", _OTHER), ("n", _REPRINT)])
    assert found == [("m", ["m", "n"])]


@pytest.mark.parametrize("text", ["", "one", "!", "字" * 5])
def test_short_texts_have_fingerprints(text):
    assert len(bands_of(signature(text))) == 32
