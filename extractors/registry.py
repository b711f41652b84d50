"""The registry of known firms (`models/data/companies.csv`): loaded once, validated row by row.

An alias names one firm wherever it stands; a short form ("MP", "Neo") only after a longer form
of the same firm. Not here: finding or linking mentions (`extractors/companies`).
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from models.errors import LexiconError

ROLES = frozenset(
    {
        "airline",
        "auto_supplier",
        "battery",
        "carmaker",
        "chemicals",
        "chipmaker",
        "consultancy",
        "defense",
        "electronics",
        "energy",
        "finance",
        "logistics",
        "machinery",
        "magnet_maker",
        "miner",
        "recycler",
        "refiner",
        "separator",
        "state_group",
        "steel",
        "technology",
        "trader",
        "wind",
    }
)
COLUMNS = ("company_id", "name", "country", "role", "tickers", "aliases", "short_forms", "source")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")
# Exchange suffixes follow Reuters codes, prefixes the exchange's own name.
_TICKER = re.compile(
    r"\d{6}\.(?:SZ|SH|KS|KQ)|\d{4}\.(?:HK|TW)|\d{3}[0-9A-Z]\.T"
    r"|(?:NYSE American|NYSE|NASDAQ|OTCQB|TSXV|TSX|ASX|AIM|LSE|XETRA|Euronext|STO|CPH|BIT|NSE|SGX)"
    r":[A-Z0-9][A-Z0-9&-]{0,11}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One firm of the registry.

    Attributes:
        company_id: Stable slug; a renamed firm keeps it.
        country: ISO 3166 alpha-2 code of its seat.
        role: Its main place in the chain, one of `ROLES`.
        aliases: Names that mean this firm in any text, the usual one first.
        short_forms: Names that mean it only after a longer form was seen in the same text.
    """

    company_id: str
    name: str
    country: str
    role: str
    tickers: tuple[str, ...]
    aliases: tuple[str, ...]
    short_forms: tuple[str, ...]
    source: str


@lru_cache(maxsize=1)
def companies() -> tuple[Company, ...]:
    """Return every firm of the registry, in order of `company_id`.

    Raises:
        LexiconError: A row cannot be right; the message names it.
    """
    text = files("models").joinpath("data", "companies.csv").read_text(encoding="utf-8")
    return read_registry(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=1)
def companies_by_id() -> Mapping[str, Company]:
    """Return the firms of the registry by `company_id`."""
    return {company.company_id: company for company in companies()}


def read_registry(rows: Iterable[Mapping[str, str | None]]) -> tuple[Company, ...]:
    """Return the firms of table rows with the columns `COLUMNS`.

    Raises:
        LexiconError: A row has a wrong shape, is out of order, or shares an alias with another.
    """
    found: list[Company] = []
    owners: dict[str, str] = {}
    for row in rows:
        company = _company(row)
        if found and company.company_id <= found[-1].company_id:
            raise LexiconError(f"companies.csv: row {company.company_id!r} is out of order")
        where = f"companies.csv: row {company.company_id!r}"
        for alias in company.aliases:
            owner = owners.setdefault(alias.casefold(), company.company_id)
            if owner != company.company_id:
                raise LexiconError(f"{where}: alias {alias!r} belongs to {owner!r}")
        found.append(company)
    return tuple(found)


def _company(row: Mapping[str, str | None]) -> Company:
    cells = {column: row.get(column) for column in COLUMNS}
    where = f"companies.csv: row {cells['company_id']!r}"
    values = {column: cell for column, cell in cells.items() if cell is not None}
    if len(values) < len(COLUMNS):
        raise LexiconError(f"{where}: expected the columns {', '.join(COLUMNS)}")
    company = Company(
        company_id=values["company_id"],
        name=values["name"],
        country=values["country"],
        role=values["role"],
        tickers=_list(values["tickers"]),
        aliases=_list(values["aliases"]),
        short_forms=_list(values["short_forms"]),
        source=values["source"],
    )
    for problem in _problems(company):
        raise LexiconError(f"{where}: {problem}")
    return company


def _list(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _problems(company: Company) -> Iterable[str]:
    """Yield what cannot be right about a row."""
    if not _ID.fullmatch(company.company_id):
        yield "company_id must be a lower-case slug"
    if not company.name.strip() or not company.source.strip():
        yield "name and source must not be empty"
    if not _COUNTRY.fullmatch(company.country):
        yield f"country {company.country!r} is not an ISO 3166 alpha-2 code"
    if company.role not in ROLES:
        yield f"role {company.role!r} is not one of {', '.join(sorted(ROLES))}"
    for ticker in company.tickers:
        if not _TICKER.fullmatch(ticker):
            yield f"ticker {ticker!r} does not look like a ticker"
    names = company.aliases + company.short_forms
    if not company.aliases:
        yield "at least one alias is needed"
    if any(not alias or alias != alias.strip() or len(alias) < 2 for alias in names):
        yield "aliases must be trimmed and longer than one character"
    if len(set(names)) < len(names):
        yield "an alias is repeated"
