"""The quality gate: scores on the annotated texts against pinned floors.

`python tests/eval/gate.py` prints the scores and fails below a floor. `--update` raises the floors
to what was measured; it lowers one only with `--allow-regression "reason"`, which is stored.
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

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
GOLD = SHARED / "gold"
FLOORS = Path(__file__).with_name("floors.json")
# Scores are quoted with three digits; less than this is rounding.
EPSILON = 0.0005


def corpus_sha256() -> str:
    """Return the hash of the annotated texts and the scorer: floors hold for this corpus only."""
    digest = hashlib.sha256()
    for path in (GOLD / "score.py", *sorted((GOLD / "dev").rglob("*.json"))):
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


def measure() -> tuple[dict[str, float], str]:
    """Return the flat scores and the scorer's table."""
    with tempfile.TemporaryDirectory() as folder:
        predictions = Path(folder) / "predictions.jsonl"
        predict(predictions)
        table = run_scorer(predictions)
        return flatten(json.loads(run_scorer(predictions, "--json"))), table


def below_floor(scores: dict[str, float], floors: dict[str, float]) -> list[str]:
    """Return a line for each score below its floor, or missing."""
    return [
        f"{name}: {scores.get(name, 0.0):.4f} is below its floor {floor:.4f}"
        for name, floor in floors.items()
        if scores.get(name, 0.0) < floor - EPSILON
    ]


def update(scores: dict[str, float], *, reason: str | None) -> list[str]:
    """Write new floors; return what would be lowered without a reason."""
    pinned = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    lowered = below_floor(scores, pinned.get("floors", {}))
    if lowered and not reason:
        return lowered
    history = pinned.get("lowered", [])
    if lowered:
        history.append(
            {"on": datetime.now(UTC).date().isoformat(), "reason": reason, "what": lowered}
        )
    data = {
        "corpus_sha256": corpus_sha256(),
        "floors": dict(sorted(scores.items())),
        "lowered": history,
    }
    FLOORS.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return []


def main() -> int:
    """Run the gate from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--allow-regression", metavar="REASON")
    given = parser.parse_args()
    if not GOLD.is_dir():
        print(
            f"gate skipped: {GOLD} is not there (the annotated texts are kept beside the project)"
        )
        return 0
    scores, table = measure()
    print(table, end="")
    if given.update:
        refused = update(scores, reason=given.allow_regression)
        print("\n".join(refused) or f"floors written to {FLOORS.name}")
        return 1 if refused else 0
    pinned = json.loads(FLOORS.read_text(encoding="utf-8"))
    if pinned["corpus_sha256"] != corpus_sha256():
        print("the annotated texts changed: read the scores, then run with --update")
        return 1
    failed = below_floor(scores, pinned["floors"])
    print("\n".join(failed) or f"gate passed: {len(pinned['floors'])} floors hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
