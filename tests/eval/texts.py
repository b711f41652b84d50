"""Scores on the project's own annotated texts (`tests/gold`).

Texts n* and g* and the odd numbers of m* and h* (another news desk, other government releases) are
read while rules are written; the even numbers of m* and h* are not, so their scores say what a new
text gets. `--errors KIND` lists what went wrong in the texts that are read.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from extractors.extract import extract
from extractors.texts import TextInput, parse_published
from pipeline.cli.extract import facts_json

# The evaluation is a folder of programs, not a package.
sys.path.insert(0, str(Path(__file__).parent))
from scoring import Document, Item, Score, load_documents, score

GOLD = Path(__file__).resolve().parents[1] / "gold"


def is_read(document: Document) -> bool:
    """Tell whether a text may be read by those who write rules."""
    return document.id[0] in "ng" or int(document.id[1:]) % 2 == 1


def predict(document: Document) -> Item:
    """Return the facts that the extractors find, as `reeline extract` prints them."""
    given = TextInput(
        id=document.id,
        text=document.text,
        published=parse_published(document.published),
        title=document.title,
    )
    return facts_json(extract(given))


def score_documents(documents: Iterable[Document]) -> dict[str, Score]:
    """Return the scores of some texts."""
    return score((document, predict(document)) for document in documents)


def measure(*, errors: str | None = None) -> dict[str, float]:
    """Print the scores of both halves and return them flat, for the gate.

    Args:
        errors: The kind of fact whose errors in the texts read are listed.
    """
    documents = load_documents(GOLD)
    flat: dict[str, float] = {}
    for half, wanted in (("read", True), ("unread", False)):
        chosen = [document for document in documents if is_read(document) is wanted]
        scores = score_documents(chosen)
        print(f"{half} while writing rules: {len(chosen)} texts")
        for kind, tally in scores.items():
            print(f"  {tally.line(kind)}")
            flat |= tally.flat(f"{half}.{kind}")
        if wanted and errors:
            print("\n".join(f"    {line}" for line in scores[errors].errors))
    return flat


def main() -> None:
    """Print the scores of both halves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", metavar="KIND", help="list the errors of a kind of fact")
    measure(errors=parser.parse_args().errors)


if __name__ == "__main__":
    main()
