"""Scores on marked-up sentences of six author styles (`tests/gold/sentences`): license events.

Five styles are read while rules are written, one is not: its scores say what another author
gets. `--errors STYLE` lists what went wrong in a style that may be read.
"""

import argparse
import json
import sys
from pathlib import Path

from extractors.extract import extract
from extractors.texts import TextInput, parse_published
from pipeline.cli.extract import facts_json

sys.path.insert(0, str(Path(__file__).parent))
from scoring import Document, Item, Score, score

SENTENCES = Path(__file__).resolve().parents[1] / "gold" / "sentences"
READ = ("wire", "trade_press", "filing", "notice", "think_tank")
UNREAD = ("republisher",)


def load_style(style: str) -> list[Document]:
    """Return the sentences of a style as documents."""
    path = SENTENCES / f"{style}.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [
        Document(
            id=row["id"],
            text=row["text"],
            published=row["published"],
            title=None,
            gold={
                "companies": [],
                "tonnages": [],
                "percentages": [],
                "dates": [],
                "events": [{**event, "type": event["kind"]} for event in row["events"]],
            },
        )
        for row in rows
    ]


def predict(document: Document) -> Item:
    """Return the facts of a sentence."""
    given = TextInput(
        id=document.id, text=document.text, published=parse_published(document.published)
    )
    return facts_json(extract(given))


def score_styles(styles: tuple[str, ...]) -> Score:
    """Return the event score of some styles together."""
    documents = [document for style in styles for document in load_style(style)]
    return score((document, predict(document)) for document in documents)["license_events"]


def measure() -> dict[str, float]:
    """Print the scores of both halves and return them flat, for the gate."""
    flat: dict[str, float] = {}
    for half, styles in (("read", READ), ("unread", UNREAD)):
        tally = score_styles(styles)
        print(f"marked-up sentences, {half} while writing rules\n  {tally.line('license_events')}")
        flat |= tally.flat(f"{half}.sentences")
    return flat


def main() -> None:
    """Print the scores of every style and of both halves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", choices=READ, help="list the errors of a style")
    given = parser.parse_args()
    for title, styles in (("read while writing rules", READ), ("unread", UNREAD)):
        print(title)
        for style in styles:
            print(f"  {score_styles((style,)).line(style)}")
        print(f"  {score_styles(styles).line('together')}")
    if given.errors:
        print("\n".join(score_styles((given.errors,)).errors))


if __name__ == "__main__":
    main()
