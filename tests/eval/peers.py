"""What general tools get on the project's annotated texts, beside ours, in one run.

The peers are an optional extra: `pip install 'reeline[peers]'`; each one that is missing is named
and left out. They are read charitably: a plain ton counts as metric, a percentage needs no sign,
and the past is preferred for dates.
"""

import importlib.util
import re
import sys
import warnings
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import spacy

from extractors.nlp import DEFAULT_MODEL

sys.path.insert(0, str(Path(__file__).parent))
from scoring import Document, Item, Score, load_documents, score
from texts import GOLD, is_read, predict

_MASS_UNITS = {
    "kilogram": 1e-3, "tonne": 1.0, "ton": 1.0, "metric ton": 1.0, "pound-mass": 0.00045359237,
    "pound": 0.00045359237, "gram": 1e-6,
}  # fmt: skip
_EMPTY: Item = {
    "companies": [], "tonnages": [], "percentages": [], "dates": [], "license_events": [],
}  # fmt: skip


def _mention(document: Document, start: int, end: int, **fields: object) -> Item:
    return {"text": document.text[start:end], "char_start": start, "char_end": end, **fields}


def _mass(document: Document, start: int, end: int, tonnes: float) -> Item:
    unsaid = dict.fromkeys(
        ("tonnes_low", "tonnes_high", "bound", "flow", "basis", "reporter", "partner")
    )
    period = {"period_start": None, "period_end": None}
    return _mention(document, start, end, tonnes=tonnes, **unsaid, **period)


def _percent(document: Document, start: int, end: int, value: float) -> Item:
    unsaid = dict.fromkeys(("low", "high", "bound", "kind", "period_start", "period_end"))
    return _mention(document, start, end, value=value, **unsaid)


def _date(document: Document, start: int, end: int, first: str | None, after: str | None) -> Item:
    return _mention(document, start, end, kind="date", period_start=first, period_end=after)


def _anchor(document: Document) -> datetime:
    day = document.published or "2026-01-01"
    return datetime.fromisoformat(day[:10])


def spacy_sm(documents: list[Document]) -> Iterable[Item]:
    """Yield the ORG entities of the bare model as companies."""
    nlp = spacy.load(DEFAULT_MODEL)
    for document in documents:
        found = [
            _mention(document, ent.start_char, ent.end_char, company_id=None, name=ent.text)
            for ent in nlp(document.text).ents
            if ent.label_ == "ORG"
        ]
        yield {**_EMPTY, "companies": found}


def quantulum(documents: list[Document]) -> Iterable[Item]:
    """Yield masses and percentages of quantulum3."""
    from quantulum3 import parser

    for document in documents:
        facts = {**_EMPTY, "tonnages": [], "percentages": []}
        for item in parser.parse(document.text):
            start, end = item.span
            if item.unit.name == "percentage":
                facts["percentages"].append(_percent(document, start, end, item.value))
            elif item.unit.entity.name == "mass" and item.unit.name in _MASS_UNITS:
                tonnes = item.value * _MASS_UNITS[item.unit.name]
                facts["tonnages"].append(_mass(document, start, end, tonnes))
        yield facts


def recognizers(documents: list[Document]) -> Iterable[Item]:
    """Yield masses, percentages and dates of recognizers-text."""
    from recognizers_date_time import recognize_datetime
    from recognizers_number import recognize_percentage
    from recognizers_number_with_unit import recognize_dimension
    from recognizers_text import Culture

    for document in documents:
        facts = {**_EMPTY, "tonnages": [], "percentages": [], "dates": []}
        for item in recognize_dimension(document.text, Culture.English):
            factor = _MASS_UNITS.get(str(item.resolution["unit"]).lower())
            if factor and item.resolution["value"]:
                tonnes = float(item.resolution["value"]) * factor
                facts["tonnages"].append(_mass(document, item.start, item.end + 1, tonnes))
        for item in recognize_percentage(document.text, Culture.English):
            number = re.sub(r"[^\d.-]", "", item.resolution["value"])
            if number:
                found = _percent(document, item.start, item.end + 1, float(number))
                facts["percentages"].append(found)
        anchor = _anchor(document)
        for item in recognize_datetime(document.text, Culture.English, reference=anchor):
            reading = _recognized(item.resolution["values"]) if item.resolution else None
            if reading:
                facts["dates"].append(_date(document, item.start, item.end + 1, *reading))
        yield facts


def _recognized(values: list[dict[str, str]]) -> tuple[str | None, str | None] | None:
    first = values[0]  # the past reading comes first
    if first["type"] == "date" and re.match(r"\d{4}-\d\d-\d\d$", first.get("value", "")):
        day = date.fromisoformat(first["value"])
        return day.isoformat(), (day + timedelta(days=1)).isoformat()
    if first["type"] == "daterange":
        return first.get("start"), first.get("end")
    return None


def date_parser(documents: list[Document]) -> Iterable[Item]:
    """Yield dates of dateparser; an expression without a day is its whole month."""
    from dateparser.search import search_dates

    for document in documents:
        settings = {"RELATIVE_BASE": _anchor(document), "PREFER_DATES_FROM": "past"}
        found, position = [], 0
        for text, moment in search_dates(document.text, languages=["en"], settings=settings) or []:
            start = document.text.find(text, position)
            if start < 0:
                continue
            position = start + len(text)
            day = moment.date()
            end = day + timedelta(days=1)
            if not re.search(r"\b\d{1,2}\b|day\b|week", text):
                day = day.replace(day=1)
                end = day + timedelta(days=monthrange(day.year, day.month)[1])
            found.append(_date(document, start, position, day.isoformat(), end.isoformat()))
        yield {**_EMPTY, "dates": found}


def ours(documents: list[Document]) -> Iterable[Item]:
    """Yield what reeline finds."""
    return (predict(document) for document in documents)


_TOOLS: tuple[tuple[str, str, Callable[[list[Document]], Iterable[Item]], tuple[str, ...]], ...] = (
    ("reeline", "extractors", ours, ("companies", "tonnages", "percentages", "dates")),
    ("en_core_web_sm", "spacy", spacy_sm, ("companies",)),
    ("quantulum3", "quantulum3", quantulum, ("tonnages", "percentages")),
    (
        "recognizers-text",
        "recognizers_date_time",
        recognizers,
        ("tonnages", "percentages", "dates"),
    ),
    ("dateparser", "dateparser", date_parser, ("dates",)),
)


def _unsigned(documents: list[Document]) -> list[Document]:
    """Return the texts with percentages without their sign, which no peer gives."""

    def plain(item: Item) -> Item:
        return {k: abs(v) if isinstance(v, float | int) else v for k, v in item.items()}

    return [
        Document(
            document.id,
            document.text,
            document.published,
            document.title,
            {**document.gold, "percentages": list(map(plain, document.gold["percentages"]))},
        )
        for document in documents
    ]


def _without_signs(facts: Item) -> Item:
    def plain(item: Item) -> Item:
        fields = ("value", "low", "high")
        return {**item, **{key: abs(item[key]) if item[key] else item[key] for key in fields}}

    return {**facts, "percentages": [plain(item) for item in facts["percentages"]]}


def main() -> None:
    """Print F1 by tool and kind over the texts that nobody read while writing rules."""
    warnings.simplefilter("ignore")
    unread = [document for document in load_documents(GOLD) if not is_read(document)]
    documents = _unsigned(unread)
    kinds = ("companies", "tonnages", "percentages", "dates")
    print(f"F1 on {len(documents)} texts not read before; percentages without their sign")
    print(f"{'':18}" + "".join(f"{kind:>13}" for kind in kinds))
    for name, module, run, covered in _TOOLS:
        if importlib.util.find_spec(module) is None:
            print(f"{name:18} not installed: pip install 'reeline[peers]'")
            continue
        pairs = zip(documents, map(_without_signs, run(documents)), strict=True)
        scores: dict[str, Score] = score(pairs)
        cells = (f"{scores[kind].f1:13.3f}" if kind in covered else f"{'-':>13}" for kind in kinds)
        print(f"{name:18}" + "".join(cells))


if __name__ == "__main__":
    main()
