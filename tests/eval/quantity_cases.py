"""Count the quantity cases that are read fully right: value, unit, bound, direction and role.

usage: python tests/eval/quantity_cases.py [--errors]

The cases stay outside the repository (`../shared/reference/quantity_cases.jsonl`); without them
the command says so and ends well. Not a test: the gate reads its last line.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.dates.find import find_dates
from extractors.nlp import load_nlp, read_doc
from extractors.quantities.percentages import find_percentages
from extractors.quantities.tonnages import find_tonnages
from extractors.texts import TextInput
from models.facts import Percentage, Tonnage
from models.vocabulary import Bound, Direction, PercentageKind, QuantityRole

CASES = Path(__file__).parents[2].parent / "shared" / "reference" / "quantity_cases.jsonl"
_BOUNDS: dict[str | None, set[Bound]] = {
    None: {Bound.EXACT},
    ">": {Bound.OVER},
    ">=": {Bound.AT_LEAST},
    "<": {Bound.UNDER},
    "<=": {Bound.AT_MOST},
    "~": {Bound.APPROX},
    "<~": {Bound.APPROX, Bound.UNDER},
    "range": {Bound.RANGE},
    "vague": {Bound.RANGE},
    "ambiguous": {Bound.RANGE},
}
_ROLES = {
    "level": QuantityRole.LEVEL,
    "initial": QuantityRole.INITIAL,
    "final": QuantityRole.FINAL,
    "change": QuantityRole.CHANGE,
    "increment": QuantityRole.CHANGE,
}
_BASIS = {"mom": PercentageKind.CHANGE_MOM, "yoy": PercentageKind.CHANGE_YOY}


@dataclass(frozen=True)
class Result:
    """One case: whether it is right, and what is wrong."""

    id: str
    text: str
    wrong: list[str]


def _close(one: float, two: float) -> bool:
    return abs(one - two) <= 0.001 * max(abs(one), abs(two), 1e-9)


def _ends(value: Any) -> tuple[float, float]:
    return (value[0], value[1]) if isinstance(value, list) else (value, value)


def _tonnes(want: dict[str, Any]) -> tuple[float, float]:
    low, high = _ends(want["value"])
    # 7.2万吨 is given as 72,000 with the factor of its unit: the value is in tonnes already.
    factor = 1.0 if want.get("unit") in {"万吨", "ten thousand tons"} else want.get("factor", 1)
    return low * factor, high * factor


def _mass_wrong(want: dict[str, Any], got: Tonnage) -> list[str]:
    wrong = []
    if got.bound not in _BOUNDS[want.get("bound")]:
        wrong.append(f"bound {got.bound}")
    if want.get("direction") and got.direction != Direction(want["direction"]):
        wrong.append(f"direction {got.direction}")
    if want.get("role") in _ROLES and got.role is not _ROLES[want["role"]]:
        wrong.append(f"role {got.role}")
    return wrong


def _is_mass(want: dict[str, Any], got: Tonnage) -> bool:
    low, high = _tonnes(want)
    mine = (got.tonnes, got.tonnes) if got.tonnes is not None else (got.tonnes_low, got.tonnes_high)
    return (
        mine[0] is not None
        and mine[1] is not None
        and _close(mine[0], low)
        and _close(mine[1], high)
    )


def _percent_ends(got: Percentage) -> tuple[float, float]:
    if got.value is not None:
        return abs(got.value), abs(got.value)
    low, high = sorted((abs(got.low or 0.0), abs(got.high or 0.0)))
    return low, high


def _is_percent(want: dict[str, Any], got: Percentage) -> bool:
    low, high = _ends(want["value"])
    mine = _percent_ends(got)
    paired = got.bound is Bound.EXACT and got.low is not None and low == high
    # A pair of a ratio is one item here, two in the cases.
    inside = paired and (_close(mine[0], low) or _close(mine[1], low))
    same = inside or (_close(mine[0], low) and _close(mine[1], high))
    return same and (want["kind"] == "pp") == got.is_points


def _percent_wrong(want: dict[str, Any], got: Percentage) -> list[str]:
    wrong = []
    is_change = got.kind.startswith("change") or got.is_points
    paired = got.bound is Bound.EXACT and got.low is not None
    if got.bound not in _BOUNDS[want.get("bound")]:
        wrong.append(f"bound {got.bound}")
    role, direction = want.get("role"), want.get("direction")
    if direction and is_change and not paired:
        falls = (got.value if got.value is not None else got.low or 0.0) < 0
        if falls != (direction == "down"):
            wrong.append("sign")
    if direction and not is_change and not paired:
        wrong.append(f"no change: {got.kind}")
    if role == "share" and got.kind is not PercentageKind.SHARE:
        wrong.append(f"kind {got.kind}")
    if role == "grade" and got.kind is not PercentageKind.OTHER:
        wrong.append(f"kind {got.kind}")
    basis = str(want.get("basis") or "")
    for word, kind in _BASIS.items():
        if word in basis and got.kind is not kind:
            wrong.append(f"kind {got.kind}")
    return wrong


def _check(
    case: dict[str, Any], tonnages: list[Tonnage], percentages: list[Percentage]
) -> list[str]:
    wrong: list[str] = []
    used: list[Tonnage | Percentage] = []
    wanted_tonnes = [_tonnes(want) for want in case["expected"] if want["kind"] == "t"]
    for want in case["expected"]:
        if want["kind"] == "t":
            mass = next((t for t in tonnages if _is_mass(want, t) and t not in used), None)
            problems = ["missed"] if mass is None else _mass_wrong(want, mass)
            used += [mass] if mass is not None else []
        else:
            ratio = next(
                (p for p in percentages if _is_percent(want, p) and (p not in used or p.low)), None
            )
            problems = ["missed"] if ratio is None else _percent_wrong(want, ratio)
            used += [ratio] if ratio is not None else []
        wrong += [f"{want['value']}: {problem}" for problem in problems]
    found: list[Tonnage | Percentage] = [*tonnages, *percentages]
    for extra in found:
        repeats = isinstance(extra, Tonnage) and (extra.tonnes, extra.tonnes) in wanted_tonnes
        if extra not in used and not repeats:
            wrong.append(f"spurious {extra.text}")
    return wrong


def run(path: Path = CASES) -> list[Result]:
    """Return the result of every case; empty when the file is missing."""
    if not path.is_file():
        return []
    nlp = load_nlp()
    results = []
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        doc = read_doc(nlp, TextInput(id=case["id"], text=case["text"]))
        dates = find_dates(doc)
        wrong = _check(case, list(find_tonnages(doc, dates)), list(find_percentages(doc, dates)))
        results.append(Result(case["id"], case["text"], wrong))
    return results


def main() -> None:
    """Print the figures, and with `--errors` every case that is not right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true")
    given = parser.parse_args()
    results = run()
    if not results:
        sys.stdout.write(f"skipped: {CASES.name} is not beside this repository\n")
        return
    for result in results:
        if given.errors and result.wrong:
            sys.stdout.write(f"{result.id} {result.text}\n    {'; '.join(result.wrong)}\n")
    right = sum(not result.wrong for result in results)
    share = right / len(results)
    sys.stdout.write(f"quantity cases fully right: {right} of {len(results)} ({share:.3f})\n")


if __name__ == "__main__":
    main()
