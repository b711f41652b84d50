"""The figures of the report: each is one query on the snapshot, shown beside what it gave.

The queries are files of `templates/sql`; the first line of a file says what it gives. A new
figure is a new file, one line in `FIGURES`, and its place in `templates/report.html`.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pipeline.settings import Settings
from pipeline.store_read import query, reading

FIGURES = (
    "timeline",
    "reported",
    "evidence",
    "marks",
    "relations",
    "exports",
    "reported_changes",
    "other_periods",
    "licenses",
    "groups",
    "in_force",
    "suspended",
    "calendar",
    "sources",
    "contradictions",
    "conflicts",
    "coverage",
    "confidence",
    "certainty",
    "rejections",
    "alerts",
    "runs",
    "unfinished",
)
_SNAPSHOT_TIME = "SELECT max(loaded_at) FROM load_log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one query gave: JSON values, row by row. `sql` runs as it stands.

    Attributes:
        name: Key of the figure, the stem of its file.
        title: What it gives, one sentence.
        sql: The very statement that was run.
        columns: Names of the columns.
        rows: Cells are text, numbers, booleans, None or lists of those; days and instants are
            ISO text.
    """

    name: str
    title: str
    sql: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def records(self, most: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield the rows, or the first of them, by column name: for the template."""
        for row in self.rows[:most]:
            yield dict(zip(self.columns, row, strict=True))


def snapshot_time(settings: Settings) -> datetime:
    """Return when the snapshot was last loaded into; the epoch when nothing was yet."""
    value = query(settings, _SNAPSHOT_TIME).iloc[0, 0]
    return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromtimestamp(0, UTC)


def run_figures(settings: Settings, today: date) -> dict[str, Figure]:
    """Run every query on the newest snapshot.

    Args:
        settings: Where the snapshot is.
        today: The day that "in force", "still to come" and "days old" count from.

    Raises:
        StoreError: There is no snapshot.
        InputError: The snapshot is of another version and lacks what a query reads.
    """
    # Held open, so that the queries share one instance of the database instead of opening
    # twenty: a third of the time.
    with reading(settings):
        return {name: _run(settings, name, today) for name in FIGURES}


@lru_cache(maxsize=1)
def _homes() -> dict[str, str]:
    """Return country by lower-cased name of an agency or its alias.

    Read here: `extractors.places` knows it too, but brings spaCy, which takes longer than a page.
    """
    text = files("models").joinpath("data", "agencies.csv").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for row in csv.DictReader(text.splitlines()):
        for name in (row["name"], *row["aliases"].split("|")):
            if name and row["country"]:
                found.setdefault(name.strip().casefold(), row["country"])
    return found


def country_of_authority(authority: str) -> str:
    """Return the country of an agency, of joint ones that of the first; else the name itself."""
    first = authority.partition(";")[0].strip()
    return _homes().get(first.casefold(), first)


def figure_sql(name: str, today: date) -> tuple[str, str]:
    """Return the title and the statement of a figure, ready to be run and to be shown."""
    entry = files("pipeline").joinpath("templates", "sql", f"{name}.sql")
    first, sql = entry.read_text(encoding="utf-8").split("\n", 1)
    # A literal, not a parameter: readers copy the statement and run it as it stands. The value
    # is a date object, so nothing else can come in.
    return first.removeprefix("--").strip(), sql.strip().replace(
        "$today", f"DATE '{today.isoformat()}'"
    )


def _run(settings: Settings, name: str, today: date) -> Figure:
    title, sql = figure_sql(name, today)
    frame = query(settings, sql)
    return Figure(
        name=name,
        title=title,
        sql=sql,
        columns=tuple(map(str, frame.columns)),
        rows=tuple(tuple(map(plain_cell, row)) for row in frame.itertuples(index=False, name=None)),
    )


def plain_cell(value: Any) -> Any:
    """Return a cell as a JSON value. Instants are UTC text to the second or finer."""
    if isinstance(value, list | tuple):
        return [plain_cell(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)
