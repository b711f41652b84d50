"""Count the license event cases of `../shared` whose kinds and modalities are all right.

Usage: `python tests/eval/event_cases.py [--errors]`. A case is right when the events found are
those expected. Two readings of the contract are allowed for: a duty to hold a license may stand
beside the control with which it came, and an application may be implied by a license awaited.
Prints a reason and exits 0 when the case file is not there.
"""

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.companies.find import find_companies
from extractors.dates.find import find_dates
from extractors.events.find import find_license_events
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput

CASES = Path(__file__).resolve().parents[3] / "shared" / "reference" / "license_event_cases.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case: what was expected, what was found."""

    case_id: str
    text: str
    expected: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether kinds and modalities agree, but for what the contract lets stand beside."""
        want, got = Counter(self.expected), Counter(self.found)
        extra = got - want
        kinds = {name.partition("/")[0] for name in self.expected}
        if "control_imposed" in kinds:
            extra = Counter(name for name in extra if not name.startswith("license_regime_changed"))
        if "license_granted/negated" in want:
            extra = Counter(name for name in extra if not name.startswith("license_applied"))
        return not extra and not want - got


def read_case(case: dict[str, Any]) -> CaseResult:
    """Return the result of one case."""
    doc = read_doc(load_nlp(), TextInput(id=case["id"], text=case["text"]))
    events = find_license_events(doc, companies=find_companies(doc), dates=find_dates(doc))
    return CaseResult(
        case_id=case["id"],
        text=case["text"],
        expected=tuple(f"{row['kind']}/{row['modality']}" for row in case["license_events"]),
        found=tuple(f"{event.kind.value}/{event.modality.value}" for event in events),
    )


def read_cases(path: Path = CASES) -> list[CaseResult]:
    """Return the results of all cases, in the order of the file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [read_case(json.loads(line)) for line in lines if line.strip()]


def main() -> int:
    """Print the count and, on request, the cases that are wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true", help="list the cases that are wrong")
    arguments = parser.parse_args()
    if not CASES.exists():
        print(f"skipped: {CASES.name} is not beside the repository")
        return 0
    results = read_cases()
    right = sum(result.is_right for result in results)
    print(f"license event cases: kind and modality right {right} of {len(results)}")
    if arguments.errors:
        for result in results:
            if not result.is_right:
                print(result.case_id, result.text)
                print("  expected", *result.expected)
                print("  found   ", *result.found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
