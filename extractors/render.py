"""One text as a page with its facts marked, for people who check rules (displaCy)."""

import re
from typing import Any

from spacy import displacy

from models.facts import Fact, Facts

_COLORS = {
    "company": "#9ecae9",
    "tonnage": "#ffbf79",
    "percentage": "#fcbfd2",
    "date": "#d8d8d8",
    "event": "#a5d99f",
}
_TOKEN = re.compile(r"\w+|[^\w\s]|\s+")


def render_html(text: str, facts: Facts, *, title: str = "reeline extract") -> str:
    """Return a self-contained HTML page of the text with every fact marked in its color.

    Text of the article is escaped: it shows as text, whatever it holds.
    """
    tokens = [(match.start(), match.end()) for match in _TOKEN.finditer(text)]
    shown = [index for index, (start, end) in enumerate(tokens) if not text[start:end].isspace()]
    spans = [
        span
        for label, fact in _labelled(facts)
        if (span := _span(label, fact, tokens, shown)) is not None
    ]
    page: str = displacy.render(
        {
            "text": text,
            "tokens": [text[slice(*tokens[index])] for index in shown],
            "spans": spans,
            "title": _escape(title),
        },
        style="span",
        manual=True,
        page=True,
        jupyter=False,
        options={"colors": {label: _COLORS[label.split(":")[0]] for label in _labels(facts)}},
    )
    return page


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _labelled(facts: Facts) -> list[tuple[str, Fact]]:
    found: list[tuple[str, Fact]] = []
    found += [("company", fact) for fact in facts.companies]
    found += [("tonnage", fact) for fact in facts.tonnages]
    found += [("percentage", fact) for fact in facts.percentages]
    found += [("date", fact) for fact in facts.dates]
    found += [(f"event: {fact.kind} ({fact.modality})", fact) for fact in facts.license_events]
    return found


def _labels(facts: Facts) -> set[str]:
    return {label for label, _ in _labelled(facts)}


def _span(
    label: str, fact: Fact, tokens: list[tuple[int, int]], shown: list[int]
) -> dict[str, Any] | None:
    covered = [
        position
        for position, index in enumerate(shown)
        if tokens[index][0] < fact.char_end and tokens[index][1] > fact.char_start
    ]
    if not covered:
        return None
    return {"start_token": covered[0], "end_token": covered[-1] + 1, "label": label}
