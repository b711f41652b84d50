"""Run the article stage over the stored news pages and print how it compares with their gold.

`python tests/eval/pages.py [--sample N] [--misses]`. The pages lie beside the checkout in
`../shared/pages/news`; without them the command says so and exits with 0.
"""

import argparse
import gzip
import json
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction

from extractors.article import read_article
from models.ids import sha256_hex
from models.pages import Article, RawPage, Rejected
from models.vocabulary import FetchMethod

PAGES_DIR = Path(__file__).resolve().parents[3] / "shared" / "pages" / "news"
# Named by the collection's README: their gold swaps day and month.
BAD_GOLD_DATES = frozenset({"de_KlasseGegenKlasse_2026_01_07", "tr_AnadoluAjansi_2025_04_05"})


@dataclass
class Score:
    """Counts over the pages read so far."""

    pages: int = 0
    articles: int = 0
    rejections: Counter[str] = field(default_factory=Counter)
    rejected_ids: list[str] = field(default_factory=list)
    titles_right: int = 0
    dates: Counter[str] = field(default_factory=Counter)
    date_basis: Counter[str] = field(default_factory=Counter)
    authors_right: int = 0
    authors_known: int = 0
    f1_ours: list[float] = field(default_factory=list)
    f1_default: list[float] = field(default_factory=list)
    cpu_s: float = 0.0
    cpu_default_s: float = 0.0
    misses: list[str] = field(default_factory=list)

    @property
    def date_total(self) -> int:
        """Pages whose gold date can be trusted."""
        return sum(self.dates.values())


def load_gold(*, sample: int | None = None) -> list[dict[str, Any]]:
    """Return the gold rows in order; `sample` takes that many, evenly spread."""
    lines = (PAGES_DIR / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    if sample is None or sample >= len(rows):
        return rows
    return [rows[index * len(rows) // sample] for index in range(sample)]


def make_page(row: dict[str, Any]) -> RawPage:
    """Return a gold row as the page that the fetcher would have handed over."""
    body = gzip.decompress((PAGES_DIR / "html" / f"{row['id']}.html.gz").read_bytes())
    return RawPage(
        source="eval",
        url=row["url"],
        final_url=row["url"],
        fetched_at=datetime.fromisoformat(row["crawl_date"]).replace(tzinfo=UTC),
        status=200,
        headers=(("content-type", "text/html"),),
        body=body,
        body_sha256=sha256_hex(body),
        method=FetchMethod.HTTP,
    )


def _words(text: str) -> list[str]:
    # Soft hyphens and composed letters are the publisher's typesetting, not other words.
    text = unicodedata.normalize("NFC", re.sub("[\u00ad\u200b-\u200f\u2060\ufeff]", "", text))
    # Scripts without spaces count by character, else a page of Japanese is one word.
    spaced = re.sub(r"([\u3040-\u30ff\u3400-\u9fff])", r" \1 ", text.casefold())
    return re.findall(r"\w+", spaced)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the three-word shingles of a text with their counts."""
    words = _words(text)
    return Counter(zip(words, words[1:], words[2:], strict=False))


def shingle_f1(found: str, gold: str) -> float:
    """Return F1 of the shingles of a text against those of the gold text."""
    ours, theirs = shingles(found), shingles(gold)
    shared = sum((ours & theirs).values())
    return 2 * shared / max(1, sum(ours.values()) + sum(theirs.values()))


def _fold(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _default_text(page: RawPage) -> str:
    document = bare_extraction(page.body)
    return getattr(document, "text", "") or ""


def _score_article(score: Score, row: dict[str, Any], article: Article) -> None:
    if _fold(article.title or "") == _fold(row["title"]):
        score.titles_right += 1
    else:
        score.misses.append(f"title {row['id']}: {article.title!r} / {row['title']!r}")
    if row["authors"]:
        score.authors_known += 1
        named = {_fold(name) for name in (article.byline or "").split(";")}
        if named == {_fold(name) for name in row["authors"]}:
            score.authors_right += 1
        else:
            score.misses.append(f"authors {row['id']}: {article.byline!r} / {row['authors']}")
    if row["id"] in BAD_GOLD_DATES:
        return
    score.date_basis[str(article.date_basis)] += 1
    if article.published is None:
        outcome = "missing"
    else:
        outcome = "right" if article.published.date().isoformat() == row["date"] else "wrong"
    score.dates[outcome] += 1
    if outcome != "right":
        found = f"{article.published} ({article.date_basis})"
        score.misses.append(f"date {row['id']}: {found} / {row['datetime']}")


def score_pages(rows: list[dict[str, Any]], *, compare: bool = True) -> Score:
    """Return the scores of the article stage; a rejected page counts as wrong in every field."""
    score = Score()
    for row in rows:
        page = make_page(row)
        start_s = time.process_time()
        result = read_article(page)
        score.cpu_s += time.process_time() - start_s
        score.pages += 1
        text = ""
        if isinstance(result, Rejected):
            score.rejections[result.reason] += 1
            score.rejected_ids.append(f"{row['id']} {result.reason}: {result.detail}")
            score.dates["missing"] += row["id"] not in BAD_GOLD_DATES
            score.authors_known += bool(row["authors"])
        else:
            score.articles += 1
            text = result.text
            _score_article(score, row, result)
        score.f1_ours.append(shingle_f1(text, row["body"]))
        if compare:
            start_s = time.process_time()
            default = _default_text(page)
            score.cpu_default_s += time.process_time() - start_s
            score.f1_default.append(shingle_f1(default, row["body"]))
            if score.f1_ours[-1] < min(0.8, score.f1_default[-1] - 0.03):
                score.misses.append(
                    f"body {row['id']}: ours {score.f1_ours[-1]:.3f} "
                    f"default {score.f1_default[-1]:.3f}"
                )
    return score


def mean(values: list[float]) -> float:
    """Return the mean, 0 for no values."""
    return sum(values) / len(values) if values else 0.0


def report_lines(score: Score) -> Iterator[str]:
    """Yield the lines of the table."""
    dates = max(1, score.date_total)
    yield f"pages                     {score.pages}"
    yield f"articles                  {score.articles}"
    for reason, count in sorted(score.rejections.items()):
        yield f"  rejected {reason:<15} {count}"
    for line in score.rejected_ids:
        yield f"    {line}"
    yield f"title right               {score.titles_right / max(1, score.pages):.3f}"
    for outcome in ("right", "wrong", "missing"):
        yield f"date {outcome:<8}             {score.dates[outcome] / dates:.3f}"
    yield f"date basis                {dict(score.date_basis)}"
    yield f"authors right             {score.authors_right / max(1, score.authors_known):.3f}"
    yield f"body shingle F1, ours     {mean(score.f1_ours):.4f}"
    if score.f1_default:
        yield f"body shingle F1, default  {mean(score.f1_default):.4f}"
        yield f"pages a CPU second        {score.pages / max(score.cpu_s, 1e-9):.1f}"
        yield f"  default trafilatura     {score.pages / max(score.cpu_default_s, 1e-9):.1f}"


def main() -> int:
    """Print the table. Returns the exit code, 0 also when the pages are not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=None, help="read only N pages")
    parser.add_argument("--misses", action="store_true", help="list what differs from the gold")
    options = parser.parse_args()
    if not (PAGES_DIR / "gold.jsonl").is_file():
        print(f"No news pages at {PAGES_DIR}: nothing to measure.")
        return 0
    score = score_pages(load_gold(sample=options.sample))
    for line in report_lines(score):
        print(line)
    for line in score.misses if options.misses else ():
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
