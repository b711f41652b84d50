"""Names to countries: which country a place or agency belongs to."""

import csv
from functools import lru_cache
from importlib.resources import files

from extractors.gazetteer import places


@lru_cache(maxsize=4096)
def country_of(name: str | None) -> str | None:
    """Return the ISO 3166 name of the country or bloc that a place or agency name belongs to.

    Of several names joined by ";" the first counts: joint issuers are of one country. Unknown
    names come back as they are, None for None.
    """
    if not name:
        return None
    first = name.partition(";")[0].strip()
    return _countries().get(first.casefold(), first)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    found = {name.casefold(): name for name in places()}
    text = files("models").joinpath("data", "agencies.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        for alias in (row["name"], *row["aliases"].split("|")):
            if alias and row["country"]:
                found.setdefault(alias.strip().casefold(), row["country"])
    return found
