"""Scores of extracted facts against annotated texts: precision, recall, attribute accuracy.

A prediction is right when it overlaps an annotated surface (every occurrence counts) and its value
agrees. Companies are scored by entity, events by kind and the sentence of their evidence.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Item = Mapping[str, Any]
Span = tuple[int, int]
OFF_TIMELINE = frozenset({"other_policy"})


@dataclass
class Score:
    """Counts of one kind of fact."""

    predicted: int = 0
    annotated: int = 0
    right: int = 0
    found: int = 0
    attributes: dict[str, Counter[bool]] = field(default_factory=lambda: defaultdict(Counter))
    errors: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        precision = self.right / self.predicted if self.predicted else 0.0
        recall = self.found / self.annotated if self.annotated else 0.0
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    def line(self, name: str) -> str:
        precision = self.right / self.predicted if self.predicted else 0.0
        recall = self.found / self.annotated if self.annotated else 0.0
        attributes = "  ".join(
            f"{key} {counts[True]}/{counts.total()}"
            for key, counts in sorted(self.attributes.items())
        )
        return (
            f"{name:16} P {precision:.3f} R {recall:.3f} F1 {self.f1:.3f} "
            f"({self.annotated} annotated, {self.predicted} found)  {attributes}"
        )

    def flat(self, name: str) -> dict[str, float]:
        scores = {f"{name}.f1": round(self.f1, 4)}
        for key, counts in self.attributes.items():
            scores[f"{name}.{key}"] = round(counts[True] / counts.total(), 4)
        return scores


@dataclass(frozen=True)
class Document:
    """One annotated text with its annotations."""

    id: str
    text: str
    published: str | None
    title: str | None
    gold: Item


def load_documents(folder: Path) -> list[Document]:
    """Return the annotated texts of a folder with `text/` and `ann/`."""
    found = []
    for path in sorted((folder / "text").glob("*.json")):
        given = json.loads(path.read_text(encoding="utf-8"))
        gold = json.loads((folder / "ann" / path.name).read_text(encoding="utf-8"))
        found.append(
            Document(path.stem, given["text"], given.get("published"), given.get("title"), gold)
        )
    return found


def score(pairs: Iterable[tuple[Document, Item]]) -> dict[str, Score]:
    """Return the score of each kind of fact over (document, predicted facts)."""
    scores: dict[str, Score] = defaultdict(Score)
    for document, facts in pairs:
        _companies(scores["companies"], document, facts["companies"])
        _mentions(scores["tonnages"], document, "tonnages", facts, _same_mass, _MASS)
        _mentions(scores["percentages"], document, "percentages", facts, _same_percent, _PERCENT)
        _mentions(scores["dates"], document, "dates", facts, _same_date, {})
        _events(scores["license_events"], document, facts["license_events"])
    return dict(scores)


def normal(text: str | None) -> str:
    """Return a name as it is compared: folded, without quotes, article and possessive."""
    plain = re.sub(r"\s+", " ", text or "").strip().strip("“”\"'‘’,.;:()")
    return re.sub(r"[’']s$", "", re.sub(r"(?i)^the\s+", "", plain)).casefold()


def occurrences(text: str, surface: str) -> list[Span]:
    """Return every place where a surface stands in a text."""
    return [(m.start(), m.end()) for m in re.finditer(re.escape(surface), text)]


def _overlaps(one: Span, two: Span) -> bool:
    return one[0] < two[1] and two[0] < one[1]


def _span(item: Item) -> Span:
    return item["char_start"], item["char_end"]


def _close(one: float | None, two: float | None) -> bool:
    if one is None or two is None:
        return one is two
    return abs(one - two) <= max(1e-9, 0.005 * max(abs(one), abs(two)))


def _ends(item: Item, value: str, low: str, high: str) -> tuple[float | None, float | None]:
    single = item.get(value)
    return (single, single) if single is not None else (item.get(low), item.get(high))


def _same_mass(gold: Item, found: Item) -> bool:
    tonnes = gold.get("tonnes")
    if isinstance(tonnes, list):
        wanted = (tonnes[0], tonnes[1])
    elif tonnes is not None:
        wanted = (tonnes, tonnes)
    else:
        factor = 1e-3 if str(gold.get("unit")).lower() in {"kg", "kilograms"} else 1.0
        low, high = _ends(gold, "value", "low", "high")
        wanted = (low * factor if low else low, high * factor if high else high)
    got = _ends(found, "tonnes", "tonnes_low", "tonnes_high")
    return wanted == (None, None) or (_close(wanted[0], got[0]) and _close(wanted[1], got[1]))


def _same_percent(gold: Item, found: Item) -> bool:
    wanted, got = _ends(gold, "value", "low", "high"), _ends(found, "value", "low", "high")
    return _close(wanted[0], got[0]) and _close(wanted[1], got[1])


def _same_date(gold: Item, found: Item) -> bool:
    if found["period_start"] != gold.get("start"):
        return False
    # Whether "since X" ends with the day of publication or the day after is convention.
    return found["period_end"] == gold.get("end") or "since" in gold["surface"].lower().split()


def _same_period(gold: Item, found: Item) -> bool | None:
    if not gold.get("period"):
        return None
    return [found["period_start"], found["period_end"]] == list(gold["period"])


def _same(key: str) -> Callable[[Item, Item], bool | None]:
    def compare(gold: Item, found: Item) -> bool | None:
        if gold.get(key) in {None, "", "other"}:
            return None
        return normal(str(gold[key])) == normal(str(found.get(key)))

    return compare


_MASS = {
    "bound": _same("bound"),
    "flow": _same("flow"),
    "basis": _same("basis"),
    "reporter": _same("reporter"),
    "partner": _same("partner"),
    "period": _same_period,
}
_PERCENT = {"bound": _same("bound"), "kind": _same("kind"), "period": _same_period}


def _wanted(kind: str, document: Document, facts: Item) -> tuple[list[Item], list[Item]]:
    gold, found = list(document.gold[kind]), list(facts[kind])
    if kind == "dates":
        gold = [item for item in gold if item.get("start") or item.get("end")]
        found = [
            item
            for item in found
            if item["kind"] == "date" and (item["period_start"] or item["period_end"])
        ]
    return gold, found


def _mentions(
    tally: Score,
    document: Document,
    kind: str,
    facts: Item,
    same: Callable[[Item, Item], bool],
    attributes: Mapping[str, Callable[[Item, Item], bool | None]],
) -> None:
    gold, found = _wanted(kind, document, facts)
    places = [occurrences(document.text, item["surface"]) for item in gold]
    matched: set[int] = set()
    tally.predicted += len(found)
    tally.annotated += len(gold)
    for item in found:
        near = [
            index
            for index, spans in enumerate(places)
            if any(_overlaps(_span(item), span) for span in spans)
        ]
        hits = [index for index in near if same(gold[index], item)]
        if not hits:
            what = "wrong value" if near else "spurious"
            tally.errors.append(f"{document.id} {what}: {item['text']!r} {_shown(item)}")
            continue
        tally.right += 1
        index = next((hit for hit in hits if hit not in matched), hits[0])
        if index in matched:
            continue
        matched.add(index)
        for name, compare in attributes.items():
            agrees = compare(gold[index], item)
            if agrees is not None:
                tally.attributes[name][agrees] += 1
                if not agrees:
                    tally.errors.append(f"{document.id} {name}: {item['text']!r} {_shown(item)}")
    tally.found += len(matched)
    missed = (item for index, item in enumerate(gold) if index not in matched)
    tally.errors += [f"{document.id} missed: {item['surface']!r}" for item in missed]


def _shown(item: Item) -> str:
    left_out = {"text", "char_start", "char_end"}
    return str({k: v for k, v in item.items() if v is not None and k not in left_out})


def _companies(tally: Score, document: Document, found: Iterable[Item]) -> None:
    gold = [set(map(normal, item["surfaces"])) for item in document.gold["companies"]]
    media = set(map(normal, document.gold.get("media", [])))
    entities: dict[str, set[str]] = defaultdict(set)
    for item in found:
        entities[item["company_id"] or item["name"]].add(normal(item["text"]))
    matched: set[int] = set()
    tally.annotated += len(gold)
    for name, surfaces in entities.items():
        if surfaces & media:
            continue
        tally.predicted += 1
        hits = [index for index, wanted in enumerate(gold) if _share(wanted, surfaces)]
        if not hits:
            tally.errors.append(f"{document.id} spurious: {name} {sorted(surfaces)}")
            continue
        tally.right += 1
        for index in set(hits) - matched:
            matched.add(index)
            tally.attributes["all surfaces in one"][gold[index] <= surfaces] += 1
    tally.found += len(matched)
    missed = (wanted for index, wanted in enumerate(gold) if index not in matched)
    tally.errors += [f"{document.id} missed: {sorted(wanted)}" for wanted in missed]


def _share(wanted: set[str], surfaces: set[str]) -> bool:
    return any(
        one == two or (len(min(one, two, key=len)) > 2 and (one in two or two in one))
        for one in wanted
        for two in surfaces
    )


def sentence_around(text: str, span: Span) -> Span:
    """Return a span widened to the sentence or line that it stands in."""
    start = max(text.rfind(". ", 0, span[0]), text.rfind("\n", 0, span[0])) + 1
    stops = [stop for stop in (text.find(". ", span[1]), text.find("\n", span[1])) if stop >= 0]
    return start, min(stops, default=len(text)) + 1


def _events(tally: Score, document: Document, found: Iterable[Item]) -> None:
    gold = [
        item
        for item in document.gold["events"]
        if item["type"] not in OFF_TIMELINE and item.get("on_topic", True)
    ]
    left = [item for item in found if item["kind"] not in OFF_TIMELINE]
    tally.annotated += len(gold)
    tally.predicted += len(left)
    for item in gold:
        spans = [
            sentence_around(document.text, span)
            for span in occurrences(document.text, item["evidence"])
        ]
        hit = next(
            (
                event
                for event in left
                if event["kind"] == item["type"]
                and any(_overlaps(_span(event), span) for span in spans)
            ),
            None,
        )
        if hit is None:
            tally.errors.append(f"{document.id} missed: {item['type']} {item['evidence']!r}")
            continue
        left.remove(hit)
        tally.right += 1
        tally.found += 1
        _event_attributes(tally, document, item, hit)
    tally.errors += [f"{document.id} spurious: {item['kind']} {item['text']!r}" for item in left]


def _event_attributes(tally: Score, document: Document, gold: Item, found: Item) -> None:
    checks: dict[str, bool] = {"modality": gold.get("modality") == found["modality"]}
    if gold.get("date"):
        checks["date"] = list(gold["date"]) == [found["date_start"], found["date_end"]]
    if gold.get("license_kind"):
        checks["license_kind"] = gold["license_kind"] == found["license_kind"]
    for name, agrees in checks.items():
        tally.attributes[name][agrees] += 1
        if not agrees:
            tally.errors.append(f"{document.id} {name}: {gold['evidence']!r} {_shown(found)}")
    for role in ("licensees", "beneficiaries", "applicants", "excluded"):
        got = {normal(name) for name in found[role]}
        for name in map(normal, gold.get(role) or []):
            agrees = any(name in other or other in name for other in got if other)
            tally.attributes[role][agrees] += 1
            if not agrees:
                tally.errors.append(f"{document.id} {role}: {name!r} not in {sorted(got)}")
