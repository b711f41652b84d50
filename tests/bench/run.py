"""`make bench`: speed side by side in one process and one run, as ratios.

Texts: the articles of the newsroom (about 280 words each). Wall times mean little on a shared
machine, so CPU seconds are measured, and every figure stands beside the bare model's.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterable

import spacy

from extractors.companies.find import find_companies
from extractors.dates.find import find_dates
from extractors.events.find import find_license_events
from extractors.extract import extract
from extractors.nlp import DEFAULT_MODEL, load_nlp, read_doc
from extractors.quantities.find import find_quantities
from extractors.texts import TextInput
from pipeline.newsroom.content import load_articles


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


def cpu_s(work: Callable[[], object], *, rounds: int) -> float:
    """Return the least CPU seconds of a few rounds: noise only adds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def consume(items: Iterable[object]) -> None:
    """Exhaust an iterator."""
    for _ in items:
        pass


def speed(texts: list[TextInput], *, rounds: int) -> None:
    """Print documents a CPU second of the bare model, of the extraction, and of each part."""
    bare = spacy.load(DEFAULT_MODEL)
    nlp = load_nlp()
    consume(extract(text) for text in texts[:3])  # lexicons load once
    consume(bare.pipe(text.text for text in texts[:3]))
    base = cpu_s(lambda: consume(bare.pipe(text.text for text in texts)), rounds=rounds)
    rows = [("bare en_core_web_sm, nlp.pipe", base)]
    rows.append(("extraction, whole", cpu_s(lambda: [extract(t) for t in texts], rounds=rounds)))
    rows.append(
        (
            "  tokens, sentences, syntax",
            cpu_s(lambda: [read_doc(nlp, t) for t in texts], rounds=rounds),
        )
    )
    docs = [read_doc(nlp, text) for text in texts]
    dates = [find_dates(doc) for doc in docs]
    firms = [find_companies(doc) for doc in docs]
    parts: list[tuple[str, Callable[[], object]]] = [
        ("  dates", lambda: [find_dates(doc) for doc in docs]),
        ("  companies", lambda: [find_companies(doc) for doc in docs]),
        (
            "  tonnages, percentages",
            lambda: [find_quantities(d, t) for d, t in zip(docs, dates, strict=True)],
        ),
        (
            "  license events",
            lambda: [
                find_license_events(d, companies=c, dates=t)
                for d, c, t in zip(docs, firms, dates, strict=True)
            ],
        ),
    ]
    rows += [(name, cpu_s(work, rounds=rounds)) for name, work in parts]
    words = sum(len(text.text.split()) for text in texts) / len(texts)
    print(f"{len(texts)} documents of {words:.0f} words, best of {rounds} rounds")
    print(f"{'':32}{'docs / CPU s':>14}{'times bare':>12}")
    for name, seconds in rows:
        print(f"{name:32}{len(texts) / seconds:14.1f}{base / seconds:12.2f}")


def memory(texts: list[TextInput], *, documents: int) -> None:
    """Print the peak memory at ten points of a long run: flat means no leak."""
    print(f"\nresident peak over {documents} documents, MB")
    step = max(1, documents // 10)
    for number in range(documents):
        text = texts[number % len(texts)]
        # A running number makes every text new, so that no cache can help or hide a leak.
        extract(
            TextInput(
                id=str(number), text=f"{text.text}\n\nReference {number}.", published=text.published
            )
        )
        if (number + 1) % step == 0:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{number + 1:10d}{peak:10.0f}", flush=True)


def main() -> None:
    """Run the benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--documents", type=int, default=1000, help="length of the memory run")
    given = parser.parse_args()
    texts = newsroom_texts()
    speed(texts, rounds=given.rounds)
    memory(texts, documents=given.documents)


if __name__ == "__main__":
    main()
