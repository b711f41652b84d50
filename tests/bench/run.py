"""`make bench`: speed side by side in one process and one run, as ratios.

Texts: the articles of the newsroom (about 280 words each). Wall times mean little on a shared
machine, so CPU seconds are measured, and every figure stands beside the bare model's.
"""

import argparse
import random
import re
import resource
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

import spacy

from extractors.companies.find import find_companies
from extractors.dates.find import find_dates
from extractors.events.find import find_license_events
from extractors.extract import extract
from extractors.nlp import DEFAULT_MODEL, load_nlp, read_doc
from extractors.quantities.find import find_quantities
from extractors.texts import TextInput
from pipeline.newsroom.content import load_articles

BARE = "bare en_core_web_sm, nlp.pipe"


def newsroom_texts() -> list[TextInput]:
    """Return the newsroom's articles as inputs."""
    return [
        TextInput(
            id=f"{article.outlet}/{article.slug}",
            text="\n\n".join(block.text for block in article.blocks if block.text),
            published=article.published.date(),
            title=article.title,
        )
        for article in load_articles()
    ]


def consume(items: Iterable[object]) -> None:
    """Exhaust an iterator."""
    for _ in items:
        pass


def best_cpu_s(works: dict[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """Return the least CPU seconds of each work; the works take turns, so that noise is shared."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            start = time.process_time()
            work()
            best[name] = min(best[name], time.process_time() - start)
    return best


def speed(texts: list[TextInput], *, rounds: int) -> None:
    """Print documents a CPU second of the bare model, of the extraction, and of each part."""
    bare = spacy.load(DEFAULT_MODEL)
    nlp = load_nlp()
    consume(extract(text) for text in texts[:3])  # lexicons load once
    consume(bare.pipe(text.text for text in texts[:3]))
    docs = [read_doc(nlp, text) for text in texts]
    dates = [find_dates(doc) for doc in docs]
    firms = [find_companies(doc) for doc in docs]
    read = list(zip(docs, firms, dates, strict=True))
    works: dict[str, Callable[[], object]] = {
        BARE: lambda: consume(bare.pipe(text.text for text in texts)),
        "extraction, whole": lambda: [extract(text) for text in texts],
        "  tokens, sentences, syntax": lambda: [read_doc(nlp, text) for text in texts],
        "  dates": lambda: [find_dates(doc) for doc in docs],
        "  companies": lambda: [find_companies(doc) for doc in docs],
        "  tonnages, percentages": lambda: [find_quantities(d, t, c) for d, c, t in read],
        "  license events": lambda: [
            find_license_events(d, companies=c, dates=t) for d, c, t in read
        ],
    }
    best = best_cpu_s(works, rounds=rounds)
    words = sum(len(text.text.split()) for text in texts) / len(texts)
    print(f"{len(texts)} documents of {words:.0f} words, best of {rounds} rounds")
    print(f"{'':32}{'docs / CPU s':>14}{'times bare':>12}")
    for name, seconds in best.items():
        print(f"{name:32}{len(texts) / seconds:14.1f}{best[BARE] / seconds:12.2f}")


_NAME = re.compile(r"\b[A-Z][a-z]{4,}\b")
_DIGIT = re.compile(r"\d")
_SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "sul",
    "tor",
    "va",
    "bel",
    "dun",
    "gar",
    "hes",
    "jor",
    "nik",
    "pol",
    "qua",
    "rim",
    "sta",
    "ur",
    "wen",
    "yst",
    "zan",
]
# How many names of a text are invented anew: what news adds to a vocabulary, and more.
_NEW_NAMES = 12


def varied(text: TextInput, number: int) -> TextInput:
    """Return a text with other figures and invented names: no cache knows its words."""
    draw = random.Random(number)

    def invented(match: re.Match[str]) -> str:
        is_kept = draw.random() > _NEW_NAMES / max(1, names)
        return match[0] if is_kept else "".join(draw.choices(_SYLLABLES, k=4)).capitalize()

    names = len(_NAME.findall(text.text))
    figures = _DIGIT.sub(lambda _: str(draw.randint(1, 9)), text.text)
    return replace(text, id=str(number), text=_NAME.sub(invented, figures))


def memory(texts: list[TextInput], *, documents: int) -> None:
    """Print the peak memory at points of a long run of new texts: flat means no leak."""
    print(f"\npeak resident memory over {documents} documents")
    print(f"{'documents':>10}{'MB':>8}{'forms':>10}{'docs / CPU s':>14}", flush=True)
    step = max(1, min(1000, documents // 10))
    start = time.process_time()
    for number in range(1, documents + 1):
        extract(varied(texts[number % len(texts)], number))
        if number % step == 0:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rate = step / (time.process_time() - start)
            forms = len(load_nlp().vocab)
            print(f"{number:10d}{peak:8.0f}{forms:10d}{rate:14.1f}", flush=True)
            start = time.process_time()


def main() -> None:
    """Run the benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--memory", type=int, metavar="N", help="only the memory run, over N new texts"
    )
    parser.add_argument("--documents", type=int, default=1000, help="length of the memory run")
    given = parser.parse_args()
    texts = newsroom_texts()
    if given.memory is None:
        speed(texts, rounds=given.rounds)
    memory(texts, documents=given.memory or given.documents)


if __name__ == "__main__":
    main()
