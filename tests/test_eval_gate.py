import importlib.util
import json
from pathlib import Path

import pytest

_PATH = Path(__file__).parent / "eval" / "gate.py"
_spec = importlib.util.spec_from_file_location("eval_gate", _PATH)
assert _spec is not None
assert _spec.loader is not None
gate = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(gate)


@pytest.mark.skipif(not gate.GOLD.is_dir(), reason="../shared/gold is not beside the project")
def test_scores_hold_their_floors():
    pinned = json.loads(gate.FLOORS.read_text(encoding="utf-8"))
    assert pinned["corpus_sha256"] == gate.corpus_sha256(), "corpus changed: re-pin the floors"
    scores, table = gate.measure()
    assert gate.below_floor(scores, pinned["floors"]) == [], table


def test_a_missing_score_is_below_its_floor():
    assert gate.below_floor({}, {"dates.f1": 0.5})
    assert gate.below_floor({"dates.f1": 0.49}, {"dates.f1": 0.5})
    assert not gate.below_floor({"dates.f1": 0.5}, {"dates.f1": 0.5})


def test_lowering_a_floor_needs_a_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "FLOORS", tmp_path / "floors.json")
    monkeypatch.setattr(gate, "corpus_sha256", lambda: "0" * 64)
    assert gate.update({"dates.f1": 0.9}, reason=None) == []
    assert gate.update({"dates.f1": 0.8}, reason=None)
    assert json.loads(gate.FLOORS.read_text())["floors"] == {"dates.f1": 0.9}
    assert gate.update({"dates.f1": 0.8}, reason="the corpus had an error") == []
    kept = json.loads(gate.FLOORS.read_text())
    assert kept["floors"] == {"dates.f1": 0.8}
    assert kept["lowered"][0]["reason"] == "the corpus had an error"
