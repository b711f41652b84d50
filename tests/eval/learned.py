"""Rules against a trained classifier of event kinds: the measurement behind having only rules.

Trains spaCy's multi-label text classifiers on the styles and texts that may be read and scores
kinds by sentence on those that may not, beside the rules, in one run (about five minutes).
Names, goods, places and numbers are masked, which helps the classifiers.
"""

import random
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.training import Example

from extractors.companies.find import find_companies
from extractors.extract import facts_of
from extractors.gazetteer import find_materials, find_places
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput, parse_published

sys.path.insert(0, str(Path(__file__).parent))
from scoring import Document, load_documents, occurrences
from sentences import READ, UNREAD, load_style
from texts import GOLD, is_read

_KEPT_APART = {"other_policy", "other_license"}
_EPOCHS = 12
_BATCH = 16
_BOW = {"@architectures": "spacy.TextCatBOW.v3", "exclusive_classes": False, "ngram_size": 2,
        "no_output_layer": False, "length": 262144}  # fmt: skip
_MODELS: dict[str, dict[str, Any]] = {
    "bag of n-grams": {**_BOW, "ngram_size": 3},
    "convolutional ensemble": {
        "@architectures": "spacy.TextCatEnsemble.v2",
        "linear_model": _BOW,
        "tok2vec": {
            "@architectures": "spacy.Tok2Vec.v2",
            "embed": {
                "@architectures": "spacy.MultiHashEmbed.v2",
                "width": 64,
                "rows": [2000, 500, 1000],
                "attrs": ["NORM", "SHAPE", "SUFFIX"],
                "include_static_vectors": False,
            },
            "encode": {
                "@architectures": "spacy.MaxoutWindowEncoder.v2",
                "width": 64,
                "window_size": 1,
                "maxout_pieces": 3,
                "depth": 2,
            },
        },
    },
}

Sentence = tuple[str, set[str], set[str]]  # masked text, annotated kinds, kinds by rule


def read_sentences(documents: Iterable[Document]) -> Iterator[Sentence]:
    """Yield the sentences of some documents with their kinds."""
    nlp = load_nlp()
    for document in documents:
        published = parse_published(document.published)
        doc = read_doc(nlp, TextInput(id=document.id, text=document.text, published=published))
        facts = facts_of(doc)
        spans = [(m.char_start, m.char_end, "FIRM") for m in find_companies(doc)]
        for mentions, label in ((find_materials(doc), "GOODS"), (find_places(doc), "LAND")):
            for mention in mentions:
                span = doc[mention.start : mention.end]
                spans.append((span.start_char, span.end_char, label))
        for start, end in facts.sentences:
            gold = {
                event["type"]
                for event in document.gold["events"]
                if event.get("on_topic", True)
                for place in occurrences(document.text, event["evidence"])
                if place[0] < end and start < place[1]
            }
            ruled = {
                event.kind.value
                for event in facts.license_events
                if event.char_start < end and start < event.char_end
            }
            yield _mask(document.text, start, end, spans), gold - _KEPT_APART, ruled - _KEPT_APART


def _mask(text: str, start: int, end: int, spans: list[tuple[int, int, str]]) -> str:
    pieces, last = [], start
    for first, after, label in sorted(spans):
        if last <= first and after <= end:
            pieces += [text[last:first], label]
            last = after
    return re.sub(r"\d[\d,.]*", "0", "".join([*pieces, text[last:end]]))


def train(model: dict[str, Any], sentences: list[Sentence]) -> spacy.Language:
    """Return a classifier trained on some sentences."""
    random.seed(0)
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe("textcat_multilabel", config={"model": model})
    labels = sorted({kind for _, kinds, _ in sentences for kind in kinds})
    examples = [
        Example.from_dict(
            nlp.make_doc(text), {"cats": {label: float(label in kinds) for label in labels}}
        )
        for text, kinds, _ in sentences
    ]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(_EPOCHS):
        random.shuffle(examples)
        for batch in spacy.util.minibatch(examples, _BATCH):
            nlp.update(batch, sgd=optimizer, drop=0.2)
    return nlp


def show(name: str, pairs: Iterable[tuple[set[str], set[str]]]) -> None:
    """Print precision, recall and F1 of (annotated, found) kinds by sentence."""
    counted = [(len(gold & found), len(found), len(gold)) for gold, found in pairs]
    right, found, gold = (sum(column) for column in zip(*counted, strict=True))
    precision, recall = right / max(1, found), right / max(1, gold)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    print(f"  {name:24} P {precision:.3f} R {recall:.3f} F1 {f1:.3f}", flush=True)


def main() -> None:
    """Train, score, print."""
    documents = load_documents(GOLD)
    read = [document for style in READ for document in load_style(style)]
    unread = [document for style in UNREAD for document in load_style(style)]
    taught = list(read_sentences(read + [d for d in documents if is_read(d)]))
    tests = {
        "unread styles": list(read_sentences(unread)),
        "unread texts": list(read_sentences(d for d in documents if not is_read(d))),
    }
    print(f"trained on {len(taught)} sentences")
    models = {name: train(model, taught) for name, model in _MODELS.items()}
    for title, sentences in tests.items():
        print(f"{title}: {len(sentences)} sentences")
        show("rules", ((gold, ruled) for _, gold, ruled in sentences))
        for name, nlp in models.items():
            docs = nlp.pipe(text for text, _, _ in sentences)
            found = [{kind for kind, value in doc.cats.items() if value >= 0.3} for doc in docs]
            show(name, zip((gold for _, gold, _ in sentences), found, strict=True))


if __name__ == "__main__":
    main()
