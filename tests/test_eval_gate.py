import importlib.util
from pathlib import Path

import pytest

_PATH = Path(__file__).parent / "eval" / "gate.py"
_spec = importlib.util.spec_from_file_location("eval_gate", _PATH)
assert _spec is not None
assert _spec.loader is not None
gate = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(gate)


@pytest.mark.parametrize("corpus", ["shared", "own", "chinese"])
def test_scores_hold_their_floors(corpus):
    if not gate.corpus_files(corpus):
        pytest.skip("../shared/gold is not beside the project")
    assert gate.check(corpus, gate.MEASURES[corpus]()) == []


def test_a_missing_score_is_below_its_floor():
    assert gate.below_floor({}, {"dates.f1": 0.5})
    assert gate.below_floor({"dates.f1": 0.49}, {"dates.f1": 0.5})
    assert not gate.below_floor({"dates.f1": 0.5}, {"dates.f1": 0.5})


def test_lowering_a_floor_needs_a_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "FLOORS", tmp_path / "floors.json")
    monkeypatch.setattr(gate, "corpus_sha256", lambda corpus: "0" * 64)
    assert gate.update("own", {"dates.f1": 0.9}, reason=None) == []
    assert gate.update("own", {"dates.f1": 0.8}, reason=None)
    assert gate.load_floors()["own"]["floors"] == {"dates.f1": 0.9}
    assert gate.update("own", {"dates.f1": 0.8}, reason="the corpus had an error") == []
    kept = gate.load_floors()
    assert kept["own"]["floors"] == {"dates.f1": 0.8}
    assert kept["lowered"][0]["reason"] == "the corpus had an error"


def test_a_changed_corpus_asks_for_new_floors(tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "FLOORS", tmp_path / "floors.json")
    gate.update("own", {"dates.f1": 0.9}, reason=None)
    assert gate.check("own", {"dates.f1": 0.9}) == []
    monkeypatch.setattr(gate, "corpus_sha256", lambda corpus: "1" * 64)
    assert "changed" in gate.check("own", {"dates.f1": 0.9})[0]
