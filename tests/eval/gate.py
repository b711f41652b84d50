"""The quality gate: scores on three annotated corpora against pinned floors.

`own` and `chinese` are the project's (`tests/gold`, `tests/chinese`), `shared` lies beside the project
and is skipped where it is missing. `--update` raises the floors to what was measured; it lowers one only with
`--allow-regression "reason"`, which is stored.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import chinese
import sentences
import texts

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
GOLD = SHARED / "gold"
FLOORS = Path(__file__).with_name("floors.json")
# Scores are quoted with three digits; less than this is rounding.
EPSILON = 0.0005


def corpus_files(corpus: str) -> list[Path]:
    """Return the files of a corpus; empty when it is not there."""
    if corpus == "own":
        return sorted(path for path in texts.GOLD.rglob("*.json*") if "mentions" not in path.parts)
    if corpus == "chinese":
        return sorted(path for path in chinese.SAMPLES.rglob("*.*") if path.suffix != ".md")
    return [*sorted(GOLD.glob("score.py")), *sorted((GOLD / "dev").rglob("*.json"))]


def corpus_sha256(corpus: str) -> str:
    """Return the hash of a corpus: floors hold for these texts only."""
    digest = hashlib.sha256()
    for path in corpus_files(corpus):
        digest.update(path.name.encode() + b"\x00" + path.read_bytes())
    return digest.hexdigest()


def predict(sink: Path) -> None:
    """Write the facts of the development texts, as `reeline extract --jsonl` gives them."""
    lines = [
        json.dumps(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted((GOLD / "dev" / "text").glob("*.json"))
    ]
    command = [sys.executable, "-m", "pipeline.cli.app", "extract", "--jsonl"]
    with sink.open("wb") as handle:
        subprocess.run(
            command, input="\n".join(lines).encode(), stdout=handle, check=True, cwd=ROOT
        )


def run_scorer(predictions: Path, *arguments: str) -> str:
    """Return what the corpus's own scorer prints."""
    dev = GOLD / "dev"
    command = [sys.executable, str(GOLD / "score.py"), str(dev / "text"), str(dev / "ann")]
    done = subprocess.run(
        [*command, str(predictions), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def flatten(scores: dict[str, Any]) -> dict[str, float]:
    """Return `kind.f1` and `kind.attribute` accuracies as one flat table."""
    flat: dict[str, float] = {}
    for kind, values in scores.items():
        for name, value in values.items():
            if name == "f1":
                flat[f"{kind}.f1"] = value
            elif value[1]:
                flat[f"{kind}.{name}"] = round(value[0] / value[1], 4)
    return flat


def measure_shared() -> dict[str, float]:
    """Return the flat scores of the shared corpus, by its own scorer, and print its table."""
    with tempfile.TemporaryDirectory() as folder:
        predictions = Path(folder) / "predictions.jsonl"
        predict(predictions)
        print(run_scorer(predictions), end="")
        return flatten(json.loads(run_scorer(predictions, "--json")))


def measure_own() -> dict[str, float]:
    """Return the flat scores of the project's own texts and sentences."""
    return {**texts.measure(), **sentences.measure()}


MEASURES = {"shared": measure_shared, "own": measure_own, "chinese": chinese.measure}


def below_floor(scores: dict[str, float], floors: dict[str, float]) -> list[str]:
    """Return a line for each score below its floor, or missing."""
    return [
        f"{name}: {scores.get(name, 0.0):.4f} is below its floor {floor:.4f}"
        for name, floor in floors.items()
        if scores.get(name, 0.0) < floor - EPSILON
    ]


def load_floors() -> dict[str, Any]:
    """Return the pinned floors by corpus, and what was lowered and why."""
    pinned: dict[str, Any] = {"lowered": []}
    if FLOORS.exists():
        pinned = json.loads(FLOORS.read_text(encoding="utf-8"))
    return pinned


def update(corpus: str, scores: dict[str, float], *, reason: str | None) -> list[str]:
    """Write new floors of a corpus; return what would be lowered without a reason."""
    pinned = load_floors()
    lowered = below_floor(scores, pinned.get(corpus, {}).get("floors", {}))
    if lowered and not reason:
        return lowered
    if lowered:
        today = datetime.now(UTC).date().isoformat()
        pinned["lowered"].append({"on": today, "reason": reason, "what": lowered})
    pinned[corpus] = {"sha256": corpus_sha256(corpus), "floors": dict(sorted(scores.items()))}
    FLOORS.write_text(json.dumps(pinned, indent=2) + "\n", encoding="utf-8")
    return []


def check(corpus: str, scores: dict[str, float]) -> list[str]:
    """Return what keeps a corpus from passing."""
    pinned = load_floors()[corpus]
    if pinned["sha256"] != corpus_sha256(corpus):
        return [f"{corpus}: the annotated texts changed; read the scores, then run with --update"]
    return below_floor(scores, pinned["floors"])


def main() -> int:
    """Run the gate from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--allow-regression", metavar="REASON")
    given = parser.parse_args()
    failed: list[str] = []
    for corpus, measure in MEASURES.items():
        if not corpus_files(corpus):
            print(f"gate skipped for {corpus}: {GOLD} is not there (kept beside the project)")
            continue
        scores = measure()
        if given.update:
            failed += update(corpus, scores, reason=given.allow_regression)
        else:
            failed += check(corpus, scores)
    print("\n".join(failed) or "gate passed: all floors hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
