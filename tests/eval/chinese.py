"""Score the Chinese extractor on our own announcements and print precision, recall and F1 by kind.

`python tests/eval/chinese.py [--misses]`. The texts and their readings lie in `tests/chinese`.
"""

import argparse
import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from extractors.extract import extract
from extractors.texts import TextInput
from models.facts import Facts

SAMPLES = Path(__file__).resolve().parents[1] / "chinese"
KINDS = ("announcements", "tonnages", "percentages", "dates", "companies", "events")


def read_sample(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the text of a sample and what it says, as a human read it."""
    text = path.read_text(encoding="utf-8").strip()
    return text, json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def items_of(facts: Facts) -> dict[str, list[list[Any]]]:
    """Return facts in the form of the samples' readings."""
    return {
        "announcements": [[a.instrument, a.is_own] for a in facts.announcements],
        "tonnages": [[t.text, t.tonnes, t.flow.value, t.material] for t in facts.tonnages],
        "percentages": [[p.text, p.value, p.kind.value] for p in facts.percentages],
        "dates": [[d.text, d.timex] for d in facts.dates],
        "companies": [[c.text, c.company_id] for c in facts.companies],
        "events": [
            [e.kind.value, e.modality.value, e.material, str(e.date_start), str(e.effective_start)]
            for e in facts.license_events
        ],
    }


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="list what differs")
    options = parser.parse_args()
    right: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    misses: list[str] = []
    samples = sorted(SAMPLES.glob("*.txt"))
    for path in samples:
        text, gold = read_sample(path)
        published = date.fromisoformat(gold["published"])
        items = items_of(extract(TextInput(id=path.stem, text=text, published=published)))
        for kind in KINDS:
            theirs = Counter(json.dumps(item, ensure_ascii=False) for item in gold[kind])
            ours = Counter(json.dumps(item, ensure_ascii=False) for item in items[kind])
            right[kind] += (theirs & ours).total()
            wanted[kind] += theirs.total()
            found[kind] += ours.total()
            misses += [f"{path.stem} {kind} missed {item}" for item in theirs - ours]
            misses += [f"{path.stem} {kind} extra  {item}" for item in ours - theirs]
    print(f"{len(samples)} Chinese texts of our own, whole items (text and values) right")
    print(f"{'kind':<14} {'gold':>5} {'P':>6} {'R':>6} {'F1':>6}")
    for kind in KINDS:
        precision = right[kind] / max(1, found[kind])
        recall = right[kind] / max(1, wanted[kind])
        f1 = 2 * right[kind] / max(1, found[kind] + wanted[kind])
        print(f"{kind:<14} {wanted[kind]:>5} {precision:>6.3f} {recall:>6.3f} {f1:>6.3f}")
    for line in misses if options.misses else ():
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
