"""Score the Chinese extractor on our own announcements and print precision, recall and F1 by kind.

`python tests/eval/chinese.py [--misses]`. The texts and their readings lie in `tests/chinese`; those
in its folder `unread` were written by somebody who saw no rule, and the rules' author has not read
those of `UNREAD`. `values` leaves the stretch of text out: only what was understood counts.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from extractors.extract import extract
from extractors.texts import TextInput
from models.facts import Facts

SAMPLES = Path(__file__).resolve().parents[1] / "chinese"
KINDS = ("announcements", "tonnages", "percentages", "dates", "companies", "events")
UNREAD = frozenset({"u02", "u04", "u06", "u08"})
# Items of these begin with their stretch of text.
_WITH_TEXT = frozenset({"tonnages", "percentages", "dates", "companies"})


def read_sample(path: Path) -> tuple[TextInput, dict[str, Any]]:
    """Return the text of a sample and what it says, as a human read it."""
    gold: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    text = path.read_text(encoding="utf-8").strip()
    published = date.fromisoformat(gold["published"])
    return TextInput(id=path.stem, text=text, published=published), gold


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


def sets() -> dict[str, list[Path]]:
    """Return the samples by how well the author of the rules knows them."""
    blind = sorted((SAMPLES / "unread").glob("*.txt"))
    return {
        "of our own": sorted(SAMPLES.glob("*.txt")),
        "read after the first score": [path for path in blind if path.stem[:3] not in UNREAD],
        "unread": [path for path in blind if path.stem[:3] in UNREAD],
        "of our own, read after a first score": sorted((SAMPLES / "once").glob("*.txt")),
        "of our own, tuned on": sorted((SAMPLES / "tuned").glob("*.txt")),
    }


@dataclass(slots=True)
class Score:
    """Counts by kind; `values` without the stretches of text."""

    right: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def add(
        self, name: str, kind: str, gold: Sequence[list[Any]], ours: Sequence[list[Any]]
    ) -> None:
        """Count the items of one kind of one text."""
        theirs, mine = _bag(gold), _bag(ours)
        skipped = 1 if kind in _WITH_TEXT else 0
        bare = _bag([item[skipped:] for item in gold]) & _bag([item[skipped:] for item in ours])
        self.right[kind] += (theirs & mine).total()
        self.values[kind] += bare.total()
        self.wanted[kind] += theirs.total()
        self.found[kind] += mine.total()
        self.misses += [f"{name} {kind} missed {item}" for item in theirs - mine]
        self.misses += [f"{name} {kind} extra  {item}" for item in mine - theirs]

    def f1(self, kind: str, right: int) -> float:
        """Return the F1 of a kind, given how many of its items are right."""
        return 2 * right / max(1, self.found[kind] + self.wanted[kind])

    def rows(self) -> list[str]:
        """Return a line a kind: items of the gold, precision, recall, F1, F1 of the values."""
        lines = [f"{'kind':<14} {'gold':>5} {'P':>6} {'R':>6} {'F1':>6} {'values':>7}"]
        for kind in KINDS:
            right, wanted, found = self.right[kind], self.wanted[kind], self.found[kind]
            lines.append(
                f"{kind:<14} {wanted:>5} {right / max(1, found):>6.3f} {right / max(1, wanted):>6.3f}"
                f" {self.f1(kind, right):>6.3f} {self.f1(kind, self.values[kind]):>7.3f}"
            )
        return lines


def _bag(items: Sequence[list[Any]]) -> Counter[str]:
    return Counter(json.dumps(item, ensure_ascii=False) for item in items)


def score(paths: Sequence[Path]) -> Score:
    """Return the counts of some samples."""
    counts = Score()
    for path in paths:
        given, gold = read_sample(path)
        items = items_of(extract(given))
        for kind in KINDS:
            counts.add(path.stem, kind, gold[kind], items[kind])
    return counts


def measure(*, with_misses: bool = False) -> dict[str, float]:
    """Print a table for each set; return the F1 of each kind in each."""
    flat: dict[str, float] = {}
    for name, paths in sets().items():
        counts = score(paths)
        print(f"{len(paths)} Chinese texts, {name}: whole items (text and values) right")
        print("\n".join(counts.rows()))
        if with_misses and name != "unread":
            print("\n".join(counts.misses))
        words = name.replace(",", "").replace(" ", "_")
        flat |= {f"{words}.{kind}.f1": counts.f1(kind, counts.right[kind]) for kind in KINDS}
    return {key: round(value, 4) for key, value in flat.items()}


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="list what differs, unread left out")
    measure(with_misses=parser.parse_args().misses)
    return 0


if __name__ == "__main__":
    sys.exit(main())
