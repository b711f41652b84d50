"""The cookbook: questions that analysts ask, each with the SQL that answers it.

The questions are files of `models/sql/cookbook`; the first line of a file is the question.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from models.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the cookbook. `slug` is its file name without the number."""

    number: int
    slug: str
    text: str
    sql: str


@lru_cache(maxsize=1)
def questions() -> tuple[Question, ...]:
    """Return the questions in order."""
    folder = files("models").joinpath("sql", "cookbook")
    found: list[Question] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".sql"):
            number, slug = entry.name.removesuffix(".sql").split("_", 1)
            first, sql = entry.read_text(encoding="utf-8").split("\n", 1)
            text = first.removeprefix("--").strip()
            found.append(Question(number=int(number), slug=slug, text=text, sql=sql))
    return tuple(found)


def find_question(key: str) -> Question:
    """Return the question of a number, a slug, or words of the question.

    Raises:
        InputError: None fits, or several do.
    """
    folded = key.strip().casefold()
    exact = [q for q in questions() if folded in {str(q.number), f"{q.number:02d}", q.slug}]
    fitting = exact or [
        q for q in questions() if folded in q.text.casefold() or folded in q.slug.replace("_", " ")
    ]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise InputError(f"no question fits {key!r}: `reeline cookbook` lists them")
    shown = "; ".join(f"{q.number} {q.text}" for q in fitting[:5])
    raise InputError(f"several questions fit {key!r}: {shown}")
