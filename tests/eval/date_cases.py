"""Count the date cases of `../shared` that the finder reads fully right.

Usage: `python tests/eval/date_cases.py [--errors]`. A case is right when every expected expression
has its span, kind, value, effective interval, granularity and modifier, and nothing that must stay
untagged is tagged. Prints a reason and exits 0 when the case file is not there.
"""

import argparse
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput
from models.facts import DateMention
from models.vocabulary import DateKind, Granularity

CASES = Path(__file__).resolve().parents[3] / "shared" / "reference" / "date_cases.jsonl"
# The contract has three kinds. A range is a date, a span around publication too (gold 003, 006);
# a comparison and a label must only stay off the calendar.
_KINDS = {
    "date": {DateKind.DATE},
    "range": {DateKind.DATE},
    "duration": {DateKind.DURATION},
    "recurring": {DateKind.RECURRING},
    "comparison": {DateKind.DURATION},
    "label": {DateKind.DATE},
}
_GRAINS = {
    "half-year": {Granularity.HALF},
    "fiscal-year": {Granularity.YEAR},
    "season": {Granularity.MULTI, Granularity.VAGUE},
    "decade": {Granularity.MULTI},
    "century": {Granularity.MULTI},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What is wrong in one case; nothing when it is fully right."""

    case_id: str
    text: str
    faults: tuple[str, ...]
    tagged: tuple[str, ...]


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _period(item: dict[str, Any]) -> tuple[date | None, date | None]:
    effective = item["eff"]
    if effective == [None, None]:
        effective = [item["istart"], item["iend"]]
    return _day(effective[0]), _day(effective[1])


def _item_faults(item: dict[str, Any], mentions: tuple[DateMention, ...]) -> list[str]:
    found = next((m for m in mentions if m.text == item["text"]), None)
    name = item["text"]
    if found is None:
        return [f"{name}: no such span"]
    kinds = set(_KINDS[item["kind"]])
    if item["kind"] == "duration" and item["istart"]:
        kinds.add(DateKind.DATE)
    grains = _GRAINS.get(item["granularity"])
    if grains is None:
        grains = {Granularity(item["granularity"])}
    if item["kind"] == "range":
        grains = grains | {Granularity.MULTI}
    checks = {
        "kind": found.kind in kinds,
        "timex": found.timex == item["value"],
        "period": (found.period_start, found.period_end) == _period(item),
        "granularity": found.granularity in grains,
        "modifier": (found.modifier or "") == item["mod"],
    }
    return [f"{name}: {key} {found}" for key, right in checks.items() if not right]


def run_cases(path: Path = CASES) -> tuple[CaseResult, ...]:
    """Return the result of every case of a file, in file order."""
    nlp = load_nlp()
    results = []
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        given = TextInput(id=case["id"], text=case["text"], published=_day(case["published"]))
        mentions = find_dates(read_doc(nlp, given))
        faults = [fault for item in case["expected"] for fault in _item_faults(item, mentions)]
        expected = {item["text"] for item in case["expected"]}
        faults += [f"extra: {m.text}" for m in mentions if m.text not in expected]
        tagged = tuple(
            word for word in case["must_not"] if any(word in mention.text for mention in mentions)
        )
        results.append(
            CaseResult(case_id=case["id"], text=case["text"], faults=tuple(faults), tagged=tagged)
        )
    return tuple(results)


def main() -> None:
    """Print the figures, and with `--errors` what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    if not CASES.is_file():
        print(f"skipped: {CASES.name} is not beside this checkout")
        return
    results = run_cases()
    right = sum(not result.faults and not result.tagged for result in results)
    tagged = sum(len(result.tagged) for result in results)
    print(f"date cases fully right: {right} of {len(results)}; wrongly tagged strings: {tagged}")
    if options.errors:
        for result in results:
            for fault in (*result.faults, *result.tagged):
                print(f"{result.case_id} | {result.text} | {fault}")


if __name__ == "__main__":
    main()
