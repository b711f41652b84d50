"""How well the agreement of two readers tells a bad text, and what replacing such texts gives.

`python tests/eval/agreement.py [--sample N] [--pages]`, on the stored news pages as
`tests/eval/pages.py`. Three texts of each page go through the gate: the one that is stored, the
one of plain trafilatura (precision settings, nothing mended), and the stored one with a part lost.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pages import PAGES_DIR, load_gold, make_page, mean, shingle_f1
from trafilatura import bare_extraction

from extractors.article import read_article
from extractors.page_agreement import LOW_AGREEMENT, PageView, check_text, read_second
from extractors.page_bytes import decode_body
from extractors.page_text import extract_text, parse_html, read_shown, read_wider, write_html
from models.pages import Article, RawPage
from models.vocabulary import TextChoice

BAD_F1 = (0.8, 0.9)
_LOST: dict[str, Callable[[Sequence[str]], Sequence[str]]] = {
    "the last half": lambda lines: lines[: max(1, len(lines) // 2)],
    "the first half": lambda lines: lines[len(lines) // 2 :],
    "all but a third": lambda lines: lines[: max(1, len(lines) // 3)],
    "the last third": lambda lines: lines[: max(1, len(lines) * 2 // 3)],
}


@dataclass(frozen=True)
class Case:
    """One page, its gold text, what its texts are checked against, and what writing it out took."""

    name: str
    gold: str = field(repr=False)
    view: PageView
    written_s: float


@dataclass(frozen=True)
class Gated:
    """What the gate made of one text: F1 before and after, agreement before and after."""

    name: str
    before: float
    after: float
    first: float | None
    is_doubtful: bool
    choice: TextChoice

    @property
    def is_low(self) -> bool:
        """Whether the gate fell."""
        return self.first is not None and self.first < LOW_AGREEMENT


def gate(case: Case, text: str) -> Gated:
    """Send a text of a page through the gate."""
    kept = check_text(text, case.view, may_replace=False)
    made = check_text(text, case.view, may_replace=True)
    return Gated(
        name=case.name,
        before=shingle_f1(text, case.gold),
        after=shingle_f1(made.text, case.gold),
        first=kept.agreement.agreement,
        is_doubtful=made.agreement.is_doubtful,
        choice=made.agreement.chosen,
    )


def _case(row: dict[str, Any], page: RawPage) -> Case | None:
    tree = parse_html(decode_body(page.body, content_type="text/html"))
    if tree is None:
        return None
    start_s = time.process_time()
    html = write_html(tree)
    written_s = time.process_time() - start_s
    # Dropped from the tree, as the article stage does before it reads the text.
    extract_text(tree, url=page.url, fetched_at=page.fetched_at, metadata=False)
    view = PageView(
        html=html,
        read_wider=lambda: read_wider(html, fetched_at=page.fetched_at),
        read_kept=lambda: read_shown(tree),
    )
    return Case(name=row["id"], gold=row["body"], view=view, written_s=written_s)


def _plain_text(case: Case) -> str:
    document = bare_extraction(
        case.view.html, favor_precision=True, include_comments=False, with_metadata=False
    )
    return getattr(document, "text", "") or ""


def _caught(gated: list[Gated]) -> Iterator[str]:
    """Yield how many bad texts lie in the lowest tenth and under the threshold."""
    ranked = sorted(gated, key=lambda item: (item.first is not None, item.first or 0))
    tenth = ranked[: round(len(ranked) / 10)]
    low = [item for item in gated if item.is_low]
    for bad in BAD_F1:
        total = sum(item.before < bad for item in gated)
        inside = sum(item.before < bad for item in tenth)
        under = sum(item.before < bad for item in low)
        yield (
            f"  F1 under {bad}: {total}; in the lowest tenth {inside}, "
            f"under {LOW_AGREEMENT} {under}"
        )
    yield f"  texts under {LOW_AGREEMENT}: {len(low)} of {len(gated)}"


def _replaced(gated: list[Gated]) -> Iterator[str]:
    """Yield what replacing gave: on the half that chose the shares, and on the other one."""
    for name, half in (("chosen on", gated[::2]), ("checked on", gated[1::2]), ("all", gated)):
        before, after = mean([g.before for g in half]), mean([g.after for g in half])
        changed = sum(g.choice is not TextChoice.FIRST for g in half)
        worse = sum(g.after < g.before - 0.02 for g in half)
        yield (
            f"  {name:<10} {len(half)} texts: F1 {before:.4f} -> {after:.4f}, "
            f"{changed} replaced, {worse} worse"
        )


def _costs(cases: list[Case], texts: list[str], whole_s: float) -> str:
    start_s = time.process_time()
    for case in cases:
        read_second(case.view.html)
    second_s = time.process_time() - start_s
    start_s = time.process_time()
    for case, text in zip(cases, texts, strict=True):
        check_text(text, case.view, may_replace=True)
    check_s = time.process_time() - start_s + sum(case.written_s for case in cases)
    return (
        f"processor time: reading {whole_s:.2f} s, of it the gate {check_s:.2f} s "
        f"(+{100 * check_s / max(whole_s - check_s, 1e-9):.1f}%), "
        f"resiliparse alone {second_s:.2f} s"
    )


def report(rows: list[dict[str, Any]], *, list_pages: bool) -> Iterator[str]:
    """Yield the lines of the report."""
    cases: list[Case] = []
    texts: list[str] = []
    whole_s = 0.0
    for row in rows:
        page = make_page(row)
        start_s = time.process_time()
        found = read_article(page)
        whole_s += time.process_time() - start_s
        case = _case(row, page)
        if case is not None and isinstance(found, Article):
            cases.append(case)
            texts.append(found.text)
    stored = [gate(case, text) for case, text in zip(cases, texts, strict=True)]
    known = sorted(item.first for item in stored if item.first is not None)
    deciles = [f"{known[len(known) * tenth // 10]:.2f}" for tenth in range(1, 10)]
    yield f"pages {len(cases)}, compared {len(known)}; deciles of agreement {' '.join(deciles)}"
    yield "stored texts"
    yield from _caught(stored)
    yield from _replaced(stored)
    yield "plain trafilatura, precision settings"
    plain = [gate(case, _plain_text(case)) for case in cases]
    yield from _caught(plain)
    yield from _replaced(plain)
    yield "stored texts that lost a part"
    for name, keep in _LOST.items():
        cut = [
            gate(case, "\n".join(keep(text.split("\n"))))
            for case, text in zip(cases, texts, strict=True)
        ]
        low = sum(item.is_low for item in cut)
        yield f"  {name}: {low} of {len(cut)} under {LOW_AGREEMENT}"
        yield list(_replaced(cut))[-1]
    yield _costs(cases, texts, whole_s)
    for item in sorted(stored, key=lambda item: item.first or 0) if list_pages else ():
        yield f"  {item.first} F1 {item.before:.3f} {item.choice} {item.name}"


def main() -> int:
    """Print the report. Returns the exit code, 0 also when the pages are not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=None, help="read only N pages")
    parser.add_argument("--pages", action="store_true", help="list the agreement of each page")
    options = parser.parse_args()
    if not (PAGES_DIR / "gold.jsonl").is_file():
        print(f"No news pages at {PAGES_DIR}: nothing to measure.")
        return 0
    for line in report(load_gold(sample=options.sample), list_pages=options.pages):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
