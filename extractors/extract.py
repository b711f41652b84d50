"""All extractors in order: one text in, its facts out, as frozen records.

This is the function behind `reeline extract`, the ingest flow and the evaluation.
"""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

from spacy.tokens import Doc

from extractors.chinese.find import facts_of_chinese
from extractors.chinese.script import is_chinese
from extractors.companies.find import find_companies
from extractors.dates.find import find_dates
from extractors.events.find import find_license_events
from extractors.nlp import DEFAULT_MODEL, lean_nlp, read_doc
from extractors.quantities.checks import check_quantities
from extractors.quantities.find import find_quantities
from extractors.texts import TextInput
from models.facts import Facts


def extract(given: TextInput, *, model: str = DEFAULT_MODEL) -> Facts:
    """Return every fact of one text, whatever its topic; a Chinese text is read as Chinese."""
    if is_chinese(given.text):
        return facts_of_chinese(given)
    return facts_of(read_doc(lean_nlp(model), given))


def facts_of(doc: Doc) -> Facts:
    """Return the facts of a Doc made by `extractors.nlp.read_doc`."""
    dates = find_dates(doc)
    companies = find_companies(doc)
    tonnages, percentages = find_quantities(doc, dates, companies)
    return Facts(
        companies=companies,
        tonnages=tonnages,
        percentages=percentages,
        dates=dates,
        license_events=find_license_events(doc, companies=companies, dates=dates),
        findings=check_quantities(tonnages, percentages),
        sentences=_sentences(doc),
    )


def _sentences(doc: Doc) -> tuple[tuple[int, int], ...]:
    """Return the sentences without the white space around them."""
    found: list[tuple[int, int]] = []
    for sent in doc.sents:
        text = sent.text
        start = sent.start_char + len(text) - len(text.lstrip())
        end = sent.start_char + len(text.rstrip())
        if start < end:
            found.append((start, end))
    return tuple(found)


@lru_cache(maxsize=1)
def extractor_version() -> str:
    """Return the version that every fact row carries: release, then a hash of rules and data.

    The hash covers what can change a fact: the code and lexicons of `extractors`, the reference
    tables and vocabulary of `models`. Two checkouts that read alike have the same version.
    """
    digest = hashlib.sha256()
    for package in ("extractors", "models"):
        for name, content in _contents(files(package), package):
            digest.update(f"{name}\x00".encode())
            digest.update(content)
    try:
        release = version("reeline")
    except PackageNotFoundError:
        release = "0"
    return f"{release}+{digest.hexdigest()[:12]}"


def _contents(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda member: member.name):
        name = f"{path}/{entry.name}"
        if entry.is_dir():
            if entry.name not in {"__pycache__", "sql"}:
                yield from _contents(entry, name)
        elif entry.name.endswith((".py", ".csv", ".toml", ".jsonl")):
            yield name, entry.read_bytes()
